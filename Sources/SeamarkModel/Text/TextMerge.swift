/// What two people made of the same text, put together word by word: a proposal that a person takes or leaves, never written by itself.
///
/// Where only one of them changed something, the change is in; where both made the same change, it is in once. Where both changed the
/// same place differently it is an overlap, which holds both and chooses neither. Places that touch, or have only blanks between them,
/// are one place; so every two pieces that meet have met in one of the two texts, and no character comes of them that
/// neither wrote. Swapping the two people swaps the sides and nothing else.
/// (The method is that of `diff3`: Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", 2007.)
public struct TextMerge: Equatable, Sendable {
    /// A stretch of the merged text. `was` is what stood there before.
    public enum Piece: Equatable, Sendable {
        case kept(String)
        case first(String, was: String)
        case second(String, was: String)
        case both(String, was: String)
        case overlap(first: String, second: String, was: String)
    }

    /// A side of the merge.
    public enum Side: Equatable, Sendable { case first, second }

    /// From beginning to end; two neighbours are never both kept.
    public let pieces: [Piece]

    /// Nil when a merge would cost too much: a text of more than 64 KiB, or one that differs from `base` in more than `WordDifference.most` words.
    public init?(base: String, first: String, second: String) {
        let texts = [base, first, second]
        guard texts.allSatisfy({ $0.utf8.count <= TextWords.longest }) else { return nil }
        var numbers = TextWords.Numbers()
        let (base, first, second) = (TextWords(base, &numbers), TextWords(first, &numbers), TextWords(second, &numbers))
        guard let toFirst = WordDifference(from: base.numbers, to: first.numbers), let toSecond = WordDifference(from: base.numbers, to: second.numbers)
        else { return nil }
        let stretches = Stretch.joined(Stretch.all(base, first, second, toFirst, toSecond), base, first, second)
        pieces = stretches.map { $0.piece(base, first, second) }
    }

    public var overlaps: Int { pieces.count { if case .overlap = $0 { true } else { false } } }

    /// The merged text; nil while there are overlaps.
    public var text: String? { overlaps == 0 ? text(overlapsBy: .first) : nil }

    /// The merged text with one side's words wherever the two overlap.
    public func text(overlapsBy side: Side) -> String {
        text { first, second in side == .first ? first : second }
    }

    /// The merged text with what `overlap` makes of the two sides of each overlap.
    public func text(_ overlap: (_ first: String, _ second: String) -> String) -> String {
        var out = ""
        for piece in pieces {
            switch piece {
            case .kept(let text), .first(let text, _), .second(let text, _), .both(let text, _): out += text
            case .overlap(let first, let second, _): out += overlap(first, second)
            }
        }
        return out
    }
}

/// A stretch of the three texts that stands at the same place in each.
private struct Stretch {
    enum Kind { case kept, first, second, both, overlap }

    var base: Range<Int>
    var first: Range<Int>
    var second: Range<Int>
    var kind: Kind

    init(base: Range<Int>, first: Range<Int>, second: Range<Int>, in words: (TextWords, TextWords, TextWords)) {
        (self.base, self.first, self.second) = (base, first, second)
        let before = words.0.numbers[base], one = words.1.numbers[first], other = words.2.numbers[second]
        let firstKept = before.elementsEqual(one), secondKept = before.elementsEqual(other)
        kind =
            if firstKept && secondKept { .kept } else if secondKept { .first } else if firstKept { .second }
            else if one.elementsEqual(other) { .both } else { .overlap }
    }

    /// Stretches that all three have, and what lies between them.
    static func all(_ base: TextWords, _ first: TextWords, _ second: TextWords, _ toFirst: WordDifference, _ toSecond: WordDifference) -> [Stretch] {
        var stretches: [Stretch] = []
        var at = (0, 0, 0)
        func add(_ end: (Int, Int, Int)) {
            guard end != at else { return }
            stretches.append(Stretch(base: at.0..<end.0, first: at.1..<end.1, second: at.2..<end.2, in: (base, first, second)))
            at = end
        }
        while at.0 < base.numbers.count {
            var end = at
            while end.0 < base.numbers.count, toFirst.match(end.0) == end.1, toSecond.match(end.0) == end.2 { end = (end.0 + 1, end.1 + 1, end.2 + 1) }
            add(end)
            while end.0 < base.numbers.count {
                if let one = toFirst.match(end.0), let other = toSecond.match(end.0) {
                    end = (end.0, one, other)
                    break
                }
                end.0 += 1
            }
            if end.0 == base.numbers.count { break }
            add(end)
        }
        add((base.numbers.count, first.numbers.count, second.numbers.count))
        return stretches
    }

    /// Two people's changes with only blanks between them are one place.
    static func joined(_ stretches: [Stretch], _ base: TextWords, _ first: TextWords, _ second: TextWords) -> [Stretch] {
        var out: [Stretch] = []
        for stretch in stretches {
            guard out.count >= 2, stretch.kind != .kept, out[out.count - 1].kind == .kept, !base.holdsAnAnchor(out[out.count - 1].base),
                clash(out[out.count - 2].kind, stretch.kind)
            else {
                out.append(stretch)
                continue
            }
            out.removeLast()
            let before = out.removeLast()
            out.append(Stretch(
                base: before.base.lowerBound..<stretch.base.upperBound, first: before.first.lowerBound..<stretch.first.upperBound,
                second: before.second.lowerBound..<stretch.second.upperBound, in: (base, first, second)))
        }
        return out
    }

    private static func clash(_ left: Kind, _ right: Kind) -> Bool {
        switch (left, right) {
        case (.first, .second), (.second, .first), (.overlap, .first), (.overlap, .second), (.overlap, .overlap), (.first, .overlap), (.second, .overlap): true
        case (.kept, _), (_, .kept), (.both, _), (_, .both), (.first, .first), (.second, .second): false
        }
    }

    func piece(_ base: TextWords, _ first: TextWords, _ second: TextWords) -> TextMerge.Piece {
        let was = base.text(self.base)
        return switch kind {
        case .kept: .kept(was)
        case .first: .first(first.text(self.first), was: was)
        case .second: .second(second.text(self.second), was: was)
        case .both: .both(first.text(self.first), was: was)
        case .overlap: .overlap(first: first.text(self.first), second: second.text(self.second), was: was)
        }
    }
}
