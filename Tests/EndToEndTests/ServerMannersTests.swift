import Foundation
import Testing

/// How `seamark-server` speaks to people: as wide as their terminal, in their dates. To programs it says ISO 8601 (`JSONSchemaTests`).
@Suite(.sharedHeadquarters, .serialized) struct ServerMannersTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    @Test(.needsTerminal, arguments: [100, 60, 40])
    func `tables fit the terminal, and where columns do not each row says what it is`(columns: Int) throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let letters = try #require(try ann.status()["letters"] as? String)
        let window = try Window(ann, columns: columns, rows: 60, "\(program) device list --data '\(headquarters.data.path)'; echo no more; sleep 60")
        defer { window.close() }
        let lines = try window.shows("no more").split(separator: "\n").map(String.init)
        // A line that was too long would have gone on at the left edge, where only a row begins, a header or 'device'.
        if columns < 98 {
            #expect(lines.contains("device: \(letters)"), "\(lines)")
            #expect(lines.allSatisfy { $0.hasPrefix("device: ") || $0.hasPrefix("  ") || $0 == "no more" }, "\(lines)")
            #expect(lines.contains { $0.hasPrefix("  certificate until: ") })
        } else {
            #expect(lines.first?.hasPrefix("device") == true && lines.contains { $0.hasPrefix(letters + " ") }, "\(lines)")
            // Half a date is none.
            #expect(lines.allSatisfy { $0.firstMatch(of: /20[-\d]*…/) == nil }, "\(lines)")
            #expect(lines.allSatisfy { $0.count <= columns && !$0.hasPrefix(" ") }, "\(lines)")
        }
        // In a script nothing is cut.
        let list = try headquarters.verb("device", "list")
        #expect(!list.contains("…") && list.split(separator: "\n").contains { $0.count > 100 })
    }

    @Test(.needsTerminal) func `a restore in place of a tenant that is there is asked for at a terminal, and a script is not asked`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let (data, folder) = (headquarters.data.path, headquarters.folder.appendingPathComponent("backups-asked").path)
        let made = try headquarters.program("seamark-server", ["backup", "halden", "--to", folder, "--data", data], passphrase: Laptop.passphrase).finish()
        #expect(made.status == 0, "\(made)")
        let file = folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first))
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let window = try Window(ann, columns: 100, "\(program) restore '\(file)' --passphrase-file \"$SECRET\" --data '\(data)'; echo \"ended with $?\"; sleep 60")
        defer { window.close() }
        try window.shows("To restore it, type halden:")
        try window.type("rival")
        try window.press("Enter")
        // Wherever the lines are broken.
        let said = try window.shows("ended with 65")
        #expect(said.filter { !$0.isWhitespace }.contains("notconfirmed"), "\(said)")
        // As far as the server that runs here lets it come.
        #expect(try headquarters.program("seamark-server", ["restore", file, "--data", data], passphrase: Laptop.passphrase).finish().status == 75)
    }

    @Test func `dates follow the reader's locale and the machine's time zone, and documents say ISO 8601`() throws {
        _ = try Laptop(of: "ann", at: headquarters)
        func list(_ environment: [String: String], _ words: String...) throws -> String {
            let done = try headquarters.program("seamark-server", ["audit", "list", "--data", headquarters.data.path] + words, environment: environment).finish()
            #expect(done.status == 0, "\(done)")
            return done.output
        }
        let german = ["LC_ALL": "de_DE.UTF-8", "TZ": "UTC"]
        #expect(try list(german).firstMatch(of: /\d\d\.\d\d\.20\d\d \d\d:\d\d/) != nil)
        #expect(try list(["LC_ALL": "en_US.UTF-8", "TZ": "UTC"]).firstMatch(of: /\d{1,2}\/\d{1,2}\/20\d\d \d{1,2}:\d\d [AP]M/) != nil)
        let iso = try #require(try list(german, "--json").firstMatch(of: /"time": "20\d\d-\d\d-\d\dT(\d\d):(\d\d):/))
        let time = try #require(try list(["LC_ALL": "C", "TZ": "XXX-05:30"]).firstMatch(of: /20\d\d-\d\d-\d\d (\d\d):(\d\d)/))
        let minutes = { (hours: Substring, minutes: Substring) in (Int(hours) ?? 0) * 60 + (Int(minutes) ?? 0) }
        #expect((minutes(time.1, time.2) - minutes(iso.1, iso.2) + 1440) % 1440 == 330)
    }

    @Test func `money is taken with a multiplier and said back in full, and what is no money is refused`() throws {
        func add(_ revenue: String, _ income: String, _ more: String...) throws -> Program.Result {
            try headquarters.program("seamark-server", ["engagement", "add", "money", "--currency", "EUR", "--revenue", revenue, "--planned-income", income, "--fiscal-year", "2026", "--data", headquarters.data.path] + more).finish()
        }
        for wrong in ["100Q", "1.234567k", "M", "1.5bnn", "99999999999bn"] {
            let done = try add(wrong, "8M")
            #expect(done.status == 64 && done.error.contains("--revenue"), "\(wrong): \(done)")
        }
        #expect(try add("100M", "750k", "--dry-run").output.contains("with revenue EUR 100,000,000, planned operating income EUR 750,000. Nothing was changed"))
        // A plan may be below nought, said as a word of its own; a revenue may not, and the refusal names it.
        for income in ["-2M", "-2000000"] {
            #expect(try add("100M", income, "--dry-run").status == 0, "\(income)")
        }
        #expect(try add("100M", "-2M", "--dry-run").output.contains("planned operating income EUR -2,000,000"))
        let below = try add("-5", "8M")
        #expect(below.status == 65 && below.error.contains("revenue"), "\(below)")
        let done = try add("1.5bn", "8000000")
        #expect(done.status == 0 && done.output.contains("revenue EUR 1,500,000,000, planned operating income EUR 8,000,000."), "\(done)")
        let kept = try headquarters.verb("engagement", "export", "money", "--out", headquarters.folder.appendingPathComponent("money.jsonl").path)
        #expect(try String(contentsOf: headquarters.folder.appendingPathComponent("money.jsonl"), encoding: .utf8).contains("1500000000"), "\(kept)")
    }
}
