import Foundation
import Testing

/// Prices as they are captured on a command line: computed, asked about and refused.
@Suite(.serialized) struct PricingVerbTests {
    @Test func `a price by inputs is told, a likely value at an end is asked about, and what is no price is not stored`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let freight = try ann.run(
            "line", "add", "title=Premium freight", "category=EXPEDITE", "variant=shipments", "shipments=400", "premiumPrice=1450", "standardPrice=400", "share=80%", "grade=A")
        #expect(freight.status == 0 && freight.output.hasPrefix("L-") && freight.output.split(separator: "\n").count == 1, "\(freight)")
        #expect(freight.error.contains("336,000 a year = shipments × (premium price − standard price) × share"), "\(freight.error)")
        let line = freight.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try ann.must("list", "lines").contains("336,000 by shipments"))
        let shown = try ann.must("show", line)
        #expect(shown.contains("premiumPrice") && shown.contains("money/shipment"), "\(shown)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("line", "set", line, "shipments=500", "--json").utf8)) as? [String: Any])
        #expect((json["yearly"] as? [String: Any])?["likely"] as? Double == 420_000)

        let wrong = try ann.run("line", "set", line, "shipments=500 shipments/month")
        #expect(wrong.status == 65 && wrong.error.contains("units that do not give money/yr") && wrong.error.contains("premiumPrice in money/shipment"), "\(wrong.error)")
        let large = try ann.run("line", "add", "title=Large", "category=QUALITY", "variant=escapes", "events=1e14", "costPerEvent=1e11", "grade=C")
        #expect(large.status == 65 && large.error.contains("more money a year"), "\(large.error)")

        // A script is warned and goes on; a trial stores nothing.
        let lopsided = ["line", "add", "title=Rework", "category=QUALITY", "amount.range=100k/101k/300k", "grade=B"]
        let trial = try ann.run(lopsided + ["--dry-run"])
        #expect(trial.status == 0 && trial.error.contains("likely value close to its low end"), "\(trial.error)")
        let stored = try ann.run(lopsided)
        #expect(stored.status == 0 && stored.output.hasPrefix("L-") && stored.error.contains("likely value close to its low end"), "\(stored.error)")
        #expect(try ann.run(Array(lopsided.dropLast(2)) + ["amount.range=100k/200k/300k", "grade=B"]).error.isEmpty)
        #expect(try ann.must("list", "lines", "--json").components(separatedBy: "Rework").count == 3)
    }

    @Test func `at a terminal a likely value at an end is saved only on a yes to whether a year could fall outside`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        func add(_ range: String) -> [String] { ["line", "add", "title=Rework", "category=QUALITY", "amount.range=\(range)", "grade=B"] }
        func lines() throws -> Int { try ann.must("list", "lines", "--json").components(separatedBy: "Rework").count - 1 }
        for (answer, status, count) in [("", 65, 0), ("n", 65, 0), ("maybe", 65, 0), ("y", 0, 1)] as [(String, Int32, Int)] {
            let sitting = try Sitting(ann, add("100k/101k/300k"))
            try sitting.says("the range has its likely value close to its low end")
            try sitting.says("Could a year ever fall outside? Save it as it is? [y/N]")
            #expect(try lines() == 0, "nothing is stored before the answer")
            try sitting.type(answer + "\n")
            #expect(try sitting.ended() == status, "\(answer)")
            if status != 0 { try sitting.says("Nothing was saved.") }
            #expect(try lines() == count, "\(answer)")
        }
        // A change is asked about too, and a likely value in the middle is not.
        let line = try #require(try ann.must("list", "lines").split { $0.isWhitespace }.first { $0.hasPrefix("L-") })
        let change = try Sitting(ann, ["line", "set", String(line), "amount.range=100k/299k/300k"])
        try change.says("close to its high end")
        try change.says("Could a year ever fall outside?")
        try change.type("n\n")
        #expect(try change.ended() == 65)
        let plain = try Sitting(ann, add("100k/200k/300k"))
        #expect(try plain.ended() == 0 && !plain.look().contains("fall outside"))
        #expect(try lines() == 2)
    }

    @Test func `a recording without consent to audio, an instrument that is not here and an unfinished interview are refused with what to do`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        func made(_ words: String...) throws -> String {
            let done = try ann.run(words)
            #expect(done.status == 0, "\(words.prefix(2)): \(done.error)")
            return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let person = try made("person", "add", "level=manager", "--consent", "given", "--method", "written", "--scope", "quotes")
        let interview = try made("interview", "add", "persons=\(person)", "startedAt=2026-03-02T09:00")
        let observation = try made("observation", "add", "text=The press waits", "interview=\(interview)")
        let voice = headquarters.folder.appendingPathComponent("voice.m4a"), hidden = headquarters.folder.appendingPathComponent("minutes.pdf")
        for file in [voice, hidden] { try (Data([0, 0, 0, 28]) + Data("ftypM4A canary".utf8)).write(to: file) }
        for file in [voice, hidden] {
            for words in [["--to", observation], []] {
                let refused = try ann.run(["attach", "add", file.path] + words)
                #expect(refused.status == 65 && refused.error.contains("consent to audio") && (words.isEmpty || refused.error.contains(person)), "\(refused.error)")
            }
        }
        #expect(try !ann.must("list", "evidence").contains("EV-"))
        let heard = try made("person", "add", "level=manager", "--consent", "given", "--method", "written", "--scope", "audio")
        let other = try made("interview", "add", "persons=\(heard)", "startedAt=2026-03-02T09:00")
        let told = try made("observation", "add", "text=The press waits", "interview=\(other)")
        #expect(try made("attach", "add", voice.path, "--to", told).hasPrefix("EV-"))

        let unknown = try ann.run("interview", "add", "instrument=nope@9")
        #expect(unknown.status != 0 && unknown.error.contains("There is no instrument 'nope@9' here"), "\(unknown)")
        let unfinished = try ann.run("interview", "set", interview, "status=finalised")
        #expect(unfinished.status == 65 && unfinished.error.contains("endedAt: must be given"), "\(unfinished.error)")
    }
}
