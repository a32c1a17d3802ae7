public import SeamarkJournal

/// The device's side of one sync: what to say to the server, what to make durable, when it is over.
///
/// It decides; whoever holds it carries out the actions in order, each to its end, and then calls `advance` with the
/// replicas as they are now, until `advance` has nothing more to say. Nothing is sent before the server's greeting, and
/// streams are compared before anything of a scope is pushed or pulled.
public struct SyncSession: Sendable {
    public enum Action: Sendable {
        case send(Message)
        /// Note the greeting down (role, server key, time) as durably as anything.
        case adopt(Message.Welcome)
        /// The member is staffed on a scope that the device does not hold: begin a replica of it.
        case add(scope: Identifier, kind: Message.ScopeKind, epoch: UInt64)
        /// The device's store was restored or cloned: begin a new incarnation of the stream. What was read stays what it is, of the epoch that it
        /// is of.
        case begin(scope: Identifier)
        /// The log is another one than the device knows, or says more to its member by now, and has been given what the device held of it: read it anew.
        case rebuild(scope: Identifier, epoch: UInt64)
        /// Hand in, as `Message.Donation`s in the order in which the device learnt them, all entries of the scope that the server's log may
        /// lack (`HeldLog`): those that do not lie on the device's present log up to one of `known`. The last donation says so, and is sent
        /// even where there is nothing to hand in.
        case donate(scope: Identifier, known: [LogPlace])
        /// Hand in once more what came without its sensitive values and the log lacks, in the same way: the server keeps it outside the log, and one that was
        /// put back to before it came has it no more, though its log is the same. The last donation says so here too.
        case offer(scope: Identifier, known: [LogPlace])
        /// Compute the state of the scope anew from the log entries that the store holds (`Rederivation`), and hand it to `rederived` at once.
        case rederive(scope: Identifier)
        /// Everything was handed in, and the device may destroy its copy of the scope, key and all.
        case leave(scope: Identifier)
        /// Seal the next block of what is captured, of no more than so many bytes unless one change is larger; its bytes are durable
        /// before they are sent.
        case seal(scope: Identifier, atMost: Int)
        /// Send these own blocks as pushes, in this order.
        case push(scope: Identifier, blocks: [Hash256])
        /// Make these events durable, in one transaction.
        case store(scope: Identifier, events: [ReplicaEvent])
        /// All is said: close.
        case finish(Outcome)
        case fail(SyncProblem)
    }

    /// What a finished sync did.
    public struct Outcome: Equatable, Sendable {
        public internal(set) var pushedBlocks = 0
        public internal(set) var pushedChanges = 0
        public internal(set) var pulledEntries = 0
        public internal(set) var pulledChanges = 0
        /// Changes that the server keeps in quarantine, as their verdicts came in.
        public internal(set) var quarantined = 0
        /// Scopes whose stream is held: the server took its blocks into quarantine whole.
        public internal(set) var held: [Identifier] = []
        /// Scopes whose store was found to be restored or cloned.
        public internal(set) var renumbered: [Identifier] = []
        public internal(set) var rebuilt: [Identifier] = []
        /// Those of them that were read anew because the member's role sees more than it did.
        public internal(set) var readAgain: [Identifier] = []
        public internal(set) var revoked = false
        /// Headquarters has not confirmed this device's words: nothing was sent or fetched.
        public internal(set) var awaitsConfirmation = false
        /// Headquarters wants this device wiped, as the greeting says or an earlier one said: what is left to do is to hand in.
        public internal(set) var mustBeWiped = false
        /// The server has no such scope, or what the device still holds of it fits no donation: nobody took it, and it stays.
        public internal(set) var untaken: [Identifier] = []
        /// Those of them that the server has no such scope for, though this device holds one: its store was put back to before the scope began.
        public internal(set) var unknown: [Identifier] = []
        /// Scopes that the member was removed from: everything was handed in, and the copy here was destroyed.
        public internal(set) var left: [Identifier] = []
        /// The server has heard two copies of this device's store.
        public internal(set) var hasTwoCopies = false
        /// This program is too old to write: its work is kept at the server in quarantine.
        public internal(set) var isOutdated = false
        /// This program is too old to read: it handed in its work, and was told nothing new.
        public internal(set) var isTooOldToRead = false
        /// The server knows a newer schema than this program.
        public internal(set) var isBehind = false
        /// What came of differing digests.
        public internal(set) var examinations: [Examined] = []
        /// Why something was left for another sync: only with a budget.
        public internal(set) var shortfall: Shortfall?

        public init() {}
    }

    /// What came of differing digests in one scope.
    public struct Examined: Equatable, Sendable {
        public let scope: Identifier
        /// Nil where the server would not compare so much just now: the next sync does it.
        public let note: RepairNote?
    }

    /// Who the device is.
    public struct Device: Sendable {
        public let id: Identifier
        public let tenant: Identifier
        public let software: String
        public let schema: UInt32
        /// An order to wipe it was obeyed as far as that it reads nothing any more, whatever a greeting says now.
        public let mustBeWiped: Bool

        public init(id: Identifier, tenant: Identifier, software: String, schema: UInt32, mustBeWiped: Bool = false) {
            self.id = id
            self.tenant = tenant
            self.software = software
            self.schema = schema
            self.mustBeWiped = mustBeWiped
        }
    }

    /// What the session must be able to ask: cryptography, and the keys of others.
    public struct Knowledge: Sendable {
        public let primitives: any Primitives
        /// Does the tenant authority's signature stand over this server key?
        public let isGenuine: @Sendable (Message.ServerKey) -> Bool
        /// The signing key that `shared` holds for a device.
        public let signingKey: @Sendable (Identifier) -> [UInt8]?
        /// The server's keys that were replaced, as far as the device has heard: none of them signs anything any more.
        public let replacedKeys: Set<[UInt8]>

        public init(
            primitives: any Primitives, isGenuine: @escaping @Sendable (Message.ServerKey) -> Bool,
            signingKey: @escaping @Sendable (Identifier) -> [UInt8]?, replacedKeys: Set<[UInt8]> = []
        ) {
            self.replacedKeys = replacedKeys
            self.primitives = primitives
            self.isGenuine = isGenuine
            self.signingKey = signingKey
        }
    }

    /// One scope's part of the sync.
    struct Work: Sendable {
        let status: Message.ScopeStatus
        var isCompared = false
        var inFlight: [Hash256] = []
        var pushedThrough: StreamEnd
        var isHeld = false
        /// The server would not take a block of the stream, as it is: nothing more is pushed.
        var isRefused = false
        /// A push was refused because of its place in the stream: nothing more is pushed until all answers are in.
        var isLost = false
        var renumberings = 0
        var hasTakenStranded = false
        var isPulling = false
        /// With a budget: how long the answer to the pull may be, and what the next entry is known to take.
        var mostEntryBytes = 0
        var leastEntryBytes = 0
        /// Where the log stands, as last heard; the digest where it was said.
        var place: LogPlace
        var digest: ScopeDigest?
        /// The server's log is not the one that this device has read: it is given what it lacks before anything else.
        var recovery: Recovery?
        /// Everything that the device holds has been handed in during this sync.
        var hasDonated = false
        /// The log has been read, and what it lacks and the server can only keep outside it has been offered, where there is any.
        var hasOffered = false
        /// Not everything could be handed in: the copy is kept whatever the server says.
        var keepsCopy = false
        /// The server has no such scope.
        var isUnknown = false
        /// Where the server's copy of the present stream ends, as the last donation's answer said.
        var streamEnd: StreamEnd?
        /// The log turned out in the middle of the sync to be another one.
        var mustRecover = false
        /// The cursor, once the events that were handed out are stored.
        var learnt: LogPlace?
        /// Device and server hold different states of the same log.
        var examination: Examination?
    }

    /// What is asked and handed in where the server's log may lack something.
    enum Recovery: Sendable {
        /// The greeting's log ended before what the device has seen of it: does it still?
        case checking
        /// Does the log hold what the device has read?
        case asking
        case donating
        /// The log is the one that the device has read: it is not read anew when this is over.
        case offering
    }

    /// Pulling `shared` again, since a colleague enrolled after it was pulled.
    enum Refresh: Sendable, Equatable { case none, due, asked }

    enum State: Sendable { case awaitingWelcome, running, done }

    /// Bytes of blocks asked for at a time.
    public static let credit: UInt32 = 900_000
    /// Pushes under way at a time: with `ServerSession.mostWaiting` in mind.
    static let mostInFlight = 32

    let device: Device
    let now: Int64
    var state = State.awaitingWelcome
    var welcome: Message.Welcome?
    var work: [Identifier: Work] = [:]
    /// `shared` first: it holds the keys; then by id.
    var order: [Identifier] = []
    var isStatusSent = false
    public internal(set) var isWatching = false
    /// A Watch was said that no News has answered.
    public internal(set) var isWatchUnanswered = false
    var refresh = Refresh.none
    /// Why a block of this device's own was not taken, the first of them; other scopes went on.
    var blockRefused: Problem.Code?
    /// The log of this scope ended, when the server greeted, before what this device has seen of it. The server has been told in the Status, or is about
    /// to be.
    var shortLog: Identifier?
    public internal(set) var outcome = Outcome()
    /// Set while something else goes on over the connection (attachments): then the session does not finish, and takes up what is
    /// captured meanwhile.
    public var staysOpen = false
    /// By scope the newest of the server's receipts for attachments, for its Status: what a log does not tell is proven by them. Set before the
    /// greeting.
    public var attachmentReceipts: [Identifier: AttachmentReceipt] = [:]
    /// Scopes that were read under a role which sees less: they are read anew, as where the epoch was renewed. Set when the greeting was adopted.
    public var readsAgain: Set<Identifier> = []
    /// All is said for now; only `staysOpen` keeps the session from finishing.
    public internal(set) var isResting = false
    /// How much may pass; whoever holds the session counts what has.
    public var budget: ByteBudget?
    /// What one `advance` has decided to send, and what it found no room for.
    var planned = 0
    var shortfall: Shortfall?
    /// Bytes of the frame that carries a block of a scope; asked for with a budget only.
    public typealias Weight = (Identifier, Hash256) -> Int
    /// What of a replica's scope is not with the server, for the Status; asked for when that is said, and nil where it cannot be measured.
    public typealias Measure = (Replica) -> Message.UnsentWork?

    /// `now`: the device's clock, milliseconds since 1970; it is told to the server, and decides nothing.
    public init(device: Device, now: Int64) {
        self.device = device
        self.now = now
    }

    /// How many changes are still to be pushed and entries to be pulled, for progress.
    public func remaining(_ replicas: [Identifier: Replica]) -> (changes: Int, entries: Int) {
        remainingByScope(replicas).reduce((changes: 0, entries: 0)) { ($0.changes + $1.changes, $0.entries + $1.entries) }
    }

    /// The same of each scope in which something is left, in the order in which they are worked at.
    public func remainingByScope(_ replicas: [Identifier: Replica]) -> [(scope: Identifier, changes: Int, entries: Int)] {
        order.compactMap { scope in
            guard let work = work[scope], work.status.staffed else { return nil }
            let cursor = replicas[scope]?.cursor.position ?? 0
            let left = (changes: replicas[scope]?.unsentCount ?? 0, entries: work.place.position > cursor ? Int(work.place.position - cursor) : 0)
            return left.changes + left.entries > 0 ? (scope, left.changes, left.entries) : nil
        }
    }

    // MARK: - What came

    public mutating func received(_ message: Message, replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        switch state {
        case .done: return []
        case .awaitingWelcome:
            switch message {
            case .welcome(let welcome): return greeted(by: welcome, replicas, knowledge)
            case .problem(let problem): return fail(.server(problem))
            case .status, .push, .receipt, .pushRefused, .pull, .entries, .donate, .donated, .door, .enrol, .enrolled, .renew, .renewed, .attachment, .watch, .news,
                .compare, .compared, .dispute, .settled:
                return fail(.unexpected("the server did not greet first"))
            }
        case .running:
            switch message {
            case .receipt(let receipt): return accepted(receipt, replicas, knowledge)
            case .pushRefused(let refusal): return refused(refusal, replicas)
            case .entries(let entries): return learnt(entries, replicas, knowledge)
            case .donated(let donated): return donated.isLast ? gaveAll(donated, knowledge) : answered(donated, replicas, knowledge)
            case .compared(let compared): return differs(by: compared, replicas)
            case .settled(let answer): return settled(by: answer, replicas)
            case .problem(let problem): return troubled(by: problem)
            case .news(let news): return told(news)
            case .welcome, .status, .push, .pull, .donate, .door, .enrol, .enrolled, .renew, .renewed, .attachment, .watch, .compare, .dispute:
                return fail(.unexpected("the server said something that does not belong here"))
            }
        }
    }

    /// The holder did not leave a scope after all: bytes of attachments wait there that nobody took.
    public mutating func hasKept(_ id: Identifier) {
        outcome.left.removeAll { $0 == id }
        if !outcome.untaken.contains(id) { outcome.untaken.append(id) }
    }

    /// The holder found entries that it could not hand in: this device may be the last that has them, and keeps them.
    public mutating func couldNotGive(_ id: Identifier) {
        work[id]?.keepsCopy = true
        if !outcome.untaken.contains(id) { outcome.untaken.append(id) }
    }

    /// Did the server say in this sync that it has no such scope? False where it showed that it has one; nil where it said neither.
    public func isUnknown(_ id: Identifier) -> Bool? {
        guard let scope = work[id] else { return nil }
        if scope.isUnknown { return true }
        return scope.hasDonated || welcome?.scopes.contains { $0.scope == id } == true ? false : nil
    }

    /// There is nowhere to put what this device holds of the scope. Nobody took it, whatever else was handed in, and the copy here stays.
    mutating func hasNoPlace(for id: Identifier) {
        work[id]?.isUnknown = true
        work[id]?.keepsCopy = true
        if !outcome.untaken.contains(id) { outcome.untaken.append(id) }
        if !outcome.unknown.contains(id) { outcome.unknown.append(id) }
    }

    /// The connection ended before the sync did.
    public mutating func ended() -> [Action] {
        switch state {
        case .done: return []
        case .awaitingWelcome: return fail(.closedBeforeGreeting)
        case .running: return fail(.cut)
        }
    }

    mutating func fail(_ problem: SyncProblem) -> [Action] {
        state = .done
        return [.fail(problem)]
    }

    /// The scope of the directory, where this member reads it.
    var shared: Identifier? { order.first { work[$0]?.status.kind == .shared && work[$0]?.status.staffed == true } }
}
