import Foundation
import Glibc
import Testing

/// What may go wrong around a guided interview: editors, other programs, pipes and disks. Nothing is lost, and it is said.
@Suite(.sharedHeadquarters, .serialized) struct InterviewFaultTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func editor(_ script: String) throws -> [String: String] {
        let file = headquarters.folder.appendingPathComponent("editor-\(UUID().uuidString)")
        try Data(("#!/bin/sh\n" + script + "\n").utf8).write(to: file)
        chmod(file.path, 0o700)
        return ["EDITOR": file.path, "VISUAL": ""]
    }

    @Test func `what an editor leaves that is no text is kept, and told where`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        for (script, bytes) in [
            ("printf 'half \\377 text' > \"$1\"", Array("half ".utf8) + [0xff] + Array(" text".utf8)),
            ("head -c 2000000 /dev/zero | tr '\\0' x > \"$1\"", [UInt8](repeating: UInt8(ascii: "x"), count: 2_000_000)),
        ] {
            let sitting = try Interview.note(ann, interview, environment: try editor(script))
            try sitting.type("so far\u{0f}")
            try sitting.tells("kept for you alone in /dev/shm/seamark-")
            // The line is as it was.
            try sitting.shows("so far")
            try sitting.type("\u{15}\u{1b}")
            try sitting.shows("Nothing was stored")
            try sitting.type("z")
            #expect(try sitting.ended() == 0)
            // Once more behind the screen, where it stays.
            let path = try #require(sitting.look().components(separatedBy: "[?1049l").last?.firstMatch(of: /\/dev\/shm\/seamark-\w+\/text/)).output
            defer { try? FileManager.default.removeItem(at: URL(fileURLWithPath: String(path)).deletingLastPathComponent()) }
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: String(path)))) == bytes)
            var facts = stat()
            #expect(stat(String(path), &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        }
    }

    @Test func `what an editor left that was killed stands in the line; one that fails changes nothing`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let killed = try Interview.note(ann, interview, environment: try editor("printf 'They phone.' > \"$1\"; echo \"$1\" > \"$0.path\"; kill -9 $$"))
        try killed.type("\u{0f}")
        try killed.tells("What it left stands here, not stored yet.")
        try killed.shows("They phone.")
        try killed.type("\r")
        try killed.shows("Saved O-")
        try killed.type("z")
        #expect(try killed.ended() == 0)
        #expect(!killed.look().contains("kept for you alone"))
        let failing = try Interview.note(ann, interview, environment: ["EDITOR": "false", "VISUAL": ""])
        try failing.type("so far\u{0f}")
        try failing.tells("The editor could not be started, or ended with an error. Write the text here")
        // That is an option of other commands.
        #expect(!failing.look().contains("--value"))
        try failing.shows("so far")
        failing.send(SIGTERM)
        #expect(try failing.ended() == 0)
    }

    /// A seam, a decision right, a leak and a quote, the last two with something to choose: what is typed, what is asked then, and what stores it.
    @Test(arguments: [
        ("s", "Handing over to nights", "", "\r", "seam"), ("c", "Releasing hot lots", "", "\r", "decision"), ("l", "Night shift overtime\r", "What kind of leak?", "e", "leak"),
        ("q", "We ring and wait.\r", "How may the quote be attributed?", "r", "quote"),
    ])
    func `what was being typed or chosen when the program was killed is asked on`(key: String, text: String, asked: String, last: String, noun: String) throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let first = try Sitting(ann, ["interview", interview])
        try first.shows("LB1  ")
        try first.type(key)
        try first.shows("Enter")
        try first.type(text)
        try first.tells(asked.isEmpty ? text : asked)
        first.send(SIGKILL)
        #expect(try first.ended() == -SIGKILL)
        let second = try Sitting(ann, ["interview", interview])
        try second.shows(text.trimmingCharacters(in: .newlines))
        if !asked.isEmpty { try second.tells(asked) }
        try second.type(last)
        try second.shows("Saved ")
        try second.type("z")
        #expect(try second.ended() == 0)
        #expect(try ann.must("list", noun, "--json").contains(text.trimmingCharacters(in: .newlines)))
    }

    @Test func `a withdrawal that another program stores is noticed before the next answer, and drafts go with it`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("t")
        try sitting.shows("Note")
        try sitting.type("half a note")
        try sitting.shows("half a note")
        let person = try #require(ann.must("list", "person", "--json").firstMatch(of: /P-\w+/)).output
        try ann.must("person", "set", String(person), "consent.state=withdrawn", "--yes")
        try sitting.type(" and more")
        #expect(try sitting.ended() == 65)
        try sitting.says("Consent was withdrawn")
        #expect(!sitting.look().contains("and more"))
        #expect(try ann.must("list", "observation", "--json").filter { !$0.isWhitespace } == "[]")
        // Nothing of it waits for anybody.
        let next = try ann.run(["interview", interview, "--plain"], input: "")
        #expect(next.status == 65 && !next.output.contains("half a note") && !next.error.contains("begun"), "\(next)")
    }

    @Test func `a laptop that another program learns to be revoked asks, shows and keeps nothing more`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        try ann.must("sync")
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("t")
        try sitting.shows("Note")
        try sitting.type("half a note")
        try sitting.shows("half a note")
        let devices = try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]])
        try headquarters.verb("device", "revoke", try #require(devices.first?["id"] as? String))
        _ = try ann.run("sync")
        try sitting.type("X")
        #expect(try sitting.ended() == 77)
        try sitting.says("This device was revoked")
        #expect(!sitting.look().contains("half a noteX"))
    }

    @Test func `what others stored is noticed where a quote waits that nobody may have given, and it can be read and emptied`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let first = try Sitting(ann, ["interview", interview])
        try first.shows("LB1  ")
        try first.type("q")
        try first.shows("in their words")
        try first.type("We ring")
        try first.shows("We ring")
        first.send(SIGTERM)
        #expect(try first.ended() == 0)
        let person = try #require(ann.must("list", "person", "--json").firstMatch(of: /P-\w+/)).output
        try ann.must("person", "set", String(person), "consent.state=given", "consent.method=verbal", "consent.scope=role")
        let second = try Sitting(ann, ["interview", interview])
        try second.shows("LB1  ")
        try second.type("q")
        try second.shows("We ring")
        try second.type("\r")
        try second.tells("There is no consent to quotes")
        try second.shows("We ring")
        try second.type("\u{15}\r")
        try second.shows("Nothing was stored")
        try second.type("q")
        try second.tells("There is no consent to quotes")
        try second.type("z")
        #expect(try second.ended() == 0)
        #expect(!second.look().contains("not stored as a record yet"))
        #expect(try ann.must("list", "quote", "--json").filter { !$0.isWhitespace } == "[]")
    }

    @Test func `Ctrl-C ends a sitting out of the middle of a paste, and no key of that paste answers`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try sitting.type("32103210\u{3}3210")
        #expect(try sitting.ended() == 0)
        #expect(try Interview.rows(ann, "answer", of: interview).isEmpty)
    }

    /// Another program holds the store meanwhile; how long fingers rest between keys is this test's, and a busy machine may take them for a paste, which
    /// answers nothing: then they are typed once more.
    @Test func `keys that are typed ahead of a slow disk answer one question each`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        let database = try #require(try FileManager.default.subpathsOfDirectory(atPath: ann.store.path).first { $0.hasSuffix(".sqlite") })
        let holding = "import sqlite3,sys,time\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nprint('held',flush=True)\ntime.sleep(3)\nc.execute('ROLLBACK')\n"
        var gained = 0
        for _ in 0..<5 where gained < 5 {
            let before = try Interview.rows(ann, "answer", of: interview).count
            let holder = try headquarters.program("/usr/bin/env", ["python3", "-c", holding, ann.store.appendingPathComponent(database).path])
            try eventually("the store is held", within: 30) { holder.outputSoFar.contains("held") ? true : nil }
            for key in ["3", "2", "1", "0", "4"] {
                try sitting.type(key)
                usleep(250_000)
            }
            #expect(try holder.finish().status == 0)
            try eventually("they are taken, or said to be a paste", within: 60) {
                gained = try Interview.rows(ann, "answer", of: interview).count - before
                return gained >= 5 || sitting.screen.contains { $0.contains("was not taken for keys") } ? true : nil
            }
        }
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        #expect(gained == 5)
    }

    @Test func `of two sittings at once neither loses what the other was writing`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let first = try Interview.note(ann, interview)
        try first.type("half a note")
        try first.shows("half a note")
        // The second takes it up, and the first writes on.
        let second = try Sitting(ann, ["interview", interview])
        try second.shows("half a note")
        try first.type(" of one")
        try first.shows("half a note of one")
        try second.type(" of two")
        try second.shows("half a note of two")
        for sitting in [first, second] {
            sitting.send(SIGKILL)
            #expect(try sitting.ended() == -SIGKILL)
        }
        let third = try Sitting(ann, ["interview", interview])
        try third.shows("half a note of one")
        try third.type("\r")
        try third.shows("Saved O-")
        try third.type("t")
        try third.shows("half a note of two")
        try third.type("\r")
        try third.shows("Saved O-")
        try third.type("z")
        #expect(try third.ended() == 0)
        let notes = try ann.must("list", "observation", "--json")
        #expect(notes.contains("half a note of one") && notes.contains("half a note of two"))
    }

    @Test func `where the output is a closed pipe no line is answered blindly`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let program = Program.folder!.appendingPathComponent("seamark").path
        let done = try headquarters.program(
            "/bin/sh", ["-c", "{ sleep 1; \"$0\" \"$@\"; echo \"status $?\" >&2; } | true", program, "interview", interview, "--plain"],
            environment: ["SEAMARK_HOME": ann.home.path], input: "3\n3\n3\n", passphrase: Laptop.passphrase
        ).finish()
        let status = try #require(done.error.firstMatch(of: /status (\d+)/).flatMap { Int($0.1) })
        #expect(status < 128, "\(done.error)")
        #expect(try Interview.rows(ann, "answer", of: interview).isEmpty)
        try ann.must("verify")
    }

    @Test(.needsTinyDisk) func `what an editor left stays in its file as long as it is neither stored nor kept`() throws {
        let disk = try TinyDisk(megabytes: 4)
        defer { disk.close() }
        let (ann, interview) = try Interview.laptop("ann", headquarters, home: disk.path.appendingPathComponent("ann"))
        let environment = try editor("printf 'They phone.' > \"$1\"; echo \"$1\" > \"$0.path\"")
        let sitting = try Interview.note(ann, interview, environment: environment)
        try disk.fill()
        try sitting.type("\u{0f}")
        try sitting.tells("disk is full")
        try sitting.shows("They phone.")
        let told = try String(contentsOf: URL(fileURLWithPath: try #require(environment["EDITOR"]) + ".path"), encoding: .utf8)
        let file = URL(fileURLWithPath: told.trimmingCharacters(in: .newlines))
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        #expect(try String(contentsOf: file, encoding: .utf8) == "They phone.")
        disk.free()
        try sitting.type("\r")
        try sitting.shows("Saved O-")
        #expect(!FileManager.default.fileExists(atPath: file.deletingLastPathComponent().path))
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        #expect(!sitting.look().contains("kept for you alone"))
    }

    @Test(.needsTinyDisk) func `a full disk and a read-only one are said, the question and the text stay, and the same key tries again`() throws {
        let disk = try TinyDisk(megabytes: 4)
        defer { disk.close() }
        let (ann, interview) = try Interview.laptop("ann", headquarters, home: disk.path.appendingPathComponent("ann"))
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try disk.fill()
        try sitting.type("3")
        try sitting.tells("disk is full")
        try sitting.shows("LB1  ")
        try sitting.type("t")
        try sitting.shows("Note")
        try sitting.type("kept in the line")
        try sitting.tells("What you are writing is not kept yet")
        try sitting.shows("kept in the line")
        disk.free()
        try sitting.type("\r")
        try sitting.shows("Saved O-")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        try disk.set(readOnly: true)
        let other = try Sitting(ann, ["interview", interview])
        try other.says("read-only")
        #expect(try other.ended() == 73)
        try disk.set(readOnly: false)
        #expect(try Interview.rows(ann, "answer", of: interview).count == 1)
        #expect(try ann.must("list", "observation", "--json").contains("kept in the line"))
        try ann.must("verify")
    }
}
