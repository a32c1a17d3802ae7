import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What each choice in a conflict does to the engagement's income at risk. A calculation each, so there are so many and no more.
struct ConflictPrices {
    /// Calculations that one command makes.
    static let most = 24

    private var effect: ConflictEffect
    private var left = most
    let currency: String

    init(_ finder: RecordFinder) {
        let views = finder.all + finder.concealed
        effect = ConflictEffect(views, instrument: finder.instrument)
        currency = finder.view(finder.scope)?.text("currency") ?? ""
    }

    /// One for each side of a field's conflict, in their order; for a deletion if the record stays, then if it goes. Empty where no figure
    /// hangs on it, nil where there were too many before it.
    mutating func prices(_ conflict: ConflictDescription) -> [Spread?]? {
        guard let type = conflict.record.type, ConflictEffect.isPriced(type, conflict.key) else { return [] }
        let count = conflict.isDeletion ? 2 : conflict.sides.count
        guard left >= count else { return nil }
        left -= count
        // A large engagement takes seconds for each: whoever sits there reads the values meanwhile, and sees why there is no more yet.
        if Terminal.isTerminal { _ = Terminal.flush() }
        Terminal.progress("Calculating what each is worth…")
        defer { Terminal.progress("") }
        if conflict.isDeletion { return [true, false].map { effect.headline(conflict.record, stays: $0) } }
        return conflict.sides.map { side in
            let head = conflict.record.state.heads(of: side.target).first { $0.name.change == side.change && $0.content.value == side.value }
            return head.flatMap { effect.headline(conflict.record, side.target, taking: $0) }
        }
    }

    /// `income at risk 3,053,000 USD a year (1,904,000 to 4,511,000)`: written out like the amounts that it stands below.
    func words(_ spread: Spread?) -> String {
        guard let spread else { return "income at risk cannot be calculated with it" }
        let unit = AmountUnit(of: spread.mean)
        let likely = [unit.written(spread.p50), currency].filter { !$0.isEmpty }.joined(separator: " ")
        return "income at risk \(likely) a year (\(unit.written(spread.p10)) to \(unit.written(spread.p90)))"
    }

    static func json(_ spread: Spread?) -> JSONValue {
        guard let spread else { return .null }
        return .object([
            JSONMember("mean", .number(spread.mean)), JSONMember("p10", .number(spread.p10)), JSONMember("p50", .number(spread.p50)), JSONMember("p90", .number(spread.p90)),
        ])
    }
}
