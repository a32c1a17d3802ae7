/// The verbs of a program by name, each with those below it: what somebody may have meant who mistyped one.
public struct VerbNames: Sendable {
    public let name: String
    /// Other names for the same.
    public let aliases: [String]
    public let verbs: [VerbNames]

    public init(_ name: String, aliases: [String] = [], _ verbs: [VerbNames] = []) { (self.name, self.aliases, self.verbs) = (name, aliases, verbs) }

    /// The first of `words` that should be a verb and is none; nil where all are, or an option stands before it.
    public func unknown(in words: [String]) -> String? {
        var verb = self
        for word in words {
            if word.hasPrefix("-") || verb.verbs.isEmpty { return nil }
            guard let next = verb.verbs.first(where: { $0.name == word || $0.aliases.contains(word) }) else { return word == "help" ? nil : word }
            verb = next
        }
        return nil
    }

    /// What is said where the first word is no verb of the program: a sentence, and a second one where the word is a verb of nouns. Nil where it is one.
    public func refusal(of words: [String]) -> String? {
        guard let word = unknown(in: Array(words.prefix(1))) else { return nil }
        let sentence = "There is no verb '\(word)'. '\(name) help' lists them."
        guard let noun = verbs.first(where: { $0.verbs.contains { $0.name == word } }) else { return sentence }
        return sentence + " What is meant stands before '\(word)', as in '\(name) \(noun.name) \(word)'."
    }

    /// A whole sentence with the verb that is nearest to the first of `words` that is none; nil where all are, none is near, or an option stands before it.
    public func suggestion(for words: [String]) -> String? {
        var (verb, path) = (self, [name])
        // 'help' names a verb too.
        for word in words.first == "help" ? Array(words.dropFirst()) : words {
            guard !word.hasPrefix("-") else { return nil }
            if let next = verb.verbs.first(where: { $0.name == word || $0.aliases.contains(word) }) {
                verb = next
                path.append(next.name)
                continue
            }
            let near = TextSearch.nearest(to: word, among: verb.verbs.map(\.name), atMost: 2)
            return near.isEmpty ? nil : "Did you mean " + near.map { "'\((path + [$0]).joined(separator: " "))'" }.joined(separator: " or ") + "?"
        }
        return nil
    }
}
