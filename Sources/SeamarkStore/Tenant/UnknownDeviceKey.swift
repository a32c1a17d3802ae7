public import SeamarkJournal

/// The signing key that a device showed which the store does not know, beside a certificate of the tenant's authority that names the device.
///
/// A certificate says nothing of signing keys: whoever has a copy of one may show any key of his own beside it. A person tells the genuine one by its
/// words, which the laptop shows.
public struct UnknownDeviceKey: Hashable, Sendable {
    /// Ed25519, thirty-two bytes; that whoever showed it holds it was checked.
    public let signingKey: [UInt8]
    /// Whose device the certificate says it is.
    public let member: Identifier
    /// SHA-256 of the certificate.
    public let certificate: Hash256
    /// Milliseconds since 1970.
    public let certificateEnd: Int64

    public init(signingKey: [UInt8], member: Identifier, certificate: Hash256, certificateEnd: Int64) {
        self.signingKey = signingKey
        self.member = member
        self.certificate = certificate
        self.certificateEnd = certificateEnd
    }
}

extension TenantSnapshot {
    /// In the order in which they were shown.
    public func unknownDeviceKeys(of device: Identifier) throws(StoreError) -> [UnknownDeviceKey] {
        let doing: StaticString = "reading what unknown devices showed"
        let row = try statement(.unknownDeviceKeys, doing: doing)
        row.bind(device, at: 1)
        defer { row.reset() }
        var keys: [UnknownDeviceKey] = []
        while try row.step(doing: doing) {
            keys.append(
                UnknownDeviceKey(
                    signingKey: row.bytes(0), member: try row.identifier(1, doing: doing), certificate: try row.hash(2, doing: doing),
                    certificateEnd: row.int(3)))
        }
        return keys
    }
}

extension TenantTransaction {
    /// So many keys are kept of one device: more than one only where somebody else has a copy of its certificate.
    public static let mostKeysOfAnUnknownDevice = 4

    /// As `hear(ofDevice:of:at:)`, and keeps the key for whoever takes the device back. Shown again it writes nothing.
    public func hear(ofDevice device: Identifier, showing key: UnknownDeviceKey, at time: Int64) throws(StoreError) {
        guard try self.device(device) == nil else { return }
        try hear(ofDevice: device, of: key.member, at: time)
        let kept = try unknownDeviceKeys(of: device)
        guard !kept.contains(key), kept.count < Self.mostKeysOfAnUnknownDevice || kept.contains(where: { $0.signingKey == key.signingKey }) else { return }
        let doing: StaticString = "noting what an unknown device showed"
        let row = try statement(.addUnknownDeviceKey, doing: doing)
        row.bind(device, at: 1)
        row.bind(key.signingKey, at: 2)
        row.bind(key.member, at: 3)
        row.bind(key.certificate, at: 4)
        row.bind(key.certificateEnd, at: 5)
        row.bind(time, at: 6)
        try row.run(doing: doing)
    }

    /// The device is known by one of them, and the rest are nobody's.
    public func forgetUnknownDeviceKeys(of device: Identifier) throws(StoreError) {
        let doing: StaticString = "forgetting what an unknown device showed"
        let row = try statement(.removeUnknownDeviceKeys, doing: doing)
        row.bind(device, at: 1)
        try row.run(doing: doing)
    }
}
