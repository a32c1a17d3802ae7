import SeamarkJournal

// What is asked of lines, of the resources that they stand for, and of the moves that lower them.
extension Findings {
    mutating func judgeLine(_ record: RecordView) {
        if record.boolean("isWithdrawn") == true { return }
        judgeReview(record)
        guard let amount = record.group("amount"), let grade = amount.choice("grade").flatMap(EvidenceGrade.init(rawValue:)) else {
            return find(.unpriced, record, "amount", "has no price; price it, or withdraw it", blocks: true)
        }
        judgeBasis(record, amount)
        let kinds = record.references("evidence").compactMap { byId[merges.survivor(of: $0)]?.choice("kind") }
        switch (grade, grade.proven(by: kinds)) {
        case (.a, .b): find(.ledgerMissing, record, "evidence", "grade A needs evidence from a ledger or system of record; attach it, or grade it B", blocks: true)
        case (.a, .d): find(.ledgerMissing, record, "evidence", "grade A needs evidence from a ledger or system of record; attach it, or grade it C or D", blocks: true)
        case (.b, .d): find(.gradeWithoutEvidence, record, "evidence", "grade B needs a piece of evidence, such as an extract; attach it, or grade it C or D", blocks: true)
        case _: break
        }
        if let months = amount.number("monthsObserved"), months < 3, grade < .c {
            find(.shortObservation, record, "amount", "was observed for less than 3 months; grade C is the best that supports")
        }
        if let fault = LinePrice.fault(in: amount.value) { find(.notPriceable, record, "amount", "\(fault.demand); it is not in the figures", blocks: true) }
        let price = (try? LinePrice(amount.value)) ?? nil
        let ranges = price?.amount.parts ?? []
        // A product of factors is as wide as its factors together; only a single range is held to its grade.
        if let range = amount.threePoint("range"), amount.text("reason") == nil,
            range.warnings(grade: grade).contains(where: { if case .tooNarrow = $0 { true } else { false } })
        {
            find(.tooNarrow, record, "amount", "is narrower than grade \(grade.rawValue) supports; widen it, or give the reason")
        }
        if ranges.contains(where: { $0.warnings(grade: grade).contains { if case .modeNearAnEnd = $0 { true } else { false } } }) {
            find(.lopsided, record, "amount", "has its likely value close to one end; ask once more whether a year could fall outside")
        }
        if let pool = record.reference("pool").flatMap({ byId[merges.survivor(of: $0)] }), let ceiling = pool.group("booking").flatMap({ LedgerPool.yearly(of: $0) }),
            let high = price?.ends.high, !Bound.staysWithin(high, ceiling, size: high)
        {
            find(.abovePool, record, "pool", "can be higher than a year of what its pool booked, which will cap it; check both")
        }
    }

    /// Does the price follow from what was observed: a year's, beyond the baseline, times the share?
    private mutating func judgeBasis(_ record: RecordView, _ amount: GroupView) {
        if let variant = amount.choice("variant").flatMap(PricingVariant.init(rawValue:)), let category = variant.category, record.choice("category") != category.rawValue {
            find(.variantElsewhere, record, "amount", "is priced as \(variant.rawValue), which belongs to \(category.rawValue); correct the variant, or make a new line of that category")
        }
        guard let range = amount.threePoint("range"), let observed = amount.number("observed"), let months = amount.number("monthsObserved"),
            let yearly = try? Annualisation(months: months).yearly(observed)
        else { return }
        let leak = max(0, yearly - (amount.number("baseline") ?? 0)) * (amount.threePoint("share")?.likely ?? 1)
        if !Bound.reaches(leak, range.low, size: yearly) || !Bound.staysWithin(leak, range.high, size: yearly) {
            find(.basisDiffers, record, "amount", "has a range that does not hold what was observed (a year's, less the baseline, times the share); correct one of them")
        }
    }

    /// A reviewed line that somebody wrote afterwards. By effective time: it only asks for a look.
    private mutating func judgeReview(_ record: RecordView) {
        let reviews = record.state.heads(of: .field(21)).filter { ($0.content.value?.int ?? 0) >= 3 }
        guard let review = reviews.map(\.effective).max() else { return }
        for slot in record.state.slots {
            guard let number = slot.target.number, number >= 10, number != 21 else { continue }
            if slot.heads.contains(where: { $0.effective > review }) {
                return find(.changedAfterReview, record, record.type?.field(number)?.key, "was changed after it was reviewed; review it again", blocks: true)
            }
        }
    }

    mutating func judgeConstraint(_ record: RecordView) {
        guard record.choice("status") == "measured" else { return }
        let grade = record.group("load")?.choice("grade")
        if grade != "A" && grade != "B" || record.references("evidence").isEmpty {
            find(.measuredWithoutEvidence, record, "status", "measured needs a load of grade A or B and a piece of evidence; add it, or say suspected")
        }
    }

    /// A decision is held against the time until damage is done.
    mutating func judgeDamage(_ record: RecordView) {
        guard let damage = record.group("economics")?.threePoint("timeToDamage"), damage.likely <= 0 else { return }
        find(
            .noTimeToDamage, record, "economics",
            "has a time to damage that is nought, so that no decision could be in time; say how long it takes until damage is done, or leave it out", blocks: true)
    }

    mutating func judgeMove(_ record: RecordView) {
        guard record.choice("state") == "done", record.integer("completedAt") == nil || record.references("evidence").isEmpty else { return }
        find(.moveUnproven, record, "state", "done needs a completion date and a piece of evidence; add them, or say doing")
    }
}
