import Foundation
import Glibc
import Testing

/// Guided interviews with the real program at a real terminal, and everything that ends one.
@Suite(.sharedHeadquarters, .serialized) struct InterviewSittingTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func laptop(_ member: String = "ann") throws -> (Laptop, interview: String) { try Interview.laptop(member, headquarters) }
    private func said(_ laptop: Laptop, _ words: String...) throws -> String { try Interview.said(laptop, words) }
    private func rows(_ laptop: Laptop, _ noun: String, of interview: String) throws -> [String] { try Interview.rows(laptop, noun, of: interview) }

    @Test func `an interview that is killed in the middle of a question goes on there, with every answer`() throws {
        let (ann, interview) = try laptop()
        let first = try Sitting(ann, ["interview", interview])
        try first.shows("LB1")
        for (key, next) in [("3", "LB2"), ("2", "LB3"), ("d", "LB4")] {
            try first.type(key)
            try first.shows("\(next)  ")
        }
        try first.type("k")
        try first.shows("LB5  ")
        try first.type("t")
        try first.shows("Note")
        try first.type("half a note")
        try first.shows("half a note")
        first.send(SIGKILL)
        #expect(try first.ended() == -SIGKILL)
        let second = try Sitting(ann, ["interview", interview])
        try second.shows("LB5  ")
        try second.shows("3 of 49")
        // In the middle of the note, too.
        try second.shows("half a note")
        try second.type(" and its end\r")
        try second.shows("Saved O-")
        #expect(try ann.must("list", "observation", "--json").contains("half a note and its end"))
        #expect(try rows(ann, "answer", of: interview).count == 3)
        // The skipped one is still open, and an answer leads past what is answered.
        try second.type("4")
        try second.shows("LB6  ")
        try second.type("z")
        #expect(try second.ended() == 0)
        try second.says("seamark interview \(interview)")
        #expect(second.isAsAShellExpects)
        try ann.must("verify")
    }

    @Test func `questionnaires of one's own are asked behind the instrument, each answer outlasts a kill, and what must be answered is said at the end`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let form = headquarters.folder.appendingPathComponent("shift.md")
        try Data("""
            | survey |
            | | type | name | label | required | relevant | constraint | constraint_message |
            | | select_one yesno | covered | Is the shift covered? | yes | | | |
            | | integer | people | How many people? | yes | ${covered} = 'yes' | . > 0 and . <= 500 | Between 1 and 500 |
            | | text | said | What did they say? | | | | |
            | choices |
            | | list_name | name | label |
            | | yesno | yes | Yes |
            | | yesno | no | No |
            | settings |
            | | form_title | form_id | version |
            | | Shift check | shift-check | 3 |
            """.utf8).write(to: form)
        try ann.must("form", "add", form.path)
        func answers() throws -> [String: Any] {
            let status = try JSONSerialization.jsonObject(with: Data(ann.must("form", "status", interview, "shift-check", "--json").utf8)) as? [String: Any]
            return status?["answers"] as? [String: Any] ?? [:]
        }

        let first = try Sitting(ann, ["interview", interview])
        try first.shows("LB1  ")
        try first.type("j")
        try first.shows("Jump to question")
        try first.type("shift-check\r")
        try first.shows("covered  Is the shift covered?")
        try first.shows("must be answered")
        try first.type("1")
        try first.shows("people  How many people?")
        try first.shows("1 of 52")
        #expect(try answers()["covered"] as? String == "yes")
        try first.type("9")
        try first.shows("Answer to people")
        try first.type("00\r")
        try first.shows("Between 1 and 500")
        first.send(SIGKILL)
        #expect(try first.ended() == -SIGKILL)
        #expect(try answers()["people"] == nil)

        // In the middle of the number.
        let second = try Sitting(ann, ["interview", interview])
        try second.shows("people  How many people?")
        try second.shows("900")
        try second.type("\u{7f}\r")
        try second.shows("said  What did they say?")
        second.send(SIGKILL)
        #expect(try second.ended() == -SIGKILL)
        #expect(try answers()["people"] as? Int == 90)

        // Line by line, taken back and given again; the words of before are beside it.
        let lines = try ann.run(["interview", interview, "--plain"], input: "a They phone.\nundo\nredo\nj shift-check/people\n91\nz\n")
        #expect(lines.status == 0 && lines.output.contains("Saved shift-check/said: They phone..") && lines.output.contains("Undone: shift-check/said is open again."), "\(lines)")
        #expect(lines.output.contains("Your answer: 90."), "\(lines)")
        #expect(try answers()["people"] as? Int == 91 && answers()["said"] as? String == "They phone.")

        // Another interview where nothing was asked yet: finalising says what must be answered.
        let person = try said(ann, "person", "add", "level=manager", "--consent", "given", "--method", "verbal")
        let bare = try said(ann, "interview", "add", "persons=\(person)", "startedAt=2026-03-02T09:00:00Z", "endedAt=2026-03-02T10:00:00Z")
        try ann.must("answer", "add", "interview=\(bare)", "question=LB1", "score=3", "grade=D")
        let trial = try ann.run("interview", "set", bare, "status=finalised", "--dry-run")
        #expect(trial.status == 0 && trial.error.contains("shift-check/covered"), "\(trial)")
        let finalised = try ann.run("interview", "set", bare, "status=finalised")
        #expect(finalised.status == 0 && finalised.error.contains("shift-check/covered") && !finalised.error.contains("people"), "\(finalised)")
        try ann.must("verify")
    }

    @Test(arguments: [SIGTERM, SIGHUP, 0])
    func `a lost terminal or a request to end keeps what was being written`(signal: Int32) throws {
        let (ann, interview) = try laptop()
        let sitting = try Interview.note(ann, interview)
        try sitting.type("The schedule is rewritten by hand")
        try sitting.shows("rewritten by hand")
        if signal == 0 { sitting.hangUp() } else { sitting.send(signal) }
        #expect(try sitting.ended() >= 0)
        if signal != 0 { #expect(sitting.isAsAShellExpects) }
        #expect(!(try ann.must("list", "observation", "--json")).contains("rewritten by hand"))
        let next = try Sitting(ann, ["interview", interview])
        try next.shows("Here is what you were writing")
        try next.type("\r")
        try next.shows("Saved O-")
        try next.type("z")
        #expect(try next.ended() == 0)
        #expect(try ann.must("list", "observation", "--json").contains("The schedule is rewritten by hand"))
        // What is stored does not come back.
        let last = try Interview.note(ann, interview)
        #expect(!last.screen.contains { $0.contains("rewritten by hand") })
        last.hangUp()
        try last.ended()
    }

    @Test func `another size in the middle of a question is drawn anew, down to twenty columns`() throws {
        let (ann, interview) = try laptop()
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        for (columns, rows) in [(40, 20), (20, 6), (120, 40)] as [(UInt16, UInt16)] {
            sitting.resize(columns: columns, rows: rows)
            try eventually("it is drawn anew", within: 20) { sitting.screen.count == Int(rows) && sitting.screen[0].count == Int(columns) ? true : nil }
            #expect(sitting.screen.contains { $0.hasPrefix("LB1  ") })
        }
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("\u{3}")
        #expect(try sitting.ended() == 0)
    }

    @Test func `a paste of a hundred thousand characters is said to be too long and kept; control characters and pasted keys do nothing`() throws {
        let (ann, interview) = try laptop()
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        // Into the question: these are no keys.
        try sitting.paste("3210dnx")
        try sitting.shows("was not taken for keys")
        try sitting.type("t")
        try sitting.shows("Note")
        try sitting.paste("red\u{1b}[31m\u{7}\u{202e} " + String(repeating: "0123456789", count: 10_000))
        try sitting.shows("control characters were left out")
        try sitting.type("\r")
        try sitting.shows("8000 fit")
        #expect(try rows(ann, "answer", of: interview).isEmpty)
        sitting.send(SIGTERM)
        #expect(try sitting.ended() == 0)
        #expect(try ann.must("list", "observation", "--json").filter { !$0.isWhitespace } == "[]")
        // All of it stands there again, and a paste that does not say that it is one is no keys either.
        let next = try Sitting(ann, ["interview", interview])
        try next.shows("Here is what you were writing")
        try next.type("\u{15}")
        try next.type("\u{1b}")
        try next.shows("Nothing was stored")
        try next.type(String(repeating: "3210dnx\r", count: 2000) + "3")
        try next.shows("was not taken for keys")
        try next.type("z")
        #expect(try next.ended() == 0)
        #expect(try rows(ann, "answer", of: interview).isEmpty)
        try ann.must("verify")
    }

    @Test func `two who score one interview on two laptops give two answers to each question and no conflict`() throws {
        let (ann, interview) = try laptop()
        try ann.must("sync")
        let bob = try Laptop(of: "bob", at: headquarters)
        for (laptop, keys) in [(ann, ["3", "2", "t They phone.", "x"]), (bob, ["4", "k", "1", "r The plan is a wish."])] {
            let done = try laptop.run(["interview", interview, "--plain"], input: keys.joined(separator: "\n") + "\n")
            #expect(done.status == 0, "\(done)")
        }
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        for laptop in [ann, bob] {
            #expect(try rows(laptop, "answer", of: interview).count == 5)
            #expect(try laptop.must("conflicts", "--json").filter { !$0.isWhitespace } == "[]")
        }
        // Each goes on at the own place.
        let (hers, his) = (try ann.run(["interview", interview, "--plain"]), try bob.run(["interview", interview, "--plain"]))
        #expect(hers.output.contains("Question LB4") && his.output.contains("Question LB4"), "\(hers.output)\(his.output)")
        #expect(hers.output.contains("3 of 49") && his.output.contains("2 of 49"))
    }

    @Test func `line mode says one statement a line, takes answers from a file, and stops at the first that is not done`() throws {
        let (ann, interview) = try laptop()
        let done = try ann.run(["interview", interview, "--plain"], input: "3b They phone.\n?\nj AI1\n0\n/ overtime\n1\nu\n")
        #expect(done.status == 0 && !done.output.contains("\u{1b}"), "\(done)")
        for part in ["Saved LB1: 3 serious, grade B, with rationale.", "Question AI1", "Saved AI1", "Undone: AI1 is open again."] {
            #expect(done.output.contains(part), "\(part): \(done.output)")
        }
        // The lines behind it would answer other questions than were meant.
        let before = try rows(ann, "answer", of: interview).count
        let stopped = try ann.run(["interview", interview, "--plain"], input: "j XA1\n2\nnonsense\n4\n4\n")
        #expect(stopped.status == 65, "\(stopped)")
        for part in ["Line 3: 'nonsense' means nothing here", "no line after it was read", "seamark interview \(interview)"] { #expect(stopped.error.contains(part), "\(stopped.error)") }
        #expect(stopped.output.contains("Saved XA1"))
        #expect(try rows(ann, "answer", of: interview).count == before + 1)
        let long = try ann.run(["interview", interview, "--plain"], input: "j XA2\n2 \(String(repeating: "x", count: 9000))\n4\n")
        #expect(long.status == 65 && long.error.contains("Line 2: Saved XA2: 2 material, grade D. The text has 9000 characters"), "\(long)")
        #expect(try rows(ann, "answer", of: interview).count == before + 2)
        // Run again, every line of the mended script answers what it is meant for, and the text that was too long waits.
        let mended = try ann.run(["interview", interview, "--plain"], input: "j XA2\n2 They wait.\nz\n")
        #expect(mended.status == 0 && mended.output.contains("Saved XA2: 2 material, grade D, with rationale."), "\(mended)")
        #expect(mended.output.contains("A text that you began is kept") && mended.error.contains("not stored as a record yet"), "\(mended)")
        #expect(try rows(ann, "answer", of: interview).count == before + 2)
        let refused = try ann.run(["interview", interview, "--plain"], input: "s \(String(repeating: "x", count: 300_000))\n3\n")
        #expect(refused.status == 65 && refused.error.contains("Line 1: ") && refused.error.contains("nothing of it was stored"), "\(refused.error)")
        #expect(try ann.run(["interview", interview]).status == 64)
        #expect(try ann.run(["interview", interview, "--plain", "--language", "de"]).status == 66)
        // Also before the first question: which interview, and with whom.
        for (input, says) in [("n\nNOPE\n", "Line 2: "), ("n\n\nnobody\n", "Line 3: 'nobody' is no level."), ("99\n", "Line 1: '99' is none of these interviews.")] {
            let done = try ann.run(["interview", "--plain"], input: input)
            #expect([65, 66].contains(done.status) && done.error.contains(says) && done.error.contains("No line after it was read."), "\(done)")
            // Each question ends its line: nobody's Enter does, and the error would stand behind it.
            #expect(done.output.hasSuffix(":\n") && done.output.split(separator: "\n").count { $0.hasSuffix(":") } == input.split(separator: "\n", omittingEmptySubsequences: false).count - 1, "\(done)")
        }
        // A locale that is no UTF-8, and a terminal that draws nothing.
        for environment in [["LC_ALL": "C", "NO_COLOR": "1"], ["TERM": "dumb"]] {
            let sitting = try Sitting(ann, ["interview", interview], environment: environment)
            try sitting.says("Question XA3")
            try sitting.type("2\n")
            try sitting.says("Saved XA3")
            try sitting.type("u\nz\n")
            #expect(try sitting.ended() == 0)
            #expect(!sitting.look().contains("\u{1b}["))
        }
    }

    @Test func `a new interview begins with consent, and without it nothing is asked`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let person = try said(ann, "person", "add", "level=frontline")
        let refused = try ann.run(["interview", "--plain", "--person", person], input: "n\n3\n")
        #expect(refused.status == 65 && refused.error.contains("Without consent") && !refused.output.contains("Question"), "\(refused)")
        let interview = try #require(refused.output.firstMatch(of: /IV-\w+/)).output
        let misread = try ann.run(["interview", String(interview), "--plain"], input: "3\ny\n")
        #expect(misread.status == 65 && misread.error.contains("Line 1: Say y or n.") && !misread.output.contains("How was it given"), "\(misread)")
        let agreed = try ann.run(["interview", String(interview), "--plain"], input: "y\nw\nq\n3\n")
        #expect(agreed.status == 0 && agreed.output.contains("Saved LB1"), "\(agreed)")
        #expect(try ann.must("show", person).contains("given"))
        // From the very beginning at a terminal, with somebody new.
        let sitting = try Sitting(ann, ["interview"])
        try sitting.says("Which interview?")
        try sitting.type("99\n")
        try sitting.says("'99' is none of these interviews.")
        try sitting.type("n\n")
        try sitting.says("Who is interviewed?")
        try sitting.type("\n")
        try sitting.says("Their level")
        try sitting.type("boss\n")
        try sitting.says("'boss' is no level.")
        try sitting.type("director\n")
        try sitting.says("Their role title")
        try sitting.type("plant director\n")
        try sitting.says("Their name")
        try sitting.type("\n")
        try sitting.shows("has P-")
        for key in ["y", "v", "r\r"] { try sitting.type(key) }
        try sitting.shows("LB2  ")
        // One stroke does not end it where questions are open, nor does another key behind it.
        try sitting.type("f")
        try sitting.tells("questions are open. f once more ends the interview")
        try sitting.type("w")
        try eventually("it is not asked any more", within: 20) { sitting.screen.contains { $0.contains("once more") } ? nil : true }
        try sitting.type("f")
        try sitting.tells("f once more ends the interview")
        #expect(sitting.status == nil)
        try sitting.type("f")
        #expect(try sitting.ended() == 0)
        try sitting.says("is over; its end is noted.")
        try sitting.says("Go on with: seamark interview IV-")
    }

    @Test func `what u took back stays taken back, 'seamark undo' goes to the step before, and 'redo' brings both again`() throws {
        let (ann, interview) = try laptop()
        let done = try ann.run(["interview", interview, "--plain"], input: "j TR1\n3\nj TR2\n4\nu\nz\n")
        #expect(done.status == 0 && done.output.contains("Undone: TR2 is open again."), "\(done)")
        func scored() throws -> Int { try rows(ann, "answer", of: interview).count }
        #expect(try scored() == 1)
        let undone = try ann.must("undo")
        #expect(undone.contains("\(interview)/TR1") && !undone.contains("TR2"), "\(undone)")
        #expect(try scored() == 0)
        for (question, count) in [("TR1", 1), ("TR2", 2)] {
            let again = try ann.must("redo")
            #expect(try again.contains("\(interview)/\(question)") && scored() == count, "\(again)")
        }
        // Another sitting has written nothing yet, and says where to go.
        let next = try ann.run(["interview", interview, "--plain"], input: "u\n")
        #expect(next.status == 65 && next.error.contains("'seamark undo' takes back earlier steps"), "\(next)")
        try ann.must("verify")
    }

    @Test func `an interview that goes on after its end has none until f, and the last thing said in line mode is said once`() throws {
        let (ann, interview) = try laptop()
        func end() throws -> Bool { try rows(ann, "interview", of: interview).contains { $0.contains("endedAt") } }
        let over = try ann.run(["interview", interview, "--plain"], input: "3\nf\n")
        #expect(try over.status == 0 && over.output.contains("48 of 49 questions are open. Go on with") && end(), "\(over)")
        // What an answer rests on is written afterwards, too.
        let afterwards = try ann.run(["interview", interview, "--plain"], input: "b\nr They phone.\nt The door stood open.\nk\nz\n")
        #expect(try afterwards.status == 0 && end(), "\(afterwards)")
        let on = try ann.run(["interview", interview, "--plain"], input: "2\n")
        #expect(try on.status == 0 && !end(), "\(on)")
        #expect(on.output.components(separatedBy: "Saved LB2").count == 2 && on.output.contains("is not noted any more"), "\(on)")
        let back = try ann.must("undo")
        #expect(try end(), "\(back)")
        // In one sitting.
        let both = try ann.run(["interview", interview, "--plain"], input: "2\nu\nz\n")
        #expect(try both.output.contains("The end stands as it was noted before.") && end(), "\(both)")
        try ann.must("verify")
    }

    @Test func `from a key to the next question it takes less than the blink of an eye`() throws {
        let (ann, interview) = try laptop()
        try ann.must("import", ann.file(Interview.file(observations: 300)))
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        var times: [Double] = []
        for answered in 1...49 {
            let start = DispatchTime.now().uptimeNanoseconds
            try sitting.type(String(answered % 5))
            try eventually("the next question", within: 20) { sitting.screen.first?.contains("\(answered) of 49") == true ? true : nil }
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
        }
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        #expect(try rows(ann, "answer", of: interview).count == 49)
        // A build for debugging on a machine that does other things as well; p99 below 150 ms is asked of an optimised one.
        print("key to next question, milliseconds: median \(times.sorted()[24]), greatest \(times.max() ?? 0)")
        #expect(times.sorted()[24] < 1500)
    }
}
