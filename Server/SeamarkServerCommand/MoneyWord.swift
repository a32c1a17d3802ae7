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
    var words: String { DigitGroups.text(String(whole)) }
}
