import SeamarkJournal
import SeamarkModel
import Testing

/// What the team concludes and advises, and what a lead says of an interview.
@Suite struct SynthesisTests {
    private func kinds(_ bench: Bench) -> [Finding.Kind] { Findings.all(in: bench.views, instrument: .core9).map(\.kind) }

    private func id(_ type: RecordType, _ number: UInt64) -> Identifier { Identifier(high: UInt64(type.number), low: number) }

    @Test func `a finding rests on two sources that are independent, and what was said and seen in one interview is one`() throws {
        var bench = Bench()
        let finding = id(Catalogue.finding, 1)
        for number in UInt64(1)...2 { try bench.write(id(Catalogue.interview, number), Catalogue.interview, handle: "IV\(number)", [("mode", "onSite")]) }
        for (number, interview) in [(UInt64(1), "IV1"), (2, "IV1"), (3, "IV2")] {
            try bench.write(id(Catalogue.observation, number), Catalogue.observation, handle: "O\(number)", [("interview", interview), ("text", "Invented.")])
        }
        try bench.write(id(Catalogue.evidence, 1), Catalogue.evidence, handle: "EV1", [("kind", "extract"), ("title", "Invented extract")])
        try bench.write(finding, Catalogue.finding, handle: "F1", [("statement", "Invented.")])
        func rests(on sources: String) throws -> Bool {
            try bench.write(finding, Catalogue.finding, [("sources", sources)])
            return !kinds(bench).contains(.singleSource)
        }
        #expect(kinds(bench).contains(.singleSource))
        #expect(try !rests(on: "O1"))
        #expect(try !rests(on: "O1,O2"))
        #expect(try rests(on: "O1,O3"))
        #expect(try rests(on: "O2,EV1"))
        #expect(try !rests(on: "EV1"))
        // Interviews that turn out to be one are one source.
        #expect(try rests(on: "O1,O3"))
        try bench.write(id(Catalogue.interview, 2), Catalogue.interview, [("mergedInto", "IV1")])
        #expect(kinds(bench).contains(.singleSource))
    }

    @Test func `an interview is told to be mended by its last review alone, and a rejected one goes back to draft`() throws {
        var bench = Bench()
        let interview = id(Catalogue.interview, 1)
        try bench.write(interview, Catalogue.interview, handle: "IV1", [("status", "finalised")])
        func told() -> [Finding.Kind] { kinds(bench).filter { [.reviewRejected, .reviewOpen].contains($0) } }
        #expect(told() == [])
        try bench.write(id(Catalogue.interviewReview, 1), Catalogue.interviewReview, handle: "IR1", [("interview", "IV1"), ("verdict", "rejected"), ("comment", "Invented.")], by: Bench.lea)
        #expect(told() == [.reviewRejected])
        try bench.write(interview, Catalogue.interview, [("status", "draft")], by: Bench.lea)
        #expect(told() == [.reviewOpen])
        try bench.write(id(Catalogue.interviewReview, 2), Catalogue.interviewReview, handle: "IR2", [("interview", "IV1"), ("verdict", "hasIssues")], by: Bench.lea)
        #expect(told() == [.reviewOpen])
        try bench.write(id(Catalogue.interviewReview, 3), Catalogue.interviewReview, handle: "IR3", [("interview", "IV1"), ("verdict", "approved")], by: Bench.lea)
        #expect(told() == [])
    }

    @Test func `what was said in confidence is in no finding that others may read, and what a lead said of an interview goes when its person withdraws`() throws {
        #expect(Catalogue.finding.field(key: "statement")?.isSensitive == true && Catalogue.recommendation.field(key: "text")?.isSensitive == false)
        var bench = Bench()
        let review = id(Catalogue.interviewReview, 1)
        try bench.write(id(Catalogue.person, 1), Catalogue.person, handle: "P1", [("level", "manager"), ("consent.state", "given")])
        try bench.write(id(Catalogue.interview, 1), Catalogue.interview, handle: "IV1", [("persons", "P1")])
        try bench.write(review, Catalogue.interviewReview, handle: "IR1", [("interview", "IV1"), ("verdict", "approved"), ("comment", "Invented.")], by: Bench.lea)
        #expect(Withdrawals.concealed(among: bench.views) == [])
        try bench.write(id(Catalogue.person, 1), Catalogue.person, [("consent.state", "withdrawn")])
        #expect(Withdrawals.concealed(among: bench.views) == [review])
    }

    @Test func `only a lead reviews interviews and findings, and gates are written by analysts too`() {
        func allowed(_ role: Role, _ type: RecordType) -> Bool { RoleTable.allows(role, .create, type, isOwn: true) }
        #expect(Role.allCases.filter { allowed($0, Catalogue.interviewReview) } == [.lead])
        for type in [Catalogue.finding, Catalogue.recommendation] { #expect(Role.allCases.filter { allowed($0, type) } == [.consultant, .lead]) }
        for type in [Catalogue.gateReview, Catalogue.gateResult] { #expect(Role.allCases.filter { allowed($0, type) } == [.consultant, .lead, .analyst]) }
    }
}
