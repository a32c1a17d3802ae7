import Foundation
import Glibc
import Testing

/// Guided interviews with the real program at a real terminal, and everything that ends one.
@Suite(.sharedHeadquarters, .serialized) struct InterviewSittingTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    /// A laptop with one person who agreed, and an interview of hers.
    private func laptop(_ member: String = "ann") throws -> (Laptop, interview: String) {
        let laptop = try Laptop(of: member, at: headquarters)
        let person = try said(laptop, "person", "add", "level=manager", "title=planning manager", "--consent", "given", "--method", "verbal", "--scope", "quotes,role")
        return (laptop, try said(laptop, "interview", "add", "persons=\(person)", "startedAt=now"))
    }

    private func said(_ laptop: Laptop, _ words: String...) throws -> String {
        let done = try laptop.run(words)
        try #require(done.status == 0, "\(done)")
        return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func rows(_ laptop: Laptop, _ noun: String, of interview: String) throws -> [String] {
        let all = try JSONSerialization.jsonObject(with: Data(laptop.must("list", noun, "--json").utf8)) as? [[String: Any]] ?? []
        return try all.map { String(decoding: try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys]), as: UTF8.self) }
            .filter { $0.contains("\"\(interview)\"") || $0.contains("\(interview)\\/") || $0.contains("\(interview)/") }
    }

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
        try first.type("thalf a note")
        try first.shows("half a note")
        first.send(SIGKILL)
        #expect(try first.ended() == -SIGKILL)
        let second = try Sitting(ann, ["interview", interview])
        try second.shows("LB5  ")
        try second.shows("3 of 49")
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

    @Test(arguments: [SIGTERM, SIGHUP, 0])
    func `a lost terminal or a request to end keeps what was being written`(signal: Int32) throws {
        let (ann, interview) = try laptop()
        let sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try sitting.type("tThe schedule is rewritten by hand")
        try sitting.shows("rewritten by hand")
        if signal == 0 { sitting.hangUp() } else { sitting.send(signal) }
        #expect(try sitting.ended() >= 0)
        if signal != 0 { #expect(sitting.isAsAShellExpects) }
        #expect(try ann.must("list", "observation", "--json").contains("Unfinished note: The schedule is rewritten by hand"))
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
        // Thirteen notes, all of it in them.
        let notes = try JSONSerialization.jsonObject(with: Data(ann.must("list", "observation", "--json").utf8)) as? [[String: Any]] ?? []
        #expect(notes.count == 13)
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

    @Test func `line mode says one statement a line, takes answers from a file, and stops at the first that is refused`() throws {
        let (ann, interview) = try laptop()
        let done = try ann.run(["interview", interview, "--plain"], input: "3b They phone.\n?\nj AI1\n0\n/ overtime\n1\nnonsense\nu\n")
        #expect(done.status == 0 && !done.output.contains("\u{1b}"), "\(done)")
        for part in ["Saved LB1: 3 serious, grade B, with rationale.", "Question AI1", "Saved AI1", "'nonsense' means nothing here", "Undone: AI1 is open again."] {
            #expect(done.output.contains(part), "\(part): \(done.output)")
        }
        let refused = try ann.run(["interview", interview, "--plain"], input: "s \(String(repeating: "x", count: 300_000))\n3\n")
        #expect(refused.status == 65 && refused.error.contains("nothing of it was stored"), "\(refused.error)")
        #expect(try ann.run(["interview", interview]).status == 64)
        #expect(try ann.run(["interview", interview, "--plain", "--language", "de"]).status == 66)
        // A locale that is no UTF-8, and a terminal that draws nothing.
        for environment in [["LC_ALL": "C"], ["TERM": "dumb"]] {
            let sitting = try Sitting(ann, ["interview", interview], environment: environment)
            try sitting.says("Question AI1")
            try sitting.type("2\n")
            try sitting.says("Saved AI1")
            try sitting.type("u\nz\n")
            #expect(try sitting.ended() == 0)
            #expect(!sitting.look().contains("\u{1b}["))
        }
    }

    @Test func `a new interview begins with consent, and without it nothing is asked`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let person = try said(ann, "person", "add", "level=frontline")
        let refused = try ann.run(["interview", "--plain", "--person", person], input: "3\nn\n3\n")
        #expect(refused.status == 65 && refused.error.contains("Without consent") && !refused.output.contains("Question"), "\(refused)")
        let interview = try #require(refused.output.firstMatch(of: /IV-\w+/)).output
        let agreed = try ann.run(["interview", String(interview), "--plain"], input: "y\nw\nq\n3\n")
        #expect(agreed.status == 0 && agreed.output.contains("Saved LB1"), "\(agreed)")
        #expect(try ann.must("show", person).contains("given"))
        // From the very beginning at a terminal, with somebody new.
        let sitting = try Sitting(ann, ["interview"])
        try sitting.says("Which interview?")
        try sitting.type("n\n")
        try sitting.says("Who is interviewed?")
        try sitting.type("\n")
        try sitting.says("Their level")
        try sitting.type("director\n")
        try sitting.says("Their role title")
        try sitting.type("plant director\n")
        try sitting.says("Their name")
        try sitting.type("\n")
        try sitting.shows("has P-")
        for key in ["y", "v", "r\r"] { try sitting.type(key) }
        try sitting.shows("LB2  ")
        try sitting.type("f")
        #expect(try sitting.ended() == 0)
        try sitting.says("is over")
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
