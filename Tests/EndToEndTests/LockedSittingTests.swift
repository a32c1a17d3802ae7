import Foundation
import Glibc
import Testing

/// What is open when the store is locked from another terminal, with the real programs: it ends, and nothing is lost.
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
}
