/// What the tenant authority signs of the server's signing key (`Protocol/SPEC.md`, "Server key"): whose it is, in which epoch, and as which
/// device the server seals blocks of its own with it.
public struct ServerKeyStatement: Hashable, Sendable {
    public let tenant: Identifier
    public let epoch: UInt64
    public let device: Identifier
    /// Thirty-two bytes.
    public let key: [UInt8]

    public init(tenant: Identifier, epoch: UInt64, device: Identifier, key: [UInt8]) {
        self.tenant = tenant
        self.epoch = epoch
        self.device = device
        self.key = key
    }

    /// What a key signs itself when another one takes its place: it signs nothing any more. Nobody ends a key that they do not have.
    public static func farewell(tenant: Identifier, key: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-server-key-end-1")
        writer.identifier(tenant)
        writer.raw(key)
        return writer.bytes
    }

    public var message: [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-server-key-1")
        writer.identifier(tenant)
        writer.fixed64(epoch)
        writer.identifier(device)
        writer.raw(key)
        return writer.bytes
    }
}
