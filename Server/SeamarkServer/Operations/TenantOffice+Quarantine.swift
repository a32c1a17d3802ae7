public import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// A change that is kept and not applied, with names for people.
    public struct Quarantined: Sendable {
        public let change: Change
        public let refusal: Refusal
        public let block: Hash256
        public let received: Int64
        /// Its place in the engagement's log; nil while its whole block is kept outside the log.
        public let position: UInt64?
        /// The author's short name, or its id.
        public let member: String
        /// The device's letters, or its id.
        public let device: String
        /// The engagement's short name, or the scope's id.
        public let engagement: String
        /// The records that it speaks of, in the order of its edits.
        public let records: [QuarantinedRecord]
        /// Nil for one in the log. Otherwise: is its member staffed and its device not revoked now, so that the device's next sync brings it in?
        public let comesInBySync: Bool?
    }

    public struct QuarantinedRecord: Sendable {
        public let id: Identifier
        /// As in the catalogue; the number of one that this version does not know.
        public let type: String
        /// What people call it, where it has a handle.
        public let handle: String?
    }

    /// Which part of the quarantine is meant. Everything when nothing is given; names are short names, letters or ids.
    public struct QuarantineFilter: Sendable {
        public var engagement: String?
        public var member: String?
        public var device: String?
        public var reason: UInt32?

        public init(engagement: String? = nil, member: String? = nil, device: String? = nil, reason: UInt32? = nil) {
            self.engagement = engagement
            self.member = member
            self.device = device
            self.reason = reason
        }
    }

    /// What the quarantine holds, in the order of `TenantSnapshot.heldChanges`. Reads only.
    public func quarantine(_ filter: QuarantineFilter = QuarantineFilter()) throws -> [Quarantined] {
        try store.read { try quarantine(filter, in: $0) }
    }

    private func quarantine(_ filter: QuarantineFilter, in snapshot: TenantSnapshot) throws -> [Quarantined] {
        var names = try QuarantineNames(snapshot)
        let engagement = try filter.engagement.map { try names.directory.engagement(called: $0) }
        let member = try filter.member.map { try names.directory.member(called: $0) }
        let device = try filter.device.map { name in
            try Directory.find(name, "the device", names.devices.first { $0.letters == name || $0.id.description == name }?.id, among: names.devices.map(\.letters), list: "device list")
        }
        var found: [Quarantined] = []
        try snapshot.heldChanges { held in
            let change = held.change
            guard engagement == nil || change.scope == engagement, member == nil || change.member == member,
                device == nil || change.stamp.device == device, filter.reason == nil || held.refusal.rawValue == filter.reason
            else { return }
            found.append(try names.named(held, in: snapshot))
        }
        return found
    }

    /// The one change that `name` means: its id, or the first eight or more digits of it.
    public func quarantined(_ name: String) throws -> Quarantined {
        let digits = name.lowercased()
        guard digits.utf8.count >= 8 else {
            throw OperationFailure(
                .badInput, doing: "looking for the change", wrong: "a change is named by its id, or by eight or more of its first digits",
                remedy: "see seamark-server quarantine list")
        }
        let found = try quarantine().filter { $0.change.id.description.hasPrefix(digits) }
        guard let one = found.first else {
            throw OperationFailure(
                .notFound, doing: "looking for the change", wrong: "the quarantine holds none of this id; it may have been released",
                remedy: "see seamark-server quarantine list")
        }
        guard found.count == 1 else {
            throw OperationFailure(
                .badInput, doing: "looking for the change", wrong: "\(found.count) changes begin like this", remedy: "give more digits")
        }
        return one
    }

    /// Notes in the audit log that sensitive values of changes in quarantine are about to be read. Call it before showing them.
    public func noteReadingSensitive(_ changes: [Identifier]) throws {
        let now = clock.now()
        try store.write { _ = try $0.noteAct("quarantine.read-sensitive", detail: Self.list(changes), at: now) }
    }

    // MARK: Releasing

    /// What a release came to.
    public struct Released: Sendable {
        /// Applied now; by id, in the order asked for, and then the redactions that came along with what they redact.
        public let applied: [Identifier]
        /// Now in the log, and refused there for a reason of their own: released once more, they are applied. And what came without its sensitive
        /// values, outside the log as before.
        public let refused: [(change: Identifier, refusal: Refusal)]
        /// How many entries the logs grew by.
        public let entries: Int
    }

    /// Lets changes out of quarantine: new entries of the logs, which all devices read.
    ///
    /// What the log refused is applied. What is kept outside the log enters it, whole block by whole block, and is judged by the rules as
    /// if its member were staffed now; unless `unjudged`, what the rules refuse stays in quarantine inside the log. What came without its
    /// sensitive values stays where it is, among `refused`, unless what redacts these is in quarantine too and is named, or is headquarters' own, or is
    /// accepted by the rules and by no revoked device: it then comes along. Where nothing else is named, it is a failure.
    public func release(_ ids: [Identifier], unjudged: Bool = false) throws -> Released {
        let now = clock.now()
        let released = try store.write { transaction in
            var before: [Identifier] = []
            try transaction.heldChanges { before.append($0.change.id) }
            let judge = StandardJudge(transaction)
            // The judge only remembers the kind of the last scope; a copy for each call costs a row, and releases are rare.
            let places = try transaction.release(
                ids, received: now,
                judge: unjudged
                    ? nil
                    : { change, member, lookup in
                        var judge = judge
                        return try judge.verdict(change, member, lookup)
                    })
            var left: [Identifier: Refusal] = [:]
            // What is still outside the log came without its sensitive values, whatever else it is kept for.
            try transaction.heldChanges { left[$0.change.id] = $0.position == nil ? .withoutSensitive : $0.refusal }
            let refused = ids.compactMap { id in left[id].map { (id, $0) } }
            guard !places.isEmpty || refused.isEmpty || refused.contains(where: { $0.1 != .withoutSensitive }) else {
                throw OperationFailure(
                    .notPermitted, doing: "releasing changes",
                    wrong: "what is named came without its sensitive values, and let in like this it would stay without them for ever",
                    remedy: "let a laptop that holds it whole sync, or restore a backup; name along with it what redacts it in quarantine, if that shall stand; "
                        + "seamark-server quarantine export writes the rest of it to a file")
            }
            let named = Set(ids)
            // What was redacted brings its redaction along.
            let along = before.filter { left[$0] == nil && !named.contains($0) }
            let applied = ids.filter { left[$0] == nil } + along
            try transaction.noteAct(unjudged ? "quarantine.release-unjudged" : "quarantine.release", detail: Self.list(ids + along), at: now)
            return Released(applied: applied, refused: refused, entries: places.count)
        }
        // Somebody's withdrawal may have been among them.
        try dropErasedAttachments()
        return released
    }

    /// Ids for the audit log, as many as a line should have. The log's own entries name them all.
    private static func list(_ ids: [Identifier]) -> String {
        let shown = ids.prefix(20).map(\.description).joined(separator: " ")
        return ids.count > 20 ? "\(ids.count) changes, the first: \(shown)" : shown
    }
}

/// Names for people of what the quarantine holds, looked up once.
private struct QuarantineNames {
    let directory: Directory
    let devices: [TenantDevice]
    private var staffed: [String: Bool] = [:]
    private var handles: [Identifier: String?] = [:]

    init(_ snapshot: TenantSnapshot) throws {
        directory = try Directory(snapshot)
        devices = try snapshot.devices()
    }

    mutating func named(_ held: HeldChange, in snapshot: TenantSnapshot) throws -> TenantOffice.Quarantined {
        let change = held.change
        let device = devices.first { $0.id == change.stamp.device }
        var records: [TenantOffice.QuarantinedRecord] = []
        for edit in change.edits where !records.contains(where: { $0.id == edit.record }) {
            records.append(
                TenantOffice.QuarantinedRecord(
                    id: edit.record, type: Catalogue.type(edit.type)?.key ?? String(edit.type),
                    handle: try handle(of: edit.record, change, snapshot)))
        }
        var comesIn: Bool?
        // Whoever gave it back cannot give the rest, and nobody knows who can.
        if held.refusal == .withoutSensitive { comesIn = false } else if held.position == nil { comesIn = try device?.revoked == nil && isStaffed(change.member, on: change.scope, snapshot) }
        return TenantOffice.Quarantined(
            change: change, refusal: held.refusal, block: held.block, received: held.received, position: held.position,
            member: directory.handle(of: change.member) ?? change.member.description, device: device?.letters ?? change.stamp.device.description,
            engagement: directory.engagements.first { $0.id == change.scope }?.handle ?? change.scope.description, records: records,
            comesInBySync: comesIn)
    }

    private mutating func isStaffed(_ member: Identifier, on scope: Identifier, _ snapshot: TenantSnapshot) throws -> Bool {
        let key = "\(member) \(scope)"
        if let known = staffed[key] { return known }
        let answer = try snapshot.isStaffed(member, on: scope)
        staffed[key] = answer
        return answer
    }

    /// As the change itself says, or as the record says that it alters.
    private mutating func handle(of record: Identifier, _ change: Change, _ snapshot: TenantSnapshot) throws -> String? {
        for edit in change.edits where edit.record == record && edit.target == .field(CommonField.handle) {
            if let handle = edit.content.value?.text { return handle }
        }
        if let known = handles[record] { return known }
        let handle = try snapshot.record(record, in: change.scope).flatMap { RecordView(id: record, state: $0).handle }
        handles[record] = .some(handle)
        return handle
    }
}
