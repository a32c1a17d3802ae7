public import SeamarkJournal

/// The device's side of handing in and fetching the bytes of attachments, beside push and pull on one connection.
///
/// It decides; whoever holds it carries out the actions in order and then calls `advance`, until that says nothing more. One attachment at
/// a time, what is fetched first; at most `window` chunks are under way, so that a block which is captured meanwhile waits for no more
/// than these. Every offer, chunk and wish has exactly one answer, in order: after a refusal the answers of what was under way are awaited
/// before the next is said. With a budget nothing is begun that does not fit with its answer; what is left waits for the next sync.
public struct AttachmentLane: Sendable {
    /// An attachment of a scope and the row that names it.
    public struct Item: Hashable, Sendable {
        public let scope: Identifier
        public let record: Identifier
        public let attachment: Attachment

        public init(scope: Identifier, record: Identifier, attachment: Attachment) {
            self.scope = scope
            self.record = record
            self.attachment = attachment
        }
    }

    public enum Action: Equatable, Sendable {
        case send(AttachmentMessage)
        /// Read this chunk of the device's copy and send it.
        case sendChunk(Item, offset: Int)
        /// Append these bytes to what was fetched.
        case keep(Item, offset: Int, bytes: [UInt8])
        /// All was fetched: compare it with its hash, and answer with `verified`.
        case verify(Item)
        /// The server's receipt is good: note it down durably.
        case note(Item, AttachmentReceipt)
    }

    /// What a lane did.
    public struct Outcome: Equatable, Sendable {
        /// With the server now, by its receipt, after bytes of them were sent here.
        public internal(set) var handedIn: [Item] = []
        /// With the server already, by its receipt: handed in by a colleague, or before a cut.
        public internal(set) var heldAlready: [Item] = []
        public internal(set) var fetched: [Item] = []
        /// What the server refused, and why; it stays on the device. 4045 on a fetched one: what came did not match its hash.
        public internal(set) var refused: [Refusal] = []
        public internal(set) var bytesSent = 0
        public internal(set) var bytesFetched = 0
        /// How often what was fetched did not match its hash, and was thrown away.
        public internal(set) var mismatches = 0
        /// Why something was left for another sync: only with a budget.
        public internal(set) var shortfall: Shortfall?

        public init() {}

        /// What came after `earlier` of the same lane.
        public func since(_ earlier: Self) -> Self {
            var rest = self
            rest.handedIn.removeFirst(min(rest.handedIn.count, earlier.handedIn.count))
            rest.heldAlready.removeFirst(min(rest.heldAlready.count, earlier.heldAlready.count))
            rest.fetched.removeFirst(min(rest.fetched.count, earlier.fetched.count))
            rest.refused.removeAll(where: earlier.refused.contains)
            rest.bytesSent -= earlier.bytesSent
            rest.bytesFetched -= earlier.bytesFetched
            rest.mismatches -= earlier.mismatches
            return rest
        }
    }

    public struct Refusal: Equatable, Sendable {
        public let item: Item
        public let code: Problem.Code
        /// Where it is too large: the most bytes that the server takes of one; nil where it did not say.
        public let limit: Int?

        public init(item: Item, code: Problem.Code, limit: Int? = nil) {
            self.item = item
            self.code = code
            self.limit = limit
        }
    }

    /// Chunks under way at a time.
    public static let window = 4
    /// How often one attachment is begun anew within one connection.
    static let mostRestarts = 2

    /// Bytes on the connection: an offer or a wish; what a chunk's frame takes beside its bytes; an answer that brings no chunk. At most.
    static let offerCost = ByteBudget.cost(ofFrame: 192)
    static let chunkOverhead = ByteBudget.cost(ofFrame: Attachment.chunk + 192) - Attachment.chunk
    static let answerCost = ByteBudget.cost(ofFrame: 256)

    enum State: Equatable, Sendable {
        case idle
        case offered(Item)
        /// The server's copy ends at `held`; chunks up to `next` were sent.
        case sending(Item, held: Int, next: Int)
        /// So much is here; chunks up to `next` were asked for.
        case fetching(Item, held: Int, next: Int)
        case verifying(Item)
        /// The answers to what was under way are awaited.
        case draining(Item, then: After)
    }

    enum After: Equatable, Sendable {
        case nothing, offerAgain, fetchAgain
        case refuse(Problem.Code, limit: Int?)
    }

    private var fetches: [(item: Item, held: Int)]
    var uploads: [Item]
    /// Everything that was to be handed in since the lane began, but for what may be taken yet though it was refused.
    private var known: Set<Item>
    let key: [UInt8]
    let primitives: any Primitives
    var state = State.idle
    /// What each answer that is due may take on the connection, in their order.
    var dues: [Int] = []
    var restarts = 0
    public internal(set) var outcome = Outcome()

    /// - Parameters:
    ///   - fetches: what is wanted here, each with the bytes of it that are here already (whole chunks).
    ///   - uploads: what the device holds and has no receipt for; the smallest goes first.
    ///   - key: the server's signing key, as its greeting proved it.
    public init(fetches: [(item: Item, held: Int)], uploads: [Item], serverKey key: [UInt8], _ primitives: any Primitives) {
        self.fetches = fetches
        self.uploads = []
        known = []
        self.key = key
        self.primitives = primitives
        add(uploads: uploads)
    }

    /// Takes on what has come to wait since: what it was given before it passes over. What the server had no record for is offered again,
    /// since that may have come.
    public mutating func add(uploads added: [Item]) {
        let mayBeTaken = Set(outcome.refused.filter { $0.code == .noSuchAttachment }.map(\.item)).intersection(added)
        outcome.refused.removeAll { mayBeTaken.contains($0.item) }
        uploads = (uploads + added.filter { known.insert($0).inserted || mayBeTaken.contains($0) })
            .sorted { ($0.attachment.size, $0.record) < ($1.attachment.size, $1.record) }
    }

    /// Nothing is under way, and nothing is left to do or to be begun.
    public var isDone: Bool {
        switch state {
        case .idle: outcome.shortfall != nil || fetches.isEmpty && uploads.isEmpty
        case .sending, .fetching: outcome.shortfall != nil && dues.isEmpty
        case .offered, .verifying, .draining: false
        }
    }

    /// Bytes on the connection that the answers which are due may take.
    public var owed: Int { dues.reduce(0, +) }

    var unanswered: Int { dues.count }

    /// Attachments that are still to be handed in or fetched.
    public var remainingCount: Int {
        switch state {
        case .idle, .verifying, .draining: uploads.count + fetches.count
        case .offered, .sending, .fetching: uploads.count + fetches.count + 1
        }
    }

    /// Bytes that are still to be sent and to be fetched, for progress.
    public var remaining: (up: Int, down: Int) {
        var up = uploads.reduce(0) { $0 + $1.attachment.size }
        var down = fetches.reduce(0) { $0 + $1.item.attachment.size - $1.held }
        switch state {
        case .idle, .verifying, .draining: break
        case .offered(let item): up += item.attachment.size
        case .sending(let item, let held, _): up += item.attachment.size - held
        case .fetching(let item, let held, _): down += item.attachment.size - held
        }
        return (up, down)
    }

    /// The one that is under way, and how many bytes of it are left, for progress.
    public var underWay: (item: Item, left: Int)? {
        switch state {
        case .idle, .draining: nil
        case .offered(let item): (item, item.attachment.size)
        case .sending(let item, let held, _), .fetching(let item, let held, _): (item, item.attachment.size - held)
        case .verifying(let item): (item, 0)
        }
    }

    // MARK: - What next

    /// - Parameter room: bytes on the connection that may still pass, without those that are due (`owed`).
    public mutating func advance(room: Int = .max) -> [Action] {
        outcome.shortfall = nil
        switch state {
        case .idle:
            if let (item, held) = fetches.first {
                fetches.removeFirst()
                let actions = begin(fetching: item, from: held)
                return actions.isEmpty ? advance(room: room) : actions
            }
            guard let item = uploads.first else { return [] }
            // Not offered unless its first chunk may follow.
            let chunk = item.attachment.chunkLength(at: 0) ?? 0
            guard fits(Self.offerCost + Self.answerCost + chunk + Self.chunkOverhead + Self.answerCost, room) else { return [] }
            uploads.removeFirst()
            return offer(item)
        case .sending(let item, let held, var next):
            var (actions, room) = ([Action](), room)
            while unanswered < Self.window, let length = item.attachment.chunkLength(at: next),
                fits(length + Self.chunkOverhead + Self.answerCost, room)
            {
                actions.append(.sendChunk(item, offset: next))
                next += length
                room -= length + Self.chunkOverhead + Self.answerCost
                dues.append(Self.answerCost)
            }
            state = .sending(item, held: held, next: next)
            return actions
        case .fetching(let item, let held, var next):
            var (actions, room) = ([Action](), room)
            while unanswered < Self.window, let length = item.attachment.chunkLength(at: next),
                fits(Self.offerCost + length + Self.chunkOverhead, room)
            {
                actions.append(.send(.wanted(.init(scope: item.scope, record: item.record, hash: item.attachment.hash, offset: next))))
                next += length
                room -= Self.offerCost + length + Self.chunkOverhead
                dues.append(length + Self.chunkOverhead)
            }
            state = .fetching(item, held: held, next: next)
            return actions
        case .offered, .verifying, .draining: return []
        }
    }

    private mutating func fits(_ cost: Int, _ room: Int) -> Bool {
        if cost <= room { return true }
        outcome.shortfall = .lacking(cost)
        return false
    }

    /// What is wanted first is said by the next `advance`.
    mutating func begin(fetching item: Item, from held: Int) -> [Action] {
        let whole = item.attachment.size
        // Only whole chunks count as here; a last one that is short belongs to a whole attachment.
        let start = held >= whole ? whole : max(0, held) / Attachment.chunk * Attachment.chunk
        guard start < whole else {
            state = .verifying(item)
            return [.verify(item)]
        }
        state = .fetching(item, held: start, next: start)
        return []
    }

    private mutating func offer(_ item: Item) -> [Action] {
        state = .offered(item)
        dues.append(Self.answerCost)
        return [.send(.offer(.init(scope: item.scope, record: item.record, attachment: item.attachment)))]
    }
}
