import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTestSupport
import Testing

struct CaptureTests {
    @Test func `deleting counts by kind what goes on naming the record`() throws {
        let a = try Laptop("A")
        let site = try a.add(Catalogue.site, "name=Dayton plant")
        func hanging() throws -> [String] {
            let result = try a.device.capture(in: Laptop.scope, isTrial: true) { try $0.deleting(try $0.finder.record(site)) }
            return result.hanging.map { "\($0.count) \($0.type.key)" }
        }
        #expect(try hanging().isEmpty)
        for name in ["Gears", "Shafts"] { try a.add(Catalogue.unit, "name=\(name)", "site=\(site)") }
        try a.add(Catalogue.unit, "name=Elsewhere")
        let line = try a.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(site)")
        #expect(try hanging() == ["2 unit", "1 leakageLine"])
        try a.delete(line)
        #expect(try hanging() == ["2 unit"])
        // Points name it too.
        let seam = try a.add(Catalogue.seam, "name=Release", "fromUnit=U-A001", "toUnit=U-A002")
        try a.add(Catalogue.leakageLine, "title=Waiting", "category=LABOUR", "seamPoints=\(seam)=40")
        let points = try a.device.capture(in: Laptop.scope, isTrial: true) { try $0.deleting(try $0.finder.record(seam)) }
        #expect(points.hanging.map(\.count) == [1] && points.hanging[0].type === Catalogue.leakageLine)
    }

    @Test func `blanks, characters that turn a line around and domains that there are none of are refused with a sentence`() throws {
        let a = try Laptop("A")
        func refuses(_ type: RecordType, _ words: String..., saying parts: [String]) throws {
            let assignments = try words.map { try Assignment($0) }
            let error = #expect(throws: RecordCapture.Failure.self) { try a.device.capture(in: Laptop.scope) { try $0.adding(type, assignments) } }
            let said = error.map { "\($0)" } ?? ""
            for part in parts { #expect(said.contains(part), "\(words): \(said)") }
        }
        for blank in [" ", "\u{a0}\u{3000}", "\u{200b} "] { try refuses(Catalogue.observation, "text=\(blank)", saying: ["what was seen is blank"]) }
        try refuses(Catalogue.observation, "text=\t \n", saying: ["what was seen"])
        try refuses(Catalogue.site, "name=  ", saying: ["name"])
        try refuses(Catalogue.site, "name=Dayton", "notes=   ", saying: ["notes is blank"])
        for scalar in [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].compactMap(Unicode.Scalar.init) {
            try refuses(Catalogue.site, "name=Day\(scalar)ton", saying: ["name"])
        }
        let line = ["title=Scrap", "category=QUALITY"]
        try refuses(Catalogue.leakageLine, line[0], line[1], "domainPoints=D66:1", saying: ["D66", "is no domain of core-9@1", "It has D1, D2"])
        try refuses(Catalogue.leakageLine, line[0], line[1], "domainPoints=D1:60,d2:20", saying: ["d2", "Did you mean D2"])
        let kept = try a.add(Catalogue.leakageLine, line[0], line[1], "domainPoints=D1:60,D2:20")
        #expect(throws: RecordCapture.Failure.self) { try a.set(kept, "domainPoints=D10:5") }
        #expect(try a.record(kept).domainPoints("domainPoints").map(\.domain) == ["D1", "D2"])
        // Many lines may hold them, where a terminal shows a sign in their place; and a field is emptied as ever.
        let note = try a.add(Catalogue.observation, "text=first \u{202e}line\nsecond")
        #expect(try a.record(note).text("text")?.contains("\u{202e}") == true)
        let site = try a.add(Catalogue.site, "name=Erie", "notes=something")
        try a.set(site, "notes=-")
        #expect(try a.record(site).text("notes") == nil)
    }

    @Test func `times of any place and amounts with a multiplier are stored in full, and it is said as what`() throws {
        let a = try Laptop("A")
        func understood(_ type: RecordType, _ words: String...) throws -> [RecordCapture.Understood] {
            let assignments = try words.map { try Assignment($0) }
            return try a.device.capture(in: Laptop.scope, isTrial: true) { try $0.adding(type, assignments) }.understood
        }
        let nine: Int64 = 1_773_738_000_000
        #expect(try understood(Catalogue.interview, "startedAt=2026-03-17T10:00+01:00", "endedAt=now") == [.time(label: "start", nine, namesZone: true)])
        #expect(try understood(Catalogue.interview, "startedAt=2026-03-17 09:00") == [.time(label: "start", nine, namesZone: false)])
        #expect(try understood(Catalogue.interview, "startedAt=2026-03-17T09:00Z").isEmpty)
        #expect(try understood(Catalogue.pool, "name=Freight 100k", "booking.code=FR", "booking.booked=1.2M") == [.money(label: "booking, booked", 120_000_000)])
        #expect(try understood(Catalogue.pool, "name=Freight", "booking.code=FR", "booking.booked=1200000").isEmpty)
        let interview = try a.add(Catalogue.interview, "startedAt=2026-03-17T10:00+01:00")
        #expect(try a.record(interview).integer("startedAt") == nine)
        try a.set(interview, "startedAt=2026-03-17T05:30-03:30")
        #expect(try a.record(interview).integer("startedAt") == nine)
    }

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
        (["title=x", "category=QUALITY", "amount.low=500k", "amount.likely=400k", "amount.high=720k", "grade=B"], "likely is 400,000, must lie between low 500,000 and high 720,000"),
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

    @Test func `what a capture says that its record is called names that record, whoever scored`() throws {
        let laptop = try Laptop("A")
        let (interview, seam) = (try laptop.add(Catalogue.interview, "startedAt=now"), try laptop.add(Catalogue.seam, "name=Release"))
        let (guest, initiative) = (try laptop.add(Catalogue.contributor, "name=Guest"), try laptop.add(Catalogue.initiative, "name=Desk"))
        let lines = try ["a", "b"].map { try laptop.add(Catalogue.leakageLine, "title=\($0)", "category=LABOUR") }
        let review = try laptop.add(Catalogue.gateReview, "initiative=\(initiative)", "date=2026-03-02")
        var names: Set<String> = []
        for (type, words) in [
            (Catalogue.answer, ["interview=\(interview)", "question=LB1", "score=3", "grade=B", "scorer=\(guest)"]), (Catalogue.answer, ["interview=\(interview)", "question=LB1", "score=2", "grade=B"]),
            (Catalogue.seamModeScore, ["seam=\(seam)", "mode=kpiConflict", "score=3", "grade=B", "scorer=\(guest)"]), (Catalogue.seamModeScore, ["seam=\(seam)", "mode=kpiConflict", "score=1", "grade=B", "scorer=me"]),
            (Catalogue.initiativeTarget, ["initiative=\(initiative)", "line=\(lines[0])", "reduction=10%/20%/30%"]), (Catalogue.overlap, ["lines=\(lines[1]),\(lines[0])", "share=30%", "reason=same orders"]),
            (Catalogue.gateResult, ["review=\(review)", "criterion=G3", "finding.result=pass"]),
        ] {
            let assignments = try words.map { try Assignment($0) }
            let made = try laptop.device.capture(in: Laptop.scope) { try $0.adding(type, assignments) }
            #expect(try laptop.record(made.name).id == made.record, "\(made.name)")
            #expect(try laptop.finder.name(of: made.record) == made.name)
            #expect(names.insert(made.name).inserted, "\(made.name) names two")
        }
        #expect(try laptop.record("\(review)/g3".lowercased()).type === Catalogue.gateResult)
    }

    @Test func `the reference of an answer is a field that can be redacted, and one of before goes there when its author answers anew`() throws {
        let laptop = try Laptop("A")
        let interview = try laptop.add(Catalogue.interview, "startedAt=now")
        let field = try #require(Catalogue.answer.field(key: "reference"))
        for (question, key) in [("LB1", "reference"), ("LB2", "response.reference")] {
            let record = try laptop.record(laptop.add(Catalogue.answer, "interview=\(interview)", "question=\(question)", "score=3", "grade=B", "\(key)=ledger 6410"))
            #expect(record.text("reference") == "ledger 6410" && record.group("response")?.text("reference") == nil)
            guard case .sensitive? = record.state.heads(of: .field(field.number)).first?.content else {
                Issue.record("it travels in the open")
                return
            }
        }
        let name = try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB3", "score=3", "grade=B")
        let id = try laptop.record(name).id
        // As a program of before wrote it.
        try laptop.device.capture(in: Laptop.scope) { _, replica in
            var editing = RecordEditing(record: id, type: Catalogue.answer, state: replica.record(id)) { .zero }
            let members = [Value.Member(1, .int(1)), Value.Member(2, .int(3)), Value.Member(3, .int(2)), Value.Member(4, .text("ledger 6410"))]
            if let response = Catalogue.answer.field(key: "response") { editing.set(response, .group(members)) }
            return editing.edits
        }
        #expect(try AnswerReference.text(of: laptop.record(name)) == "ledger 6410" && laptop.record(name).text("reference") == nil)
        try laptop.set(name, "rationale=they said so")
        #expect(try laptop.record(name).text("reference") == nil, "who says something else leaves it")
        try laptop.set(name, "score=2")
        let moved = try laptop.record(name)
        #expect(moved.text("reference") == "ledger 6410" && moved.group("response")?.text("reference") == nil && moved.group("response")?.integer("score") == 2)
    }

    @Test func `texts are kept in Unicode form NFC, however they were typed, and typing them otherwise writes nothing`() throws {
        let laptop = try Laptop("A")
        let site = try laptop.add(Catalogue.site, "name=Cafe\u{301}", "notes=u\u{308}ber")
        func bytes(_ text: String?) -> [UInt8] { Array((text ?? "").utf8) }
        #expect(try bytes(laptop.record(site).text("name")) == bytes("Caf\u{e9}") && bytes(laptop.record(site).text("notes")) == bytes("\u{fc}ber"))
        let decision = try laptop.add(Catalogue.decisionRight, "name=Release", "inputs=re\u{301}sume\u{301}")
        let before = try laptop.device.state.unsentCount
        try laptop.set(site, "name=Cafe\u{301}", "notes=u\u{308}ber")
        for word in ["r\u{e9}sum\u{e9}", "re\u{301}sume\u{301}"] { try laptop.set(decision, "inputs+=\(word)") }
        #expect(try laptop.device.state.unsentCount == before)
        #expect(try laptop.record(decision).texts("inputs").map { bytes($0) } == [bytes("r\u{e9}sum\u{e9}")])
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

    /// New interviews with a summary of eight thousand letters each, in no order that deflates.
    private func interviews(_ count: Int) -> [Edit] {
        var dice = SplitMix64(seed: 5)
        return (0..<count).flatMap { index in
            var editing = RecordEditing(
                record: Identifier(high: 0x0190_0000_0000_7005, low: 0x8000_0000_0000_0000 + UInt64(index)), type: Catalogue.interview, state: nil
            ) { dice.identifier() }
            editing.create(at: 1_800_000_000_000, handle: "IV-\(index)")
            let letters = (0..<8000).compactMap { _ in Unicode.Scalar(0x4e00 + UInt32(dice.next() % 20_000)) }
            if let summary = Catalogue.interview.field(key: "summary") { editing.set(summary, .text(String(String.UnicodeScalarView(letters)))) }
            return editing.edits
        }
    }

    @Test func `as much text as one change may hold is sealed and fits a frame; more is refused and nothing is stored`() throws {
        let laptop = try Laptop("A")
        let most = try #require((1...60).last { Change.fitsABlock(interviews($0)) })
        let before = try laptop.device.state.unsentCount
        for isTrial in [true, false] {
            #expect {
                if isTrial { try laptop.device.judge([interviews(most + 1)], in: Laptop.scope) }
                try laptop.device.capture(in: Laptop.scope) { _, _ in interviews(most + 1) }
            } throws: { if case Device.Refused.tooLarge = $0 { true } else { false } }
        }
        #expect(try laptop.device.state.unsentCount == before)
        try laptop.device.capture(in: Laptop.scope) { _, _ in interviews(most) }
        try laptop.device.seal(Laptop.scope)
        let sealed = try #require(try laptop.device.state.replicas[Laptop.scope]?.waiting.first)
        let block = try #require(try laptop.device.store.block(sealed.end.hash, of: Laptop.scope))
        let beside = SensitivePart.encode(block.sensitiveParts, laptop.device.primitives)
        #expect(block.bytes.count + beside.count + 34 * most <= Block.longest)
        #expect(Message.push(.init(scope: Laptop.scope, block: block.bytes, sensitive: beside)).payload.count <= 1 << 20)
        #expect(try Block.open(block.bytes, sensitive: SensitivePart.decode(beside, laptop.device.primitives), laptop.device.primitives).hash == block.hash)
    }

    @Test func `a price set again over one's own refused price leaves no stale head at the others`() throws {
        let (other, device) = (try Laptop("A"), try Laptop("B"))
        let line = try other.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "amount.range=150k/190k/240k", "grade=B")
        try Laptop.exchange(other, device)
        try device.set(line, "amount.likely=200k")
        try Laptop.exchange(device, other, verdict: .refused(.roleForbids))
        try device.set(line, "amount.likely=210k")
        try Laptop.exchange(device, other)
        for laptop in [other, device] {
            let view = try laptop.record(line)
            #expect(view.state.heads(of: .field(16)).map { $0.content.value?.member(LineAmount.range)?.member(2) } == [.int(21_000_000)])
            #expect(try laptop.finder.conflicts.isEmpty)
        }
    }

    @Test func `a note of eight thousand dashes is sealed into what readers take`() throws {
        let laptop = try Laptop("A")
        try laptop.add(Catalogue.site, "name=x", "notes=" + String(repeating: "-", count: 8000))
        try laptop.device.seal(Laptop.scope)
        let sealed = try #require(try laptop.device.state.replicas[Laptop.scope]?.waiting.first)
        let block = try #require(try laptop.device.store.block(sealed.end.hash, of: Laptop.scope))
        let beside = SensitivePart.encode(block.sensitiveParts, laptop.device.primitives)
        #expect(try SensitivePart.decode(beside, laptop.device.primitives) == block.sensitiveParts)
    }

    @Test func `records that share a handle are told apart by their ids, and whoever names the handle is asked which`() throws {
        let (a, b) = (try Laptop("A"), try Laptop("B"))
        // As a copied store gives them.
        try a.add(Catalogue.site, "handle=ST-A001", "name=Dayton plant")
        try b.add(Catalogue.site, "handle=ST-A001", "name=Erie plant")
        try Laptop.exchange(a, b)
        let finder = try a.finder
        let names = finder.all.filter { $0.type === Catalogue.site }.map { finder.name(of: $0.id) }
        #expect(Set(names).count == 2 && names.allSatisfy { $0.hasPrefix("ST-A001~") })
        #expect(throws: RecordFinder.Failure.ambiguous("ST-A001", names.map { "site " + $0 })) { try a.record("ST-A001") }
        #expect(throws: RecordCapture.Failure.find(.ambiguous("ST-A001", names))) {
            try a.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=ST-A001")
        }
        let line = try a.add(Catalogue.leakageLine, "title=Scrap", "category=QUALITY", "site=\(names[1].uppercased())")
        #expect(try a.record(line).reference("site") == (try a.record(names[1]).id))
        // One of the two gone, the handle is plain again.
        try a.delete(names[0])
        #expect(try a.finder.name(of: try a.record("ST-A001").id) == "ST-A001")
    }
}
