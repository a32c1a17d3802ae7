public import SeamarkJournal

/// What the two sides say to each other about the bytes of attachments: SPEC section 7.1.
public enum AttachmentMessage: Equatable, Sendable {
    case offer(Offer)
    case held(Held)
    case chunk(Chunk)
    case wanted(Wanted)
    case refused(Refused)

    /// The device holds the bytes that a record names.
    public struct Offer: Equatable, Sendable {
        public let scope: Identifier
        /// The row of evidence that names the attachment.
        public let record: Identifier
        public let attachment: Attachment

        public init(scope: Identifier, record: Identifier, attachment: Attachment) {
            self.scope = scope
            self.record = record
            self.attachment = attachment
        }
    }

    /// The server's copy: so many bytes from the beginning are durable, or all of them.
    public struct Held: Equatable, Sendable {
        public enum Standing: Equatable, Sendable {
            case partly(Int)
            /// All of it, and it matches the hash.
            case wholly(AttachmentReceipt)
        }

        public let scope: Identifier
        public let hash: Hash256
        public let standing: Standing

        public init(scope: Identifier, hash: Hash256, held: Int) {
            self.scope = scope
            self.hash = hash
            standing = .partly(held)
        }

        public init(_ receipt: AttachmentReceipt) {
            scope = receipt.scope
            hash = receipt.attachment.hash
            standing = .wholly(receipt)
        }
    }

    /// 1 to 65,536 bytes from `offset` on.
    public struct Chunk: Equatable, Sendable {
        public let scope: Identifier
        public let hash: Hash256
        public let offset: Int
        public let bytes: [UInt8]

        public init(scope: Identifier, hash: Hash256, offset: Int, bytes: [UInt8]) {
            self.scope = scope
            self.hash = hash
            self.offset = offset
            self.bytes = bytes
        }
    }

    /// The device asks for the chunk that begins at `offset`.
    public struct Wanted: Equatable, Sendable {
        public let scope: Identifier
        public let record: Identifier
        public let hash: Hash256
        public let offset: Int

        public init(scope: Identifier, record: Identifier, hash: Hash256, offset: Int) {
            self.scope = scope
            self.record = record
            self.hash = hash
            self.offset = offset
        }
    }

    /// 4040 to 4047. Never ends the connection.
    public struct Refused: Equatable, Sendable {
        public let scope: Identifier
        public let hash: Hash256
        public let code: Problem.Code
        /// Where the server's copy ends.
        public let held: Int
        /// With `attachmentTooLarge` alone: the most bytes that the server takes of one; nil where it does not say.
        public let limit: Int?

        public init(scope: Identifier, hash: Hash256, code: Problem.Code, held: Int = 0, limit: Int? = nil) {
            self.scope = scope
            self.hash = hash
            self.code = code
            self.held = held
            self.limit = limit
        }
    }
}
