import SeamarkJournal

// The ninety days, the gates, and what people answered.
extension EngagementReading {
    public struct GateReview: Hashable, Sendable {
        public var key: String
        public var initiative: String
        public var gate: ScalingGate
        public var extent: String?
        public var reviewer: String?
        /// Days since 1970.
        public var day: Int64
        public var decision: ScalingGate.Verdict?
        public var rollbackTrigger: String?
        /// The two series of G2, where somebody gave them.
        public var variance: Variance?

        public struct Variance: Hashable, Sendable {
            public var live: [Double]
            public var baseline: [Double]
            /// What was ticked.
            public var recorded: ScalingGate.Result

            /// Nil: too few periods of one of them.
            public var result: ScalingGate.Result? { ScalingGate.variance(live: live, baseline: baseline) }
        }
    }

    public struct QuickCheck: Hashable, Sendable {
        public var key: String
        public var subject: String
        public var day: Int64
        public var signals: FiveSignals
    }

    public struct BoardAnswer: Hashable, Sendable {
        public var narrative: String
        public var approvedBy: String?
        /// When somebody last wrote or approved it: milliseconds since 1970, the effective time.
        public var saidAt: Int64
    }

    public struct CheckAnswer: Hashable, Sendable {
        public var kind: StructuralCheck.Kind
        public var subject: String
        public var other: String?
        public var reason: String
    }

    mutating func readGates() {
        let initiatives = keys(of(Catalogue.initiative))
        let views = of(Catalogue.gateReview)
        let keys = keys(views)
        var results: [Identifier: [ScalingGate.Criterion: ScalingGate.Result]] = [:]
        var variances: [Identifier: GateReview.Variance] = [:]
        for row in of(Catalogue.gateResult) {
            guard let review = row.reference("review"), let criterion = row.choice("criterion").flatMap(ScalingGate.Criterion.init(rawValue:)) else { continue }
            let finding = row.group("finding")
            let recorded = finding?.choice("result").flatMap(ScalingGate.Result.init(rawValue:)) ?? .notAssessed
            results[survivor(of: review), default: [:]][criterion] = recorded
            func series(_ key: String) -> [Double] { (finding?.value(key)?.list ?? []).compactMap(\.double) }
            let live = series("live"), baseline = series("baseline")
            if criterion == .g2, !live.isEmpty || !baseline.isEmpty {
                // What was measured stands, whatever was ticked; too few periods to tell were not assessed.
                let variance = GateReview.Variance(live: live, baseline: baseline, recorded: recorded)
                variances[survivor(of: review)] = variance
                results[survivor(of: review), default: [:]][criterion] = variance.result ?? .notAssessed
            }
        }
        for view in views {
            guard let initiative = view.reference("initiative").flatMap({ initiatives[survivor(of: $0)] }), let day = view.integer("date") else { continue }
            gates.append(GateReview(
                key: keys[view.id] ?? view.id.description, initiative: initiative,
                gate: ScalingGate(
                    results: results[view.id] ?? [:], isRegulated: view.boolean("isRegulated") ?? false, isLive: view.boolean("isLive") ?? false,
                    age: Int(clamping: CalendarDate.span(from: day, to: today)), validDays: view.integer("validDays").map { Int($0) } ?? ScalingGate.standardValidity),
                extent: view.text("extent").map { ReportText.clean($0) }, reviewer: view.text("reviewer").map { ReportText.clean($0) }, day: day,
                decision: view.choice("decision").flatMap(ScalingGate.Verdict.init(rawValue:)), rollbackTrigger: view.text("rollbackTrigger").map { ReportText.clean($0) },
                variance: variances[view.id]))
        }
        // Of several reviews of one initiative the last counts.
        gates.sort { $0.day != $1.day ? $0.day < $1.day : HandleOrder.precedes($0.key, $1.key) }
    }

    mutating func readCycle() {
        let lineKeys = Dictionary(lines.map { ($0.record, $0.key) }) { first, _ in first }
        let views = of(Catalogue.move)
        let keys = keys(views)
        var checks: [Identifier: [MoveReading.Check]] = [:]
        for row in of(Catalogue.moveCheck) {
            guard let move = row.reference("move"), let day = row.integer("date"), let reading = row.group("reading"), let isOnTrack = reading.value("isOnTrack")?.bool
            else { continue }
            checks[survivor(of: move), default: []].append(MoveReading.Check(day: day, isOnTrack: isOnTrack))
        }
        for view in views {
            let measure = view.group("measure")
            moves.append(MoveReading(
                key: keys[view.id] ?? view.id.description, title: ReportText.clean(view.text("title") ?? ""), owner: view.text("owner").map { ReportText.clean($0) },
                due: due(view), measure: measure?.text("name").map { ReportText.clean($0) }, threshold: measure?.text("threshold").map { ReportText.clean($0) },
                lines: view.references("lines").compactMap { lineKeys[survivor(of: $0)] }.sorted(by: HandleOrder.precedes),
                seams: view.references("seams").compactMap { seamKey($0) }.sorted(by: HandleOrder.precedes),
                state: view.choice("state").flatMap(MoveReading.State.init(rawValue:)) ?? .open, hasEvidence: !view.references("evidence").isEmpty,
                completedAt: view.integer("completedAt"), checks: checks[view.id] ?? []))
        }
        for view in of(Catalogue.driftSignal) {
            guard let kind = view.choice("kind").flatMap(DriftReading.Kind.init(rawValue:)), let day = view.integer("observedAt") else { continue }
            drift.append(DriftReading(
                key: name(of: view), kind: kind, object: view.reference("object").flatMap { byId[survivor(of: $0)] }.map { name(of: $0) }, day: day,
                severity: view.integer("severity").map { Int($0) }, state: view.choice("state").flatMap(DriftReading.State.init(rawValue:)) ?? .open))
        }
        for view in of(Catalogue.quickCheck) {
            guard let day = view.integer("date"), let signals = FiveSignals(boxes: (view.value("boxes")?.list ?? []).compactMap(\.bool)) else { continue }
            quickChecks.append(QuickCheck(key: name(of: view), subject: ReportText.clean(view.text("subject") ?? ""), day: day, signals: signals))
        }
        let cycles = of(Catalogue.cycle).compactMap { view in
            view.integer("number").flatMap { number in view.integer("startDate").map { (number: Int(number), start: $0) } }
        }
        cycle = cycles.max { ($0.start, $0.number) < ($1.start, $1.number) }.map { Cycle(number: $0.number, days: NinetyDays(start: $0.start, today: today)) }
    }

    /// While people disagree about the date, the earlier one counts.
    private func due(_ view: RecordView) -> Int64? {
        guard let field = Catalogue.move.field(key: "due") else { return nil }
        return view.state.heads(of: .field(field.number)).compactMap { $0.content.value?.int }.min()
    }

    public struct Cycle: Hashable, Sendable {
        public var number: Int
        public var days: NinetyDays
    }

    mutating func readAnswers() {
        for view in of(Catalogue.boardAnswer).sorted(by: EngagementReading.isEarlier) {
            guard let question = view.integer("question"), let narrative = view.text("narrative") else { continue }
            boardAnswers[Int(question)] = BoardAnswer(narrative: ReportText.clean(narrative, atMost: 8000), approvedBy: view.text("approvedBy").map { ReportText.clean($0) },
                saidAt: EngagementReading.effective(view))
        }
        for type in EngagementReport.money {
            let fields = Set(type.keys.compactMap { type.type.field(key: $0)?.number })
            for view in of(type.type) {
                for slot in view.state.slots where slot.target.number.map(fields.contains) ?? false {
                    pricedAt = max(pricedAt, slot.heads.map(\.effective).max() ?? 0)
                }
            }
        }
        let lineKeys = Dictionary(lines.map { ($0.record, $0.key) }) { first, _ in first }
        func key(_ id: Identifier) -> String? {
            let id = survivor(of: id)
            return lineKeys[id] ?? constraintKeys[id] ?? decisionKeys[id] ?? seamKey(id)
        }
        for view in of(Catalogue.checkAnswer).sorted(by: EngagementReading.isEarlier) {
            guard let kind = view.choice("check").flatMap(StructuralCheck.Kind.init(rawValue:)), let subject = view.reference("subject").flatMap(key) else { continue }
            checkAnswers.append(CheckAnswer(
                kind: kind, subject: subject, other: view.reference("other").flatMap(key), reason: ReportText.clean(view.text("reason") ?? "")))
        }
    }
}
