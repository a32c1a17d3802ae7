import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

struct CaptureTests {
    @Test func `a capture is durable and is called by the next handle of the device`() throws {
        let laptop = try Laptop("A")
        #expect(try laptop.add(Catalogue.site, "name=Dayton plant") == "ST-A001")
        #expect(try laptop.add(Catalogue.site, "name=Erie plant") == "ST-A002")
        // Another process on the same store goes on from there.
        let other = Device(store: try laptop.memory.open()) { 1_800_000_000_001 }
        let result = try other.capture(in: Laptop.scope) { try $0.adding(Catalogue.site, [Assignment(key: "name", text: "Third")]) }
        #expect(result.name == "ST-A003")
        try laptop.device.store.refresh()
        #expect(try laptop.record("st-a003").text("name") == "Third")
    }

    @Test(arguments: [
        (["title=x", "category=QUALITY", "amount.low=500k", "amount.likely=400k", "amount.high=720k", "grade=B"], "likely is 400000, must lie between low 500000 and high 720000"),
        (["title=x", "category=SLOW"], "category is 'SLOW', must be EXPEDITE, QUALITY, LABOUR, PENALTY or DOWNTIME"),
        (["category=QUALITY"], "title must be given"),
        (["title=x", "category=QUALITY", "domainPoints=D2:60,D6:60"], "domain points sum to 120, may sum to at most 100"),
    ])
    func `a bad value is refused with its bound and remedy, and nothing is stored`(words: [String], sentence: String) throws {
        let laptop = try Laptop("A")
        let error = #expect(throws: RecordCapture.Failure.self) {
            _ = try laptop.device.capture(in: Laptop.scope) { capture in try capture.adding(Catalogue.leakageLine, words.map { try Assignment($0) }) }
        }
        guard case .draft(let problem)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(problem.description.contains(sentence), "\(problem.description)")
        #expect(try laptop.finder.all.isEmpty)
        #expect(try laptop.device.state.unsentCount == 1)
    }

    @Test func `what the server would refuse for the author's role is refused at once, in a trial too`() throws {
        let consultant = try Laptop("A")
        let lead = try Laptop("B", role: .lead)
        for laptop in [consultant, lead] {
            for isTrial in [true, false] {
                let capture = {
                    _ = try laptop.device.capture(in: Laptop.scope, isTrial: isTrial) { capture in
                        // Reviewed is a lead's to say.
                        try capture.adding(Catalogue.leakageLine, [
                            Assignment(key: "title", text: "x"), Assignment(key: "category", text: "QUALITY"), Assignment(key: "status", text: "reviewed"),
                        ])
                    }
                }
                if laptop.member == lead.member {
                    try capture()
                } else {
                    #expect(throws: Device.Refused.self) { try capture() }
                }
            }
        }
        #expect(try consultant.finder.all.isEmpty)
        #expect(try lead.finder.all.count == 1)
    }

    @Test func `a part of a range keeps the other parts, and a value that stands makes no edit`() throws {
        let laptop = try Laptop("A")
        let line = try laptop.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "amount.range=150k/190k/240k", "grade=B")
        try laptop.set(line, "amount.likely=200k")
        let range = try laptop.record(line).group("amount")?.threePoint("range")
        #expect([range?.low, range?.likely, range?.high] == [15_000_000, 20_000_000, 24_000_000])
        let before = try laptop.device.state.unsentCount
        try laptop.set(line, "amount.likely=200k", "title=Scrap")
        #expect(try laptop.device.state.unsentCount == before)
    }

    @Test func `sets take elements one by one, and only sets do`() throws {
        let laptop = try Laptop("A")
        let site = try laptop.add(Catalogue.site, "name=x")
        let observation = try laptop.add(Catalogue.observation, "text=seen", "domains=D2,D6", "site=\(site)")
        try laptop.set(observation, "domains+=D1", "domains-=D2")
        #expect(try laptop.record(observation).texts("domains").sorted() == ["D1", "D6"])
        #expect(throws: RecordCapture.Failure.words(.notASet("site"))) { try laptop.set(observation, "site+=\(site)") }
    }

    @Test func `rows without a handle are named by their parts and made once`() throws {
        let laptop = try Laptop("A")
        let interview = try laptop.add(Catalogue.interview, "startedAt=now")
        let answer = try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB1", "score=3", "grade=B")
        #expect(answer == "IV-A001/LB1")
        #expect(try laptop.record(answer).reference("scorer") == laptop.member)
        #expect(throws: RecordCapture.Failure.exists(name: answer, type: "answer")) {
            try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB1", "score=2", "grade=B")
        }
        for title in ["a", "b"] { try laptop.add(Catalogue.leakageLine, "title=\(title)", "category=LABOUR") }
        #expect(try laptop.add(Catalogue.overlap, "lines=L-A002,L-A001", "share=30%", "reason=same orders") == "L-A001/L-A002")
        #expect(try laptop.record("l-a002/l-a001").type === Catalogue.overlap)
    }

    @Test func `consent carries its time and recorder without being told, and is never widened`() throws {
        let laptop = try Laptop("A")
        let person = try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=role,quotes")
        let consent = try laptop.record(person).consent
        #expect(consent == Consent(state: .given, scope: [.quotes, .role], at: 1_800_000_000_000, recordedBy: laptop.member))
        #expect(throws: Device.Refused.self) { try laptop.set(person, "consent.scope=quotes,role,audio") }
        try laptop.set(person, "consent.state=withdrawn")
        #expect(try laptop.record(person).consent?.state == .withdrawn)
    }
}
