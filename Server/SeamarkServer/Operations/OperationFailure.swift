internal import SeamarkModel

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
    /// Its number in `SPEC.md` section 8, where it has one.
    public let problem: UInt32?

    public init(_ kind: Kind, doing: String, wrong: String, remedy: String, problem: UInt32? = nil) {
        self.problem = problem
        self.kind = kind
        self.doing = doing
        self.wrong = wrong
        self.remedy = remedy
    }
}

extension OperationFailure {
    /// What was asked for, as an error repeats it: on one line, and no longer than a person reads.
    static func repeated(_ name: String) -> String { TerminalText.shortened(TerminalText.line(name), to: 80) }

    /// A remedy that begins with what may have been meant, where something comes near.
    static func remedy(_ remedy: String, _ name: String, among names: [String]) -> String {
        let near = TextSearch.nearest(to: name, among: names, atMost: Suggestion.most)
        return near.isEmpty ? remedy : "did you mean \(near.joined(separator: " or "))? Otherwise \(remedy)"
    }
}

extension OperationFailure: CustomStringConvertible {
    public var description: String { "\(doing): \(wrong)\(problem.map { " (\($0))" } ?? ""); \(remedy)" }
}
