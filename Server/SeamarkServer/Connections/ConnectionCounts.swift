/// What happened at the listener since it began. For logs, `status` and tests; no identity is in it.
public struct ConnectionCounts: Hashable, Codable, Sendable {
    /// Connections taken.
    public var accepted = 0
    /// Closed at once because a limit was reached.
    public var refusedByLimit = 0
    /// Closed at once because of what others from the same source did before.
    public var refusedByPenalty = 0
    /// Handshakes that failed: garbage, foreign or expired certificates, other versions of TLS.
    public var failedHandshakes = 0
    /// Certificates that were verified but name no device here.
    public var refusedAtDoor = 0
    /// Frames that were none, or not expected.
    public var badFrames = 0
    /// Ended for being too slow.
    public var tooSlow = 0
    /// Ended without close_notify.
    public var cutOff = 0
    /// Entered the tenant's door.
    public var sessions = 0
    public var enrolments = 0
    public var renewals = 0
    /// Enrolments and renewals.
    public var refusedEnrolments = 0
    public var pushes = 0
    /// Pushed blocks that were refused whole, by whatever number; a refused change of a block that was taken is not among them.
    public var refusedPushes = 0
    /// Pulls, forecasts, comparisons and disputes that were refused by number.
    public var refusedReads = 0
    /// Entries of an earlier log that were handed in and are not this server's word, or are damaged.
    public var refusedDonations = 0
    /// Scopes of which a device said that it had read what the log does not hold, without the server's signature for it.
    public var unprovenClaims = 0
    /// Transactions that held pushes: fewer than pushes when several waited together.
    public var pushTransactions = 0
    /// Attachments that a device heard are held whole, and requests about attachments that were refused.
    public var attachments = 0
    public var refusedAttachments = 0
    /// Uploads that did not match their hash: dropped, to be sent again.
    public var mismatchedAttachments = 0
    /// How often a device was told that its tenant's store is damaged.
    public var damagedStores = 0
    /// Failures of the server itself.
    public var faults = 0

    public init() {}
}
