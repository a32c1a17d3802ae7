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
