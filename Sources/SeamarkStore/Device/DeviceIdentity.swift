public import SeamarkCrypto
public import SeamarkJournal

/// Who this device is in one tenant, and whom it trusts there: what enrolling and renewing gave it.
///
/// Certificates are DER. The private keys live in memory of their own; they are written into sealed rows only.
public struct DeviceIdentity: Equatable, Sendable {
    public var tenant: Identifier
    /// The tenant's name as headquarters calls it, for people to read.
    public var tenantName: String
    public var member: Identifier
    public var device: Identifier
    /// The role by its stable number; the server decides, this is for early feedback.
    public var role: UInt32
    /// The reserved letters that begin this device's human-readable numbers.
    public var letters: String
    /// Host name or address of the server, and its port.
    public var serverHost: String
    public var serverPort: UInt16
    /// The name that the server's certificate must bear.
    public var serverName: String
    /// The tenant's opaque label, sent as SNI.
    public var label: String
    /// The installation authority that the invitation pinned: the only anchor for the server.
    public var installationAuthority: [UInt8]
    /// The one that takes over from it, as it said itself; empty while none does. Both are anchors then.
    public var nextInstallationAuthority: [UInt8] = []
    public var tenantAuthority: [UInt8]
    /// The one that takes over from it, as it said itself; empty while none does. Both are believed then.
    public var nextTenantAuthority: [UInt8] = []
    /// The device's TLS certificate, and the private key to it (PKCS #8).
    public var certificate: [UInt8]
    public var privateKey: SecretBytes
    /// The certificate of the device's signing key (empty where the server issues none), and its Ed25519 seed (32 bytes).
    public var signingCertificate: [UInt8]
    public var signingSeed: SecretBytes
    /// The server's Ed25519 key for receipts (32 bytes, or empty until it was learnt).
    public var serverSigningKey: [UInt8]
    /// The tenant's X25519 key, to which bundles are sealed (32 bytes, or empty until it was learnt).
    public var bundleKey: [UInt8]

    public init(
        tenant: Identifier, tenantName: String, member: Identifier, device: Identifier, role: UInt32, letters: String,
        serverHost: String, serverPort: UInt16, serverName: String, label: String, installationAuthority: [UInt8],
        tenantAuthority: [UInt8], certificate: [UInt8], privateKey: SecretBytes, signingCertificate: [UInt8] = [],
        signingSeed: SecretBytes, serverSigningKey: [UInt8] = [], bundleKey: [UInt8] = []
    ) {
        self.tenant = tenant
        self.tenantName = tenantName
        self.member = member
        self.device = device
        self.role = role
        self.letters = letters
        self.serverHost = serverHost
        self.serverPort = serverPort
        self.serverName = serverName
        self.label = label
        self.installationAuthority = installationAuthority
        self.tenantAuthority = tenantAuthority
        self.certificate = certificate
        self.privateKey = privateKey
        self.signingCertificate = signingCertificate
        self.signingSeed = signingSeed
        self.serverSigningKey = serverSigningKey
        self.bundleKey = bundleKey
    }
}

extension DeviceIdentity: CustomReflectable {
    /// Certificates, keys and names are nobody's business in a log.
    public var customMirror: Mirror { Mirror(self, children: ["device": device]) }
}

// MARK: - Encoding

extension DeviceIdentity {
    /// 2 has the next installation authority at its end, 3 the next tenant authority behind that; each is written only where there is one.
    private static let version: UInt64 = 3
    private static let longestText = 1024
    private static let longestCertificate = Certificate.mostBytes

    func write(to writer: inout ByteWriter) {
        let version: UInt64 = !nextTenantAuthority.isEmpty ? 3 : !nextInstallationAuthority.isEmpty ? 2 : 1
        writer.varint(version)
        writer.identifier(tenant)
        writer.text(tenantName)
        writer.identifier(member)
        writer.identifier(device)
        writer.varint(UInt64(role))
        for text in [letters, serverHost] { writer.text(text) }
        writer.varint(UInt64(serverPort))
        for text in [serverName, label] { writer.text(text) }
        for bytes in [installationAuthority, tenantAuthority, certificate] { writer.blob(bytes) }
        writer.blob(privateKey.copy())
        writer.blob(signingCertificate)
        writer.blob(signingSeed.copy())
        writer.blob(serverSigningKey)
        writer.blob(bundleKey)
        if version >= 2 { writer.blob(nextInstallationAuthority) }
        if version >= 3 { writer.blob(nextTenantAuthority) }
    }

    static func read(from reader: inout ByteReader) throws -> DeviceIdentity {
        let version = try reader.varint()
        guard (1...Self.version).contains(version) else { throw DeviceStoreError.newerVersion }
        let tenant = try reader.identifier()
        let tenantName = try reader.text(atMost: longestText)
        let member = try reader.identifier()
        let device = try reader.identifier()
        guard let role = UInt32(exactly: try reader.varint()) else { throw DecodeError(.outOfBounds, reading: "role") }
        let letters = try reader.text(atMost: longestText)
        let host = try reader.text(atMost: longestText)
        guard let port = UInt16(exactly: try reader.varint()) else { throw DecodeError(.outOfBounds, reading: "port") }
        var identity = DeviceIdentity(
            tenant: tenant, tenantName: tenantName, member: member, device: device, role: role, letters: letters,
            serverHost: host, serverPort: port, serverName: try reader.text(atMost: longestText),
            label: try reader.text(atMost: longestText), installationAuthority: try reader.blob(atMost: longestCertificate),
            tenantAuthority: try reader.blob(atMost: longestCertificate), certificate: try reader.blob(atMost: longestCertificate),
            privateKey: try secret(&reader), signingCertificate: try reader.blob(atMost: longestCertificate),
            signingSeed: try secret(&reader), serverSigningKey: try reader.blob(atMost: 32), bundleKey: try reader.blob(atMost: 32))
        if version >= 2 { identity.nextInstallationAuthority = try reader.blob(atMost: longestCertificate) }
        if version >= 3 { identity.nextTenantAuthority = try reader.blob(atMost: longestCertificate) }
        return identity
    }

    private static func secret(_ reader: inout ByteReader) throws(DecodeError) -> SecretBytes {
        var bytes = try reader.blob(atMost: 4096)
        guard !bytes.isEmpty else { throw DecodeError(.outOfBounds, reading: "private key") }
        return SecretBytes(moving: &bytes)
    }
}
