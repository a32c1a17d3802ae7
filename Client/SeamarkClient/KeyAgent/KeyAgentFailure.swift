/// Why the key agent does not keep or give a key.
public enum KeyAgentFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No folder for its socket; why not.
    case noPlace(String)
    /// It was started and ended before it listened; what it said.
    case didNotBegin(String)
    /// It listens and does not answer.
    case silent
    /// It is another user's.
    case ofSomebodyElse
    case full
    /// What was done, and the system's number.
    case failed(String, Int32)

    public var description: String {
        switch self {
        case .noPlace(let why): "beginning the key agent: \(why)"
        case .didNotBegin(let why): "beginning the key agent: \(why)"
        case .silent: "asking the key agent: it does not answer"
        case .ofSomebodyElse: "asking the key agent: it is another user's"
        case .full: "keeping a key: the key agent keeps \(KeyShelf.mostKeys) already"
        case .failed(let doing, let code): "\(doing) for the key agent: failed (error \(code))"
        }
    }
}
