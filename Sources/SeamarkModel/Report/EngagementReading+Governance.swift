import SeamarkJournal

// Constraints, decisions and initiatives as the four outputs take them.
extension EngagementReading {
    /// A decision right with what people ask about it.
    public struct Decision: Hashable, Sendable {
        public var reading: DecisionReading
        public var trigger: String?
        public var domain: String?
        public var inputs: [String]
        /// In the main unit of the currency.
        public var limit: Double?
        public var forum: String?
        public var proposedForum: String?
        /// Seconds.
        public var proposedInterval: Double?
        /// The key of its seam.
        public var seam: String?
    }

    public struct Constraint: Hashable, Sendable {
        public var reading: ConstraintReading
        public var site: String?
    }

    mutating func readConstraints() {
        let views = of(Catalogue.constraint)
        let keys = keys(views)
        for view in views {
            let load = view.group("load"), rate = view.group("rate")
            let reading = ConstraintReading(
                key: keys[view.id] ?? view.id.description, name: ReportText.clean(view.text("resource") ?? ""),
                valueStream: view.text("valueStream").map { ReportText.clean($0) },
                status: view.choice("status").flatMap(ConstraintReading.Status.init(rawValue:)) ?? .suspected, isMarket: view.boolean("isMarket") ?? false,
                load: load?.threePoint("load"), capacity: load?.number("capacity"), unit: ReportText.clean(load?.text("unit") ?? "units"),
                period: load?.choice("period").flatMap(ConstraintReading.Period.init(rawValue:)) ?? .week,
                grade: load?.choice("grade").flatMap(EvidenceGrade.init(rawValue:)) ?? .d,
                contributionPerUnit: rate?.threePoint("contributionPerUnit").flatMap(scaled), lostUnitsPerYear: view.threePoint("lostUnitsPerYear"))
            constraints.append(Constraint(reading: reading, site: view.reference("site").flatMap { byId[survivor(of: $0)]?.text("name") }.map { ReportText.clean($0) }))
        }
        constraintKeys = keys
    }

    mutating func readDecisions() {
        let views = of(Catalogue.decisionRight)
        let keys = keys(views)
        var samples: [Identifier: [DecisionReading.Sample]] = [:]
        for row in of(Catalogue.decisionSample) {
            guard let decision = row.reference("decision"), let times = row.group("times"), let detected = times.integer("detectedAt"),
                let acted = times.integer("actedAt"), acted >= detected
            else { continue }
            samples[survivor(of: decision), default: []].append(DecisionReading.Sample(
                detectedAt: Double(detected) / 1000, actedAt: Double(acted) / 1000, isReopened: row.boolean("reopened") ?? false,
                levels: row.integer("levels").map { Int($0) }, isRoutine: row.boolean("isRoutine") ?? true))
        }
        for view in views {
            let economics = view.group("economics"), cadence = view.group("cadence"), proposed = view.group("proposedCadence")
            var bandwidth: DecisionReading.Bandwidth?
            if let group = view.group("bandwidth"), let arrivals = group.number("arrivalsPerWeek"), let minutes = group.number("minutesPerDecision"),
                let available = group.number("minutesPerWeek"), available > 0
            {
                bandwidth = DecisionReading.Bandwidth(arrivalsPerWeek: arrivals, minutesPerDecision: minutes, minutesPerWeek: available)
            }
            let reading = DecisionReading(
                key: keys[view.id] ?? view.id.description, name: ReportText.clean(view.text("name") ?? ""), decider: view.text("decider").map { ReportText.clean($0) },
                deputy: view.text("deputy").map { ReportText.clean($0) }, hasLimit: view.integer("limit") != nil, samples: samples[view.id] ?? [],
                toldLatency: view.threePoint("latency"), timeToDamage: economics?.threePoint("timeToDamage"),
                eventsPerYear: economics?.threePoint("eventsPerYear"), costPerHour: economics?.threePoint("costPerHour").flatMap(scaled),
                forumInterval: cadence?.integer("interval").map { Double($0) }, bandwidth: bandwidth)
            decisions.append(Decision(
                reading: reading, trigger: view.text("trigger").map { ReportText.clean($0) }, domain: view.text("domain").map { ReportText.clean($0) },
                inputs: view.texts("inputs").map { ReportText.clean($0) }, limit: view.integer("limit").map { Double($0) / 100 },
                forum: cadence?.text("forum").map { ReportText.clean($0) }, proposedForum: proposed?.text("forum").map { ReportText.clean($0) },
                proposedInterval: proposed?.integer("interval").map { Double($0) }, seam: view.reference("seam").flatMap { seamKey($0) }))
        }
        decisionKeys = keys
    }

    mutating func readInitiatives() {
        let views = of(Catalogue.initiative)
        let keys = keys(views)
        let lineKeys = Dictionary(lines.map { ($0.record, $0.key) }) { first, _ in first }
        var targets: [Identifier: [InitiativeReading.Target]] = [:]
        for row in of(Catalogue.initiativeTarget) {
            guard let initiative = row.reference("initiative"), let line = row.reference("line").flatMap({ lineKeys[survivor(of: $0)] }),
                let points = row.threePoint("reduction"),
                let share = try? ThreePoint(low: points.low / 10_000, likely: points.likely / 10_000, high: points.high / 10_000)
            else { continue }
            let id = survivor(of: initiative)
            if targets[id]?.contains(where: { $0.line == line }) != true { targets[id, default: []].append(InitiativeReading.Target(line, share)) }
        }
        let waits = prerequisites(among: views)
        for view in views {
            let schedule = view.group("schedule")
            initiatives.append(InitiativeReading(
                key: keys[view.id] ?? view.id.description, name: ReportText.clean(view.text("name") ?? ""),
                sponsor: view.text("sponsor").map { ReportText.clean($0) }, declaredRank: view.integer("declaredRank").map { Int($0) },
                cost: view.threePoint("cost").flatMap(scaled), delayMonths: schedule?.number("delayMonths") ?? 0,
                stage: schedule?.choice("stage").flatMap(InitiativeReading.Stage.init(rawValue:)) ?? .planned, isAIScale: view.boolean("isAIScale") ?? false,
                gate: gates.last { $0.initiative == keys[view.id] }?.gate.verdict,
                mandate: view.group("mandate")?.choice("kind").flatMap(InitiativeReading.Mandate.init(rawValue:)), hasGrowthCase: view.threePoint("growthCase") != nil,
                relievesConstraint: view.reference("relievesConstraint").flatMap { constraintKeys[survivor(of: $0)] },
                addsLoadTo: Set(view.references("addsLoadTo").compactMap { seamKey($0) ?? constraintKeys[survivor(of: $0)] }),
                treatsSeam: view.reference("treatsSeam").flatMap { seamKey($0) },
                treatsDecision: view.reference("treatsDecision").flatMap { decisionKeys[survivor(of: $0)] },
                prerequisites: Set((waits[view.id] ?? []).compactMap { keys[$0] }), targets: (targets[view.id] ?? []).sorted { $0.line < $1.line }))
        }
        initiatives.sort { HandleOrder.precedes($0.key, $1.key) }
        for row in of(Catalogue.sequenceDecision).sorted(by: EngagementReading.isEarlier) {
            guard let initiative = row.reference("initiative").flatMap({ keys[survivor(of: $0)] }), let group = row.group("ruling"),
                let verdict = group.choice("verdict").flatMap(InvestmentSequence.Verdict.init(rawValue:))
            else { continue }
            guard initiatives.first(where: { $0.key == initiative })?.stage != .stopped else {
                leaveOut(row, "rules on an initiative that was stopped; it has no place in the sequence")
                continue
            }
            rulings[initiative] = InvestmentSequence.Ruling(
                verdict: verdict, reason: ReportText.clean(group.text("reason") ?? ""), approver: ReportText.clean(group.text("approver") ?? ""))
        }
    }

    /// Who waits for whom. Edges are taken in the order of their effective times, and one that would close a circle is left out: so of every
    /// circle the edge of the latest time is ignored.
    private func prerequisites(among views: [RecordView]) -> [Identifier: Set<Identifier>] {
        guard let field = Catalogue.initiative.field(key: "prerequisites") else { return [:] }
        var edges: [(effective: Int64, from: Identifier, to: Identifier)] = []
        for view in views {
            for slot in view.state.slots {
                guard case .element(let number, .id(let to)) = slot.target, number == field.number else { continue }
                let present = slot.heads.filter { $0.content.value == .bool(true) }
                if let effective = present.map(\.effective).max() { edges.append((effective, view.id, survivor(of: to))) }
            }
        }
        edges.sort { ($0.effective, $0.from, $0.to) < ($1.effective, $1.from, $1.to) }
        var waits: [Identifier: Set<Identifier>] = [:]
        for edge in edges {
            var reached: Set<Identifier> = [], open = [edge.to]
            while let id = open.popLast() { if reached.insert(id).inserted { open.append(contentsOf: waits[id] ?? []) } }
            if !reached.contains(edge.from) { waits[edge.from, default: []].insert(edge.to) }
        }
        return waits
    }

    /// Keys of the initiatives whose place in the sequence rests on what `record` says: itself, or what it relieves, treats, loads or takes off.
    func initiatives(restingOn record: RecordView) -> [String] {
        let keys = keys(of(Catalogue.initiative)), id = survivor(of: record.id)
        func named(_ field: String) -> [String] { record.reference(field).flatMap { keys[survivor(of: $0)] }.map { [$0] } ?? [] }
        switch record.type {
        case .some(let type) where type === Catalogue.initiative: return keys[id].map { [$0] } ?? []
        case .some(let type) where type === Catalogue.initiativeTarget || type === Catalogue.sequenceDecision || type === Catalogue.gateReview: return named("initiative")
        case .some(let type) where type === Catalogue.gateResult:
            return record.reference("review").flatMap { byId[survivor(of: $0)]?.reference("initiative") }.flatMap { keys[survivor(of: $0)] }.map { [$0] } ?? []
        case _: break
        }
        let line = lines.first { $0.record == id }?.key
        return initiatives.filter { initiative in
            constraintKeys[id].map { initiative.relievesConstraint == $0 || initiative.addsLoadTo.contains($0) } ?? false
                || seamKey(id).map { initiative.treatsSeam == $0 || initiative.addsLoadTo.contains($0) } ?? false
                || decisionKeys[id].map { initiative.treatsDecision == $0 } ?? false
                || line.map { line in initiative.targets.contains { $0.line == line } } ?? false
        }.map(\.key)
    }

    func seamKey(_ id: Identifier) -> String? { seams.first { $0.record == survivor(of: id) }?.key }

    func scaled(_ range: ThreePoint) -> ThreePoint? {
        try? ThreePoint(low: range.low / 100, likely: range.likely / 100, high: range.high / 100)
    }

    /// By the effective time of their last change, then id: of several rulings on one thing the later stands.
    static func isEarlier(_ left: RecordView, _ right: RecordView) -> Bool {
        let (a, b) = (effective(left), effective(right))
        return a != b ? a < b : left.id < right.id
    }

    static func effective(_ record: RecordView) -> Int64 { record.state.slots.flatMap(\.heads).map(\.effective).max() ?? 0 }
}
