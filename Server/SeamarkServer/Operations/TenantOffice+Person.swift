internal import SeamarkCrypto
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
        /// Attachments of the person alone whose bytes the server holds for the engagement.
        public let attachments: Int
        /// Did the person withdraw consent?
        public let hasWithdrawn: Bool
    }

    /// Everything of an engagement that bears on the person, in a new JSON file for its owner alone: every edit that was ever made of each record, whether
    /// it stands or was replaced, applied or kept in quarantine, sensitive values included. The bytes of attachments that the person's records name, as far as the server holds them, go into a new folder beside it,
    /// called as the file with `.files` at its end; there is none where nothing was attached. The audit log is told first.
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
            let files = try copyAttachments(holding.attachments(snapshot), to: path + ".files")
            let document = try holding.document(tenant: name.text, engagement: engagement, madeAt: now, files: files, snapshot, Directory(snapshot))
            var bytes: [UInt8] = []
            JSONWriter.writePretty(document, to: &bytes)
            try PrivateFile.create(path, bytes)
            return try holding.summary(of: holding.sensitiveValues(snapshot), snapshot)
        }
    }

    /// What `erasePerson` would erase. Reads only.
    public func holdings(ofPerson person: String, in engagement: String) throws -> PersonHoldings {
        try store.read { snapshot in
            let scope = try Directory(snapshot).engagement(called: engagement)
            let holding = try PersonHolding(of: PersonHolding.person(person, in: scope, snapshot), in: scope, snapshot)
            return try holding.summary(of: holding.sensitiveValues(snapshot), snapshot)
        }
    }

    /// - Returns: by row of evidence the path of the copy, below the folder of the exported document.
    private func copyAttachments(_ held: [PersonHolding.Held], to folder: String) throws -> [Identifier: String] {
        let there = held.filter(\.isHere)
        guard !there.isEmpty else { return [:] }
        let vault = try AttachmentVault(at: vault, dataKey: keys.dataKey)
        try PrivateFile.makeFolder(folder)
        var files: [Identifier: String] = [:]
        for one in there {
            guard try vault.holds(one.attachment) else { continue }
            let copy = one.row.description
            try PrivateFile.create(folder + "/" + copy) { write in
                for offset in stride(from: 0, to: one.attachment.size, by: Attachment.chunk) { try write(vault.read(offset, of: one.attachment)) }
            }
            files[one.row] = (folder.split(separator: "/").last.map(String.init) ?? folder) + "/" + copy
        }
        return files
    }

    /// Takes the files of erased attachments from the vault: for those whose acts erased some.
    func dropErasedAttachments() throws {
        guard store.takesErasedAttachments() else { return }
        try AttachmentDesk.dropErased(AttachmentVault(at: vault, dataKey: keys.dataKey), store)
    }

    /// Redacts every sensitive value of every record that bears on the person, and the bytes of attachments that no record of anybody else names, as
    /// headquarters: the server gives them to nobody from then on, and devices delete all of it at their next sync. What comes later goes as it comes.
    public func erasePerson(_ person: String, in engagement: String, reason: String) throws -> PersonHoldings {
        let now = clock.now()
        try Self.checkReason(reason, doing: "erasing a person")
        let held = try store.write { transaction in
            let scope = try Directory(transaction).engagement(called: engagement)
            let id = try PersonHolding.person(person, in: scope, transaction)
            let holding = try PersonHolding(of: id, in: scope, transaction)
            let values = try holding.sensitiveValues(transaction)
            let summary = try holding.summary(of: values, transaction)
            try ErasedPersons.note(id, in: scope, at: now, transaction)
            try HeadquartersRedaction(transaction: transaction, signer: keys.signingKey, now: now)
                .redact(values + HeadquartersRedaction.bytes(of: holding.ownEvidence, in: scope, transaction), in: scope, reason: reason)
            return summary
        }
        try dropErasedAttachments()
        return held
    }

    /// Erases a person of whom an earlier chain of acts says that they were erased: what is here of them, and what comes later as it comes, also where neither
    /// the person nor the engagement is here yet. False where the store's own acts say it already.
    func eraseAgain(_ person: Identifier, in scope: Identifier, reason: String) throws -> Bool {
        let now = clock.now()
        let isNew = try store.write { transaction -> Bool in
            guard try !ErasedPersons.all(in: scope, transaction).contains(person) else { return false }
            try ErasedPersons.note(person, in: scope, at: now, transaction)
            guard try transaction.scope(scope) != nil else { return true }
            let holding = try PersonHolding(of: person, in: scope, transaction)
            try HeadquartersRedaction(transaction: transaction, signer: keys.signingKey, now: now)
                .redact(
                    holding.sensitiveValues(transaction) + HeadquartersRedaction.bytes(of: holding.ownEvidence, in: scope, transaction), in: scope, reason: reason)
            return true
        }
        try dropErasedAttachments()
        return isNew
    }
}

/// What a snapshot holds about one person of one engagement.
struct PersonHolding {
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

    /// What those records say, and what another took over from one of them, however long ago.
    func sensitiveValues(_ snapshot: TenantSnapshot) throws -> [TenantSnapshot.SensitiveHold] {
        try HeadquartersRedaction.values(RedactionReach(of: Set(records.belonging.keys)), in: scope, snapshot)
    }

    /// Does this record hold something about the person?
    func includes(_ record: Identifier) -> Bool { records.belonging[record] != nil }

    /// What people call the person.
    private var handle: String { views[id]?.handle ?? id.description }

    /// Bytes that a row of evidence names.
    struct Held {
        let row: Identifier
        let attachment: Attachment
        /// The server holds them for this engagement, and the row is not redacted.
        let isHere: Bool
    }

    var ownEvidence: [RecordView] { records.ownEvidence.compactMap { views[$0] } }

    func attachments(_ snapshot: TenantSnapshot) throws -> [Held] {
        try records.belonging.keys.sorted().compactMap { id in
            guard let row = views[id], row.type === Catalogue.evidence, let hash = row.value("sha256")?.bytes.flatMap({ Hash256(bytes: $0) }),
                let size = row.integer("size"), let attachment = Attachment(hash: hash, size: size)
            else { return nil }
            let isBarred = try snapshot.isBarred(Redaction.leaf(ofAttachment: hash, namedBy: id, SystemPrimitives()), in: scope)
            return Held(row: id, attachment: attachment, isHere: try !isBarred && snapshot.attachment(hash, in: scope)?.isErased == false)
        }
    }

    func summary(of values: [TenantSnapshot.SensitiveHold], _ snapshot: TenantSnapshot) throws -> TenantOffice.PersonHoldings {
        var counts: [RecordTypeNumber: Int] = [:]
        for id in records.belonging.keys { if let type = views[id]?.state.type { counts[type, default: 0] += 1 } }
        let withdrawals = Withdrawals(Array(views.values))
        let own = try Set(attachments(snapshot).filter { $0.isHere && records.ownEvidence.contains($0.row) }.map(\.attachment))
        return TenantOffice.PersonHoldings(
            person: handle,
            records: counts.sorted { $0.key < $1.key }.map { (Catalogue.type($0.key)?.label ?? String($0.key), $0.value) },
            values: values.count, attachments: own.count, hasWithdrawn: withdrawals.includes(id))
    }

    /// - Parameter files: where the bytes were copied to that rows of evidence name.
    func document(
        tenant: String, engagement: String, madeAt now: Int64, files: [Identifier: String], _ snapshot: TenantSnapshot, _ directory: Directory
    ) throws -> JSONValue {
        let named = Set(try attachments(snapshot).map(\.row))
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
                        ] + (named.contains(record.id)
                            ? [
                                JSONMember("file", files[record.id].map { .string($0) } ?? .null),
                                JSONMember("ofOthersToo", .bool(!records.ownEvidence.contains(record.id))),
                            ] : []))
                    })),
        ])
    }
}
