import Foundation
import Glibc
import Testing

/// What is open when the store is locked from another terminal, with the real programs: it ends, and nothing is lost. When it is wiped, it ends and says so.
@Suite(.sharedHeadquarters, .serialized) struct LockedSittingTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func ends(_ sitting: Sitting, _ words: String) throws {
        #expect(try sitting.ended() == 77)
        try sitting.says("was locked meanwhile, so this ended")
        try sitting.says("Run 'seamark unlock', then go on with '\(words)")
        #expect(sitting.isAsAShellExpects)
    }

    private func isThere(_ text: String, _ laptop: Laptop, _ interview: String) throws {
        #expect(try !laptop.must("list", "observation", "--json").contains(text))
        let next = try Sitting(laptop, ["interview", interview])
        try next.shows(text)
        try next.type("\r")
        try next.shows("Saved O-")
        try next.type("z")
        #expect(try next.ended() == 0)
        #expect(try laptop.must("list", "observation", "--json").contains(text))
    }

    @Test func `an interview that is open when the store is locked ends by itself, and what was being written stands there again`() throws {
        let (laptop, interview) = try Interview.laptop("ann", headquarters)
        var ann = laptop
        let sitting = try Interview.note(ann, interview)
        try sitting.type("The schedule is rewritten by hand")
        try sitting.shows("rewritten by hand")
        try ann.lock()
        try ends(sitting, "seamark interview \(interview)")
        try sitting.says("not stored as a record yet")
        try isThere("The schedule is rewritten by hand", ann, interview)
        // What came before is no reason to end: who gives the passphrase afterwards works.
        #expect(try Interview.rows(ann, "answer", of: interview).isEmpty)
    }

    @Test func `a key that comes after the locking answers nothing`() throws {
        let (laptop, interview) = try Interview.laptop("ann", headquarters)
        var ann = laptop
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try ann.lock()
        try sitting.type("4")
        try ends(sitting, "seamark interview \(interview)")
        #expect(try Interview.rows(ann, "answer", of: interview).count == 1)
    }

    @Test(arguments: ["", "\n"])
    func `in line mode a line that is begun, or that comes too late, is kept and does not go to the shell`(end: String) throws {
        let (laptop, interview) = try Interview.laptop("ann", headquarters)
        var ann = laptop
        let sitting = try Sitting(ann, ["interview", interview, "--plain"])
        try sitting.says("Question LB1")
        if end.isEmpty { try sitting.type("t They phone every morning") } else { sitting.send(SIGSTOP) }
        try ann.lock()
        if !end.isEmpty {
            try sitting.type("t They phone every morning" + end)
            sitting.send(SIGCONT)
        }
        try ends(sitting, "seamark interview \(interview)")
        try isThere("They phone every morning", ann, interview)
    }

    @Test func `a score with its rationale that comes after the locking leaves the rationale`() throws {
        let (laptop, interview) = try Interview.laptop("ann", headquarters)
        var ann = laptop
        let sitting = try Sitting(ann, ["interview", interview, "--plain"])
        try sitting.says("Question LB1")
        try sitting.type("3 The planner phones")
        try ann.lock()
        try ends(sitting, "seamark interview \(interview)")
        #expect(try Interview.rows(ann, "answer", of: interview).isEmpty)
        let next = try Sitting(ann, ["interview", interview])
        try next.tells("A text that you began is kept")
        try next.type("3")
        try next.shows("LB2  ")
        try next.type("br")
        try next.shows("The planner phones")
        try next.type("\u{3}")
        try next.type("z")
        _ = try next.ended()
    }

    @Test func `a questionnaire that is being asked ends with what was answered`() throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        let file = headquarters.folder.appendingPathComponent("doors.md")
        try Data("| survey |\n| | type | name | label |\n| | text | door | Which door? |\n| | text | bolt | Which lock? |\n| settings |\n| | form_title | form_id |\n| | Doors | doors |\n".utf8).write(to: file)
        try ann.must("form", "add", file.path)
        let interview = try Interview.said(ann, ["interview", "add", "startedAt=now"])
        let sitting = try Sitting(ann, ["form", "ask", interview, "doors"])
        try sitting.says("Which door?")
        try sitting.type("the red one\n")
        try sitting.says("Which lock?")
        try sitting.type("half an ans")
        try ann.lock()
        try ends(sitting, "seamark form ask \(interview)")
        let status = try ann.must("form", "status", interview, "doors", "--json")
        #expect(status.contains("the red one") && !status.contains("half an ans"), "\(status)")
    }

    @Test func `a watch that is open ends by itself, connected or not, and what is captured later waits for the next sync`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        var ann = try Laptop(of: "ann", at: headquarters)
        func watch() throws -> Program {
            let program = try ann.start(["sync", "--watch"])
            try eventually("it watches", within: Program.patience) { program.outputSoFar.contains("Watching:") ? true : nil }
            return program
        }
        func ended(_ program: Program) throws {
            try ann.lock()
            let end = try program.finish(within: Program.patience)
            #expect(end.status == 77 && end.output.contains("The store was locked, so watching ended: ") && end.error.contains("was locked meanwhile"), "\(end)")
        }
        try ended(try watch())
        // A locking of before ends nothing that begins after it.
        let second = try watch()
        try ann.must("site", "add", "name=Dayton plant")
        try eventually("it is sent", within: Program.patience) { try ann.unsent() == 0 ? true : nil }
        #expect(try headquarters.stop(SIGTERM) == 0)
        try eventually("the loss is said", within: Program.patience) { second.outputSoFar.contains("Trying again") ? true : nil }
        try ended(second)
    }

    // MARK: - Wiped by hand

    private func wipe(_ laptop: Laptop) throws {
        let done = try laptop.run(["wipe", "--yes"])
        #expect(done.status == 0 && done.output.contains("is wiped"), "\(done)")
        #expect(!FileManager.default.fileExists(atPath: laptop.store.path))
    }

    private func endsWiped(_ sitting: Sitting) throws {
        #expect(try sitting.ended() == 77)
        try sitting.says("was wiped meanwhile, or moved away, so this ended")
        try sitting.says("what was being typed is not stored")
        #expect(sitting.isAsAShellExpects)
        let said = sitting.look()
        for words in ["All is stored", "Go on with", "seamark unlock", "A text that you began is kept"] { #expect(!said.contains(words), "\(said)") }
    }

    @Test(arguments: [[], ["t"], ["t", "They phone every morning"]] as [[String]])
    func `an interview that is open when the store is wiped ends by itself and says that nothing is stored`(typed: [String]) throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        for text in typed {
            try sitting.type(text)
            try sitting.shows(text == "t" ? "Note" : text)
        }
        try wipe(ann)
        try endsWiped(sitting)
        // Whatever is still in memory of one that was open puts nothing there again.
        #expect(!FileManager.default.fileExists(atPath: ann.store.path))
    }

    @Test(arguments: ["", "half a li", "b\n", "4 words after the wipe\n", "t words after the wipe\n", "z\n", "\u{4}"])
    func `in line mode a line that comes after a wipe is answered by nothing, and nothing is said to be stored`(line: String) throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let sitting = try Sitting(ann, ["interview", interview, "--plain"])
        try sitting.says("Question LB1")
        try sitting.type("3 confidential words\n")
        try sitting.says("Question LB2")
        let comesLate = line.hasSuffix("\n") || line == "\u{4}"
        if comesLate { sitting.send(SIGSTOP) } else if !line.isEmpty { try sitting.type(line) }
        try wipe(ann)
        if comesLate {
            try sitting.type(line)
            sitting.send(SIGCONT)
        }
        try endsWiped(sitting)
        let said = sitting.look()
        #expect(!said.contains("Your answer: 3") && !said.contains("Saved LB2") && !said.contains("Saved O-"), "\(said)")
    }

    @Test func `an editor that is open when the store is wiped leaves no text behind, and the interview ends`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let editor = try SlowEditor(headquarters, leaving: "They phone.")
        let sitting = try Interview.note(ann, interview, environment: editor.environment)
        try sitting.type("canary words\u{0f}")
        let file = try editor.opened()
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        try wipe(ann)
        try editor.close()
        try endsWiped(sitting)
        #expect(!FileManager.default.fileExists(atPath: file.deletingLastPathComponent().path))
    }

    @Test(arguments: [true, false]) func `a questionnaire that is being asked when the store is wiped ends and keeps no answer`(comesLate: Bool) throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let file = headquarters.folder.appendingPathComponent("gates-\(comesLate).md")
        try Data("| survey |\n| | type | name | label |\n| | text | gate | Which gate? |\n| | text | latch | Which latch? |\n| settings |\n| | form_title | form_id |\n| | Gates | gates\(comesLate ? "" : "2") |\n".utf8).write(to: file)
        try ann.must("form", "add", file.path)
        let interview = try Interview.said(ann, ["interview", "add", "startedAt=now"])
        let sitting = try Sitting(ann, ["form", "ask", interview, comesLate ? "gates" : "gates2"])
        try sitting.says("Which gate?")
        try sitting.type("the red one\n")
        try sitting.says("Which latch?")
        if comesLate { sitting.send(SIGSTOP) }
        try wipe(ann)
        if comesLate {
            try sitting.type("<\n")
            sitting.send(SIGCONT)
        }
        try endsWiped(sitting)
        let said = sitting.look()
        #expect(!said.contains("kept.") && !said.contains("answered: "), "\(said)")
    }

    @Test func `a watch that is open ends so that the store can be wiped at once, connected or not`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        for isConnected in [true, false] {
            let ann = try Laptop(of: "ann", at: headquarters)
            let program = try ann.start(["sync", "--watch"])
            try eventually("it watches", within: Program.patience) { program.outputSoFar.contains("Watching:") ? true : nil }
            if !isConnected {
                #expect(try headquarters.stop(SIGTERM) == 0)
                try eventually("the loss is said", within: Program.patience) { program.outputSoFar.contains("Trying again") ? true : nil }
            }
            try wipe(ann)
            let end = try program.finish(within: Program.patience)
            // It heard of a locking, and by the time that it says so the store may be gone.
            #expect(end.status == 77 && (end.error.contains("was locked meanwhile") || end.error.contains("was wiped meanwhile")), "\(end)")
        }
    }
}
