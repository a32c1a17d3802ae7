import SeamarkJournal

extension EngagementReading {
    /// Everything that the figures are computed from, as one canonical document: method, settings, instrument, and the records that enter,
    /// sorted by id, with their fields by key and references as ids; and what answers to an earlier edition of the instrument count for, where there are any.
    /// Equal inputs are equal bytes (`JSONValue.compact`).
    ///
    /// Sensitive fields are left out, and so is what people disagree on in them: they never change a figure, and readers from whom they are
    /// withheld, or who read the log after a redaction, come to the same hash.
    public var canonicalInputs: JSONValue {
        let types = [
            Catalogue.engagement, Catalogue.site, Catalogue.unit, Catalogue.person, Catalogue.interview, Catalogue.answer, Catalogue.evidence, Catalogue.seam,
            Catalogue.seamModeScore, Catalogue.decisionRight, Catalogue.decisionSample, Catalogue.constraint, Catalogue.initiative, Catalogue.initiativeTarget,
            Catalogue.leakageLine, Catalogue.overlap, Catalogue.pool, Catalogue.move, Catalogue.moveCheck, Catalogue.quickCheck, Catalogue.driftSignal,
            Catalogue.gateReview, Catalogue.gateResult, Catalogue.cycle, Catalogue.boardAnswer, Catalogue.sequenceDecision, Catalogue.checkAnswer,
            Catalogue.scoreReview,
        ]
        let entering = records.filter { record in types.contains { $0 === record.type } }.sorted { $0.id < $1.id }
        var whole = [
            JSONMember("method", .string(RiskSettings.method)), JSONMember("iterations", .integer(Int64(settings.iterations))),
            JSONMember("seed", .string(String(settings.seed))), JSONMember("rho", .number(settings.correlation)),
            JSONMember("instrument", .string(instrument.reference)),
            JSONMember("records", .array(entering.map { record in
                let sensitive = Set((record.type?.fields ?? []).filter { $0.isSensitive || $0.number == CommonField.mergeSaw }.map(\.number))
                var members = [JSONMember("id", .string(record.id.description)), JSONMember("type", .string(record.type?.key ?? ""))]
                members.append(contentsOf: record.fieldMembers(references: .none, except: sensitive))
                let disputed = record.conflicts.filter { conflict in conflict.target.number.map { !sensitive.contains($0) } ?? true }.map { JSONValue.string($0.key) }
                if !disputed.isEmpty { members.append(JSONMember("conflicts", .array(disputed))) }
                return .object(members)
            })),
        ]
        // What an answer to an earlier edition counts for hangs on that edition, which is no record here.
        let counted = comparable.sorted { $0.key < $1.key }.map { JSONMember($0.key.description, .string($0.value)) }
        if !counted.isEmpty { whole.append(JSONMember("comparable", .object(counted))) }
        return .object(whole)
    }
}
