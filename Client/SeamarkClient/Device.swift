internal import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore
internal import Synchronization

/// A laptop of one member for one tenant, unlocked: what verbs capture into and read from. It works without a network.
///
/// Several commands may hold the same device at once; each transaction reads first what the others wrote.
public final class Device: Sendable {
    public let store: OpenDeviceStore
    public let tools: DeviceTools
    public var primitives: any Primitives { tools.primitives }
    /// The device's clock: milliseconds since 1970.
    public let now: @Sendable () -> Int64
    /// The version of the record types that its program knows; another one than this program's only where a simulation plays an older or newer one.
    let schema: UInt32
    private let captured = Mutex<[(scope: Identifier, record: Identifier)]>([])

    public convenience init(store: OpenDeviceStore, tools: DeviceTools = .system, now: @escaping @Sendable () -> Int64) {
        self.init(store: store, tools: tools, schema: Catalogue.version, now: now)
    }

    package init(store: OpenDeviceStore, tools: DeviceTools, schema: UInt32, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.tools = tools
        self.schema = schema
        self.now = now
    }

    /// The state as this process last saw it.
    public var state: DeviceState { get throws { try store.state } }

    /// The member as an author, for judging early what the server will judge.
    public func author(_ identity: DeviceIdentity) -> Author {
        Author(member: identity.member, role: Role(rawValue: Int64(identity.role)) ?? .clientViewer)
    }

    /// Is its member a client viewer?
    public var isViewers: Bool { get throws { Role(rawValue: Int64(try state.identity.role)) == .clientViewer } }

    // MARK: - Capturing

    /// Why a capture is refused; nothing was stored.
    public enum Refused: Error, Sendable {
        case complaints([Complaint])
        /// This device does not hold the engagement, or its member was removed from it; or it is none: the directory is headquarters' word.
        case noSuchScope
        /// A quote or answer of somebody who withdrew consent, by the person's handle.
        case consentWithdrawn(String)
        /// More edits or text than one change may hold.
        case tooLarge
    }

    /// Makes one change of `edits` and stores it durably: the same rules that the server applies judge it first.
    ///
    /// - Parameters:
    ///   - scope: the engagement.
    ///   - edits: made on the state inside the transaction, so that nothing another command wrote meanwhile is missed;
    ///     empty means that there is nothing to change.
    /// - Returns: the change, or nil when there was nothing to change.
    @discardableResult
    public func capture(in scope: Identifier, _ edits: (DeviceState, Replica) throws -> [Edit]) throws -> Change? {
        try captureAll(in: scope) { state, replica in
            let edits = try edits(state, replica)
            return edits.isEmpty ? [] : [edits]
        }.first
    }

    /// As `capture`, for many changes in one transaction: all or none. Each is judged on top of those before it.
    ///
    /// - Parameter noting: what the device remembers of it besides, in the same transaction.
    @discardableResult
    public func captureAll(
        in scope: Identifier, noting: (DeviceState, [Change]) -> DeviceEvent? = { _, _ in nil }, _ make: (DeviceState, Replica) throws -> [[Edit]]
    ) throws -> [Change] {
        let stored = try store.transaction { transaction in
            let (groups, identity, first) = try plan(transaction.state, scope, make)
            let author = author(identity)
            var clock = first
            var changes: [Change] = []
            for edits in groups where !edits.isEmpty {
                let composed = ComposedText.composed(edits, over: transaction.state.replicas[scope])
                guard !composed.isEmpty else { continue }
                let edits = try Self.whole(composed, over: transaction.state.replicas[scope])
                let change = Change(
                    scope: scope, stamp: clock.stamp(now: now()), member: identity.member, schema: schema, edits: edits,
                    primitives: primitives)
                let complaints = Judgement.verdict(on: change, author: author, primitives: SystemPrimitives()) { transaction.state.replicas[scope]?.record($0) }
                guard complaints.isEmpty else { throw Refused.complaints(complaints) }
                try transaction.append(.replica(scope, .captured(change)))
                changes.append(change)
            }
            if !changes.isEmpty, let note = noting(transaction.state, changes) { try transaction.append(note) }
            return changes
        }
        captured.withLock { captured in
            for edit in stored.flatMap(\.edits) where captured.last?.record != edit.record { captured.append((stored[0].scope, edit.record)) }
        }
        return stored
    }

    /// What the records are called that were captured through this device, each once, the first first: a command that cannot print what it did says them.
    public var capturedNames: [String] {
        var seen: Set<Identifier> = []
        let records = captured.withLock { $0.filter { seen.insert($0.record).inserted } }
        guard !records.isEmpty else { return [] }
        let state = try? state
        return records.map { scope, record in state.flatMap { RecordFinder($0, scope: scope)?.name(of: record) } ?? record.description }
    }

    /// The edits with everything that they must name, if they fit one change.
    static func whole(_ edits: [Edit], over replica: Replica?) throws(Refused) -> [Edit] {
        let edits = OneWord.gathered(edits).map { edit in replica.map { $0.whole(edit) } ?? edit }
        guard Change.fitsABlock(edits) else { throw .tooLarge }
        return edits
    }

    /// What is to be captured. Its copy of the state is gone when the first event is appended.
    private func plan(
        _ state: DeviceState, _ scope: Identifier, _ make: (DeviceState, Replica) throws -> [[Edit]]
    ) throws -> ([[Edit]], DeviceIdentity, DeviceClock) {
        // A command that began before an order to wipe must not add to what is about to be destroyed.
        guard let standing = state.scopes[scope], standing.takesCaptures, let replica = state.replicas[scope], state.settings[.wipeOrder] == nil
        else { throw Refused.noSuchScope }
        let groups = try make(state, replica)
        try Self.refuseWithdrawn(groups, over: replica)
        return (groups, state.identity, state.clock)
    }

    // MARK: - Streams

    /// Seals the oldest of what was captured in `scope` and is not sealed yet into the next block of the device's stream. It is
    /// durable, byte for byte, when this returns. False when all was sealed already.
    ///
    /// - Parameter most: bytes of the block and what travels beside it, if more than one change goes into it.
    @discardableResult
    public func sealNext(_ scope: Identifier, atMost most: Int = Block.longest) throws -> Bool {
        try store.transaction { transaction in
            guard let block = next(transaction.state, scope, atMost: most) else { return false }
            try transaction.append(.replica(scope, .sealed(block)))
            return true
        }
    }

    /// Seals all that was captured in `scope`.
    public func seal(_ scope: Identifier) throws { while try sealNext(scope) {} }

    /// The block. The copy of the state that it is made from is gone when the block is appended.
    private func next(_ state: DeviceState, _ scope: Identifier, atMost most: Int) -> Block? {
        state.replicas[scope].flatMap { next(of: $0, state.identity, atMost: most) }
    }

    /// The block that would be sealed next.
    private func next(of replica: Replica, _ identity: DeviceIdentity, atMost most: Int) -> Block? {
        next(of: replica.fresh, in: replica.stream, after: replica.end, identity, atMost: most)
    }

    /// The same of what is left to be sealed behind an end of the stream.
    func next(of fresh: ArraySlice<Change>, in stream: StreamName, after end: StreamEnd, _ identity: DeviceIdentity, atMost most: Int = Block.longest) -> Block? {
        guard !fresh.isEmpty else { return nil }
        let portion = fresh.prefix(Block.portion(of: fresh, atMost: most))
        return Block.seal(Array(portion), in: stream, after: end, by: tools.signer(identity.signingSeed), primitives)
    }

    /// Begins a new incarnation of the stream: the store was found to be a restored or cloned one. A copy that is there stays of the epoch that it
    /// was read in, or nothing would say that it is to be read anew; one that is not begins in `epoch`.
    ///
    /// - Parameter isNews: people are to hear of it; that is remembered with it, since what began it may be cut off before it tells them.
    func begin(_ scope: Identifier, epoch: UInt64 = 0, isNews: Bool = false) throws {
        let incarnation = try tools.word()
        try store.transaction { transaction in
            let epoch = transaction.state.replicas[scope]?.epoch ?? epoch
            let stream = StreamName(device: transaction.state.identity.device, incarnation: incarnation, scope: scope)
            try transaction.append(.replica(scope, .began(stream, epoch: epoch)))
            guard isNews else { return }
            let known = Self.renumbered(transaction.state)
            if !known.contains(scope) { try transaction.append(.setting(.renumbered, .list((known + [scope]).map(Value.id)))) }
        }
    }

    /// Scopes whose work was numbered anew since the store was found restored or copied, and nobody was told yet.
    public var renumbered: [Identifier] { get throws { Self.renumbered(try state) } }

    private static func renumbered(_ state: DeviceState) -> [Identifier] { state.settings[.renumbered]?.list?.compactMap(\.id) ?? [] }

    /// Somebody was told of `scopes`.
    public func hasTold(renumbered scopes: [Identifier]) throws {
        guard try !renumbered.isEmpty else { return }
        try store.transaction { transaction in
            let left = Self.renumbered(transaction.state).filter { !scopes.contains($0) }
            try transaction.append(.setting(.renumbered, left.isEmpty ? .absent : .list(left.map(Value.id))))
        }
    }

    // MARK: - Reading

    /// The records of one type (or all) that an engagement shows, in the order of their ids, deleted ones left out.
    public func records(in scope: Identifier, type: RecordTypeNumber? = nil) throws -> [RecordView] {
        guard let replica = try state.replicas[scope] else { return [] }
        let views = replica.views()
        let hidden = Withdrawals.concealed(among: views)
        return views.filter { !hidden.contains($0.id) && (type == nil || $0.state.type == type) }
    }
}

extension Replica {
    /// The records of one type (or all) as they are shown, deleted ones left out.
    public func views(type: RecordTypeNumber? = nil) -> [RecordView] {
        recordIDs.compactMap { id in
            guard let view = view(id), type == nil || view.state.type == type else { return nil }
            return view.isDeleted ? nil : view
        }
    }

    public func view(_ id: Identifier) -> RecordView? { shown(id, SystemPrimitives()).map { RecordView(id: id, state: $0) } }
}
