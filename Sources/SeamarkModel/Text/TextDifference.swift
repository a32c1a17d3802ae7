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
        func add(_ kind: Kind, _ text: String) {
            guard !text.isEmpty else { return }
            if let last = parts.last, last.kind == kind { parts[parts.count - 1] = Part(kind: kind, text: last.text + text) } else { parts.append(Part(kind: kind, text: text)) }
        }
        var written = 0, from = 0
        for place in before.numbers.indices {
            guard let match = difference.match(place) else { continue }
            add(.removed, before.text(from..<place))
            add(.added, after.text(written..<match))
            add(.same, before.text(place..<place + 1))
            (from, written) = (place + 1, match + 1)
        }
        add(.removed, before.text(from..<before.numbers.count))
        add(.added, after.text(written..<after.numbers.count))
        return parts
    }
}
