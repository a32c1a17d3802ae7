import Foundation
import Testing

/// What verbs print into a real terminal, as it was looked at.
@Suite(.needsTerminal, .serialized) struct VerbScreensTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("VerbScreens")

    /// Times and ids are the machine's. Each keeps its width.
    private func masked(_ screen: String) -> String {
        func zeros(_ text: Substring) -> String { String(text.map { $0.isHexDigit ? "0" : $0 }) }
        return screen.replacing(/\d{4}-\d\d-\d\d|\d\d:\d\d|\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/) { zeros($0.output.0) }
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 20)])
    func `what is in conflict, what is missing and what is there is shown as it was looked at`(columns: Int, rows: Int) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("site", "add", "name=Dayton plant", "code=DAY")
        try ann.must("person", "add", "level=manager", "title=planning manager", "consent.state=given", "consent.method=verbal", "consent.scope=quotes,role")
        try ann.must("interview", "add", "persons=P-A001", "startedAt=now", "site=ST-A001")
        try ann.must("answer", "add", "interview=IV-A001", "question=LB1", "response.score=3", "response.grade=D", "person=P-A001")
        try ann.must("seam", "add", "name=Handing over the night shift", "workaround=The foreman writes the hot lots on a whiteboard and reads it out at seven.")
        try ann.must("line", "add", "title=Scrap and rework", "category=QUALITY", "amount.range=260k/380k/520k", "amount.grade=C", "amount.kind=runRate")
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("seam", "set", "S-A001", "workaround=The foreman writes the hot lots on a whiteboard, and the planner reads it out at seven.")
        try ann.must("line", "set", "L-A001", "amount.range=300k/400k/520k")
        try bob.must("seam", "set", "S-A001", "workaround=The foreman writes the hot lots into the shift book and reads it out at seven.")
        try bob.must("line", "set", "L-A001", "amount.range=200k/300k/400k", "amount.grade=B")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        try ann.must("note", "add", "text=They phone every morning, and whoever is away decides nothing until noon.", "site=ST-A001")
        for (verb, last) in [("conflicts", "Settle it: seamark resolve S-A001"), ("check", "Fieldwork"), ("list", "site"), ("show L-A001", "Made by"), ("log L-A001", "added leakage line")] {
            let window = try Window(ann, columns: columns, rows: rows, "exec 3<\"$SECRET\"; PAGER=cat \"$SEAMARK\" \(verb) --passphrase-fd 3; exec sleep 600")
            defer { window.close() }
            let name = verb.split(separator: " ")[0]
            try window.looks(last, like: Self.folder.appendingPathComponent("\(columns)x\(rows)-\(name).txt"), masked: masked)
        }
        guard columns == 80 else { return }
        // What was said is there before what it is worth is calculated.
        let sitting = try Sitting(ann, ["conflicts", "L-A001"])
        #expect(try sitting.ended() == 0)
        let said = sitting.look(), places = [" has 2 values:", "Calculating", "with 1: "].map { said.firstRange(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(said)")
        #expect(try !ann.must("conflicts", "L-A001").contains("Calculating"))
    }

    /// Ages, sizes and the version are the machine's, too; wherever the lines are broken.
    private func maskedStatus(_ screen: String) -> String {
        masked(screen).replacing(/\d+(\.\d+)?(?=\s+([KM]?B\b|(more\s+)?(second|minute|hour|day)s?\b))/) { String($0.output.0.map { $0.isNumber ? "0" : $0 }) }
            .replacing(/seamark \d+(\.\d+)+/, with: "seamark 0")
    }

    /// A laptop whose clock is three days ahead, three days after its last sync: ages and days that are left are the same on every machine.
    @Test(.needsCompiler, arguments: [(80, 24), (120, 40), (40, 20)])
    func `where one's work stands is told on one screen, whatever waits, as it was looked at`(columns: Int, rows: Int) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        var ann = try Laptop(of: "ann", at: headquarters)
        let bob = try Laptop(of: "bob", at: headquarters)
        // Whether the system keeps keys is the machine's.
        try ann.lock()
        try ann.must("site", "add", "name=Dayton plant", "code=DAY")
        try ann.must("person", "add", "level=manager", "title=planning manager", "consent.state=given", "consent.method=verbal", "consent.scope=quotes,role")
        try ann.must("interview", "add", "persons=P-A001", "startedAt=now", "site=ST-A001")
        try ann.must("line", "add", "title=Scrap and rework", "category=QUALITY", "amount.range=260k/380k/520k", "amount.grade=C", "amount.kind=runRate")
        for laptop in [ann, bob] { try laptop.must("sync") }
        // What she captured was hers to write then, and is in quarantine.
        try ann.must("site", "add", "name=Erie depot")
        for role in ["analyst", "lead"] {
            try headquarters.verb("member", "set", "ann", "--role", role)
            try ann.must("sync")
        }
        let extract = headquarters.folder.appendingPathComponent("extract.bin")
        try Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }).write(to: extract)
        try ann.must("attach", "add", extract.path, "title=Extract of orders")
        try bob.must("line", "set", "L-A001", "amount.range=200k/300k/400k", "amount.grade=B")
        try bob.must("sync")
        try ann.must("line", "set", "L-A001", "amount.range=300k/400k/520k")
        let clock = try Clock(headquarters)
        try clock.set(ahead: 3)
        let environment = clock.environment.merging(["SEAMARK_HOME": ann.home.path]) { $1 }
        let note = (0..<60).map { "\($0) they phone every morning" }.joined(separator: ", ")
        for (words, input, status) in [
            (["sync", "--no-attachments"], "", 0), (["observation", "add", "text=\(note)"], "", 0),
            // A rationale that is too long is no record, and waits.
            (["interview", "IV-A001", "--plain"], "2 \(String(repeating: "x", count: 9000))\n", 65),
        ] as [([String], String, Int32)] {
            let done = try headquarters.program("seamark", words, environment: environment, input: input, passphrase: Laptop.passphrase).finish()
            #expect(done.status == status, "\(done)")
        }
        try clock.set(ahead: 6)
        let ahead = clock.environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        let window = try Window(ann, columns: columns, rows: rows, "exec 3<\"$SECRET\"; \(ahead) PAGER=cat \"$SEAMARK\" status --passphrase-fd 3; exec sleep 600")
        defer { window.close() }
        try window.looks("1 conflict to settle (L-A001): seamark conflicts seamark", like: Self.folder.appendingPathComponent("\(columns)x\(rows)-status.txt"), masked: maskedStatus)
        let screen = try window.screen
        #expect(rows < 24 || screen.hasPrefix("Halden: ann, lead;"), "its beginning is out of sight:\n\(screen)")
    }
}
