/// What somebody may have meant by a name that is none.
public enum Suggestion {
    /// So many are offered.
    public static let most = 3

    /// "Did you mean L12 or L21? ", with a space after it; empty where nothing is near.
    public static func sentence(_ word: String, among names: [String]) -> String {
        let near = TextSearch.nearest(to: word, among: names, atMost: most)
        return near.isEmpty ? "" : "Did you mean \(near.joined(separator: " or "))? "
    }
}

/// What an error repeats of what was typed: as much as tells a person which of their words is meant, however long it was.
public enum RepeatedWords {
    /// Longer words are repeated by their beginning.
    public static let longest = 80

    /// - Parameters:
    ///   - text: what is to be said.
    ///   - words: what was typed, as the program was given it.
    /// - Returns: `text` with each long word, or part of a word (a value, an element of a list), cut where it is repeated.
    public static func bounded(_ text: String, _ words: [String]) -> String {
        guard text.utf8.count > longest else { return text }
        var text = text
        for part in words.flatMap(parts).sorted(by: { $0.utf8.count > $1.utf8.count }) where text.contains(part) {
            text = text.replacing(part, with: cut(part))
        }
        // What was typed may stand there in another form: folded, or with a sign put in.
        return text.split(separator: " ", omittingEmptySubsequences: false).map { $0.utf8.count > longestRun ? cut(String($0)) : String($0) }.joined(separator: " ")
    }

    /// Nothing that a program says itself has so many bytes without a space.
    private static let longestRun = 1000

    private static func cut(_ word: String) -> String { String(word.prefix(longest - 20)) + "…" }

    private static func parts(_ word: String) -> [String] {
        guard word.utf8.count > longest else { return [] }
        var parts = [word]
        if let equals = word.firstIndex(of: "=") { parts.append(String(word[word.index(after: equals)...])) }
        parts += parts.flatMap { $0.split(whereSeparator: { ",;/+".contains($0) }).map(String.init) }
        return parts.filter { $0.utf8.count > longest }
    }
}
