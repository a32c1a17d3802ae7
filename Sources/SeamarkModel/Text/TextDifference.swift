/// What was taken out of a text and put into it, word by word.
public enum TextDifference {
    public enum Kind: String, Hashable, Sendable { case same, removed, added }

    public struct Part: Hashable, Sendable {
        public let kind: Kind
        public let text: String
    }

    /// The parts in order: those that are not `added` make the old text, those that are not `removed` the new one. Texts that are too long or too
    /// different for a comparison are taken out and put in whole.
    public static func parts(from old: String, to new: String) -> [Part] {
        func whole() -> [Part] { [Part(kind: .removed, text: old), Part(kind: .added, text: new)].filter { !$0.text.isEmpty } }
        guard old != new else { return old.isEmpty ? [] : [Part(kind: .same, text: old)] }
        guard old.utf8.count <= TextWords.longest, new.utf8.count <= TextWords.longest else { return whole() }
        var known = TextWords.Numbers()
        let before = TextWords(old, &known), after = TextWords(new, &known)
        guard let difference = WordDifference(from: before.numbers, to: after.numbers) else { return whole() }
        var parts: [Part] = []
        func add(_ kind: Kind, _ words: TextWords, _ range: Range<Int>) { if !range.isEmpty { parts.append(Part(kind: kind, text: words.text(range))) } }
        var written = 0, from = 0, same = 0
        for place in before.numbers.indices {
            guard let match = difference.match(place) else { continue }
            if place > from || match > written {
                add(.same, before, same..<from)
                add(.removed, before, from..<place)
                add(.added, after, written..<match)
                same = place
            }
            (from, written) = (place + 1, match + 1)
        }
        add(.same, before, same..<from)
        add(.removed, before, from..<before.numbers.count)
        add(.added, after, written..<after.numbers.count)
        return parts
    }
}
