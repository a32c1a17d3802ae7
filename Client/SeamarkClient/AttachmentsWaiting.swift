public import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// Attachments that are on this device and not with the server: what the next sync hands in as far as anybody knows, and what the server refused when it
/// was last offered. That is offered again, and stays here for as long as it is refused. Bytes that several rows name are counted once.
public struct AttachmentsWaiting: Hashable, Sendable {
    public struct Amount: Hashable, Sendable {
        public internal(set) var count = 0
        public internal(set) var bytes = 0

        public init() {}

        mutating func add(_ attachment: Attachment) {
            count += 1
            bytes += attachment.size
        }
    }

    /// How the server refused one.
    public struct Refusal: Hashable, Sendable {
        public let code: UInt32
        /// Where it is too large: the most bytes that the server takes of one; nil where it did not say.
        public let limit: Int?

        public init(code: UInt32, limit: Int? = nil) { (self.code, self.limit) = (code, limit) }
    }

    public internal(set) var toHandIn = Amount()
    public internal(set) var refused = Amount()
    /// How many were refused in each way.
    public internal(set) var refusals: [Refusal: Int] = [:]

    public init() {}

    mutating func add(_ standings: [AttachmentStanding], refusedBefore: [Identifier: Refusal]) {
        var wanted: Set<Attachment> = []
        var refused: [Attachment: Refusal] = [:]
        for one in standings {
            if let refusal = refusedBefore[one.record.id] { refused[one.attachment] = refused[one.attachment] ?? refusal } else { wanted.insert(one.attachment) }
        }
        for attachment in wanted { toHandIn.add(attachment) }
        // By another row that names it the server may take it.
        for (attachment, refusal) in refused where !wanted.contains(attachment) {
            self.refused.add(attachment)
            refusals[refusal, default: 0] += 1
        }
    }
}

extension Device {
    /// Of one scope, as `attachmentsWaiting(in:)` counts it in one sum.
    public func attachmentsNotWithServer(in scope: Identifier) throws -> AttachmentsWaiting {
        var waiting = AttachmentsWaiting()
        waiting.add(try attachmentsThatWait(in: scope), refusedBefore: Self.attachmentRefusals(try state))
        return waiting
    }

    /// Of everything that this device holds.
    public func attachmentsNotWithServer() throws -> AttachmentsWaiting {
        let state = try state
        let refusals = Self.attachmentRefusals(state)
        var waiting = AttachmentsWaiting()
        for scope in state.scopeIDs { waiting.add(try attachmentsThatWait(in: scope), refusedBefore: refusals) }
        return waiting
    }
}
