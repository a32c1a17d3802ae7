import Foundation
import Glibc
import Testing

/// What is wrong is named, what to do is said, the exit status is that of the table, and nothing was changed.
@Suite(.sharedHeadquarters, .serialized) struct RefusalTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    // MARK: Passphrases

    @Test func `a wrong passphrase opens nothing`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        try ann.refuses(["site", "add", "name=Second"], 77, saying: ["passphrase"], passphrase: "not the passphrase at all")
        let asked = try ann.run(["list"], passphrase: "not the passphrase at all")
        #expect(asked.status == 77)
        #expect(asked.output.isEmpty)
    }

    @Test func `a locked store without a terminal asks for a way to give the passphrase`() throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        try ann.lock()
        let before = try ann.everything()
        let done = try ann.runWithoutPassphrase("site", "add", "name=Dayton plant")
        #expect(done.status == 77)
        for part in ["is locked", "seamark unlock", "--passphrase-fd"] { #expect(done.error.contains(part), "\(done.error)") }
        #expect(try ann.everything() == before)
    }

    // MARK: Verbs

    @Test func `a mistyped verb of either program is answered with the nearest one, and with nothing where none is near`() throws {
        for (program, words, meant) in [
            ("seamark", ["stauts"], "Did you mean 'seamark status'?"), ("seamark", ["interview", "delet", "IV-A001"], "Did you mean 'seamark interview delete'?"),
            ("seamark-server", ["tennant", "list"], "Did you mean 'seamark-server tenant'?"), ("seamark-server", ["member", "lsit"], "Did you mean 'seamark-server member list'?"),
        ] {
            let done = try headquarters.program(program, words).finish()
            #expect(done.status == 64 && done.output.isEmpty && done.error.contains(meant), "\(words): \(done)")
        }
        for (program, words) in [("seamark", ["aardvark"]), ("seamark", ["status", "--jsno"]), ("seamark-server", ["aardvark"])] {
            let done = try headquarters.program(program, words).finish()
            #expect(done.status == 64 && !done.error.contains("Did you mean 'seamark"), "\(words): \(done)")
            #expect(done.error.contains("There is no verb 'aardvark'. '\(program) help' lists them.") == (words == ["aardvark"]), "\(words): \(done)")
        }
    }

    @Test func `a value that no verb takes is said to be that, before any store is looked for`() throws {
        for (program, words, parts) in [
            ("seamark", ["log", "--limit", "-1"], ["--limit is -1; it must not be negative."]), ("seamark", ["search", "overtime", "--limit", "-1"], ["--limit is -1; it must not be negative."]),
            ("seamark-server", ["audit", "list", "--limit", "-1"], ["--limit is at least 0", "Usage: seamark-server audit list "]),
            ("seamark-server", ["member", "set", "ann", "--role", "boss"], ["there is no role boss; choose consultant, lead or analyst", "Usage: seamark-server member set "]),
            ("seamark-server", ["member", "set", "ann"], ["say what to alter: --role, --inactive or --active", "Usage: seamark-server member set "]),
        ] {
            let done = try headquarters.program(program, words, environment: ["SEAMARK_HOME": "/nowhere", "SEAMARK_DATA": "/nowhere"]).finish()
            #expect(done.status == 64 && done.output.isEmpty, "\(words): \(done)")
            for part in parts { #expect(done.error.contains(part), "\(words): \(done.error)") }
        }
    }

    @Test func `help of a verb that there is none of is wrong usage, and help of those that there are is not`() throws {
        for (program, words, near) in [("seamark", ["help", "stauts"], "seamark status"), ("seamark", ["help", "interview", "delet"], "seamark interview delete"), ("seamark-server", ["help", "tennant"], "seamark-server tenant")] {
            let done = try headquarters.program(program, words).finish()
            #expect(done.status == 64 && done.output.isEmpty && done.error.contains("There is no verb '\(words.last ?? "")'") && done.error.contains(near), "\(words): \(done)")
        }
        for (program, words) in [("seamark", ["help"]), ("seamark", ["help", "interview", "set"]), ("seamark", ["help", "note", "add"]), ("seamark-server", ["help", "member", "list"])] {
            #expect(try headquarters.program(program, words).finish().status == 0, "\(words)")
        }
    }

    @Test func `an export into a file whose name says something else, and a value that is given twice, are refused`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let file = headquarters.folder.appendingPathComponent("x.csv").path
        try ann.refuses(["export", file], 64, saying: [".zip", "--format"])
        #expect(!FileManager.default.fileExists(atPath: file))
        try ann.refuses(["export", headquarters.folder.appendingPathComponent("nowhere/x.json").path], 73, saying: ["the folder that it names is not there"])
        try ann.refuses(["site", "add", "name=Dayton", "name=Erie"], 64, saying: ["name is given twice"])
        try ann.must("site", "add", "name=Dayton plant")
        let site = try #require(ann.must("list", "site").firstMatch(of: /ST-\w+/)).output
        try ann.refuses(["site", "set", String(site)], 64, saying: ["key=value", "Nothing was changed"])
        try ann.refuses(["merge", String(site), String(site)], 65, saying: ["is one record"])
        try ann.refuses(["use", "baseline"], 78, saying: ["no tenant but an engagement of halden", "seamark use halden baseline"])
    }

    // MARK: Open files

    @Test(arguments: [["status"], ["run", "--listen", "127.0.0.1:0"], ["verify"]])
    func `a server program that may open too few files says so before it begins`(words: [String]) throws {
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let done = try headquarters.program("/bin/sh", ["-c", #"ulimit -n 20; exec "$@""#, "sh", program] + words + ["--data", headquarters.data.path]).finish()
        #expect(done.status == 71, "\(done.error)")
        #expect(done.error.contains("open files") && done.error.contains("ulimit -n"), "\(done.error)")
    }

    @Test func `a limit of open files that the program may raise itself hinders nobody`() throws {
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let done = try headquarters.program("/bin/sh", ["-c", #"ulimit -S -n 20; exec "$@""#, "sh", program, "status", "--data", headquarters.data.path]).finish()
        #expect(done.status == 0, "\(done.error)")
    }

    // MARK: Invitations

    @Test func `an expired invitation is refused and the device can enrol with a fresh one`() throws {
        let laptop = Laptop(headquarters)
        let line = try headquarters.invitation("ann")
        // The shortest invitation lasts a minute. Rather than wait for it, the row is made old under the running server.
        let age = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=10)
            assert database.execute("UPDATE invitation SET expires = made + 1 WHERE redeemed IS NULL").rowcount > 0
            database.commit()
            """
        let database = headquarters.data.appendingPathComponent("tenants/halden/data/tenant.sqlite")
        let aged = try headquarters.program("/usr/bin/env", ["python3", "-c", age, database.path]).finish()
        try #require(aged.status == 0, "\(aged.error)")
        try refusesToEnrol(laptop, line, 76, saying: ["expired", "Ask headquarters for a new one"])
        try laptop.must("enrol", input: headquarters.invitation("ann"))
    }

    @Test func `a used invitation is refused and said to be suspicious`() throws {
        let line = try headquarters.invitation("ann")
        try Laptop(headquarters).must("enrol", input: line)
        try refusesToEnrol(Laptop(headquarters), line, 76, saying: ["used already", "tell headquarters"])
    }

    @Test func `a garbled invitation is refused before anything is sent, and its wrong part is named`() throws {
        let line = try headquarters.invitation("ann")
        let parts = line.split(separator: "/").map(String.init)
        let token = try #require(parts.last)
        for (garbled, words) in [
            ("Dear Ann, welcome aboard", "seamark://"), ("", "No invitation"), (String(line.dropLast(5)), "the token"),
            (line.replacingOccurrences(of: parts[2], with: parts[2].dropLast() + "g"), "the label"),
            (line.replacingOccurrences(of: parts[1], with: "127.0.0.1"), "the address"), (line + "/more", "the number of parts"),
        ] {
            try refusesToEnrol(Laptop(headquarters), garbled, 65, saying: [words], hiding: token)
        }
        // The token has not been spent by any of this.
        try Laptop(headquarters).must("enrol", input: line)
    }

    @Test func `a server with another key than the invitation pins gets nothing`() throws {
        let line = try headquarters.invitation("ann")
        var parts = line.components(separatedBy: "/")
        let pin = parts[5]
        parts[5] = (pin.first == "0" ? "1" : "0") + pin.dropFirst()
        try refusesToEnrol(
            Laptop(headquarters), parts.joined(separator: "/"), 76, saying: ["not the server that was pinned", "Nothing was sent", "tell headquarters"])
        try Laptop(headquarters).must("enrol", input: line)
    }

    @Test func `a server of another name than the invitation says gets nothing`() throws {
        let line = try headquarters.invitation("ann")
        var parts = line.components(separatedBy: "/")
        parts[4] = "other.example"
        try refusesToEnrol(Laptop(headquarters), parts.joined(separator: "/"), 76, saying: ["not the server that was pinned", "name and key that the invitation gives", "Nothing was sent"])
        try Laptop(headquarters).must("enrol", input: line)
    }

    private func refusesToEnrol(
        _ laptop: Laptop, _ line: String, _ status: Int32, saying parts: [String], hiding token: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let done = try laptop.run(["enrol"], input: line)
        #expect(done.status == status, "\(done.error)", sourceLocation: sourceLocation)
        for part in parts { #expect(done.error.contains(part), "\(done.error)", sourceLocation: sourceLocation) }
        #expect(!FileManager.default.fileExists(atPath: laptop.store.path), "a store was left behind", sourceLocation: sourceLocation)
        #expect(try laptop.run(["status"]).status == 78, "the laptop believes that it is enrolled", sourceLocation: sourceLocation)
        if let token { #expect(!done.error.contains(token), "the token was shown", sourceLocation: sourceLocation) }
    }

    // MARK: Words on the command line

    @Test func `an unknown field, a value out of bounds and an unknown record are named`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        let site = "ST-\(try #require(try ann.status()["letters"] as? String))001"
        let before = try ann.everything()
        try ann.refuses(["site", "set", site, "colour=red"], 66, saying: ["no field 'colour'", "It has handle", "headcount"], before: before)
        try ann.refuses(["site", "set", site, "headcount=-3"], 65, saying: ["Headcount is -3", "between 0 and 100000"], before: before)
        try ann.refuses(["site", "set", site, "headcount=many"], 65, saying: ["Headcount"], before: before)
        try ann.refuses(["site", "set", site, "name=" + String(repeating: "x", count: 121)], 65, saying: ["Name", "120"], before: before)
        try ann.refuses(
            ["line", "add", "title=Scrap", "category=QUALITY", "amount.range=900k/600k/1.3M", "amount.grade=B", "amount.kind=runRate"], 65,
            saying: ["likely is 600,000", "between low 900,000 and high 1,300,000"], before: before)
        try ann.refuses(["site", "set", "ST-NONE", "headcount=3"], 66, saying: ["no site called 'ST-NONE'", "seamark list"], before: before)
        try ann.refuses(["show", "NOTHING"], 66, saying: ["'NOTHING'", "seamark list"], before: before)
        for list in [[], ["--list"]] { try ann.refuses(["conflicts", "--by", "nobody"] + list, 66, saying: ["'nobody'", "or me"], before: before) }
        for list in [[], ["--list"]] {
            try ann.refuses(["conflicts", "NOTHING"] + list, 66, saying: ["'NOTHING'", "seamark list"], before: before)
            try ann.refuses(["conflicts", site.replacingOccurrences(of: "001", with: "0O1")] + list, 66, saying: ["Did you mean \(site)?"], before: before)
            #expect(try ann.run(["conflicts", site] + list).output.contains("No conflicts"))
        }
        for known in ["me", "Ann"] { #expect(try ann.must("conflicts", "--by", known).contains("No conflicts")) }
    }

    // MARK: Files

    @Test func `a file that cannot be taken whole is not taken at all, and what is wrong with it is placed`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let before = try ann.everything()
        func refuses(_ text: String, saying parts: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
            try ann.refuses(["import", try ann.file(text)], 65, saying: ["nothing was changed"] + parts, before: before, sourceLocation: sourceLocation)
        }
        let head = "\"format\": \"seamark-engagement\", \"version\": 1"
        try refuses("{\"format\": \"seamark-engagement\", \"version\": 3}", saying: ["version"])
        try refuses("{\"format\": \"shopping-list\", \"version\": 1}", saying: ["format"])
        try refuses("{\n  \(head),\n  \"sites\": [{\"handle\": \"ST1\" \"name\": \"Dayton\"}]\n}", saying: ["line 3", "column 30"])
        try refuses("{\(head), \"sitez\": []}", saying: ["sitez"])
        try refuses(
            """
            {\(head), "sites": [
              {"handle": "ST1", "name": "Dayton plant", "headcount": 120},
              {"handle": "ST2", "name": "Erie depot", "headcount": -5},
              {"handle": "ST3", "name": "Third", "country": "US"},
              {"handle": "ST4", "name": "Fourth", "colour": "red"}
            ]}
            """, saying: ["sites row 2 (ST2), headcount: ", "-5", "100000", "sites row 4 (ST4), colour: "])
        try ann.refuses(["import", headquarters.folder.appendingPathComponent("missing.json").path], 66, saying: ["no file", "missing.json"], before: before)
        try ann.refuses(["import", headquarters.folder.path], 66, saying: ["is a folder"], before: before)
        let latin = headquarters.folder.appendingPathComponent("latin.json")
        try Data([0x7b, 0x22, 0xe9, 0x22, 0x7d]).write(to: latin)
        try ann.refuses(["import", latin.path], 65, saying: ["UTF-8"], before: before)
    }

    // MARK: The server

    @Test func `when no server answers, the work stays and the command says so`() throws {
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        try ann.must("site", "add", "name=Dayton plant")
        link.close()
        try ann.refuses(["sync"], 69, saying: ["does not answer", "All work stays on this device", "Try again"])
        #expect(try ann.unsent() == 1)
        let other = Laptop(headquarters)
        try refusesToEnrol(other, try headquarters.invitation("bob", port: link.port), 69, saying: ["does not answer", "invitation still serves"])
    }
}
