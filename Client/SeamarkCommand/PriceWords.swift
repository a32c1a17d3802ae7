import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What is said of a line's price when it is captured: what its inputs come to, and what is asked once more before it is saved.
enum PriceWords {
    struct NotSaved: Error {}

    /// A price that was computed from inputs, or from what was observed.
    struct Computed {
        let range: ThreePoint
        let formula: String

        var words: String { "\(FigureText.range(range)) a year = \(formula)" }

        var json: JSONValue {
            .object([
                JSONMember("low", .number(range.low)), JSONMember("likely", .number(range.likely)), JSONMember("high", .number(range.high)),
                JSONMember("formula", .string(formula)),
            ])
        }
    }

    private static func amount(in result: RecordCapture.Result) -> Value? {
        guard result.type === Catalogue.leakageLine, let field = Catalogue.leakageLine.field(key: "amount") else { return nil }
        return result.edits.last { $0.target == .field(field.number) }?.content.value
    }

    static func price(in result: RecordCapture.Result) -> Computed? {
        switch amount(in: result).flatMap({ (try? LinePrice($0)) ?? nil }) {
        case .inputs(let price): Computed(range: price.range, formula: price.formula.words)
        case .observed(let range): Computed(range: range, formula: "(observed × 12 / months observed − baseline) × share")
        case .range, .factors, nil: nil
        }
    }

    /// The ranges of its price whose likely value lies close to one end, in words.
    private static func lopsided(_ result: RecordCapture.Result) -> [String] {
        guard let amount = amount(in: result), let price = (try? LinePrice(amount)) ?? nil else { return [] }
        let parts: [(name: String, range: ThreePoint)] =
            switch price {
            case .range(let range), .observed(let range): [("the range", range)]
            case .factors(let factors): factors.map { ($0.name, $0.range) }
            case .inputs(let price): price.inputs.map { ($0.input.rawValue, $0.range) }
            }
        return parts.compactMap { name, range in
            for case .modeNearAnEnd(let position) in range.warnings(grade: .a) {
                return "\(name) has its likely value close to its \(position < 0.5 ? "low" : "high") end"
            }
            return nil
        }
    }

    /// Says it and goes on: for scripts, and for trials.
    static func warn(of result: RecordCapture.Result) {
        for words in lopsided(result) { Terminal.warning("\(words). Low and high are absolute bounds: could a year ever fall outside?") }
    }

    /// On a terminal whoever types is asked once more before a range is saved whose likely value lies close to one end; scripts are warned.
    static func agrees(to trial: () throws -> RecordCapture.Result) throws -> Bool {
        let result = try trial()
        let warnings = lopsided(result)
        guard !warnings.isEmpty else { return true }
        guard Terminal.inputIsTerminal, Terminal.errorsAreOnTerminal else {
            warn(of: result)
            return true
        }
        for words in warnings { Terminal.warning("\(words). Low and high are absolute bounds, not what is usual.") }
        Terminal.progress("Could a year ever fall outside? Save it as it is? [y/N] ")
        let answer = readLine(strippingNewline: true)?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
