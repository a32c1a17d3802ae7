/// One thing that a person typed about a record: `key=value`, or `key+=value` and `key-=value` for an element of a set.
public struct Assignment: Hashable, Sendable {
    public enum Sign: Hashable, Sendable { case set, add, remove }

    /// The word has no `=`, or nothing before it.
    public struct Malformed: Error, Hashable, Sendable {
        public let word: String
    }

    public let key: String
    public let sign: Sign
    public let text: String

    public init(key: String, sign: Sign = .set, text: String) {
        self.key = key
        self.sign = sign
        self.text = text
    }

    public init(_ word: String) throws(Malformed) {
        guard let equals = word.firstIndex(of: "=") else { throw Malformed(word: word) }
        var key = word[..<equals]
        var sign = Sign.set
        if key.last == "+" { sign = .add } else if key.last == "-" { sign = .remove }
        if sign != .set { key.removeLast() }
        guard !key.isEmpty else { throw Malformed(word: word) }
        self.init(key: String(key), sign: sign, text: String(word[word.index(after: equals)...]))
    }
}
