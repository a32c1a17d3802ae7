public import SeamarkJournal

/// A second person's word that a tenant may be shredded: the signature of a lead's or an administrator's device over one request of the server.
///
/// The request is the hash of an act in the tenant's audit log, which chains everything that was done with the tenant before it and names where its
/// logs stood. It travels as text, from screen to screen; nothing of it is secret.
public struct ShredApproval: Hashable, Sendable {
    public let device: Identifier
    public let signature: [UInt8]

    private static let signatureCount = 64

    public init(of request: Hash256, tenant: Identifier, device: Identifier, by signer: any Signer) {
        self.device = device
        signature = signer.sign(Self.message(request, tenant, device))
    }

    /// Nil for what is none.
    public init?(_ text: String) {
        guard let bytes = Hexadecimal.bytes(of: Array(text.utf8)), bytes.count == 16 + Self.signatureCount, let device = Identifier(bytes: Array(bytes[..<16]))
        else { return nil }
        self.device = device
        signature = Array(bytes[16...])
    }

    /// One hundred and sixty hexadecimal digits: the device's id, its signature.
    public var text: String { Hexadecimal.text(of: device.bytes + signature) }

    public func isSigned(by key: [UInt8], request: Hash256, tenant: Identifier, _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: Self.message(request, tenant, device), by: key)
    }

    private static func message(_ request: Hash256, _ tenant: Identifier, _ device: Identifier) -> [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-shred-approval-1")
        writer.identifier(tenant)
        writer.hash(request)
        writer.identifier(device)
        return writer.bytes
    }
}
