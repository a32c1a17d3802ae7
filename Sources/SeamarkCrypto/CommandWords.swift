/// The words of the command line, as the system handed them over.
public enum CommandWords {
    /// The place of the first that is no UTF-8 text, counted from 1; nil where all are. Read as text it would be another one: bytes that are none are
    /// replaced.
    public static var firstThatIsNoText: Int? {
        (1..<max(1, Int(CommandLine.argc))).first { place in CommandLine.unsafeArgv[place].map { String(validatingCString: $0) == nil } ?? false }
    }
}
