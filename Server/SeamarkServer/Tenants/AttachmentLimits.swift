/// What the attachments of a tenant may take.
public struct AttachmentLimits: Hashable, Sendable {
    /// Bytes of one.
    public var largest = 25 * 1024 * 1024
    /// Bytes and number of all that an engagement holds.
    public var engagementBytes = 2 * 1024 * 1024 * 1024
    public var engagementCount = 2_000
    /// The same of a tenant, half uploads among the bytes.
    public var tenantBytes = 10 * 1024 * 1024 * 1024
    public var tenantCount = 10_000
    /// Bytes of the disk that attachments leave to the logs: interviews go before photos.
    public var reserve = 64 * 1024 * 1024

    public init() {}
}
