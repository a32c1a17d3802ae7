internal import GRDB
public import SeamarkJournal

/// What a tenant's store says at one moment. Lives as long as the closure that it is handed to, on one thread.
public class TenantSnapshot {
    let database: Database
    let tools: TenantTools
    private var prepared: [PreparedStatement?]

    init(_ database: Database, _ tools: TenantTools) {
        self.database = database
        self.tools = tools
        prepared = Array(repeating: nil, count: Query.allCases.count)
    }

    var primitives: any Primitives { tools.primitives }

    /// The statement of a query, ready to be bound. One query is not stepped twice at a time.
    func statement(_ query: Query, doing: StaticString) throws(StoreError) -> PreparedStatement {
        if let statement = prepared[query.rawValue] { return statement }
        let statement = try PreparedStatement(query.sql, in: database, doing: doing)
        prepared[query.rawValue] = statement
        return statement
    }

    /// As `Database.failedRead`.
    var failedRead: Int32? { database.failedRead }

    // MARK: The tenant and its scopes

    public func identity() throws(StoreError) -> TenantIdentity {
        let doing: StaticString = "reading the tenant's identity"
        let row = try statement(.identity, doing: doing)
        defer { row.reset() }
        guard try row.step(doing: doing) else {
            throw StoreError(.notAStore, doing: doing, detail: "the file holds no tenant; its creation was cut short: remove it and create it again")
        }
        return TenantIdentity(
            id: try row.identifier(0, doing: doing), name: row.text(1), schema: UInt32(truncatingIfNeeded: row.int(2)),
            epoch: row.word(3), author: try row.identifier(4, doing: doing), incarnation: row.word(5),
            leastSchema: UInt32(truncatingIfNeeded: row.int(6)), leastReadSchema: UInt32(truncatingIfNeeded: row.int(7)))
    }

    public func scope(_ id: Identifier) throws(StoreError) -> TenantScope? { try scopeRow(id)?.scope }

    /// All scopes, ascending: what a checkpoint is made of.
    public func scopes() throws(StoreError) -> [TenantScope] {
        try scopeRows(try statement(.scopes, doing: "reading scopes")).map(\.scope)
    }

    /// The scopes that an active member is staffed on, ascending: what a Welcome is made of.
    public func scopes(ofMember member: Identifier) throws(StoreError) -> [TenantScope] {
        let rows = try statement(.scopesOfMember, doing: "reading scopes")
        rows.bind(member, at: 1)
        return try scopeRows(rows).map(\.scope)
    }

    func scopeRow(_ id: Identifier) throws(StoreError) -> (key: Int64, scope: TenantScope)? {
        let rows = try statement(.scope, doing: "reading a scope")
        rows.bind(id, at: 1)
        return try scopeRows(rows).first
    }

    func scopeRows() throws(StoreError) -> [(key: Int64, scope: TenantScope)] {
        try scopeRows(try statement(.scopes, doing: "reading scopes"))
    }

    func knownScope(_ id: Identifier, doing: StaticString) throws(StoreError) -> (key: Int64, scope: TenantScope) {
        guard let row = try scopeRow(id) else { throw StoreError(.unknown, doing: doing, detail: "there is no such scope") }
        return row
    }

    private func scopeRows(_ row: PreparedStatement) throws(StoreError) -> [(key: Int64, scope: TenantScope)] {
        let doing: StaticString = "reading a scope"
        defer { row.reset() }
        var rows: [(key: Int64, scope: TenantScope)] = []
        while try row.step(doing: doing) {
            guard let kind = TenantScope.Kind(rawValue: row.int(2)), let digest = ScopeDigest(bytes: row.bytes(6)) else {
                throw StoreError(.damaged, doing: doing, detail: "not what was written; verify the store")
            }
            rows.append(
                (
                    row.int(0),
                    TenantScope(
                        id: try row.identifier(1, doing: doing), kind: kind,
                        engagement: row.isNull(3) ? nil : try row.identifier(3, doing: doing),
                        place: LogPlace(position: row.word(4), hash: try row.hash(5, doing: doing)), digest: digest)
                ))
        }
        return rows
    }

    // MARK: Streams

    /// Where each stream of a device ends here, by scope, the newest stream first; streams without a block are left out.
    public func streamEnds(ofDevice device: Identifier) throws(StoreError) -> [(stream: StreamName, end: StreamEnd)] {
        let doing: StaticString = "reading streams"
        let row = try statement(.streamsOfDevice, doing: doing)
        row.bind(device, at: 1)
        defer { row.reset() }
        var ends: [(StreamName, StreamEnd)] = []
        while try row.step(doing: doing) {
            ends.append(
                (
                    StreamName(device: device, incarnation: row.word(0), scope: try row.identifier(1, doing: doing)),
                    StreamEnd(number: row.word(2), hash: try row.hash(3, doing: doing))
                ))
        }
        return ends
    }

    /// The end of one stream; its beginning where no block came yet.
    public func streamEnd(_ stream: StreamName) throws(StoreError) -> StreamEnd {
        guard let (key, _) = try scopeRow(stream.scope) else { return .beginning }
        return try streamRow(stream, scope: key)?.end ?? .beginning
    }

    func streamRow(_ stream: StreamName, scope: Int64) throws(StoreError) -> (key: Int64, end: StreamEnd)? {
        let doing: StaticString = "reading a stream"
        let row = try statement(.stream, doing: doing)
        row.bind(stream.device, at: 1)
        row.bind(scope, at: 2)
        row.bind(stream.incarnation, at: 3)
        defer { row.reset() }
        guard try row.step(doing: doing) else { return nil }
        return (row.int(0), StreamEnd(number: row.word(1), hash: try row.hash(2, doing: doing)))
    }
}

@available(*, unavailable)
extension TenantSnapshot: Sendable {}
