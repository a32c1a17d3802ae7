/// What the amounts of a table or sentence are written in: so large that the headline has few digits, and so small that its parts have some.
public struct AmountUnit: Hashable, Sendable {
    /// 1000 for thousands.
    public let size: Double
    /// `thousand`; empty for single ones.
    public let word: String

    /// - Parameter headline: the mean that the other amounts are parts of. Of nothing they are thousands.
    public init(of headline: Double) {
        let unit: (size: Double, word: String) =
            switch headline {
            case 1e12...: (1e9, "billion")
            case 1e9...: (1e6, "million")
            case 20_000...: (1000, "thousand")
            case let mean where mean > 0: (1, "")
            case _: (1000, "thousand")
            }
        size = unit.size
        word = unit.word
    }

    /// `thousand USD`; without a word or a currency what is left of it.
    public func words(_ currency: String) -> String {
        let words = [word, currency].filter { !$0.isEmpty }.joined(separator: " ")
        return words.isEmpty ? "units of money" : words
    }

    /// `3,053` in this unit, for tables whose head names it.
    public func text(_ amount: Double) -> String { ReportFigures.amount(amount, in: size) }

    /// `3,053,000`: as exact as `text` and written out, for sentences that stand beside amounts as they were captured.
    public func written(_ amount: Double) -> String {
        guard amount.isFinite else { return "–" }
        let scaled = amount.magnitude / size
        let step = scaled >= 9.95 ? size : scaled >= 0.095 ? size / 10 : size / 100
        return DigitGroups.whole((amount / step).rounded() * step)
    }
}
