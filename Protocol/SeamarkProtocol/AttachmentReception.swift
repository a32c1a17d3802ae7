import SeamarkJournal

/// The server's side of one connection's uploads: which attachment is being handed in, and whether a chunk belongs to it.
///
/// Where the server's copy ends is the store's to say, since several devices may hand in the same one at once.
public struct AttachmentReception: Sendable {
    /// What an offer began. The last one counts.
    public private(set) var current: AttachmentMessage.Offer?

    public init() {}

    public mutating func offered(_ offer: AttachmentMessage.Offer) { current = offer }

    /// The offer that the chunk belongs to; throws why it is not taken.
    public func place(_ chunk: AttachmentMessage.Chunk) throws(AttachmentMessage.Refused) -> AttachmentMessage.Offer {
        func refused(_ code: Problem.Code) -> AttachmentMessage.Refused { .init(scope: chunk.scope, hash: chunk.hash, code: code) }
        guard let current, current.scope == chunk.scope, current.attachment.hash == chunk.hash else { throw refused(.chunkOutOfOrder) }
        guard current.attachment.chunkLength(at: chunk.offset) == chunk.bytes.count else { throw refused(.chunkOfWrongLength) }
        return current
    }
}

extension AttachmentMessage.Refused: Error {}
