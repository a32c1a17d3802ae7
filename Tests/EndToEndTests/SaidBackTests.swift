import Foundation
import Testing

/// What somebody at a terminal is told of what was understood, and what hangs on what goes; a script is told nothing.
@Suite(.sharedHeadquarters, .serialized) struct SaidBackTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    @Test func `times and amounts are said back at a terminal as they are stored, and a deletion says what hangs on it`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        func told(_ words: String..., zone: String = "XXX-01:00") throws -> String {
            let command = Screen.command(columns: 200, errors: true, [program] + words)
            let done = try headquarters.program(command.name, command.words, environment: ["SEAMARK_HOME": ann.home.path, "TZ": zone, "LC_ALL": "C"], passphrase: Laptop.passphrase).finish()
            #expect(done.status == 0, "\(done)")
            return done.output
        }
        #expect(try told("interview", "add", "startedAt=2025-11-20T09:00+02:00").contains("start is 2025-11-20T07:00:00Z (UTC), which is 2025-11-20 08:00 here."))
        // Without a word of where, it is UTC, and who lives elsewhere hears that.
        let bare = try told("interview", "add", "startedAt=2025-11-20 09:00")
        #expect(bare.contains("start is 2025-11-20T09:00:00Z (UTC), which is 2025-11-20 10:00 here.") && bare.contains("+01:00"), "\(bare)")
        #expect(try !told("interview", "add", "startedAt=2025-11-20 09:00", zone: "UTC").contains("start"))
        #expect(try !told("interview", "add", "startedAt=now").contains("start"))
        #expect(try told("decision", "add", "name=Expedite", "limit=25k").contains("limit is 25,000."))
        #expect(try !told("decision", "add", "name=Release", "limit=25000").contains("limit"))
        let site = try ann.must("site", "add", "name=Dayton plant").trimmingCharacters(in: .whitespacesAndNewlines)
        for name in ["Gears", "Shafts"] { try ann.must("unit", "add", "name=\(name)", "site=\(site)") }
        try ann.must("line", "add", "title=Scrap", "category=QUALITY", "site=\(site)")
        let trial = try ann.run("site", "delete", site, "--dry-run")
        #expect(trial.error.contains("2 units and 1 leakage line name \(site)"), "\(trial)")
        #expect(try ann.run("site", "delete", site, "--json").error.isEmpty)
        try ann.must("site", "restore", site)
        #expect(try told("site", "delete", site).contains("2 units and 1 leakage line name \(site) and go on naming it. 'seamark site restore \(site)' brings it back."))
    }
}
