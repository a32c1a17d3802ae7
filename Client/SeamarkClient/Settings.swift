/// What a person settles once for all commands: `seamark/config` in their configuration directory. Which tenant and engagement is meant is
/// not said there but by `seamark use`, which looks whether they exist.
public struct Settings: Hashable, Sendable {
    /// Is there colour on terminals?
    public private(set) var hasColour = true
    /// The editor, in place of VISUAL and EDITOR.
    public private(set) var editor: String?
    /// The locale that dates are written for, in place of LC_TIME and its like.
    public private(set) var dates: String?
    /// For how long `unlock` keeps a store open.
    public private(set) var unlockMinutes: Int?

    /// What a line of the file says that it may not. Counted from 1.
    public struct Fault: Error, Hashable, Sendable {
        public let line: Int
        public let words: String
    }

    /// The names that a line may begin with.
    public static let names = ["colour", "editor", "dates", "unlock-minutes"]
    /// Bytes of the file at most.
    public static let longest = 64 * 1024

    public init() {}

    /// `name = value` on each line; empty lines and those that begin with `#` say nothing. What is said twice counts as said last.
    public init(parsing text: String) throws(Fault) {
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            func fault(_ words: String) -> Fault { Fault(line: number + 1, words: words) }
            guard let equals = line.firstIndex(of: "=") else { throw fault("is not NAME = VALUE") }
            let (name, value) = (String(line[..<equals].trimmed), String(line[line.index(after: equals)...].trimmed))
            guard !value.isEmpty else { throw fault("gives no value") }
            switch name {
            case "colour":
                guard value == "auto" || value == "never" else { throw fault("colour is auto or never") }
                hasColour = value == "auto"
            case "editor": editor = value
            case "dates": dates = value
            case "unlock-minutes":
                guard let minutes = Int(value), 1...KeyHolder.mostMinutes ~= minutes else { throw fault("unlock-minutes is a whole number from 1 to \(KeyHolder.mostMinutes)") }
                unlockMinutes = minutes
            case _: throw fault("begins with none of \(Self.names.joined(separator: ", "))")
            }
        }
    }

    /// Where the file lies; nil where no directory is known. The first that is said: SEAMARK_CONFIG, the directory of XDG, that of the user.
    public static func path(environment: [String: String]) -> String? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = value("SEAMARK_CONFIG") { return path }
        if let directory = value("XDG_CONFIG_HOME"), directory.hasPrefix("/") { return directory + "/seamark/config" }
        return value("HOME").map { $0 + "/.config/seamark/config" }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return self[first...last]
    }
}
