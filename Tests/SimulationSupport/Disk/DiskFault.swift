/// What goes wrong at one of the calls to come: at which, in what way, and whether it stays so.
public struct DiskFault: Hashable, Sendable {
    public enum Call: CaseIterable, Sendable { case write, sync, name }

    public enum Kind: Hashable, Sendable {
        /// The disk refuses: EIO.
        case inputOutput
        /// No space is left: ENOSPC.
        case full
        /// The process dies inside the call; of what the call does, the dice say how much was done.
        case death(dice: UInt64)
    }

    public let kind: Kind
    public let calls: Set<Call>
    /// So many of these calls succeed before.
    public var after: Int
    /// From there on, and not once.
    public let isLasting: Bool

    public init(_ kind: Kind, at calls: Set<Call> = Set(Call.allCases), after: Int, isLasting: Bool = false) {
        self.kind = kind
        self.calls = calls
        self.after = after
        self.isLasting = isLasting
    }
}
