import SeamarkJournal

/// What changed between two readings of one engagement: the exact bridge of the mean.
public struct SnapshotComparison: Hashable, Sendable {
    public let before: Snapshot
    public let after: Snapshot
    public let bridge: Bridge
    /// ISO 4217.
    public let currency: String

    public init(_ before: Snapshot, _ earlier: EngagementReading, _ after: Snapshot, _ later: EngagementReading) throws(SnapshotError) {
        var calculation = RiskCalculation()
        do throws(RiskError) { bridge = try Bridge(from: earlier, to: later, &calculation) } catch { throw .notReadable(.notCalculable(error)) }
        self.before = before
        self.after = after
        currency = later.currency
    }

    /// What the amounts of `rows` are written in, as in a report of the greater of the two.
    public var unit: AmountUnit { AmountUnit(of: max(bridge.before.mean, bridge.after.mean)) }

    /// What stands above `rows`.
    public var head: [String] { ["step", "\(unit.words(currency)) a year", "P10 to P90", "lines"] }

    /// The columns of `rows` that hold amounts: where there is little room they are not cut.
    public static let amounts: Set<Int> = [1, 2]

    /// The steps as a table of plain cells: what, how much, in which range, which lines; money in `unit`, with one place all through where some step
    /// is small. A step is the difference of two means and has no range; both ends have theirs.
    public var rows: [[String]] {
        let unit = self.unit
        let isFine = (bridge.changes.map(\.amount) + [bridge.difference]).contains { $0 != 0 && $0.magnitude < 9.95 * unit.size }
        func text(_ amount: Double) -> String { isFine && amount.magnitude < 1e12 * unit.size ? ReportFigures.oneDecimal(amount / unit.size) : unit.text(amount) }
        func signed(_ amount: Double) -> String { (amount > 0 ? "+" : "") + text(amount) }
        func end(_ words: String, _ spread: Spread) -> [String] { [words, text(spread.mean), "\(text(spread.p10)) to \(text(spread.p90))", ""] }
        let steps = bridge.changes.map { change -> [String] in
            [change.step.words.capitalizedWord, signed(change.amount), "", change.lines.map { "\($0.key) \(signed($0.amount))" }.joined(separator: ", ")]
        }
        return [end("Before: \(before.title)", bridge.before)] + steps + [["Difference", signed(bridge.difference), "", ""], end("After: \(after.title)", bridge.after)]
    }

    public var document: JSONValue {
        func snapshot(_ snapshot: Snapshot) -> JSONValue {
            .object([
                JSONMember("id", .string(snapshot.record.description)), JSONMember("handle", .string(snapshot.handle)), JSONMember("name", .string(snapshot.name)),
                JSONMember("position", .integer(Int64(clamping: snapshot.place.position))), JSONMember("inputsHash", .string(snapshot.inputsHash.description)),
            ])
        }
        return .object([
            JSONMember("method", .string(RiskSettings.method)), JSONMember("currency", .string(currency)), JSONMember("from", snapshot(before)),
            JSONMember("to", snapshot(after)), JSONMember("bridge", bridge.document),
        ])
    }
}

extension Bridge {
    /// Between two readings of one engagement. What proven moves of either brought down is theirs.
    init(from earlier: EngagementReading, to later: EngagementReading, _ calculation: inout RiskCalculation) throws(RiskError) {
        let moves = earlier.moves + later.moves, lines = earlier.input.lines + later.input.lines
        let proven = Set(moves.filter(\.isVerified).map(\.key))
        // A line that was closed since is in the earlier reading of its move alone.
        let verified = moves.filter { proven.contains($0.key) }.reduce(into: Set<String>()) { $0.formUnion($1.lowers(among: lines)) }
        try self.init(from: earlier.input, earlier.settings, to: later.input, later.settings, verified: verified, calculation: &calculation)
    }

    var document: JSONValue {
        // Nothing is written as -0.
        func number(_ amount: Double) -> JSONValue { amount.isFinite ? .number(amount + 0) : .null }
        return .object([
            JSONMember("before", number(before.mean)), JSONMember("after", number(after.mean)), JSONMember("difference", number(difference)),
            JSONMember("ranges", .object([
                JSONMember("before", .object(EngagementReport.members(of: before))), JSONMember("after", .object(EngagementReport.members(of: after))),
            ])),
            JSONMember("steps", .array(changes.map { change in
                .object([
                    JSONMember("step", .string(change.step.rawValue)), JSONMember("amount", number(change.amount)),
                    JSONMember("lines", .object(change.lines.map { JSONMember($0.key, number($0.amount)) })),
                ])
            })),
        ])
    }
}

extension Bridge.Step {
    var words: String {
        switch self {
        case .method: "method"
        case .evidence: "evidence"
        case .estimates: "re-estimated ranges"
        case .overlapsAndCeilings: "overlaps and ceilings"
        case .closedLines: "closed lines"
        case .newLines: "new lines"
        case .verifiedMoves: "proven moves"
        }
    }
}
