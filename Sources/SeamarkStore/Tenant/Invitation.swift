public import SeamarkJournal

/// A one-use invitation, known by its token's hash alone.
public struct Invitation: Hashable, Sendable {
    public let token: Hash256
    public let member: Identifier
    /// The member's role when it was made: it serves for no other.
    public let role: String
    public let made: Int64
    /// From this moment on it is refused; milliseconds since 1970.
    public let expires: Int64
    /// The device that it makes waits until headquarters has confirmed its words.
    public let mustConfirm: Bool
    public let redeemed: Redeemed?

    public struct Redeemed: Hashable, Sendable {
        public let time: Int64
        public let device: Identifier
    }
}

/// What redeeming an invitation came to.
public enum Redemption: Hashable, Sendable {
    case redeemed(TenantDevice)
    /// No such invitation, or its member is inactive.
    case unknown
    case expired
    /// The member's role is not the one that it was made for.
    case otherRole
    /// Somebody redeemed it before: an alarm, since the token was meant for one.
    case usedBefore(Invitation.Redeemed)
}
