import Foundation
import Testing

/// Questionnaires of one's own with the real programs: taken over, asked on a terminal, answered by two, exported. All people are fictitious.
@Suite(.serialized) struct FormStoryTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let canary = "canary: the night shift knows"
    private static let form = """
        | survey |
        | | type | name | label::English (en) | label::Deutsch (de) | required | relevant | constraint | constraint_message::English (en) |
        | | begin group | works | The works | Das Werk | | | | |
        | | select_one yesno | covered | Is the shift covered? | Ist jemand da? | yes | | | |
        | | integer | people | How many people? | Wie viele? | yes | ${covered} = 'yes' | . > 0 and . <= 500 | Between 1 and 500 |
        | | end group | | | | | | | |
        | | select_multiple late | why | Why was it late? | Warum? | | | | |
        | | note | thanks | So ${people} people | So ${people} Leute | | | | |
        | | text | said | What did they say? | Was haben sie gesagt? | | | | |
        | choices |
        | | list_name | name | label::English (en) | label::Deutsch (de) |
        | | yesno | yes | Yes | Ja |
        | | yesno | no | No | Nein |
        | | late | parts | Parts | Teile |
        | | late | staff | Staff | Leute |
        | settings |
        | | form_title | form_id | version | default_language |
        | | Shift check | shift-check | 3 | English (en) |
        """

    /// A person at a terminal: reads until `expect` is there, then types `send`; a step that kills does so once it has read. Prints all that was shown.
    private static let person = """
        import json, os, pty, select, signal, subprocess, sys, termios, time
        ours, theirs = pty.openpty()
        settings = termios.tcgetattr(theirs)
        settings[1] &= ~termios.OPOST
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
        program = subprocess.Popen(sys.argv[2:], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=False)
        os.close(theirs)
        shown, seen, ends = b"", 0, time.time() + 100
        def more():
            global shown
            ready, _, _ = select.select([ours], [], [], max(0, ends - time.time()))
            if not ready: sys.exit("waited too long for: " + repr(step) + " after " + shown.decode())
            try: part = os.read(ours, 65536)
            except OSError: part = b""
            shown += part
            return part
        for step in json.loads(sys.argv[1]):
            while step["expect"].encode() not in shown[seen:]:
                if not more(): sys.exit("it ended before: " + repr(step) + " after " + shown.decode())
            seen = shown.index(step["expect"].encode(), seen) + len(step["expect"].encode())
            if step.get("kill"): program.send_signal(signal.SIGKILL)
            else: os.write(ours, step["send"].encode())
        step = "its end"
        while more(): pass
        sys.stdout.buffer.write(shown)
        status = program.wait()
        sys.exit(status if status >= 0 else 128 - status)
        """

    private func ask(_ laptop: Laptop, _ words: [String], _ steps: [(expect: String, send: String?)]) throws -> Program.Result {
        let script = try JSONSerialization.data(withJSONObject: steps.map { step -> [String: Any] in
            step.send.map { ["expect": step.expect, "send": $0] } ?? ["expect": step.expect, "kill": true]
        })
        let path = try #require(Program.folder).appendingPathComponent("seamark").path
        return try laptop.headquarters.program(
            "/usr/bin/env", ["python3", "-c", Self.person, String(decoding: script, as: UTF8.self), path, "form", "ask"] + words, environment: ["SEAMARK_HOME": laptop.home.path],
            passphrase: Laptop.passphrase
        ).finish(within: 120)
    }

    private func document(_ text: String) throws -> [String: Any] { try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) }

    @Test func `a questionnaire is taken over, asked on a terminal that is killed and comes back, answered by two, and read by other programs`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        func file(_ name: String, _ text: String) throws -> String {
            let file = headquarters.folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            return file.path
        }
        let first = try file("shift.md", Self.form)
        #expect(try ann.must("form", "add", first, "--dry-run").contains("nothing was stored"))
        #expect(try ann.must("form", "list").contains("There is no questionnaire yet"))
        #expect(try ann.must("form", "add", first).contains("shift-check@1"))
        #expect(try ann.must("form", "add", first).contains("Nothing to change"))
        #expect(try ann.must("form", "show", "shift-check", "--language", "Deutsch (de)").contains("Wie viele?"))
        let bad = try ann.run("form", "add", file("bad.md", "| survey |\n| | type | name | label |\n| | calculate | total | |\n"))
        #expect(bad.status == 65 && bad.output.contains("survey, row 3, column type (total)"), "\(bad)")
        let interview = try ann.must("interview", "add", "startedAt=now").trimmingCharacters(in: .whitespacesAndNewlines)

        // At once, in any order, all or none.
        func refused(_ status: Int32, _ says: String, _ words: String...) throws {
            let done = try ann.run(["form", "answer", interview, "shift-check"] + words)
            #expect(done.status == status && done.error.contains(says), "\(words): \(done)")
        }
        try refused(65, "people is not asked", "people=3")
        try refused(65, "Between 1 and 500", "people=501", "covered=yes")
        try refused(65, "covered must be one of yes, no", "covered=perhaps")
        try refused(66, "nobody is no question", "nobody=3")
        try refused(64, "given whole", "why+=parts")
        try refused(66, "NOPE", "covered=yes", "--person", "NOPE")
        #expect(try document(try ann.must("form", "status", interview, "shift-check", "--json"))["missing"] as? [String] == ["covered"])
        let given = try ann.must("form", "answer", interview, "shift-check", "people=11", "covered=yes", "why=staff,parts", "said=\(Self.canary)")
        #expect(given.contains("covered  Yes") && given.contains("why  Parts, Staff"), "\(given)")
        try ann.must("form", "answer", interview, "shift-check", "--clear", "why")
        let status = try document(try ann.must("form", "status", interview, "shift-check", "--json"))
        #expect(status["missing"] as? [String] == [] && status["unanswered"] as? [String] == ["why"])
        #expect((status["answers"] as? [String: Any])?["people"] as? Int == 11)
        try ann.must("sync")
        try bob.must("sync")

        // Bob asks on a terminal, is killed after an answer, and goes on.
        let none = try bob.run("form", "ask", interview, "shift-check")
        #expect(none.status == 64 && none.error.contains("form answer"), "\(none)")
        let killed = try ask(bob, [interview, "shift-check"], [
            ("Is the shift covered?", ""), ("> ", "\n"), ("This must be answered", "1\n"), ("How many people?", "900\n"), ("Between 1 and 500", "12\n"), ("Why was it late?", nil),
        ])
        #expect(killed.status == 128 + 9 && killed.output.contains("The works") && killed.output.contains("1 Yes"), "\(killed)")
        let resumed = try ask(bob, [interview, "shift-check", "--language", "Deutsch (de)"], [
            ("Warum?", "2 1\n"), ("Was haben sie gesagt?", "<\n"), ("answered: Teile, Leute", "\n"), ("So 12 Leute", ""), ("Was haben sie gesagt?", "nichts \u{1b}[31m Neues\n"), ("This holds a control character", ".\n"),
        ])
        #expect(resumed.status == 0 && resumed.output.contains("1 answer kept."), "\(resumed)")
        let ended = try ask(bob, [interview, "shift-check"], [("What did they say?", "\u{4}")])
        #expect(ended.status == 0 && ended.output.contains("0 answers kept"), "\(ended)")
        let last = try ask(bob, [interview, "shift-check"], [("So 12 people", ""), ("What did they say?", "nothing new\n")])
        #expect(last.status == 0 && last.output.contains("1 answer kept."), "\(last)")
        let his = try document(try bob.must("form", "status", interview, "shift-check", "--json"))
        #expect((his["answers"] as? [String: Any])?["why"] as? [String] == ["parts", "staff"] && (his["scorers"] as? [[String: Any]])?.count == 2, "\(his)")
        try bob.must("sync")
        try ann.must("sync")

        // A changed form is the next edition; the first is retired, and nothing is lost.
        let second = try file("shift2.md", Self.form.replacing("How many people?", with: "How many?").replacing("| | text | said |", with: "| | text | heard |"))
        let preview = try ann.must("form", "add", second)
        #expect(preview.contains("shift-check@2") && preview.contains("other words") && preview.contains("heard") && preview.contains("not asked any more") && preview.contains("answers to shift-check@1 keep their form"), "\(preview)")
        try ann.must("form", "retire", "shift-check@1")
        #expect(try ann.must("form", "list").contains("retired"))
        let other = try ann.must("interview", "add", "startedAt=now").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try ann.run("form", "answer", other, "shift-check@1", "covered=yes").error.contains("is retired"))
        try ann.must("form", "answer", interview, "shift-check@1", "people=13")
        try ann.must("form", "answer", other, "shift-check", "covered=no", "heard=words")
        try ann.must("sync")

        func files(_ name: String) -> [String] { ["jsonl", "zip", "xlsx", "sqlite"].map { headquarters.folder.appendingPathComponent("\(name).\($0)").path } }
        let own = files("own"), bare = files("bare")
        for file in own { try ann.must("export", file) }
        for file in bare { try headquarters.verb("engagement", "export", "baseline", "--out", file) }
        for (files, words) in [(own, "[\"\(Self.canary)\", \"nothing new\"]"), (bare, "[]")] {
            let checked = try headquarters.program(
                Self.root.appendingPathComponent("Scripts/python-peer").path,
                [Self.root.appendingPathComponent("Tests/PythonPeer/export_check.py").path] + files + ["--words", ann.file(words)]
            ).finish(within: 240)
            #expect(checked.status == 0, "\(checked.output)\(checked.error)")
            let read = try headquarters.program("/usr/bin/env", ["python3", "-c", """
                import csv, io, json, sqlite3, sys, zipfile
                base = sqlite3.connect(sys.argv[1])
                rows = base.execute('SELECT covered, people, why, "why/parts", "why/staff", said IS NULL FROM formShiftcheckE1 ORDER BY people').fetchall()
                tables = list(csv.DictReader(io.StringIO(zipfile.ZipFile(sys.argv[2]).read("formShiftcheckE2.csv").decode(), newline="")))
                print(json.dumps([rows, [[row["covered"], row["heard"] != "", row["withheld"]] for row in tables]]))
                """, files[3], files[1]]).finish()
            let hidden = files == bare
            #expect(read.output.trimmingCharacters(in: .whitespacesAndNewlines) == (hidden
                ? #"[[["yes", 12, "parts staff", 1, 1, 1], ["yes", 13, null, null, null, 1]], [["no", false, "heard"]]]"#
                : #"[[["yes", 12, "parts staff", 1, 1, 0], ["yes", 13, null, null, null, 0]], [["no", true, ""]]]"#), "\(read)")
        }
        for file in [bare[0], bare[3]] { #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: Data("canary".utf8)) == nil) }
    }
}
