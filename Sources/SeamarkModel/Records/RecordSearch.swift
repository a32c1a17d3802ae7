public import SeamarkJournal

/// Records that hold words which somebody half remembers, the best first. Looks at what is shown, and at what else
/// stands in an open conflict: what is withheld, redacted or hidden is not found. Nor is what fields and their parts are
/// called: every answer has a grade, and nobody who looks for that word means them all.
public struct RecordSearch {
    /// A record, and the field that says most of what was looked for.
    public struct Hit {
        public let record: RecordView
        /// What the record is called.
        public let name: String
        public let score: Double
        /// Nil where only the name was found.
        public let field: FieldDefinition?
        /// It stands in a value of an open conflict that is not the one shown.
        public let isOtherValue: Bool
        /// A part of the field's text around what was found, on one line, cut where what was found begins and ends.
        public let pieces: [Piece]

        public var excerpt: String { pieces.map(\.text).joined() }
    }

    public struct Piece: Hashable, Sendable {
        public let text: String
        public let isFound: Bool
    }

    /// Characters of an excerpt.
    public static let excerptLength = 90

    public let search: TextSearch
    private let references: References

    public init(_ search: TextSearch, references: References) {
        self.search = search
        self.references = references
    }

    /// - Parameter name: what a record is called.
    public func hits(in records: [RecordView], name: (Identifier) -> String) -> [Hit] {
        var hits = records.compactMap { record in hit(record, name(record.id)) }
        hits.sort { left, right in
            if left.score != right.score { return left.score > right.score }
            return left.name != right.name ? HandleOrder.precedes(left.name, right.name) : left.record.id < right.record.id
        }
        return hits
    }

    private func hit(_ record: RecordView, _ name: String) -> Hit? {
        guard let type = record.type else { return nil }
        var best = search.matches(in: FoldedText(name)).map { $0?.score ?? 0 }
        var first: (field: FieldDefinition, text: String, isOther: Bool, score: Double, found: [Range<Int>])?
        let conflicts = record.conflicts
        for field in type.fields where field.number >= 10 {
            let others = conflicts.first { $0.target == .field(field.number) }?.heads.dropFirst() ?? []
            let all = texts(record, field).map { ($0, false) } + others.flatMap { texts($0.content.value, field) }.map { ($0, true) }
            for (text, isOther) in all {
                let matches = search.matches(in: FoldedText(text))
                let score = matches.reduce(0) { $0 + ($1?.score ?? 0) }
                guard score > 0 else { continue }
                for (place, match) in matches.enumerated() { best[place] = max(best[place], match?.score ?? 0) }
                if score > first?.score ?? 0 { first = (field, text, isOther, score, matches.compactMap { $0?.range }) }
            }
        }
        guard best.allSatisfy({ $0 > 0 }) else { return nil }
        // Words that stand together say more than the same words strewn over a record.
        let score = best.reduce(0, +) + (first?.score ?? 0)
        guard let first else { return Hit(record: record, name: name, score: score, field: nil, isOtherValue: false, pieces: []) }
        return Hit(record: record, name: name, score: score, field: first.field, isOtherValue: first.isOther, pieces: Self.excerpt(first.text, first.found))
    }

    private func texts(_ record: RecordView, _ field: FieldDefinition) -> [String] {
        if field.isSet { return record.elements(field).flatMap { texts($0, field.kind) } }
        return texts(record.value(of: field), field)
    }

    private func texts(_ value: Value?, _ field: FieldDefinition) -> [String] { value.map { texts($0, field.kind) } ?? [] }

    /// What somebody said, part by part. A reference is the name of another record, and a yes or no says nothing without its question.
    private func texts(_ value: Value, _ kind: FieldKind) -> [String] {
        switch kind {
        case .reference, .boolean, .points(.seams): return []
        case .choice(let choices): return value.int.flatMap(choices.key).map { [$0] } ?? []
        case .list(let kind, _): return (value.list ?? []).flatMap { texts($0, kind) }
        case .group(let group):
            let parts = FieldKind.scaled(value, by: 0.01, in: group).group ?? []
            return parts.flatMap { part in group.member(part.number).map { texts(part.value, $0.kind) } ?? [] }
        case .text, .integer, .number, .money, .basisPoints, .score, .date, .time, .duration, .bytes, .threePoint, .points(.domains):
            return value == .absent ? [] : [kind.text(of: value, references: references)]
        }
    }

    /// The part of `text` that holds the first of `found`, with what else of it fits. Characters are cut once: put together anew, two may become one.
    static func excerpt(_ text: String, _ found: [Range<Int>]) -> [Piece] {
        let found = Array(Set(found)).sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        let characters = Array(text).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        var start = 0, end = characters.count
        if let first = found.first, characters.count > excerptLength {
            start = max(0, min(first.lowerBound - excerptLength / 3, characters.count - excerptLength))
            // At a word's beginning, where one is near.
            if start > 0, start < first.lowerBound, let blank = characters[start..<first.lowerBound].firstIndex(of: " "), blank - start < 16 { start = blank + 1 }
            end = min(characters.count, start + excerptLength)
        }
        var pieces: [Piece] = []
        func add(_ range: Range<Int>, _ isFound: Bool, _ before: String = "", _ after: String = "") {
            let text = before + String(characters[range]) + after
            if !text.isEmpty { pieces.append(Piece(text: text, isFound: isFound)) }
        }
        var at = start
        for range in found where range.lowerBound >= at && range.upperBound <= end {
            add(at..<range.lowerBound, false, at == start && start > 0 ? "…" : "")
            add(range, true)
            at = range.upperBound
        }
        add(at..<end, false, at == start && start > 0 ? "…" : "", end < characters.count ? "…" : "")
        return pieces
    }
}
