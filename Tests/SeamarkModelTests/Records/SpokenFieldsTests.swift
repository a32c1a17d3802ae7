import SeamarkJournal
import Testing

@testable import SeamarkModel

/// Which texts hold what an interviewee said is said here, field by field: a new one forces a decision.
@Suite struct SpokenFieldsTests {
    /// What people said or who they are: sensitive, so that analysts do not get it, it can be redacted, and no export for others holds it.
    private static let spoken: Set<String> = [
        "site.notes", "person.name", "person.contact", "interview.summary", "answer.rationale", "answer.reference", "observation.text", "quote.text", "contributor.name", "quickCheck.note", "formAnswer.text", "finding.statement",
        "interviewReview.comment",
    ]

    /// What the engagement is about, in the consultants' words: open. (`answer.response.reference` is of before schema 8, and nobody writes it any more.)
    private static let open: Set<String> = [
        "engagement.title", "engagement.note", "site.name", "site.timeZone", "unit.name", "person.title", "interview.place", "answer.response.reference", "observation.place", "evidence.title",
        "evidence.mediaType", "evidence.source", "seam.name", "seam.valueStream", "seam.object", "seam.ownerFrom", "seam.ownerTo", "seam.workaround", "decisionRight.name",
        "decisionRight.trigger", "decisionRight.decider", "decisionRight.deputy", "decisionRight.inputs", "decisionRight.escalation", "decisionRight.cadence.forum",
        "decisionRight.proposedCadence.forum", "constraint.resource", "constraint.valueStream", "constraint.load.unit", "initiative.name", "initiative.sponsor", "leakageLine.title",
        "leakageLine.valueStream", "leakageLine.amount.factors.name", "leakageLine.amount.factors.unit", "leakageLine.amount.inputs.unit", "leakageLine.amount.basis", "leakageLine.amount.reason", "overlap.judgement.reason",
        "pool.name", "move.title", "move.owner", "move.measure.name", "move.measure.threshold", "moveCheck.reading.note", "quickCheck.subject", "driftSignal.note", "driftSignal.observer", "gateReview.extent",
        "gateReview.reviewer", "gateReview.rollbackTrigger", "gateResult.finding.note", "boardAnswer.narrative", "boardAnswer.approvedBy", "sequenceDecision.ruling.reason",
        "sequenceDecision.ruling.approver", "checkAnswer.reason", "scoreReview.ruling.reason", "redaction.reason", "snapshot.name", "questionnaire.title", "questionnaire.document",
        "formAnswer.response.choices", "recommendation.text",
    ]

    @Test func `every text field of an engagement is either what somebody said, and sensitive, or known to be open`() {
        var found: Set<String> = []
        for type in Catalogue.types where type.home == .engagement {
            for field in type.fields where field.number >= 10 {
                for path in Self.texts(field.kind, "\(type.key).\(field.key)") {
                    found.insert(path)
                    #expect(field.isSensitive == Self.spoken.contains(path), "\(path)")
                }
            }
        }
        #expect(found.subtracting(Self.spoken).subtracting(Self.open).sorted() == [], "decide of each whether it holds what somebody said")
        #expect(Self.spoken.union(Self.open).subtracting(found).sorted() == [], "fields that are not there any more")
    }

    /// Words of a person who withdraws are those of types that name whose they are; what is sensitive beside them is named here.
    @Test func `what a withdrawn consent hides are the types that name a person or an interview as the source of their words`() throws {
        let person = Identifier(high: 23, low: 1), interview = Identifier(high: 24, low: 1)
        var bench = Bench()
        try bench.write(person, Catalogue.person, handle: "P1", [("level", "manager"), ("consent.state", "withdrawn")])
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("persons", "P1")])
        let withdrawals = Withdrawals(bench.views)
        var hidden: Set<String> = []
        for type in Catalogue.types where type.home == .engagement && type.fields.contains(where: \.isSensitive) {
            let id = Identifier(high: 99, low: UInt64(type.number))
            var edits: [Edit] = []
            for field in type.fields {
                guard case .reference(let types) = field.kind, !field.isSet, field.number >= 10 else { continue }
                if types.contains(Catalogue.person.number) { edits.append(Edit(record: id, type: type.number, target: .field(field.number), content: .open(.id(person)))) }
                if types.contains(Catalogue.interview.number) { edits.append(Edit(record: id, type: type.number, target: .field(field.number), content: .open(.id(interview)))) }
            }
            guard !edits.isEmpty else { continue }
            bench.apply(bench.change(edits, by: Bench.ana))
            let view = try #require(bench.view(id))
            if withdrawals.conceals(view) { hidden.insert(type.key) } else { #expect(type === Catalogue.observation || type === Catalogue.interview, "\(type.key): what consultants saw is theirs") }
        }
        #expect(hidden == ["answer", "quote", "quickCheck", "formAnswer", "interviewReview"] && hidden == Set(Withdrawals.spoken.map(\.key)))
    }

    @Test func `words that name nobody in interviews that were merged are of everyone in any of them, through two merges`() throws {
        let person = Identifier(high: 23, low: 1)
        let interviews = (1...4).map { Identifier(high: 24, low: UInt64($0)) }, quotes = (1...4).map { Identifier(high: 27, low: UInt64($0)) }
        for theirs in 0..<3 {
            var bench = Bench()
            try bench.write(person, Catalogue.person, handle: "P1", [("level", "manager"), ("consent.state", "withdrawn")])
            for index in 0..<4 {
                let said = index == theirs ? ("persons", "P1") : ("startedAt", "2026-03-02T09:00:00Z")
                try bench.write(interviews[index], Catalogue.interview, handle: "IV\(index + 1)", [said])
                try bench.write(quotes[index], Catalogue.quote, handle: "Q\(index + 1)", [("interview", "IV\(index + 1)"), ("text", "canary")])
            }
            #expect(Withdrawals.concealed(among: bench.views) == [quotes[theirs]])
            for index in 0..<2 { try bench.write(interviews[index], Catalogue.interview, [("mergedInto", interviews[index + 1].description)], by: Bench.lea) }
            #expect(Withdrawals.concealed(among: bench.views) == Set(quotes[..<3]), "the fourth was merged with none")
            let belonging = PersonRecords(of: person, among: bench.views).belonging
            #expect(quotes.map { belonging[$0] == .interview } == [true, true, true, false])
        }
    }

    private static func texts(_ kind: FieldKind, _ path: String) -> [String] {
        switch kind {
        case .text(let rule): rule.isCode ? [] : [path]
        case .list(let kind, _): texts(kind, path)
        case .threePoint(let kind): texts(kind, path)
        case .group(let group): group.members.flatMap { texts($0.kind, "\(path).\($0.key)") }
        case .integer, .number, .money, .basisPoints, .score, .boolean, .choice, .date, .time, .duration, .reference, .bytes, .points: []
        }
    }
}
