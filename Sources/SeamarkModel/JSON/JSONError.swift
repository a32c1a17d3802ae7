/// Why bytes are not the JSON that was wanted, and where. Never quotes what stood there.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable {
        case tooLarge = "the document is larger than allowed"
        case tooDeep = "arrays and objects are nested too deep"
        case unexpectedEnd = "the document ends in the middle of a value"
        case unexpectedCharacter = "a character that cannot stand here"
        case trailingCharacters = "something follows the document"
        case duplicateName = "a name that occurs twice in one object"
        case badNumber = "a number that is malformed or too large"
        case badEscape = "an escape that JSON does not know"
        case badText = "text that is not valid UTF-8, or holds a raw control character"
    }

    public let reason: Reason
    /// From 1; the column counts bytes.
    public let line: Int
    public let column: Int
    /// The way from the root to the value being read, like `lines[3].amount`; empty at the root.
    public let path: String

    public var description: String {
        "line \(line), column \(column)\(path.isEmpty ? "" : " (in \(path))"): \(reason.rawValue)"
    }
}
