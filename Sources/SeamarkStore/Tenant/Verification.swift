public import SeamarkJournal

/// What reading a whole store against itself came to.
public enum Verification: Hashable, Sendable {
    case holds(entries: Int, changes: Int, records: Int)
    case fails(VerificationFault)
}

/// The first thing that does not hold.
public struct VerificationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nil for what belongs to no scope.
    public let scope: Identifier?
    /// The entry, where one entry is at fault.
    public let position: UInt64?
    public let detail: String

    public var description: String {
        switch (scope, position) {
        case (let scope?, let position?): "entry \(position) of scope \(scope): \(detail)"
        case (let scope?, nil): "scope \(scope): \(detail)"
        case (nil, _): detail
        }
    }
}

extension TenantSnapshot {
    /// Recomputes everything that follows from the logs and compares it with the tables: chains, log hashes, signatures,
    /// places of changes, stream ends, records, documents, sensitive values, digests; then the blocks in quarantine and the
    /// audit chain; and holds what people decided against the hash over it. Holds `recordsAtOnce` records of one scope in memory at a time, and the ids of its changes; a scope of more records is
    /// read once for each share of them.
    ///
    /// - Parameters:
    ///   - earlierServerKeys: what the server's own blocks may be signed by besides.
    ///   - key: the signing key of a device (the server's own among them), from wherever the caller trusts it.
    public func verify(
        recordsAtOnce: Int = 50_000, earlierServerKeys: [[UInt8]] = [], keyOf key: (Identifier) throws -> [UInt8]?
    ) throws -> Verification {
        do {
            try verifyFile()
            let server = ServerBlocks(of: try identity().author, earlierServerKeys)
            var verifier = LogVerifier(snapshot: self, recordsAtOnce: recordsAtOnce, server: server)
            for (scopeKey, scope) in try scopeRows() { try verifier.verify(scope, key: scopeKey, keyOf: key) }
            try verifier.verifyTotals()
            try verifyQuarantine(server, keyOf: key)
            try verifyAudit()
            try verifyDecisions()
            return .holds(entries: verifier.entries, changes: verifier.changes, records: verifier.records)
        } catch let fault as VerificationFault {
            return .fails(fault)
        } catch let error as StoreError where error.reason == .damaged {
            return .fails(VerificationFault(scope: nil, position: nil, detail: error.description))
        }
    }

    private func verifyFile() throws {
        let doing: StaticString = "checking the file"
        func isSound() throws -> Bool {
            let row = try statement(.integrity, doing: doing)
            defer { row.reset() }
            return try row.step(doing: doing) && row.text(0) == "ok"
        }
        if try !isSound() {
            if let code = failedRead { throw StoreError(system: code, doing: doing, detail: "the disk did not give a page") }
            throw VerificationFault(scope: nil, position: nil, detail: "the database file is damaged, by SQLite's own check")
        }
        let row = try statement(.foreignKeys, doing: doing)
        defer { row.reset() }
        if try row.step(doing: doing) {
            throw VerificationFault(scope: nil, position: nil, detail: "a row of the database names one that is not there, by SQLite's own check")
        }
    }

    private func verifyQuarantine(_ server: ServerBlocks, keyOf key: (Identifier) throws -> [UInt8]?) throws {
        let doing: StaticString = "checking the quarantine"
        let scopes = try scopeRows()
        var keys: [Int64] = []
        let blocks = try statement(.quarantinedBlocks, doing: doing)
        defer { blocks.reset() }
        while try blocks.step(doing: doing) { keys.append(blocks.int(0)) }
        for block in keys {
            func require(_ holds: Bool, _ detail: String) throws {
                guard holds else { throw VerificationFault(scope: nil, position: nil, detail: "a block in quarantine: \(detail)") }
            }
            let (opened, _, _) = try quarantinedBlockRow(block)
            let row = try statement(.quarantinedBlock, doing: doing)
            row.bind(block, at: 1)
            defer { row.reset() }
            guard try row.step(doing: doing) else { continue }
            try require(row.hash(0, doing: doing) == opened.hash, "its hash is not that of its bytes")
            try require(scopes.contains { $0.key == row.int(1) && $0.scope.id == opened.stream.scope }, "it is of another scope")
            try require(row.identifier(2, doing: doing) == opened.stream.device, "it is of another device")
            guard let signingKey = try key(opened.stream.device) else { throw VerificationFault.noKey }
            try require(opened.isSigned(by: signingKey, primitives) || server.isSignedEarlier(opened, primitives), "its signature does not hold")
            let changes = try statement(.changesOfQuarantinedBlock, doing: doing)
            changes.bind(block, at: 1)
            defer { changes.reset() }
            var count = 0
            while try changes.step(doing: doing) {
                let id = try changes.identifier(0, doing: doing)
                try require(opened.changes.contains { $0.id == id }, "a change that it is kept for is not in it")
                try require(changePlace(id) == nil, "a change that it is kept for is in a log")
                count += 1
            }
            try require(count > 0, "it is kept for no change")
        }
    }

    private func verifyAudit() throws {
        guard let number = try firstBrokenAct() else { return }
        throw VerificationFault(scope: nil, position: nil, detail: "the audit log does not hold from number \(number) on")
    }

    /// The number of the first act of the audit log that does not follow from those before it; nil when all do.
    public func firstBrokenAct() throws(StoreError) -> Int64? {
        var previous = Hash256.zero
        var number: Int64 = 0
        for act in try audit() {
            number += 1
            let hash = AuditEntry.hash(after: previous, number: number, time: act.time, act: act.act, detail: act.detail, primitives)
            guard act.number == number, act.hash == hash else { return number }
            previous = hash
        }
        return nil
    }
}

extension VerificationFault {
    static let noKey = VerificationFault(scope: nil, position: nil, detail: "no signing key is known for a device that wrote here")
}
