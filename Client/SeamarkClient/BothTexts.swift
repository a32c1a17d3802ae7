import SeamarkJournal
import SeamarkModel

/// All texts of a conflict, one after the other as one: where what two wrote can stand beside each other. A view, written only when a person takes it.
public enum BothTexts: Sendable {
    case text(String)
    case none(Reason)

    public enum Reason: Hashable, Sendable {
        /// The field has one value: a price, a date, a name. Sets keep all by themselves, and are in no conflict.
        case notText
        /// One of them cleared the text, or a value is withheld from this reader.
        case noText
        /// So many characters together, of so many that the field takes.
        case tooLong(Int, most: Int)
    }

    public var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension ConflictDescription {
    /// In the order in which they are numbered, which is the same everywhere: two who keep both at once write the same. What another text
    /// holds whole is not said twice.
    public var bothTexts: BothTexts {
        guard let field, case .text = field.merge, case .text(let rule) = field.kind else { return .none(.notText) }
        let texts = sides.compactMap { $0.value?.text }
        guard texts.count == sides.count else { return .none(.noText) }
        let kept = texts.enumerated().filter { place, text in
            !texts.enumerated().contains { $0.offset != place && $0.element.contains(text) && ($0.element != text || $0.offset < place) }
        }
        let both = kept.map(\.element).joined(separator: "\n\n")
        guard field.kind.fault(in: .text(both)) == nil else { return .none(.tooLong(both.unicodeScalars.count, most: rule.longest)) }
        return .text(both)
    }
}
