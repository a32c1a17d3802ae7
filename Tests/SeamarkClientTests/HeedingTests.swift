import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// What a device asks before it writes.
struct HeedingTests {
    private func failure(_ body: () throws -> Void) -> RecordCapture.Failure? {
        do { try body() } catch { return error as? RecordCapture.Failure }
        return nil
    }

    @Test func `an interview is finalised when nothing stands against it, and whoever tries before is told what does`() throws {
        let laptop = try Laptop("A")
        let person = try laptop.add(Catalogue.person, "level=manager")
        let interview = try laptop.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00Z")
        func obstacles() throws -> [Finding.Kind] {
            guard case .unfinished(let name, let found)? = failure({ try laptop.set(interview, "status=finalised") }) else { return [] }
            #expect(name == interview && found.allSatisfy { !$0.words.isEmpty })
            #expect(try laptop.record(interview).choice("status") != "finalised")
            return found.map(\.kind)
        }
        #expect(try obstacles() == [.noConsent, .noEnd, .emptyInterview])
        try laptop.set(person, "consent.state=given")
        try laptop.add(Catalogue.observation, "text=seen", "interview=\(interview)")
        #expect(try obstacles() == [.noEnd])
        // What the same words bring counts: an end that is before the start does not do.
        guard case .unfinished(_, let found)? = failure({ try laptop.set(interview, "endedAt=2026-03-02T08:00Z", "status=finalised") }) else { return #expect(Bool(false)) }
        #expect(found.map(\.kind) == [.endsBeforeStart])
        // Nine hours are asked about and no obstacle.
        try laptop.set(interview, "endedAt=2026-03-02T18:00Z", "status=finalised")
        #expect(try laptop.record(interview).choice("status") == "finalised")
        // One that is made as finalised is asked the same.
        guard case .unfinished(_, let new)? = failure({ try laptop.add(Catalogue.interview, "persons=\(person)", "status=finalised") }) else { return #expect(Bool(false)) }
        #expect(new.map(\.kind) == [.noEnd, .emptyInterview])
        #expect(try laptop.finder.all.count { $0.type === Catalogue.interview } == 1)
    }

    @Test func `a time to damage of nought is refused in words that say so`() throws {
        let laptop = try Laptop("A")
        for nought in ["0/0/0", "0h/0h/8h"] {
            guard case .value(let words)? = failure({ try laptop.add(Catalogue.decisionRight, "name=release", "economics.timeToDamage=\(nought)") }) else { return #expect(Bool(false), "\(nought)") }
            #expect(words.contains("more than nothing"))
        }
        let decision = try laptop.add(Catalogue.decisionRight, "name=release", "economics.timeToDamage=0/4h/8h")
        #expect(failure({ try laptop.set(decision, "economics.timeToDamage=0/0/0") }) != nil)
        try laptop.set(decision, "economics=-")
    }

    @Test func `a site with the code of another is captured, and its twin is told; a name alone is none`() throws {
        let laptop = try Laptop("A")
        let first = try laptop.add(Catalogue.site, "name=Dayton", "code=AA")
        var told: [[String]] = []
        func capture(_ make: (RecordCapture) throws -> RecordCapture.Result) throws {
            _ = try laptop.device.capture(in: Laptop.scope) { capture in
                let result = try make(capture)
                told.append(capture.twins(of: result))
                return result
            }
        }
        func adding(_ words: String...) throws { try capture { try $0.adding(Catalogue.site, words.map { try Assignment($0) }) } }
        try adding("name=Erie", "code=aa")
        try adding("name=dayton", "code=BB")
        try adding("name=Toledo")
        try capture { try $0.changing(try $0.finder.record(first), [Assignment(key: "code", text: "CC")]) }
        try adding("name=Lima", "code=bb")
        let sites = try laptop.finder.all.filter { $0.type === Catalogue.site }
        #expect(sites.count == 5, "nothing is refused")
        let second = try #require(sites.first { $0.text("code") == "BB" }?.handle)
        #expect(told == [[first], [], [], [], [second]])
    }

    @Test func `a quote is taken with consent to quotes alone, and attributed no more openly than was agreed to`() throws {
        let laptop = try Laptop("A")
        let silent = try laptop.add(Catalogue.person, "level=manager")
        let nameless = try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes")
        let open = try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes,role")
        let interview = try laptop.add(Catalogue.interview, "persons=\(silent),\(nameless),\(open)", "startedAt=now")
        func quote(_ words: String...) -> RecordCapture.Failure? {
            failure { _ = try laptop.device.capture(in: Laptop.scope) { try $0.adding(Catalogue.quote, try (["interview=\(interview)", "text=We wait."] + words).map { try Assignment($0) }) } }
        }
        #expect(quote("person=\(silent)") == .quote(.notAgreed([silent])))
        // Whose words they are is not said: everybody must have agreed.
        #expect(quote() == .quote(.notAgreed([silent])))
        #expect(quote("person=\(nameless)", "attribution=roleOk") == .quote(.attribution([nameless], loosest: "unattributed")))
        #expect(quote("person=\(open)", "attribution=namedOk") == .quote(.attribution([open], loosest: "roleOk")))
        #expect(try laptop.finder.all.allSatisfy { $0.type !== Catalogue.quote })
        #expect(quote("person=\(open)", "attribution=roleOk") == nil && quote("person=\(nameless)", "attribution=unattributed") == nil && quote("person=\(nameless)") == nil)
        // What another program let in may be told more strictly.
        let own = try #require(try laptop.finder.all.first { $0.type === Catalogue.quote }?.handle)
        try laptop.set(own, "attribution=teamOnly")
    }

    @Test func `who says something in an interview is one of its people, and what somebody else said there is not counted`() throws {
        let laptop = try Laptop("A")
        let (one, other) = (try laptop.add(Catalogue.person, "level=manager", "consent.state=given"), try laptop.add(Catalogue.person, "level=manager", "consent.state=given"))
        let interview = try laptop.add(Catalogue.interview, "startedAt=now")
        try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB1", "person=\(other)", "score=3", "grade=C")
        try laptop.set(interview, "persons=\(one)")
        let refused = failure { try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB5", "person=\(other)", "score=3", "grade=C") }
        #expect(refused == .notInInterview(person: other, interview: interview, people: [one]))
        try laptop.add(Catalogue.answer, "interview=\(interview)", "question=KT1", "person=\(one)", "score=3", "grade=C")
        let desk = InterviewDesk(laptop.device, scope: Laptop.scope, interview: try laptop.record(interview).id, shows: true) { .day(20_000) }
        #expect(try Set(desk.records().answers.keys) == ["KT1"])
        // Answered here, it is the answer of whoever is interviewed.
        let receipt = try desk.carryOut(InterviewWrite(.answer(question: "LB1", OwnAnswer.Content(.scored, score: 1, grade: .d)), onto: .answer(nil)))
        #expect(receipt.records.answers["LB1"]?.content?.score == 1)
        #expect(try laptop.record("\(interview)/LB1").reference("person") == laptop.record(one).id)
    }

    @Test func `an answer is to a question that its interview's instrument asks`() throws {
        let laptop = try Laptop("A")
        let person = try laptop.add(Catalogue.person, "level=manager", "consent.state=given")
        let interview = try laptop.add(Catalogue.interview, "persons=\(person)", "startedAt=now")
        guard case .value(let words)? = failure({ try laptop.add(Catalogue.answer, "interview=\(interview)", "question=KT9", "person=\(person)", "score=3", "grade=C") }) else { return #expect(Bool(false)) }
        #expect(words.hasPrefix("'KT9' is no question of core-9@1. Did you mean KT1"), "\(words)")
        try laptop.add(Catalogue.answer, "interview=\(interview)", "question=KT6", "person=\(person)", "score=3", "grade=C")
    }

    @Test func `an interview ends after it starts, and once it is finalised a sitting writes nothing into it`() throws {
        let laptop = try Laptop("A")
        let person = try laptop.add(Catalogue.person, "level=manager", "consent.state=given")
        let interview = try laptop.add(Catalogue.interview, "persons=\(person)", "startedAt=2026-03-02T09:00Z")
        #expect(failure { try laptop.set(interview, "endedAt=2026-03-01T09:00Z") } == .endsBeforeStart(interview))
        try laptop.set(interview, "endedAt=2026-03-02T10:00Z")
        #expect(failure { try laptop.set(interview, "startedAt=2026-03-02T10:01Z") } == .endsBeforeStart(interview))
        try laptop.add(Catalogue.observation, "text=seen", "interview=\(interview)")
        try laptop.set(interview, "status=finalised")
        let desk = InterviewDesk(laptop.device, scope: Laptop.scope, interview: try laptop.record(interview).id, shows: true) { .day(20_000) }
        for write in [InterviewWrite.Capture.answer(question: "LB1", OwnAnswer.Content(.declined)), .note("more", domain: nil), .end] {
            #expect(throws: InterviewDesk.Finalised.self) { try desk.carryOut(InterviewWrite(write)) }
        }
    }

    @Test func `what a withdrawal takes away is counted before it is stored`() throws {
        let laptop = try Laptop("A")
        let people = try (0..<2).map { _ in try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes") }
        let interview = try laptop.add(Catalogue.interview, "persons=\(people[0]),\(people[1])", "startedAt=now")
        for person in people { try laptop.add(Catalogue.quote, "interview=\(interview)", "person=\(person)", "text=We wait.") }
        try laptop.add(Catalogue.answer, "interview=\(interview)", "question=LB1", "score=3", "grade=C")
        func loss(_ words: String) throws -> RecordCapture.Loss? {
            try laptop.device.capture(in: Laptop.scope, isTrial: true) { try $0.changing(try $0.finder.record(people[0]), [try Assignment(words)]) }.loss
        }
        guard case .withdrawal(let person, let taken)? = try loss("consent.state=withdrawn") else { return #expect(Bool(false)) }
        #expect(try person == laptop.record(people[0]).id && taken.quotes == 1 && taken.answers == 1 && taken.others == 0 && taken.recordings == 0)
        #expect(try loss("title=planner") == nil)
        try laptop.set(people[0], "consent.state=withdrawn")
        #expect(try loss("consent.state=withdrawn") == nil, "it is gone already")
    }

    @Test func `a field that holds one value is given once`() throws {
        let laptop = try Laptop("A")
        #expect(failure { try laptop.add(Catalogue.site, "name=x", "name=y") } == .words(.givenTwice("name")))
        #expect(failure { try laptop.add(Catalogue.leakageLine, "title=x", "category=QUALITY", "amount.grade=B", "grade=C") } == .words(.givenTwice("grade")))
        // A set takes its elements one by one.
        #expect(try laptop.record(laptop.add(Catalogue.observation, "text=seen", "domains=D2", "domains=D6")).texts("domains").sorted() == ["D2", "D6"])
    }

    @Test func `an interview names an instrument that is here`() throws {
        let laptop = try Laptop("A")
        guard case .unknownInstrument("nope@9", let known)? = failure({ try laptop.add(Catalogue.interview, "instrument=nope@9") }) else { return #expect(Bool(false)) }
        #expect(try known == ["core-9@1"] && laptop.finder.all.isEmpty)
        #expect(try laptop.record(try laptop.add(Catalogue.interview, "instrument=core-9@1")).text("instrument") == "core-9@1")
    }

    @Test func `a line is given the inputs of its variant by name, with their units where they are others`() throws {
        let laptop = try Laptop("A")
        func price(_ line: String) throws -> LinePrice? { try laptop.record(line).group("amount").flatMap { try LinePrice($0.value) } }
        let line = try laptop.add(
            Catalogue.leakageLine, "title=freight", "category=EXPEDITE", "variant=shipments", "shipments=400", "premiumPrice=1400/1450/1600", "standardPrice=400 money/shipment", "share=80%", "grade=B")
        #expect(try price(line)?.ends.likely == 336_000)
        #expect(try laptop.record(line).group("amount")?.choice("kind") == "runRate")
        // One of them by itself; the others stay.
        try laptop.set(line, "shipments=500")
        #expect(try price(line)?.ends.likely == 420_000)
        try laptop.set(line, "share=50%")
        #expect(try price(line)?.ends.likely == 262_500)
        let energy = try laptop.add(Catalogue.leakageLine, "title=output", "category=DOWNTIME", "variant=energyOutput", "volume=1200 MWh/yr", "marginPerUnit=18.5 money/MWh", "grade=B")
        #expect(try price(energy)?.ends.likely == 22_200)
        // A range gives way to inputs; and baseline and share stay what they were for whoever names none.
        let typed = try laptop.add(Catalogue.leakageLine, "title=typed", "category=EXPEDITE", "amount.range=1k/2k/4k", "grade=B", "variant=ledger", "baseline=3k", "share=50%")
        #expect(try laptop.record(typed).group("amount")?.number("baseline") == 300_000 && (try price(typed)?.ends.likely) == 2000)
        try laptop.set(typed, "amount.baseline=-", "amount.share=-")
        try laptop.set(typed, "booked=500k", "inputs.baseline=120k", "inputs.share=0.5")
        #expect(try price(typed)?.ends.likely == 190_000 && (try laptop.record(typed).group("amount")?.threePoint("range")) == nil)
        for words in [["hours=3"], ["premiumPrice=100"], ["shipments=400 money/yr"], ["shipments=-"], ["share=150%"], ["shipments=nan"]] {
            guard case .draft(let problem)? = failure({ _ = try laptop.device.capture(in: Laptop.scope) { try $0.changing(try $0.finder.record(line), try words.map { try Assignment($0) }) } }) else {
                #expect(Bool(false), "\(words)")
                continue
            }
            #expect(problem.description.contains("amount") || problem.description.contains("inputs"), "\(problem.description)")
        }
        #expect(try price(line)?.ends.likely == 262_500)
    }

    @Test func `sound and film are known by their first bytes`() {
        func bytes(_ start: [UInt8], _ text: String) -> [UInt8] { start + Array(text.utf8) }
        let recordings: [[UInt8]] = [
            bytes([0, 0, 0, 28], "ftypM4A "), bytes([0, 0, 0, 28], "ftypisom"), bytes([], "RIFF....WAVEfmt "), bytes([], "RIFF....AVI LIST"), bytes([], "OggS"), bytes([], "ID3."),
            [0xff, 0xfb, 0x90, 0x44], [0xff, 0xf1, 0x50, 0x80], bytes([], "fLaC"), [0x1a, 0x45, 0xdf, 0xa3], bytes([], "#!AMR."), bytes([], "FORM....AIFF"),
        ]
        for head in recordings { #expect(RecordingFormat.isRecording(head), "\(head)") }
        let others: [[UInt8]] = [
            [0xff, 0xd8, 0xff, 0xe0], bytes([0, 0, 0, 24], "ftypheic"), bytes([0, 0, 0, 24], "ftypavif"), bytes([], "RIFF....WEBPVP8 "), bytes([], "%PDF-1.7"), bytes([], "PK"), [],
            [0xff, 0xfe, 0x41, 0], [0xff, 0xff, 0xff, 0xff],
        ]
        for head in others { #expect(!RecordingFormat.isRecording(head), "\(head)") }
    }

    @Test func `a recording belongs to whoever agreed to audio`() throws {
        let laptop = try Laptop("A")
        let silent = try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes")
        let heard = try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=audio")
        func observation(_ persons: String) throws -> Identifier {
            let interview = try laptop.add(Catalogue.interview, "persons=\(persons)")
            return try laptop.record(try laptop.add(Catalogue.observation, "text=seen", "interview=\(interview)")).id
        }
        let (alone, both, agreed) = (try observation(silent), try observation("\(silent),\(heard)"), try observation(heard))
        let records = try laptop.finder.all
        #expect(Findings.obstacle(toRecording: alone, in: records) == .notAgreed([silent]) && Findings.obstacle(toRecording: both, in: records) == .notAgreed([silent]))
        #expect(Findings.obstacle(toRecording: agreed, in: records) == nil && Findings.obstacle(toRecording: .zero, in: records) == .nobodyKnown)
    }

    @Test func `a row of evidence that says it is a recording takes bytes only of whoever agreed to audio, whatever its file is called`() throws {
        let laptop = try Laptop("A")
        let silent = try laptop.add(Catalogue.person, "level=manager", "consent.state=given", "consent.scope=quotes")
        let interview = try laptop.add(Catalogue.interview, "persons=\(silent)")
        let observation = try laptop.add(Catalogue.observation, "text=seen", "interview=\(interview)")
        let row = try laptop.add(Catalogue.evidence, "title=Shift talk", "kind=audio")
        let plain = try laptop.add(Catalogue.evidence, "title=Shift plan", "kind=document")
        try laptop.set(observation, "evidence+=\(row),\(plain)")
        func obstacle(_ target: String, _ words: String...) throws -> Findings.RecordingObstacle? {
            try laptop.device.obstacle(toAttaching: try laptop.record(target), try words.map { try Assignment($0) }, isRecording: false, in: laptop.finder)
        }
        #expect(try obstacle(row) == .notAgreed([silent]))
        #expect(try obstacle(row, "kind=document") == nil && obstacle(plain) == nil)
        #expect(try obstacle(plain, "kind=audio") == .notAgreed([silent]))
    }
}
