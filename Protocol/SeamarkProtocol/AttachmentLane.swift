public import SeamarkJournal

/// The device's side of handing in and fetching the bytes of attachments, beside push and pull on one connection.
///
/// It decides; whoever holds it carries out the actions in order and then calls `advance`, until that says nothing more. One attachment at
/// a time, what is fetched first; at most `window` chunks are under way, so that a block which is captured meanwhile waits for no more
/// than these. Every offer, chunk and wish has exactly one answer, in order: after a refusal the answers of what was under way are awaited
/// before the next is said.
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
        /// With the server now, by its receipt; those that it held already among them.
        public internal(set) var handedIn: [Item] = []
        public internal(set) var fetched: [Item] = []
        /// What the server refused, and why; it stays on the device. 4045 on a fetched one: what came did not match its hash.
        public internal(set) var refused: [Refusal] = []
        public internal(set) var bytesSent = 0
        public internal(set) var bytesFetched = 0

        public init() {}
    }

    public struct Refusal: Equatable, Sendable {
        public let item: Item
        public let code: Problem.Code

        public init(item: Item, code: Problem.Code) {
            self.item = item
            self.code = code
        }
    }

    /// Chunks under way at a time.
    public static let window = 4
    /// How often one attachment is begun anew within one connection.
    static let mostRestarts = 2

    private enum State: Equatable, Sendable {
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

    private enum After: Equatable, Sendable {
        case nothing, offerAgain, fetchAgain
        case refuse(Problem.Code)
    }

    private var fetches: [(item: Item, held: Int)]
    private var uploads: [Item]
    private let key: [UInt8]
    private let primitives: any Primitives
    private var state = State.idle
    private var unanswered = 0
    private var restarts = 0
    public private(set) var outcome = Outcome()

    /// - Parameters:
    ///   - fetches: what is wanted here, each with the bytes of it that are here already (whole chunks).
    ///   - uploads: what the device holds and has no receipt for; the smallest goes first.
    ///   - key: the server's signing key, as its greeting proved it.
    public init(fetches: [(item: Item, held: Int)], uploads: [Item], serverKey key: [UInt8], _ primitives: any Primitives) {
        self.fetches = fetches
        self.uploads = uploads.sorted { ($0.attachment.size, $0.record) < ($1.attachment.size, $1.record) }
        self.key = key
        self.primitives = primitives
    }

    /// Nothing is under way and nothing is left to do.
    public var isDone: Bool { state == .idle && fetches.isEmpty && uploads.isEmpty }

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

    // MARK: - What next

    public mutating func advance() -> [Action] {
        switch state {
        case .idle:
            if let (item, held) = fetches.first {
                fetches.removeFirst()
                return begin(fetching: item, from: held)
            }
            guard let item = uploads.first else { return [] }
            uploads.removeFirst()
            return offer(item)
        case .sending(let item, let held, var next):
            var actions: [Action] = []
            while unanswered < Self.window, let length = item.attachment.chunkLength(at: next) {
                actions.append(.sendChunk(item, offset: next))
                next += length
                unanswered += 1
            }
            state = .sending(item, held: held, next: next)
            return actions
        case .fetching(let item, let held, var next):
            var actions: [Action] = []
            while unanswered < Self.window, let length = item.attachment.chunkLength(at: next) {
                actions.append(.send(.wanted(.init(scope: item.scope, record: item.record, hash: item.attachment.hash, offset: next))))
                next += length
                unanswered += 1
            }
            state = .fetching(item, held: held, next: next)
            return actions
        case .offered, .verifying, .draining: return []
        }
    }

    private mutating func begin(fetching item: Item, from held: Int) -> [Action] {
        let whole = item.attachment.size
        // Only whole chunks count as here; a last one that is short belongs to a whole attachment.
        let start = held >= whole ? whole : max(0, held) / Attachment.chunk * Attachment.chunk
        guard start < whole else {
            state = .verifying(item)
            return [.verify(item)]
        }
        state = .fetching(item, held: start, next: start)
        return advance()
    }

    private mutating func offer(_ item: Item) -> [Action] {
        state = .offered(item)
        unanswered += 1
        return [.send(.offer(.init(scope: item.scope, record: item.record, attachment: item.attachment)))]
    }

    // MARK: - What came

    public mutating func received(_ message: AttachmentMessage) throws(SyncProblem) -> [Action] {
        guard unanswered > 0 else { throw .unexpected("an answer about an attachment that was not asked for") }
        unanswered -= 1
        switch (state, message) {
        case (.offered(let item), .held(let held)), (.sending(let item, _, _), .held(let held)): return try told(held, of: item)
        case (.fetching(let item, let held, let next), .chunk(let chunk)):
            try check(chunk.scope, chunk.hash, item)
            guard chunk.offset == held, chunk.bytes.count == item.attachment.chunkLength(at: held) else {
                throw .unexpected("another chunk of an attachment than was asked for")
            }
            let reached = held + chunk.bytes.count
            outcome.bytesFetched += chunk.bytes.count
            let keep = Action.keep(item, offset: held, bytes: chunk.bytes)
            guard reached == item.attachment.size else {
                state = .fetching(item, held: reached, next: next)
                return [keep]
            }
            state = .verifying(item)
            return [keep, .verify(item)]
        case (.offered(let item), .refused(let refusal)), (.sending(let item, _, _), .refused(let refusal)):
            try check(refusal.scope, refusal.hash, item)
            return refused(item, refusal.code, again: .offerAgain)
        case (.fetching(let item, _, _), .refused(let refusal)):
            try check(refusal.scope, refusal.hash, item)
            return refused(item, refusal.code, again: .fetchAgain)
        case (.draining(let item, _), .held(let held)):
            try check(held.scope, held.hash, item)
            return settle()
        case (.draining(let item, _), .chunk(let chunk)):
            try check(chunk.scope, chunk.hash, item)
            return settle()
        case (.draining(let item, _), .refused(let refusal)):
            try check(refusal.scope, refusal.hash, item)
            return settle()
        case (.idle, _), (.offered, _), (.sending, _), (.fetching, _), (.verifying, _), (.draining, _):
            throw .unexpected("an answer about an attachment that does not belong here")
        }
    }

    private func check(_ scope: Identifier, _ hash: Hash256, _ item: Item) throws(SyncProblem) {
        guard scope == item.scope, hash == item.attachment.hash else { throw .unexpected("an answer about another attachment") }
    }

    private mutating func told(_ held: AttachmentMessage.Held, of item: Item) throws(SyncProblem) -> [Action] {
        try check(held.scope, held.hash, item)
        switch held.standing {
        case .wholly(let receipt):
            guard receipt.attachment == item.attachment, receipt.isSigned(by: key, primitives) else { throw .forgedReceipt }
            outcome.handedIn.append(item)
            // Chunks that crossed an end which another device brought about are still answered.
            state = .draining(item, then: .nothing)
            _ = settle()
            return [.note(item, receipt)]
        case .partly(let count):
            guard count < item.attachment.size, count % Attachment.chunk == 0 else {
                throw .unexpected("the server holds a part of an attachment that does not end with a chunk")
            }
            switch state {
            case .sending(_, let before, let next):
                guard unanswered > 0 || max(next, count) < item.attachment.size else {
                    throw .unexpected("the server took the last chunk of an attachment and did not say what became of it")
                }
                outcome.bytesSent += max(0, count - before)
                state = .sending(item, held: max(before, count), next: max(next, count))
            case .idle, .offered, .fetching, .verifying, .draining: state = .sending(item, held: count, next: count)
            }
            return []
        }
    }

    /// What was refused is begun anew where that may help, once all answers are in.
    private mutating func refused(_ item: Item, _ code: Problem.Code, again: After) -> [Action] {
        let mayHelp = code == .chunkOutOfOrder || code == .attachmentMismatch
        if mayHelp, restarts < Self.mostRestarts {
            restarts += 1
            state = .draining(item, then: again)
        } else {
            state = .draining(item, then: .refuse(code))
        }
        return settle()
    }

    private mutating func settle() -> [Action] {
        guard unanswered == 0, case .draining(let item, let after) = state else { return [] }
        switch after {
        case .offerAgain: return offer(item)
        case .fetchAgain: return begin(fetching: item, from: 0)
        case .nothing: break
        case .refuse(let code): outcome.refused.append(Refusal(item: item, code: code))
        }
        state = .idle
        restarts = 0
        return []
    }

    /// What was fetched matches its hash, or does not: then it was thrown away here, and is fetched once more from the beginning.
    public mutating func verified(_ item: Item, matches: Bool) -> [Action] {
        guard case .verifying(item) = state else { return [] }
        if matches {
            state = .idle
            restarts = 0
            outcome.fetched.append(item)
            return []
        }
        guard restarts < Self.mostRestarts else {
            state = .idle
            restarts = 0
            outcome.refused.append(Refusal(item: item, code: .attachmentMismatch))
            return []
        }
        restarts += 1
        return begin(fetching: item, from: 0)
    }
}
