// What initiatives cost, alone and together: means, which the sequence counts, with lows and highs. What is known exactly stands alone.
extension EngagementReport {
    /// What the rows of the sequence that belong cost together.
    func cost(_ belongs: (InvestmentSequence.Row) -> Bool) -> CostRange {
        CostRange(of: governance.sequence.rows.filter(belongs).compactMap { initiative($0.key) })
    }

    /// All that is asked for.
    var askedCost: CostRange { cost { _ in true } }

    /// By the rules' verdict, and by what stands once people have ruled.
    func cost(by verdict: InvestmentSequence.Verdict) -> CostRange { cost { $0.verdict == verdict } }
    func ruledCost(by verdict: InvestmentSequence.Verdict) -> CostRange { cost { $0.standing == verdict } }

    /// What the rules leave of the budget, and what people's rulings leave of it; nil: no budget is known.
    var budgetLeft: CostRange? { governance.budget.map { cost(\.verdict.isFunded).left(of: $0) } }
    var ruledBudgetLeft: CostRange? { governance.budget.map { cost(\.standing.isFunded).left(of: $0) } }

    /// The initiatives of the programme as it stands, of what the rules release, and of what they release without a mandate; in the order of keys.
    enum Programme { case before, after, freeChoice }

    func initiatives(of programme: Programme) -> [InitiativeReading] {
        let funded = Set(governance.sequence.rows.filter(\.verdict.isFunded).map(\.key))
        return governance.initiatives.filter { initiative in
            switch programme {
            case .before: initiative.stage.isActive
            case .after: funded.contains(initiative.key)
            case .freeChoice: funded.contains(initiative.key) && initiative.mandate == nil
            }
        }.sorted { $0.key < $1.key }
    }

    /// Does it relieve the governing constraint?
    func fundsTheConstraint(_ initiative: InitiativeReading) -> Bool {
        initiative.relievesConstraint.map { governance.constraintView.governing.contains($0) } ?? false
    }

    // MARK: - In words

    /// `USD 600k`; with its range where it is not known exactly: `USD 780k (400k to 1.5M)`.
    func words(_ cost: CostRange) -> String {
        cost.isKnown ? known(cost.mean) : "\(short(cost.mean)) (\(ReportFigures.short(cost.low)) to \(ReportFigures.short(cost.high)))"
    }

    /// The same of one initiative.
    func costWords(_ key: String) -> String { initiative(key)?.cost.map { words(CostRange($0)) } ?? "an unknown cost" }

    /// `783 (400 to 1,500)` in the unit of the report.
    func inUnit(_ cost: CostRange) -> String {
        cost.isKnown ? inUnit(cost.mean) : "\(inUnit(cost.mean)) (\(inUnit(cost.low)) to \(inUnit(cost.high)))"
    }

    // MARK: - As a document

    func costDocument(_ cost: CostRange) -> JSONValue {
        .object([JSONMember("mean", number(cost.mean)), JSONMember("low", number(cost.low)), JSONMember("high", number(cost.high))])
    }
}
