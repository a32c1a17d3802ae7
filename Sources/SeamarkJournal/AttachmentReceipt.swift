/// The server's signed word that it holds the whole of an attachment for a scope, that the bytes match the hash, and that they are durable.
/// A device takes an attachment for handed in only against one.
public struct AttachmentReceipt: Hashable, Sendable {
    public let epoch: UInt64
    public let scope: Identifier
    public let attachment: Attachment
    /// Milliseconds since 1970 by the server's clock.
    public let received: Int64
    public let signature: [UInt8]

    public init(epoch: UInt64, scope: Identifier, attachment: Attachment, received: Int64, signature: [UInt8]) {
        self.epoch = epoch
        self.scope = scope
        self.attachment = attachment
        self.received = received
        self.signature = signature
    }

    /// Made after the bytes are durable and verified, never before.
    public init(epoch: UInt64, scope: Identifier, attachment: Attachment, received: Int64, signer: any Signer) {
        let unsigned = AttachmentReceipt(epoch: epoch, scope: scope, attachment: attachment, received: received, signature: [])
        self.init(epoch: epoch, scope: scope, attachment: attachment, received: received, signature: signer.sign(unsigned.message))
    }

    /// What is signed (`Protocol/SPEC.md`, section 7.1).
    public var message: [UInt8] {
        var writer = ByteWriter(capacity: 128)
        writer.text("seamark-attachment-receipt-1")
        writer.fixed64(epoch)
        writer.identifier(scope)
        writer.hash(attachment.hash)
        writer.varint(UInt64(attachment.size))
        writer.signed(received)
        return writer.bytes
    }

    public func isSigned(by key: [UInt8], _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: message, by: key)
    }
}
