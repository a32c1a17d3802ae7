/// What the server decided on one change of a block.
public enum Verdict: Hashable, Sendable {
    case accepted
    /// The log holds a change of this id already.
    case duplicate
    /// Kept in quarantine, not applied; may be released later.
    case refused(Refusal)

    /// As a number: 0 accepted, 1 duplicate, otherwise the refusal.
    public var code: UInt64 {
        switch self {
        case .accepted: 0
        case .duplicate: 1
        case .refused(let refusal): UInt64(refusal.rawValue)
        }
    }

    public init(code: UInt32) {
        self = switch code {
        case 0: .accepted
        case 1: .duplicate
        case _: .refused(Refusal(rawValue: code))
        }
    }
}

/// Why the server keeps a change without applying it: a number that retires but is never reused (`Protocol/SPEC.md`,
/// "Refusals"). Numbers of a newer server are kept.
public struct Refusal: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The member is not staffed on the engagement (or was removed since).
    public static let notStaffed = Refusal(rawValue: 3001)
    /// The device was revoked.
    public static let deviceRevoked = Refusal(rawValue: 3002)
    /// The member's role may not do this.
    public static let roleForbids = Refusal(rawValue: 3003)
    /// Only the author may change this.
    public static let notTheAuthor = Refusal(rawValue: 3004)
    /// Only headquarters may write this.
    public static let headquartersOnly = Refusal(rawValue: 3005)
    /// It was set once, and never changes.
    public static let setOnce = Refusal(rawValue: 3006)
    /// It was finalised (or reviewed, or locked).
    public static let finalised = Refusal(rawValue: 3007)
    /// It came back to a log that had lost it from one who may not read its sensitive values, without them. No log says this.
    public static let withoutSensitive = Refusal(rawValue: 3008)
    /// The device's schema is too old to write here.
    public static let outdatedSchema = Refusal(rawValue: 4008)
    /// The value is not of the field's kind.
    public static let wrongKind = Refusal(rawValue: 3101)
    /// The value lies outside the field's bounds.
    public static let outOfBounds = Refusal(rawValue: 3102)
    /// A text is too long, or holds characters that it may not.
    public static let badText = Refusal(rawValue: 3103)
    /// The parts of a group contradict each other.
    public static let contradiction = Refusal(rawValue: 3104)
    /// A one-way state would go back.
    public static let wentBack = Refusal(rawValue: 3105)
    /// A sensitive value came in the open, or an open one as sensitive.
    public static let wrongSecrecy = Refusal(rawValue: 3106)
    /// A derived id does not match what it is derived from, or a record is of another type.
    public static let wrongRecord = Refusal(rawValue: 3107)
}
