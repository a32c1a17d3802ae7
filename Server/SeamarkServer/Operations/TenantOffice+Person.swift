internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

// What is held about one interviewee of an engagement: handed out to whoever has a right to it, and erased.
extension TenantOffice {
    /// What an export or an erasure came to.
    public struct PersonHoldings: Sendable {
        public let person: String
        /// Records that hold something about the person, by label and number of them, in the order of the catalogue.
        public let records: [(label: String, count: Int)]
        /// Sensitive values that stand in them, those that were replaced long ago among them.
        public let values: Int
        /// Did the person withdraw consent?
        public let hasWithdrawn: Bool
    }

    /// Everything of an engagement that bears on the person, in a new JSON file for its owner alone: every edit that was ever made of each record, whether
    /// it stands or was replaced, applied or kept in quarantine, sensitive values included. The audit log is told first.
    ///
    /// - Parameter person: the record's handle or id.
    public func exportPerson(_ person: String, in engagement: String, to path: String) throws -> PersonHoldings {
        let now = clock.now()
        let (scope, id) = try store.read { snapshot in
            let scope = try Directory(snapshot).engagement(called: engagement)
            return (scope, try PersonHolding.person(person, in: scope, snapshot))
        }
        try store.write { _ = try $0.noteAct("person.export", detail: "\(scope) \(id)", at: now) }
        return try store.read { snapshot in
            let holding = try PersonHolding(of: id, in: scope, snapshot)
            let document = try holding.document(tenant: name.text, engagement: engagement, madeAt: now, snapshot, Directory(snapshot))
            var bytes: [UInt8] = []
            JSONWriter.writePretty(document, to: &bytes)
            try PrivateFile.create(path, bytes)
            return holding.summary(of: try holding.sensitiveValues(snapshot))
        }
    }

    /// What `erasePerson` would erase. Reads only.
    public func holdings(ofPerson person: String, in engagement: String) throws -> PersonHoldings {
        try store.read { snapshot in
            let scope = try Directory(snapshot).engagement(called: engagement)
            let holding = try PersonHolding(of: PersonHolding.person(person, in: scope, snapshot), in: scope, snapshot)
            return holding.summary(of: try holding.sensitiveValues(snapshot))
        }
    }

    /// Redacts every sensitive value of every record that bears on the person, as headquarters: the devices delete them at their next sync.
    public func erasePerson(_ person: String, in engagement: String, reason: String) throws -> PersonHoldings {
        let now = clock.now()
        try Self.checkReason(reason, doing: "erasing a person")
        return try store.write { transaction in
            let scope = try Directory(transaction).engagement(called: engagement)
            let id = try PersonHolding.person(person, in: scope, transaction)
            let holding = try PersonHolding(of: id, in: scope, transaction)
            let values = try holding.sensitiveValues(transaction)
            try transaction.noteAct("person.erase", detail: "\(scope) \(id)", at: now)
            try HeadquartersRedaction(transaction: transaction, signer: keys.signingKey, now: now)
                .redact(values, in: scope, reason: reason)
            return holding.summary(of: values)
        }
    }
}

/// What a snapshot holds about one person of one engagement.
private struct PersonHolding {
    private let id: Identifier
    private let scope: Identifier
    private let views: [Identifier: RecordView]
    private let records: PersonRecords
    /// Changes that are kept and not applied.
    private let waiting: Set<Identifier>

    /// The person of this handle or id.
    static func person(_ name: String, in scope: Identifier, _ snapshot: TenantSnapshot) throws -> Identifier {
        let folded = name.lowercased()
        var found: [Identifier] = []
        var names: [String] = []
        try snapshot.records(in: scope, ofType: Catalogue.person.number) { id, state in
            let handle = RecordView(id: id, state: state).handle
            if id.description == folded || handle?.lowercased() == folded { found.append(id) }
            if let handle { names.append(handle) }
        }
        guard let id = found.first, found.count == 1 else {
            throw OperationFailure(
                .notFound, doing: "looking for the person", wrong: found.isEmpty ? "the engagement has no person '\(OperationFailure.repeated(name))'" : "several persons have this handle",
                remedy: found.isEmpty ? OperationFailure.remedy("name it by its handle or id", name, among: names) : "name it by its id")
        }
        return id
    }

    init(of id: Identifier, in scope: Identifier, _ snapshot: TenantSnapshot) throws {
        var views: [Identifier: RecordView] = [:]
        try snapshot.records(in: scope) { views[$0] = RecordView(id: $0, state: $1) }
        var held: [Change] = []
        try snapshot.heldChanges { if $0.change.scope == scope { held.append($0.change) } }
        self.id = id
        self.scope = scope
        self.views = views
        waiting = Set(held.map(\.id))
        records = PersonRecords(of: id, among: Array(views.values), waiting: held)
    }

    func sensitiveValues(_ snapshot: TenantSnapshot) throws -> [TenantSnapshot.SensitiveHold] {
        try snapshot.sensitiveValues(in: scope) { edit, _ in records.belonging[edit.record] != nil }
    }

    /// What people call the person.
    private var handle: String { views[id]?.handle ?? id.description }

    func summary(of values: [TenantSnapshot.SensitiveHold]) -> TenantOffice.PersonHoldings {
        var counts: [RecordTypeNumber: Int] = [:]
        for id in records.belonging.keys { if let type = views[id]?.state.type { counts[type, default: 0] += 1 } }
        let withdrawals = Withdrawals(Array(views.values))
        return TenantOffice.PersonHoldings(
            person: handle,
            records: counts.sorted { $0.key < $1.key }.map { (Catalogue.type($0.key)?.label ?? String($0.key), $0.value) },
            values: values.count, hasWithdrawn: withdrawals.includes(id))
    }

    func document(tenant: String, engagement: String, madeAt now: Int64, _ snapshot: TenantSnapshot, _ directory: Directory) throws -> JSONValue {
        let references = References(identifier: { _, _ in nil }, handle: { views[$0]?.handle ?? directory.handle(of: $0) })
        var said: [Identifier: [JSONValue]] = [:]
        var order: [(id: Identifier, type: RecordTypeNumber)] = []
        var seen: Set<Identifier> = []
        try snapshot.forEachChange(in: scope) { change, received in
            guard seen.insert(change.id).inserted else { return }
            for (index, edit) in change.edits.enumerated() where records.belonging[edit.record] != nil {
                let stands = views[edit.record]?.state.heads(of: edit.target).contains { $0.name == change.name(index) } ?? false
                let what = EditDocument.json(edit, sensitive: true, references: references).members ?? []
                if said[edit.record] == nil { order.append((edit.record, edit.type)) }
                said[edit.record, default: []].append(
                    .object(
                        [
                            JSONMember("change", .string(change.id.description)), JSONMember("made", .integer(change.stamp.time)),
                            JSONMember("received", .integer(received)),
                            JSONMember("member", .string(directory.handle(of: change.member) ?? change.member.description)),
                            JSONMember("state", .string(waiting.contains(change.id) ? "quarantine" : stands ? "stands" : "replaced")),
                        ] + what.filter { !["record", "type"].contains($0.name) }))
            }
        }
        return .object([
            JSONMember("format", "seamark-person"), JSONMember("version", 1), JSONMember("tenant", .string(tenant)),
            JSONMember("engagement", .string(engagement)), JSONMember("made", .integer(now)), JSONMember("person", .string(handle)),
            JSONMember(
                "records",
                .array(
                    order.map { record in
                        .object([
                            JSONMember("type", .string(Catalogue.type(record.type)?.key ?? String(record.type))),
                            JSONMember("id", .string(record.id.description)),
                            JSONMember("handle", views[record.id]?.handle.map { .string($0) } ?? .null),
                            JSONMember("because", .string(records.belonging[record.id]?.rawValue ?? "")),
                            JSONMember("said", .array(said[record.id] ?? [])),
                        ])
                    })),
        ])
    }
}
