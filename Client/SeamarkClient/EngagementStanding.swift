public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

/// How one scope stands on this device: what answers "is my work safe?" about it. Facts only; two surfaces say them.
/// It looks at one moment's state, as its finder does.
public struct EngagementStanding {
    public let id: Identifier
    public let scope: DeviceScope
    public let replica: Replica
    /// What it is called, without opening a record.
    public let record: RecordView?
    /// Records that are not deleted.
    public let records: Int
    /// Interviews that are not deleted, so many in each status, from draft to locked.
    public let interviews: [(status: String, count: Int)]
    /// Changes without a receipt.
    public var unsent: Int { replica.unsentCount }
    /// When the oldest of them was made, by this laptop's clock: milliseconds since 1970.
    public let oldestUnsent: Int64?
    /// The most bytes on the connection that they would take, blocks not yet sealed included.
    public let bytesUnsent: Int
    public var attachmentsWaiting: (count: Int, bytes: Int) {
        (attachments.toHandIn.count + attachments.refused.count, attachments.toHandIn.bytes + attachments.refused.bytes)
    }
    public let attachments: AttachmentsWaiting
    /// Of these, what the server refused when they were last offered: the row of evidence, and how.
    public let attachmentsRefused: [(record: RecordView, size: Int, refusal: AttachmentsWaiting.Refusal)]
    /// The server said that it does not know this scope: whatever it had of it is on laptops alone.
    public let isUnknown: Bool
    /// Nothing of it is on this device alone.
    public var isWithServer: Bool { unsent == 0 && attachmentsWaiting.count == 0 && !isUnknown }
    /// Own changes that the log holds and does not apply, in the order in which they were made.
    public let quarantined: [(change: Change, refusal: Refusal)]
    /// What records with conflicts are called, each as often as it has conflicts.
    public let conflicts: [String]
    /// Texts that were begun in guided interviews and are no record yet, by what the interview is called.
    public let drafts: [(interview: String, texts: Int)]
    /// What names the records; nil where the scope holds none that can be named.
    public let finder: RecordFinder?

    /// Nil when the device does not hold it. Throws where the store cannot be read.
    public init?(of id: Identifier, _ state: DeviceState, _ device: Device) throws {
        guard let scope = state.scopes[id], let replica = state.replicas[id] else { return nil }
        self.id = id
        self.scope = scope
        self.replica = replica
        isUnknown = state.unknownScopes.contains(id)
        record = replica.view(id)
        finder = RecordFinder(state, scope: id)
        let live = finder?.all.filter { !$0.isDeleted } ?? []
        records = live.count
        let statuses = live.filter { $0.type?.number == Catalogue.interview.number }.map { $0.choice("status") ?? "draft" }
        guard case .choice(let choices)? = Catalogue.interview.field(key: "status")?.kind else { preconditionFailure("an interview has a status") }
        interviews = choices.choices.map { choice in (choice.key, statuses.count { $0 == choice.key }) }
        oldestUnsent = replica.oldestUnsent
        bytesUnsent = replica.unsentCount == 0 ? 0 : try SyncForecast.bytesUnsent(replica, state.identity, device)
        attachments = try device.attachmentsNotWithServer(in: id)
        let refusals = Device.attachmentRefusals(state)
        attachmentsRefused = refusals.isEmpty ? [] : try device.attachmentsThatWait(in: id).compactMap { one in
            guard let refusal = refusals[one.record.id] else { return nil }
            return (one.record, one.attachment.size, refusal)
        }
        quarantined = replica.confirmed.refused.values.filter { $0.change.stamp.device == replica.stream.device }
            .sorted { $0.change.stamp < $1.change.stamp }.map { ($0.change, $0.refusal) }
        drafts = InterviewDrafts.waiting(in: id, state, finder)
        conflicts = finder.map { finder in finder.conflicts.map { finder.name(of: $0.record.id) } } ?? []
    }
}

extension Replica {
    /// When the oldest change without a receipt was made, by this laptop's clock: milliseconds since 1970; nil where all have one.
    var oldestUnsent: Int64? { (fresh.map(\.stamp.time) + waiting.flatMap { $0.changes.compactMap { history[$0]?.stamp.time } }).min() }
}

extension DeviceState {
    /// The engagement that commands mean because there is no other, once it was read or captured into; nil where one was chosen, or there is more to choose from.
    var onlyEngagementWorkedOn: Identifier? {
        guard settings[.currentScope] == nil else { return nil }
        let all = scopeIDs.filter { scopes[$0]?.kind == .engagement && scopes[$0]?.isWithdrawn == false }
        guard all.count == 1, let only = all.first, let replica = replicas[only] else { return nil }
        return replica.cursor.position > 0 || replica.unsentCount > 0 ? only : nil
    }
}
