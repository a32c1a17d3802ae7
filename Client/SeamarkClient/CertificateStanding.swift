import SeamarkCrypto
public import SeamarkStore

/// How long a device's certificate serves. The server's clock decides that: it is reckoned from what the last sync told of it.
public struct CertificateStanding: Hashable, Sendable {
    /// The certificate's end: milliseconds since 1970.
    public let until: Int64
    /// Milliseconds; none or fewer when it has expired.
    public let left: Int64
    /// Less than a third of its life is left: the next sync has it renewed.
    public let isRenewalDue: Bool

    public var hasExpired: Bool { left <= 0 }
    /// Whole days.
    public var daysLeft: Int64 { max(0, left) / 86_400_000 }
}

extension Device {
    /// Nil where the store holds no certificate that can be read.
    public func certificateStanding(_ state: DeviceState) -> CertificateStanding? {
        guard let certificate = try? Certificate(der: state.identity.certificate) else { return nil }
        let time = now() &+ (state.lastComplete?.skew ?? 0)
        let until = certificate.notAfter &* 1000
        return CertificateStanding(until: until, left: until &- time, isRenewalDue: certificate.isRenewalDue(at: time))
    }
}
