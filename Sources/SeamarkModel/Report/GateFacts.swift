/// What the records themselves say about some criteria of a gate: they alter no result, and what contradicts one is told.
struct GateFacts {
    /// G2 as it was ticked, and what the two series say of it.
    private var variance: String?
    private var facts: [(criterion: ScalingGate.Criterion, passes: Bool, words: String)] = []

    /// The path: seams that the initiative loads or treats; the decisions on them or treated by it.
    init(
        _ initiative: InitiativeReading, _ reading: EngagementReading, _ view: ConstraintView, _ decisions: [(captured: EngagementReading.Decision, view: DecisionView)],
        _ sequence: InvestmentSequence, _ review: EngagementReading.GateReview? = nil
    ) {
        variance = review?.variance.flatMap(Self.words)
        let seams = reading.seams.filter { initiative.addsLoadTo.contains($0.key) || initiative.treatsSeam == $0.key }
        let streams = Set(seams.compactMap(\.valueStream))
        let governing = view.streams.filter { streams.isEmpty || $0.name.map(streams.contains) ?? true }.compactMap(\.governing)
        let measured = reading.constraints.map(\.reading).filter { governing.contains($0.key) && $0.status == .measured }
        add(.g1, !measured.isEmpty, measured.first.map { "\($0.key) governs and is measured" } ?? "no measured resource governs this value stream")

        let severe = seams.filter { ($0.severity?.value ?? 0) >= InvestmentSequence.severe }.map(\.key)
        if !seams.isEmpty {
            add(.g7, severe.isEmpty, severe.isEmpty ? "no seam on the path is severe" : "severity 3 or more at \(severe.joined(separator: ", "))")
            let mismatched = seams.filter { seam in seam.severity?.modes.contains { $0.mode == .dataMismatch && $0.value >= 2 } ?? false }.map(\.key)
            add(.g3, mismatched.isEmpty, mismatched.isEmpty ? "no data mismatch on the path" : "data mismatch of 2 or more at \(mismatched.joined(separator: ", "))")
        }
        let path = decisions.filter { decision in
            decision.view.key == initiative.treatsDecision || decision.captured.seam.map { seam in seams.contains { $0.key == seam } } ?? false
        }
        let told = path.filter { $0.view.ratio != nil }
        if !told.isEmpty {
            let slow = told.filter { ($0.view.ratio ?? 0) > 1 }.map(\.view.key)
            add(.g4, slow.isEmpty, slow.isEmpty ? "every measured decision on the path is in time" : "behind the process: \(slow.joined(separator: ", "))")
        }
        if !path.isEmpty {
            let open = path.filter { $0.captured.reading.decider == nil || $0.captured.reading.deputy == nil || !$0.captured.reading.hasLimit }.map(\.view.key)
            add(.g5, open.isEmpty, open.isEmpty ? "decider, deputy and limit are named" : "decider, deputy or limit is missing: \(open.joined(separator: ", "))")
        }
        let skills = reading.instrument.domains.first { $0.key == "ai_readiness" }.flatMap { domain in reading.domains.first { $0.code == domain.code } }
        if let skills, let severity = skills.score?.severity, let confidence = skills.score?.confidence {
            add(.g10, Bound.staysWithin(severity, 0.5) && Bound.reaches(confidence, RiskCalculation.rankedConfidence),
                "\(skills.code) has severity \(ReportFigures.twoDecimals(severity)) at confidence \(ReportFigures.twoDecimals(confidence))")
        }
        let relief = sequence.rows.filter { $0.verdict == .fundConstraint }.map(\.key)
        if !view.governing.isEmpty {
            add(.g12, !relief.isEmpty, relief.isEmpty ? "no relief of the governing constraint is funded" : "relief is funded: \(relief.joined(separator: ", "))")
        }
    }

    private mutating func add(_ criterion: ScalingGate.Criterion, _ passes: Bool, _ words: String) { facts.append((criterion, passes, words)) }

    /// Where a criterion was recorded as passed and the records say otherwise, or the other way round.
    func contradictions(with gate: ScalingGate) -> [String] {
        let others = contradictionsOfFacts(with: gate)
        // In the order of the criteria.
        guard let variance else { return others }
        let place = others.firstIndex { !$0.hasPrefix("G1 ") } ?? others.endIndex
        return Array(others[..<place]) + [variance] + others[place...]
    }

    /// Nil where the series say what was ticked.
    private static func words(_ variance: EngagementReading.GateReview.Variance) -> String? {
        guard let result = variance.result else {
            return "G2 needs \(ScalingGate.leastPeriods) periods of each series; the records hold \(variance.live.count) live and \(variance.baseline.count) before, so it counts as not assessed."
        }
        guard result != variance.recorded else { return nil }
        let deviations = (ScalingGate.deviation(variance.live), ScalingGate.deviation(variance.baseline))
        let recorded: String =
            switch variance.recorded {
            case .pass: "passed"
            case .fail: "failed"
            case .conditional: "conditional"
            case .notAssessed: "not assessed"
            }
        return "G2 is recorded as \(recorded); the two series say \(result == .pass ? "passed" : "failed"), and that counts: the standard deviation is "
            + "\(ReportFigures.plain(deviations.0)) live and \(ReportFigures.plain(deviations.1)) before."
    }

    private func contradictionsOfFacts(with gate: ScalingGate) -> [String] {
        facts.sorted { $0.criterion.rawValue.utf8.count != $1.criterion.rawValue.utf8.count
            ? $0.criterion.rawValue.utf8.count < $1.criterion.rawValue.utf8.count : $0.criterion.rawValue < $1.criterion.rawValue
        }.compactMap { fact in
            switch (gate.result(fact.criterion), fact.passes) {
            case (.pass, false): "\(fact.criterion.rawValue) is recorded as passed; the records say: \(fact.words)."
            case (.fail, true) where gate.results[fact.criterion] == .fail: "\(fact.criterion.rawValue) is recorded as failed; the records say: \(fact.words)."
            case _: nil
            }
        }
    }
}
