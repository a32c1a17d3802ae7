/// One thing that a device remembers for its member, by a number that is never reused. Numbers of a newer program are kept.
public struct DeviceSetting: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The engagement that verbs mean when they name none: an `id`.
    public static let currentScope = DeviceSetting(rawValue: 1)
    /// The server revoked this device: a `bool`.
    public static let isRevoked = DeviceSetting(rawValue: 2)
    /// What has passed of the offline lease, as the client counts it: a `group`.
    public static let lease = DeviceSetting(rawValue: 3)
    /// Headquarters ordered this store destroyed, and it is still there: a `group`, as the client counts it.
    public static let wipeOrder = DeviceSetting(rawValue: 4)
    /// Headquarters has yet to confirm this device's words: a `bool`.
    public static let awaitsConfirmation = DeviceSetting(rawValue: 5)

    /// The server's signing keys that another one took the place of: `bytes`, 32 for each, the oldest first.
    public static let replacedServerKeys = DeviceSetting(rawValue: 6)

    /// The last changes that took another one back, the oldest first: a `list` of lists, as the client keeps them.
    public static let undoings = DeviceSetting(rawValue: 8)

    /// Where guided interviews stood that were left at another place than after their last answer: a `list`, as the client keeps it.
    public static let interviewPlaces = DeviceSetting(rawValue: 7)

    /// What guided interviews had begun to write and not stored: a `list`, as the client keeps it.
    public static let interviewDrafts = DeviceSetting(rawValue: 9)

    /// The scopes whose streams were begun anew since the store was found restored or copied, until somebody was told: a `list` of ids.
    public static let renumbered = DeviceSetting(rawValue: 10)

    /// Why the server refused what of this device's attachments, at the last sync that offered them: a `list` of lists, as the client keeps it.
    public static let attachmentRefusals = DeviceSetting(rawValue: 12)

    /// The scopes that were read under a role which sees less than the present one, until they have been read anew: a `list` of ids.
    public static let readsAgain = DeviceSetting(rawValue: 14)

    /// The scopes that the server said it does not know, until it knows them again: a `list` of ids.
    public static let unknownScopes = DeviceSetting(rawValue: 15)

    /// The server's store did not know this device when it was last asked, though its authority certified it: a `bool`.
    public static let isUnknown = DeviceSetting(rawValue: 16)

    /// What this device found wrong by itself in what it was given, by number: a `list` of lists, as the client keeps it.
    public static let findings = DeviceSetting(rawValue: 13)

    public static func < (left: DeviceSetting, right: DeviceSetting) -> Bool { left.rawValue < right.rawValue }
}
