/// Words that somebody looks for. Every one must be found, somewhere in what is looked at; each as it is, as the beginning or a part of a word,
/// or with a letter or two mistyped.
///
/// A function of the two texts alone: nothing is indexed, so nothing lies anywhere but where it was captured.
public struct TextSearch: Hashable, Sendable {
    public static let mostWords = 16
    /// In longer words, which are none, no part is looked for.
    static let longestLookedInto = 256
    /// Letters of one word that is looked for; longer ones are none that people type.
    public static let longestWord = 64

    /// Where a word was found, and how well.
    public struct Match: Hashable, Sendable {
        /// 1 for the word itself, down to 0.3.
        public let score: Double
        /// Characters of the text.
        public let range: Range<Int>
    }

    /// Folded; each once.
    public let words: [[Unicode.Scalar]]

    /// Nil where nothing is looked for, or more than the bounds allow.
    public init?(_ text: String) {
        var words: [[Unicode.Scalar]] = []
        for word in FoldedText(text).words where words.count <= Self.mostWords && !words.contains(word.scalars) { words.append(word.scalars) }
        guard !words.isEmpty, words.count <= Self.mostWords, words.allSatisfy({ $0.count <= Self.longestWord }) else { return nil }
        self.words = words
    }

    /// The best place of each word in `text`; nil where a word is not in it.
    public func matches(in text: FoldedText) -> [Match?] {
        words.map { wanted in
            var best: Match?
            for word in text.words {
                guard let score = Self.score(wanted, in: word.scalars), score > best?.score ?? 0 else { continue }
                best = Match(score: score, range: word.range)
                if score == 1 { break }
            }
            return best
        }
    }

    /// How well a word is what was looked for; nil if it is not.
    static func score(_ wanted: [Unicode.Scalar], in word: [Unicode.Scalar]) -> Double? {
        if word == wanted { return 1 }
        if word.starts(with: wanted) { return 0.85 }
        // A part of a word: letters that stand in many words say little.
        if wanted.count >= 3, word.count > wanted.count, word.count <= longestLookedInto, (1...(word.count - wanted.count)).contains(where: { word[$0..<$0 + wanted.count].elementsEqual(wanted) }) { return 0.6 }
        let most = wanted.count >= 8 ? 2 : wanted.count >= 4 ? 1 : 0
        guard most > 0, abs(word.count - wanted.count) <= most, let distance = distance(wanted, word, atMost: most) else { return nil }
        return distance == 1 ? 0.45 : 0.3
    }

    /// Of `names` those that somebody may have meant by `word`, the nearest first: with a third of its letters and figures mistyped at most.
    public static func nearest(to word: String, among names: [String], atMost count: Int) -> [String] {
        func letters(_ text: String) -> [Unicode.Scalar] { FoldedText(text).words.flatMap(\.scalars) }
        let wanted = letters(word)
        guard !wanted.isEmpty, wanted.count <= longestWord else { return [] }
        let most = max(1, wanted.count / 3)
        let near = names.compactMap { name in
            let other = letters(name)
            return abs(other.count - wanted.count) <= most ? distance(wanted, other, atMost: most).map { (distance: $0, name: name) } : nil
        }
        return near.sorted { $0.distance != $1.distance ? $0.distance < $1.distance : HandleOrder.precedes($0.name, $1.name) }.prefix(count).map(\.name)
    }

    /// Letters put in, left out, mistaken for another or swapped with their neighbour (optimal string alignment), if there are at most `most`.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost most: Int) -> Int? {
        var before: [Int] = []
        var last = Array(0...right.count)
        for i in 1...max(1, left.count) where i <= left.count {
            var row = [i] + Array(repeating: 0, count: right.count)
            for j in 1...max(1, right.count) where j <= right.count {
                let same = left[i - 1] == right[j - 1]
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
            }
            if (row.min() ?? 0) > most { return nil }
            before = last
            last = row
        }
        let distance = last[right.count]
        return distance <= most ? distance : nil
    }
}
