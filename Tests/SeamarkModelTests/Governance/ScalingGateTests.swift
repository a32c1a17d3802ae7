import SeamarkModel
import Testing

struct ScalingGateTests {
    private let allPass = Dictionary(uniqueKeysWithValues: ScalingGate.Criterion.allCases.map { ($0, ScalingGate.Result.pass) })

    @Test func `the verdicts of the vectors`() {
        func verdict(_ change: (inout ScalingGate) -> Void) -> ScalingGate.Verdict {
            var gate = ScalingGate(results: allPass)
            change(&gate)
            return gate.verdict
        }
        #expect(verdict { _ in } == .pass)
        #expect(verdict { $0.results[.g6] = .fail } == .limited)
        #expect(verdict { $0.results[.g4] = .fail } == .hold)
        #expect(verdict { $0.results[.g9] = .notAssessed } == .hold)
        #expect(verdict { $0.results[.g8] = .notAssessed } == .limited)
        #expect(verdict { $0.age = 91 } == .hold)
        #expect(verdict { $0.age = 90 } == .pass)
        #expect(verdict { ($0.age, $0.validDays) = (31, 30) } == .hold)
        // A must that is met in part is no failure and no pass; what is live goes back.
        #expect(verdict { $0.results[.g4] = .conditional } == .limited)
        #expect(verdict { $0.results[.g4] = .fail; $0.isLive = true } == .rollBack)
        #expect(verdict { $0.age = 91; $0.isLive = true } == .rollBack)
        #expect(verdict { $0.results[.g11] = .fail } == .limited)
        #expect(verdict { $0.results[.g11] = .fail; $0.isRegulated = true } == .hold)
        #expect(verdict { $0.results = [:] } == .hold)
    }

    /// Against the rule said the other way round, from the worst result upwards.
    @Test(arguments: UInt64(0)..<500)
    func `the truth table`(seed: UInt64) {
        var dice = RandomStream(state: seed)
        var results = allPass
        for _ in 0..<Int(dice.next() % 4) {
            results[ScalingGate.Criterion.allCases[Int(dice.next() % 12)]] = ScalingGate.Result.allCases[Int(dice.next() % 4)]
        }
        if dice.next() % 5 == 0 { results[.g3] = nil }
        let gate = ScalingGate(results: results, isRegulated: dice.next() % 2 == 0, isLive: dice.next() % 2 == 0, age: Int(dice.next() % 120))
        var musts: [ScalingGate.Criterion] = [.g1, .g2, .g4, .g5, .g9]
        if gate.isRegulated { musts.append(.g11) }
        let badMust = musts.contains { [.fail, .notAssessed, nil].contains(results[$0]) }
        let allGood = ScalingGate.Criterion.allCases.allSatisfy { results[$0] == .pass }
        let stopped: ScalingGate.Verdict = gate.isLive ? .rollBack : .hold
        #expect(gate.verdict == (gate.age > 90 || badMust ? stopped : allGood ? .pass : .limited))
    }

    @Test func `variance may grow by a tenth, over twenty periods of each`() {
        let baseline = (0..<20).map { Double($0 % 5) }
        #expect(ScalingGate.variance(live: baseline.map { $0 * 1.1 + 3 }, baseline: baseline) == .pass)
        #expect(ScalingGate.variance(live: baseline.map { $0 * 1.11 }, baseline: baseline) == .fail)
        #expect(ScalingGate.variance(live: Array(baseline.dropLast()), baseline: baseline) == nil)
        #expect(ScalingGate.variance(live: baseline, baseline: baseline.map { _ in 2 }) == .fail)
    }

    @Test func `criteria, results and verdicts are those of the catalogue`() {
        func keys(_ type: RecordType, _ field: String, _ member: String? = nil) -> [String] {
            guard var kind = type.field(key: field)?.kind else { return [] }
            if let member, case .group(let group) = kind, let inner = group.member(key: member)?.kind { kind = inner }
            guard case .choice(let choices) = kind else { return [] }
            return choices.choices.map(\.key)
        }
        #expect(keys(Catalogue.gateResult, "criterion") == ScalingGate.Criterion.allCases.map(\.rawValue))
        #expect(keys(Catalogue.gateResult, "finding", "result") == ScalingGate.Result.allCases.map(\.rawValue))
        #expect(keys(Catalogue.gateReview, "decision") == ScalingGate.Verdict.allCases.map(\.rawValue))
        #expect(keys(Catalogue.sequenceDecision, "ruling", "verdict") == InvestmentSequence.Verdict.allCases.map(\.rawValue))
        #expect(keys(Catalogue.driftSignal, "kind") == DriftReading.Kind.allCases.map(\.rawValue))
        #expect(keys(Catalogue.driftSignal, "state") == DriftReading.State.allCases.map(\.rawValue))
        #expect(keys(Catalogue.move, "state") == MoveReading.State.allCases.map(\.rawValue))
        #expect(keys(Catalogue.initiative, "schedule", "stage") == InitiativeReading.Stage.allCases.map(\.rawValue))
        #expect(keys(Catalogue.initiative, "mandate", "kind") == ["none"] + InitiativeReading.Mandate.allCases.map(\.rawValue))
        #expect(keys(Catalogue.constraint, "status") == ConstraintReading.Status.allCases.map(\.rawValue))
        #expect(keys(Catalogue.constraint, "load", "period") == ConstraintReading.Period.allCases.map(\.rawValue))
        #expect(keys(Catalogue.leakageLine, "amount", "valuation") == CheckedLine.Valuation.allCases.map(\.rawValue))
    }
}
