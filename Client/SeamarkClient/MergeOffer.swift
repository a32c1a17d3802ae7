import SeamarkJournal
public import SeamarkModel

/// The three-way merge of a text in conflict, where there is one to offer: a view, written only when a person takes it.
public enum MergeOffer: Sendable {
    case merge(TextMerge)
    case none(Reason)

    public enum Reason: Hashable, Sendable {
        /// The field is no long text.
        case notText
        /// More than two values differ.
        case severalValues
        /// One of the two cleared the text, or a value is withheld from this reader.
        case noText
        /// The two did not start from one text that this device holds.
        case noBase
        /// They differ too much for a merge that could be read.
        case tooDifferent
        /// Merged, it is longer than the field may be.
        case tooLong
    }

    public var merge: TextMerge? { if case .merge(let merge) = self { merge } else { nil } }
}

extension ConflictDescription {
    /// The merge of the two values over what both started from.
    public var mergeOffer: MergeOffer {
        guard let field, case .text = field.merge, case .text = field.kind else { return .none(.notText) }
        guard sides.count == 2 else { return .none(.severalValues) }
        guard let first = sides[0].value?.text, let second = sides[1].value?.text else { return .none(.noText) }
        guard let base = bases.first?.value?.text, bases.allSatisfy({ $0.value == .text(base) }) else { return .none(.noBase) }
        guard let merge = TextMerge(base: base, first: first, second: second) else { return .none(.tooDifferent) }
        for side in [TextMerge.Side.first, .second] where field.kind.fault(in: .text(merge.text(overlapsBy: side))) != nil { return .none(.tooLong) }
        return .merge(merge)
    }
}
