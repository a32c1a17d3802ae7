/// Why an administrative operation was not done: what was being done, what was wrong, what to do. Nothing was changed.
///
/// Holds no customer's data: names that an administrator typed are the administrator's own.
public struct OperationFailure: Error, Hashable, Sendable {
    /// What sort of failure it is; the command turns it into its exit code.
    public enum Kind: Hashable, Sendable {
        /// What was given is not acceptable.
        case badInput
        case notFound
        case unavailable
        /// Our bug, or a damaged file.
        case fault
        /// Disk full, or not allowed to write.
        case cannotWrite
        case inputOutput
        /// The system gives too little: open files, memory, randomness.
        case exhausted
        case busy
        case notPermitted
        /// The data directory is not as it must be.
        case configuration
    }

    public let kind: Kind
    public let doing: String
    public let wrong: String
    public let remedy: String

    public init(_ kind: Kind, doing: String, wrong: String, remedy: String) {
        self.kind = kind
        self.doing = doing
        self.wrong = wrong
        self.remedy = remedy
    }
}

extension OperationFailure: CustomStringConvertible {
    public var description: String { "\(doing): \(wrong); \(remedy)" }
}
