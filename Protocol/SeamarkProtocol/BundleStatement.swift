public import SeamarkJournal

/// What a bundle says first, sealed: whose it is. Its signature also covers the hash of the bundle's header, in which the key of this
/// bundle alone stands; so whoever signed it sealed all that follows.
public struct BundleStatement: Hashable, Sendable {
    public let tenant: Identifier
    public let member: Identifier
    public let device: Identifier
    /// When it was made: milliseconds since 1970 by its maker's clock.
    public let made: Int64
    /// Of a push the device's X25519 key for the reply; of a reply the hash of the header of the bundle that it answers. Thirty-two bytes.
    public let link: [UInt8]

    public init(tenant: Identifier, member: Identifier, device: Identifier, made: Int64, link: [UInt8]) {
        precondition(link.count == 32, "a link has thirty-two bytes")
        self.tenant = tenant
        self.member = member
        self.device = device
        self.made = made
        self.link = link
    }

    /// Statement and signature.
    public static let byteCount = 16 * 3 + 8 + 32 + 64

    private var unsigned: [UInt8] {
        var writer = ByteWriter()
        for id in [tenant, member, device] { writer.identifier(id) }
        writer.fixed64(UInt64(bitPattern: made))
        writer.raw(link)
        return writer.bytes
    }

    private func message(header: Hash256) -> [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-bundle-1")
        writer.hash(header)
        writer.raw(unsigned)
        return writer.bytes
    }

    /// As it stands at the beginning of the bundle with this header.
    public func signed(by signer: any Signer, header: Hash256) -> [UInt8] { unsigned + signer.sign(message(header: header)) }

    /// Reads the first `byteCount` bytes of a bundle. The signature is checked with `isSigned`.
    public static func read(_ bytes: [UInt8]) throws(DecodeError) -> (statement: BundleStatement, signature: [UInt8]) {
        var reader = ByteReader(bytes)
        let statement = BundleStatement(
            tenant: try reader.identifier(), member: try reader.identifier(), device: try reader.identifier(),
            made: Int64(bitPattern: try reader.fixed64()), link: try reader.raw(32))
        let signature = try reader.raw(64)
        try reader.finish()
        return (statement, signature)
    }

    public func isSigned(_ signature: [UInt8], by key: [UInt8], header: Hash256, _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: message(header: header), by: key)
    }
}
