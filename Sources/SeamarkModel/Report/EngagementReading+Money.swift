import SeamarkJournal

// Lines, overlaps and pools: hundredths become the main unit of the currency.
extension EngagementReading {
    mutating func readLines() {
        let counted = of(Catalogue.leakageLine).filter { $0.boolean("isWithdrawn") != true }
        let keys = keys(counted)
        let pools = readPools()
        for view in counted {
            let key = keys[view.id] ?? view.id.description
            guard let category = view.choice("category").flatMap(LeakageCategory.init(rawValue:)) else {
                leaveOut(view, "has no category that this version knows; its money is not in the figures", isMoney: true)
                continue
            }
            guard let amount = view.group("amount"), let captured = amount.choice("grade").flatMap(EvidenceGrade.init(rawValue:)) else {
                leaveOut(view, "has no price; its money is not in the figures", isMoney: true)
                continue
            }
            if let other = amount.text("currency"), other != engagement.text("currency") {
                leaveOut(view, "is priced in another currency than the engagement's; its money is not in the figures", isMoney: true)
                continue
            }
            let read: LinePrice?
            do throws(PricingError) { read = try LinePrice(amount.value) } catch {
                leaveOut(view, "(amount) \(error.demand); its money is not in the figures", isMoney: true)
                continue
            }
            guard let price = read else {
                leaveOut(view, "has a price that this version cannot read; its money is not in the figures", isMoney: true)
                continue
            }
            let factors = parts(of: price)
            let grade = amount.number("monthsObserved").flatMap { try? Annualisation(months: $0) }?.capped(captured) ?? captured
            let line = PricedLine(
                key: key, category: category, grade: grade, amount: price.amount,
                probability: amount.choice("kind") == "contingent" ? amount.number("probability") ?? 1 : nil,
                inPlan: amount.choice("inPlan").flatMap(InPlan.init(rawValue:)) ?? .unknown,
                domainPoints: view.value("domainPoints").map { _ in view.domainPoints("domainPoints").map { PointShare($0.domain, Double($0.points)) } },
                seamPoints: seamPoints(view), pool: view.reference("pool").map { survivor(of: $0) }.flatMap { pools[$0] }, site: site(of: view), readings: readings(at: view))
            do throws(RiskError) {
                try RiskInput(lines: [line]).validate(RiskSettings())
            } catch {
                leaveOut(view, "\(Self.words(error)); its money is not in the figures", isMoney: true)
                continue
            }
            input.lines.append(line)
            let constraint = view.reference("constraint").flatMap { constraintKeys[survivor(of: $0)] }
            let variant = amount.choice("variant").flatMap(PricingVariant.init(rawValue:))
            lines.append(Line(
                key: key, record: view.id, title: ReportText.clean(view.text("title") ?? ""), status: view.choice("status") ?? "draft",
                site: site(of: view), factors: factors, capturedGrade: grade == captured ? nil : captured,
                provenGrade: grade.proven(by: view.references("evidence").compactMap { byId[survivor(of: $0)]?.choice("kind") }), evidence: evidence(of: view), constraint: constraint,
                decision: view.reference("decision").flatMap { decisionKeys[survivor(of: $0)] },
                valueStream: view.text("valueStream").map { ReportText.clean($0) }, variant: variant, basis: amount.text("basis").map { ReportText.clean($0) }, formula: formula(of: price)))
            checkedLines.append(CheckedLine(
                key: key, category: category, variant: variant, site: view.reference("site").map { survivor(of: $0).description },
                unit: view.reference("unit").map { survivor(of: $0).description }, pool: line.pool, seams: Set(line.seamPoints.map(\.key)), resource: constraint,
                isContingent: line.probability != nil, valuation: amount.choice("valuation").flatMap(CheckedLine.Valuation.init(rawValue:)),
                factors: factors.map(\.name)))
        }
    }

    private func site(of view: RecordView) -> String? {
        view.reference("site").flatMap { byId[survivor(of: $0)]?.text("name") }.map { ReportText.clean($0) }
    }

    private func evidence(of view: RecordView) -> [Line.Evidence] {
        view.references("evidence").compactMap { byId[survivor(of: $0)] }.filter { $0.choice("sensitivity") != Self.teamOnly }.map { Line.Evidence(key: name(of: $0), kind: $0.choice("kind") ?? "evidence") }
            .sorted { HandleOrder.precedes($0.key, $1.key) }
    }

    /// The domains where the line leaks: each its unit's, else its site's (of a line that names a unit alone, the unit's), else the engagement's. Nil: all are
    /// the engagement's.
    private func readings(at view: RecordView) -> [DomainReading]? {
        let unit = view.reference("unit").map { survivor(of: $0) }
        let site = (view.reference("site") ?? unit.flatMap { byId[$0]?.reference("site") }).map { survivor(of: $0) }
        let places = [unit, site].compactMap { $0 }.compactMap { scopes[$0] }
        guard !places.isEmpty else { return nil }
        return (places + [input.domains]).reduce(into: []) { found, readings in
            let told = Set(found.map(\.key))
            found += readings.filter { !told.contains($0.key) }
        }
    }

    /// What the parts of a price are called and counted in, in the order of `PricedLine.amount.parts`; none for a single range.
    private func parts(of price: LinePrice) -> [Line.Factor] {
        switch price {
        case .range, .observed: []
        case .factors(let factors): factors.map { Line.Factor(name: ReportText.clean($0.name), unit: ReportText.clean($0.unit)) }
        case .inputs(let price): price.inputs.map { Line.Factor(name: $0.input.rawValue, unit: ReportText.clean($0.unit)) }
        }
    }

    private func formula(of price: LinePrice) -> String? {
        switch price {
        case .range, .factors: nil
        case .inputs(let price): price.formula.words
        case .observed: "(observed × 12 / months observed − baseline) × share"
        }
    }

    /// Which field of a line is beyond which bound.
    private static func words(_ error: RiskError) -> String {
        switch error {
        case .pointsExceedHundred(_, let kind, _), .pointsRepeated(_, let kind, _):
            "(\(kind == .seam ? "seamPoints" : "domainPoints")) gives more than 100 points, or points to one twice"
        case .outOfBounds(let quantity, _, let least, let most):
            "(\(quantity == .points ? "points" : "amount")) has \(FieldDefinition.words(of: quantity.rawValue)) outside \(FieldKind.words(least))…\(FieldKind.words(most))"
        case .factorCount: "(amount) needs 2 to 4 factors"
        case .repeated, .tooLarge: "(amount) has a price or points outside their bounds"
        }
    }

    /// Points by seam; twins that were merged add up, and what goes to a seam that is gone goes to none.
    private mutating func seamPoints(_ view: RecordView) -> [PointShare] {
        var points: [PointShare] = []
        for share in view.seamPoints("seamPoints") {
            let id = survivor(of: share.seam)
            guard let seam = seams.first(where: { $0.record == id }) else {
                leaveOut(view, "gives points to a seam that is not here or was deleted; they count as not at a seam")
                continue
            }
            if let place = points.firstIndex(where: { $0.key == seam.key }) {
                points[place].points += Double(share.points)
            } else {
                points.append(PointShare(seam.key, Double(share.points)))
            }
        }
        return points
    }

    /// Fills the pools in and returns their keys.
    private mutating func readPools() -> [Identifier: String] {
        let views = of(Catalogue.pool)
        let keys = keys(views)
        for view in views {
            guard let ceiling = view.group("booking").flatMap({ LedgerPool.yearly(of: $0) }) else { continue }
            input.pools.append(LedgerPool(key: keys[view.id] ?? view.id.description, ceiling: ceiling))
        }
        return keys
    }

    mutating func readOverlaps() {
        let keys = Dictionary(lines.map { ($0.record, $0.key) }) { first, _ in first }
        for view in of(Catalogue.overlap) {
            guard let first = view.reference("first"), let second = view.reference("second"), let judgement = view.group("judgement"),
                let points = judgement.integer("share"), (0...10_000).contains(points)
            else {
                leaveOut(view, "(overlap) does not say how much of which lines is the same money; nothing was taken off for it", isMoney: true)
                continue
            }
            guard let a = keys[survivor(of: first)], let b = keys[survivor(of: second)] else {
                leaveOut(view, "(overlap) joins a line that is not counted; nothing was taken off for it")
                continue
            }
            let share = Double(points) / 10_000
            let isInOrder = HandleOrder.precedes(a, b)
            input.overlaps.append(Overlap(a, b, share: share))
            overlaps.append(Judged(
                first: isInOrder ? a : b, second: isInOrder ? b : a, share: share, reason: ReportText.clean(judgement.text("reason") ?? "")))
        }
        overlaps.sort { $0.first != $1.first ? HandleOrder.precedes($0.first, $1.first) : HandleOrder.precedes($0.second, $1.second) }
    }
}
