import Foundation
import Glibc
import Testing

/// An editor that the test opens and closes: it leaves its text only when it is told to go on, or when the test is over and its folder gone.
struct SlowEditor {
    private let script: String

    var environment: [String: String] { ["EDITOR": script, "VISUAL": ""] }

    init(_ headquarters: Headquarters, leaving text: String) throws {
        script = headquarters.folder.appendingPathComponent("slow-editor-\(UUID().uuidString)").path
        let words = "#!/bin/sh\necho \"$1\" > \"$0.told\"; mv \"$0.told\" \"$0.path\"\nwhile [ -e \"$0\" ] && [ ! -e \"$0.go\" ]; do sleep 0.05; done\nprintf '%s' '\(text)' > \"$1\"\n"
        try Data(words.utf8).write(to: URL(fileURLWithPath: script))
        chmod(script, 0o700)
    }

    /// Waits until it is open; returns the file that it has.
    func opened() throws -> URL {
        let path = try eventually("the editor is open", within: 60) { try? String(contentsOfFile: script + ".path", encoding: .utf8) }
        return URL(fileURLWithPath: path.trimmingCharacters(in: .newlines))
    }

    func close() throws { try Data().write(to: URL(fileURLWithPath: script + ".go")) }
}

/// What others store while somebody writes in an editor, and what becomes of the text.
@Suite(.sharedHeadquarters, .serialized) struct InterviewEditorTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func remove(_ file: URL) { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    private func isThere(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    @Test func `an answer that was altered while its rationale was written keeps the score that it got`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let editor = try SlowEditor(headquarters, leaving: "They phone.")
        let sitting = try Sitting(ann, ["interview", interview], environment: editor.environment)
        try sitting.shows("LB1  ")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("r")
        try sitting.shows("Rationale of LB1")
        try sitting.type("\u{0f}")
        let file = try editor.opened()
        defer { remove(file) }
        let other = try ann.run(["interview", interview, "--plain"], input: "j LB1\n1\n")
        #expect(other.status == 0, "\(other)")
        try editor.close()
        try sitting.tells("Saved LB1: 1 minor, grade D, with rationale.")
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        let rows = try Interview.rows(ann, "answer", of: interview)
        #expect(rows.count == 1 && rows[0].contains("They phone.") && rows[0].contains("\"score\":1"), "\(rows)")
        #expect(!isThere(file))
    }

    @Test func `after a withdrawal nothing of the text is stored, and it is told where it lies`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let editor = try SlowEditor(headquarters, leaving: "They phone.")
        let sitting = try Interview.note(ann, interview, environment: editor.environment)
        try sitting.type("\u{0f}")
        let file = try editor.opened()
        defer { remove(file) }
        let person = try #require(ann.must("list", "person", "--json").firstMatch(of: /P-\w+/)).output
        try ann.must("person", "set", String(person), "consent.state=withdrawn", "--yes")
        try editor.close()
        #expect(try sitting.ended() == 65)
        try sitting.says("Consent was withdrawn")
        #expect(sitting.look().replacing("\r\n", with: " ").contains("kept for you alone in \(file.path)"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "They phone.")
        #expect(try ann.must("list", "observation", "--json").filter { !$0.isWhitespace } == "[]")
    }

    /// With work that waits the laptop is wiped later; without, at once.
    @Test(arguments: [true, false])
    func `where the laptop is to be wiped the text goes too`(waits: Bool) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        try ann.must("sync")
        let letters = try #require(try ann.status()["letters"] as? String)
        let editor = try SlowEditor(headquarters, leaving: "They phone.")
        let sitting = try Interview.note(ann, interview, environment: editor.environment)
        if waits {
            try sitting.type("\u{1b}")
            try sitting.shows("Nothing was stored")
            try sitting.type("3")
            try sitting.shows("LB2  ")
            try sitting.type("t")
            try sitting.shows("Note")
        }
        try sitting.type("\u{0f}")
        let file = try editor.opened()
        defer { remove(file) }
        try headquarters.verb("device", "wipe", letters, "--yes")
        let heard = try ann.run(["sync", "--cut-after-blocks", "0"], passphrase: Laptop.passphrase)
        #expect(heard.status == 77, "\(heard)")
        #expect(FileManager.default.fileExists(atPath: ann.store.path) == waits)
        try editor.close()
        #expect(try sitting.ended() == 77)
        try sitting.says("Headquarters ordered this laptop wiped meanwhile: the interview shows and takes nothing any more.")
        #expect(!sitting.look().contains("kept for you alone") && !isThere(file))
        guard waits else { return }
        // What the sentence says is so.
        let done = try ann.run(["sync"], passphrase: Laptop.passphrase)
        #expect(done.status == 77 && done.error.contains("Its changes are with headquarters"), "\(done)")
        #expect(!FileManager.default.fileExists(atPath: ann.store.path))
    }

    @Test(.needsCompiler) func `when the lease ends while a rationale of before is read in an editor, nothing of it is written back, and the file stays`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let first = try ann.run(["interview", interview, "--plain"], input: "3 They wait.\n")
        #expect(first.status == 0, "\(first)")
        let clock = try Clock(headquarters)
        try clock.set(ahead: 0)
        let editor = try SlowEditor(headquarters, leaving: "They phone.")
        let sitting = try Sitting(ann, ["interview", interview], environment: clock.environment.merging(editor.environment) { $1 })
        try sitting.shows("LB2  ")
        try sitting.type("b")
        try sitting.shows("LB1  ")
        try sitting.shows("They wait.")
        try sitting.type("r")
        try sitting.shows("Rationale of LB1")
        try sitting.type("\u{0f}")
        let file = try editor.opened()
        defer { remove(file) }
        try clock.set(ahead: 31)
        try editor.close()
        try sitting.tells("kept for you alone in \(file.path)")
        #expect(!sitting.screen.contains { $0.contains("They wait.") })
        // It goes on, and shows nothing of before.
        try sitting.type("2")
        try sitting.shows("LB2  ")
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        #expect(try String(contentsOf: file, encoding: .utf8) == "They phone.")
    }

    @Test(.needsCompiler) func `when the lease ends in the middle of a sitting it goes on, and hides what stood there before`() throws {
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let first = try ann.run(["interview", interview, "--plain"], input: "3 They wait.\n")
        #expect(first.status == 0, "\(first)")
        let clock = try Clock(headquarters)
        try clock.set(ahead: 0)
        let sitting = try Sitting(ann, ["interview", interview], environment: clock.environment)
        try sitting.shows("LB2  ")
        try sitting.type("b")
        try sitting.shows("They wait.")
        try clock.set(ahead: 31)
        try sitting.type("\u{1b}")
        try sitting.tells("it is not shown until the next sync")
        #expect(!sitting.screen.contains { $0.contains("They wait.") })
        try sitting.type("k")
        try sitting.shows("LB2  ")
        try sitting.type("2")
        try sitting.shows("LB3  ")
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        let environment = clock.environment.merging(["SEAMARK_HOME": ann.home.path]) { $1 }
        #expect(try headquarters.program("seamark", ["list", "answer"], environment: environment, passphrase: Laptop.passphrase).finish().status == 79)
    }

    @Test func `who leaves the editor without saving settles nothing, and who saves the proposal as it stands takes it`() throws {
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let seam = try Interview.said(ann, ["seam", "add", "name=Handing over", "workaround=One.\ntwo\nthree\nfour\nfive"])
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("seam", "set", seam, "workaround=One, ours.\ntwo\nthree\nfour\nfive")
        try bob.must("seam", "set", seam, "workaround=One.\ntwo\nthree\nfour\nfive, theirs")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        func resolve(_ editor: String) throws -> Program.Result {
            try headquarters.program(
                "seamark", ["resolve", seam, "workaround", "--editor"], environment: ["SEAMARK_HOME": ann.home.path, "EDITOR": editor, "VISUAL": ""], passphrase: ann.passphrase).finish()
        }
        let quit = try resolve("true")
        #expect(quit.status == 65 && quit.error.contains("left without saving, so nothing was settled"), "\(quit)")
        #expect(try ann.must("conflicts", "--json").contains(seam))
        // One beside the other where the terminal has room, and nothing is wider than it.
        for (columns, isBeside) in [(UInt16(120), true), (40, false)] {
            let sitting = try Sitting(ann, ["conflicts"], columns: columns, rows: 60, environment: ["PAGER": "cat", "NO_COLOR": "1"])
            #expect(try sitting.ended() == 0)
            let lines = sitting.look().components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { $0.count <= Int(columns) }, "\(lines)")
            #expect(lines.contains { $0.contains("One, ours.") && $0.components(separatedBy: "One").count == (isBeside ? 4 : 2) }, "\(lines)")
        }
        let saved = try resolve("sleep 0.05; touch")
        #expect(saved.status == 0, "\(saved)")
        let shown = try ann.must("show", seam)
        #expect(shown.contains("One, ours.") && shown.contains("five, theirs"), "\(shown)")
    }

    @Test func `a text merge in an editor keeps its file where it is refused or tried, and not where it is stored`() throws {
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let site = try Interview.said(ann, ["site", "add", "name=Dayton"])
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("site", "set", site, "name=Dayton plant")
        try bob.must("site", "set", site, "name=Dayton works")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        func resolve(_ text: String, _ words: String...) throws -> (done: Program.Result, file: URL) {
            let editor = try SlowEditor(headquarters, leaving: text)
            try editor.close()
            let environment = editor.environment.merging(["SEAMARK_HOME": ann.home.path]) { $1 }
            let done = try headquarters.program("seamark", ["resolve", site, "name", "--editor"] + words, environment: environment, passphrase: ann.passphrase).finish()
            return (done, try editor.opened())
        }
        let tried = try resolve("Dayton, both", "--dry-run")
        defer { remove(tried.file) }
        #expect(tried.done.status == 0 && tried.done.error.contains("kept for you alone in \(tried.file.path)"), "\(tried)")
        #expect(try String(contentsOf: tried.file, encoding: .utf8) == "Dayton, both")
        let refused = try resolve(String(repeating: "x", count: 3000))
        defer { remove(refused.file) }
        #expect(refused.done.status == 65 && refused.done.error.contains("kept for you alone in \(refused.file.path)"), "\(refused)")
        #expect(isThere(refused.file))
        #expect(try ann.must("conflicts", "--json").contains(site))
        let stored = try resolve("Dayton, both")
        #expect(stored.done.status == 0 && !stored.done.error.contains("kept for you alone") && !isThere(stored.file), "\(stored)")
        #expect(try ann.must("show", site).contains("Dayton, both"))
    }

    @Test func `an editor is given both texts with what they disagree about marked, and a text in which a mark is left settles nothing and is kept`() throws {
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let seam = try Interview.said(ann, ["seam", "add", "name=Handing over", "workaround=They phone each other at six."])
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("seam", "set", seam, "workaround=They write to each other at six.")
        try bob.must("seam", "set", seam, "workaround=They call each other at six, by radio.")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        func resolve(_ text: String) throws -> (given: String, done: Program.Result, file: URL) {
            let editor = try SlowEditor(headquarters, leaving: text)
            let environment = editor.environment.merging(["SEAMARK_HOME": ann.home.path]) { $1 }
            let program = try headquarters.program("seamark", ["resolve", seam, "workaround", "--editor"], environment: environment, passphrase: ann.passphrase)
            let file = try editor.opened()
            let given = try String(contentsOf: file, encoding: .utf8)
            try editor.close()
            return (given, try program.finish(), file)
        }
        let marked = try resolve("They [[1: call]] each other at seven, by radio.")
        defer { remove(marked.file) }
        #expect(marked.given.contains(/^They \[\[1: (call|write to)\]\]\[\[2: (call|write to)\]\] each other at six, by radio\.\n$/), "\(marked)")
        #expect(marked.done.status == 65 && marked.done.error.contains("There are still places marked [[1: …]] or [[2: …]]; nothing was changed."), "\(marked)")
        #expect(marked.done.error.contains("kept for you alone in \(marked.file.path)"), "\(marked)")
        #expect(try String(contentsOf: marked.file, encoding: .utf8) == "They [[1: call]] each other at seven, by radio.")
        #expect(try ann.must("conflicts", "--json").contains(seam))
        let decided = try resolve("They call each other at seven, by radio.")
        #expect(decided.done.status == 0 && decided.given == marked.given && !isThere(decided.file), "\(decided)")
        #expect(try ann.must("show", seam).contains("They call each other at seven, by radio.") && !ann.must("conflicts", "--json").contains(seam))
    }
}
