extension EngagementReport {
    /// The four outputs beside the figure, the ninety days and the gates: computed, with what people ruled beside it.
    public struct Governance: Hashable, Sendable {
        public struct Decision: Hashable, Sendable {
            public var captured: EngagementReading.Decision
            public var view: DecisionView
        }

        public struct Gate: Hashable, Sendable {
            public var initiative: String
            /// Nil: nobody reviewed it, which holds it.
            public var review: EngagementReading.GateReview?
            public var verdict: ScalingGate.Verdict
            /// Where what was recorded and what the records say differ, a sentence each.
            public var contradictions: [String]
        }

        public var checks: [StructuralCheck]
        public var constraints: [EngagementReading.Constraint]
        public var constraintView: ConstraintView
        public var seamMap: SeamMap
        public var decisions: [Decision]
        public var bandwidth: [BandwidthLoad]
        public var initiatives: [InitiativeReading]
        public var sequence: InvestmentSequence
        /// Over the horizon, in the order of `sequence.rows`.
        public var protected: [Spread]
        /// A year's, after what the rules fund.
        public var residual: Spread
        /// After what people ruled; nil: their rulings fund the same.
        public var ruledResidual: Spread?
        /// Nil: no earlier snapshot was given.
        public var bridge: Bridge?
        public var gates: [Gate]
        public var moves: [MoveReading]
        public var drift: [DriftReading]
        public var quickChecks: [EngagementReading.QuickCheck]
        /// Domains to interview first after the five-signal checks.
        public var interviewFirst: [String]
        public var cycle: EngagementReading.Cycle?
        public var exitRules: [ExitRule]
        public var boardAnswers: [Int: EngagementReading.BoardAnswer]
        /// When the headline's figures last changed: milliseconds since 1970.
        public var pricedAt: Int64
        /// Days since 1970.
        public var today: Int64
        public var horizonMonths: Double
        public var hurdle: Double
        public var budget: Double?

        public var openChecks: [StructuralCheck] { checks.filter(\.isOpen) }

        init(
            _ reading: EngagementReading, _ result: RiskResult, previous: EngagementReading?, isFrozen: Bool, _ calculation: inout RiskCalculation
        ) throws(RiskError) {
            let view = ConstraintView(reading.constraints.map(\.reading))
            let decisions = reading.decisions.map { Decision(captured: $0, view: DecisionView($0.reading)) }
            let costs = Dictionary(reading.seams.compactMap { seam in seam.failureCost.map { (seam.key, $0) } }) { first, _ in first }
            let map = SeamMap(result.seams, failureCosts: costs, stress: result.stress)
            let sequence = InvestmentSequence(reading.initiatives, in: InvestmentSequence.Setting(
                lines: Dictionary(uniqueKeysWithValues: result.lines.map { ($0.key, $0.net.mean) }), governing: Set(view.governing),
                severeSeams: Set(reading.input.seams.filter { $0.severity >= InvestmentSequence.severe }.map(\.key)),
                slowDecisions: Set(decisions.filter { $0.view.standing == .behind }.map(\.view.key)), budget: reading.budget,
                horizonMonths: reading.horizonMonths, hurdle: reading.hurdle), rulings: reading.rulings)
            func protecting(_ isFunded: (InvestmentSequence.Row) -> Bool) -> [RiskCalculation.Protecting] {
                sequence.rows.compactMap { row in
                    reading.initiatives.first { $0.key == row.key }.map { initiative in
                        RiskCalculation.Protecting(
                            initiative: row.key, targets: initiative.targets, years: max(0, reading.horizonMonths - initiative.delayMonths) / 12, isApplied: isFunded(row))
                    }
                }
            }
            let protection = try calculation.protection(reading.input, by: protecting(\.verdict.isFunded), settings: reading.settings)
            if sequence.rows.contains(where: { $0.verdict.isFunded != $0.standing.isFunded }) {
                ruledResidual = try calculation.protection(reading.input, by: protecting(\.standing.isFunded), settings: reading.settings).residual
            }
            protected = protection.protected
            residual = protection.residual
            if let previous {
                bridge = try Bridge(from: previous, to: reading, &calculation)
            }
            constraints = reading.constraints
            constraintView = view
            seamMap = map
            self.decisions = decisions
            bandwidth = BandwidthLoad.all(of: reading.decisions.map(\.reading))
            initiatives = reading.initiatives
            self.sequence = sequence
            checks = Self.checks(reading, result, view, map, decisions)
            gates = Self.gates(reading, view, decisions, sequence)
            moves = reading.moves
            drift = reading.drift
            quickChecks = reading.quickChecks
            interviewFirst = FiveSignals.order(of: reading.domains.filter(\.isInScope).map(\.code), in: reading.instrument, after: reading.quickChecks.map(\.signals)).map(\.domain)
            cycle = reading.cycle
            boardAnswers = reading.boardAnswers
            pricedAt = reading.pricedAt
            today = reading.today
            horizonMonths = reading.horizonMonths
            hurdle = reading.hurdle
            budget = reading.budget
            exitRules = Self.exitRules(reading, result, bridge, previous, isFrozen: isFrozen, gates)
        }

        // MARK: - Parts

        private static func checks(_ reading: EngagementReading, _ result: RiskResult, _ view: ConstraintView, _ map: SeamMap, _ decisions: [Decision]) -> [StructuralCheck] {
            var utilisation: [String: Double] = [:]
            for constraint in reading.constraints { utilisation[constraint.reading.key] = constraint.reading.utilisation?.likely }
            let market = view.marketStreams
            let lines = reading.checkedLines.map { line in
                var line = line
                let resource = reading.constraints.first { $0.reading.key == line.resource }?.reading
                line.isAtMarket = resource.map { $0.isMarket || market.contains($0.valueStream) } ?? false
                    || reading.lines.first { $0.key == line.key }?.valueStream.map { market.contains($0) } ?? false
                return line
            }
            var checks = StructuralCheck.all(
                in: lines,
                decided: Dictionary(reading.overlaps.map { (StructuralCheck.Pair($0.first, $0.second), $0.reason) }) { first, _ in first }, utilisation: utilisation)
            /// `USD 340k (310k to 420k)`; what is known exactly stands alone.
            func money(_ mean: Double, _ low: Double, _ high: Double) -> String {
                ReportFigures.money(mean, reading.currency) + (low == high && mean == low ? "" : " (\(ReportFigures.short(low)) to \(ReportFigures.short(high)))")
            }
            func money(_ cost: YearlyCost) -> String { money(cost.mean, cost.low, cost.high) }
            for row in map.rows where row.costDiffers {
                guard let cost = row.failureCost else { continue }
                checks.append(StructuralCheck(
                    .seamCostDiffers, row.key,
                    words: "costs \(money(cost)) a year by its failures and \(money(row.exposure.mean, row.exposure.p10, row.exposure.p90)) by the lines, more than 30 % apart; correct one of them, or say why"))
            }
            /// What the linked lines cost before overlaps and ceilings, and with everything at its low and at its high; nil: none is linked.
            func linked(_ belongs: (EngagementReading.Line) -> Bool) -> YearlyCost? {
                let keys = Set(reading.lines.filter(belongs).map(\.key))
                guard !keys.isEmpty else { return nil }
                var cost = YearlyCost(mean: result.lines.reduce(0) { keys.contains($1.key) ? $0 + $1.exactMean : $0 }, low: 0, high: 0)
                for line in reading.input.lines where keys.contains(line.key) {
                    cost.low += line.ends.low
                    cost.high += line.ends.high
                }
                return cost
            }
            for constraint in reading.constraints {
                let key = constraint.reading.key
                guard let cost = constraint.reading.yearlyCost, let lines = linked({ $0.constraint == key }), cost.differs(from: lines.mean, by: 0.10) else { continue }
                checks.append(StructuralCheck(
                    .constraintCostDiffers, key,
                    words: "costs \(money(cost)) a year by its lost units and \(money(lines)) by the lines, more than 10 % apart; correct one of them, or say why"))
            }
            for decision in decisions {
                let key = decision.view.key
                guard let cost = decision.view.excess, let lines = linked({ $0.decision == key }), cost.differs(from: lines.mean, by: 0.30) else { continue }
                checks.append(StructuralCheck(
                    .decisionCostDiffers, key,
                    words: "costs \(money(cost)) a year by its latency and \(money(lines)) by the lines, more than 30 % apart; correct one of them, or say why"))
            }
            for place in checks.indices {
                let check = checks[place]
                let answer = reading.checkAnswers.last { answer in
                    answer.kind == check.kind && (answer.subject == check.subject && answer.other == check.other || answer.subject == check.other && answer.other == check.subject)
                }
                if let answer { checks[place].answer = answer.reason }
            }
            return checks
        }

        private static func gates(
            _ reading: EngagementReading, _ view: ConstraintView, _ decisions: [Decision], _ sequence: InvestmentSequence
        ) -> [Gate] {
            reading.initiatives.filter(\.isAIScale).map { initiative in
                guard let review = reading.gates.last(where: { $0.initiative == initiative.key }) else {
                    return Gate(initiative: initiative.key, review: nil, verdict: .hold, contradictions: [])
                }
                let facts = GateFacts(initiative, reading, view, decisions.map { ($0.captured, $0.view) }, sequence, review)
                return Gate(initiative: initiative.key, review: review, verdict: review.gate.verdict, contradictions: facts.contradictions(with: review.gate))
            }
        }

        private static func exitRules(
            _ reading: EngagementReading, _ result: RiskResult, _ bridge: Bridge?, _ previous: EngagementReading?, isFrozen: Bool, _ gates: [Gate]
        ) -> [ExitRule] {
            let unsure = reading.domains.filter { $0.isInScope && !Bound.reaches($0.score?.confidence ?? 0, RiskCalculation.rankedConfidence) }.map(\.code)
            let repriced = bridge.map { Set($0.changes.filter { [.evidence, .estimates, .closedLines, .verifiedMoves].contains($0.step) }.flatMap(\.lines).map(\.key)) } ?? []
            // A line that was closed is in the earlier reading alone.
            let priced = reading.input.lines + (previous?.input.lines ?? [])
            let further = Dictionary((reading.moves + (previous?.moves ?? [])).map { ($0.key, $0.lowers(among: priced)) }) { $0.union($1) }
            let facts = ExitRule.Facts(
                unsureDomains: unsure, evidenceShare: ReportGate.strongShare(result, reading.lines),
                isFrozen: isFrozen || ["frozen", "closed"].contains(reading.engagement.choice("status")), moves: reading.moves, drift: reading.drift, hasBridge: bridge != nil,
                repricedLines: repriced, furtherLines: further, undecidedGates: gates.filter { $0.review?.decision == nil }.map(\.initiative), today: reading.today)
            return NinetyDays.Phase.allCases.map { ExitRule($0, facts) }
        }
    }
}
