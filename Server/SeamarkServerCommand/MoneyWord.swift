internal import ArgumentParser
internal import SeamarkModel

/// Money as people type it: `100000000`, `100M`, `1.5bn`; whole units of a currency.
struct MoneyWord: ExpressibleByArgument {
    let whole: Int64
    /// Is it worth saying back, since it was typed with a multiplier?
    let isShort: Bool

    init?(argument: String) {
        guard let hundredths = Money.hundredths(argument), hundredths.isMultiple(of: 100) else { return nil }
        whole = hundredths / 100
        isShort = argument.last?.isLetter == true
    }

    /// `100,000,000`.
    var words: String {
        let digits = Array(String(whole.magnitude))
        return (whole < 0 ? "-" : "") + digits.indices.map { ($0 > 0 && (digits.count - $0).isMultiple(of: 3) ? "," : "") + String(digits[$0]) }.joined()
    }
}
