import Foundation
import Glibc
import Testing

/// The guided interview in a real terminal: its screens are those that were looked at, and it gets along with the shell.
@Suite(.needsTerminal, .serialized) struct InterviewTerminalTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("InterviewScreens")
    private static let interview = "exec 3<\"$SECRET\"; exec \"$SEAMARK\" interview IV-A001 --passphrase-fd 3"

    private func looks(_ window: Window, _ text: String, like name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try window.looks(text, like: Self.folder.appendingPathComponent(name + ".txt"), masked: shown, sourceLocation: sourceLocation)
    }

    /// The time since the beginning is the machine's.
    private func shown(_ screen: String) -> String { screen.replacing(/\d+ min/, with: "0 min") }

    /// On a fresh installation, where the first handles are A001.
    private func laptop(_ headquarters: Headquarters, consents: Bool) throws -> Laptop {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("person", "add", "level=manager", "title=planning manager")
        try ann.must("interview", "add", "persons=P-A001", "startedAt=now")
        if consents { try ann.must("person", "set", "P-A001", "consent.state=given", "consent.method=verbal", "consent.scope=quotes,role") }
        return ann
    }

    private func open(columns: Int = 80, rows: Int = 24, consents: Bool = true, _ command: String = interview) throws -> (Headquarters, Window, Laptop) {
        let headquarters = try Headquarters()
        do {
            let ann = try laptop(headquarters, consents: consents)
            return (headquarters, try Window(ann, columns: columns, rows: rows, command), ann)
        } catch {
            headquarters.close()
            throw error
        }
    }

    private func close(_ headquarters: Headquarters, _ window: Window) {
        window.close()
        headquarters.close()
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 20)])
    func `the screens are those that were looked at`(columns: Int, rows: Int) throws {
        let (headquarters, window, _) = try open(columns: columns, rows: rows, consents: false)
        defer { close(headquarters, window) }
        func looks(_ text: String, _ name: String) throws { try self.looks(window, text, like: "\(columns)x\(rows)-\(name)") }
        try looks("has P-A001 agreed", "opening")
        try window.press("y")
        try window.shows("How was it given?")
        try window.press("v")
        try window.shows("What else did they agree to?")
        try window.type("qr")
        try window.press("Enter")
        try window.shows("LB1")
        try window.press("3")
        try looks("Saved LB1", "question")
        try window.press("t")
        try window.shows("Note")
        try window.type("They phone every morning, and whoever is away decides nothing.")
        try looks("decides nothing.", "note")
        try window.press("Enter")
        try window.shows("Saved O-A001")
        try window.press("q")
        try window.shows("in their words")
        try window.type("Nobody knows what waits.")
        try window.press("Enter")
        try looks("How may the quote be attributed?", "quote")
        try window.press("r")
        try window.shows("Saved Q-A001")
        try window.press("j")
        try window.shows("Jump to question")
        try window.type("ai1")
        try looks("ai1", "jump")
        try window.press("Enter")
        try window.shows("AI1 ")
        try window.press("/")
        try window.shows("Search the questions for")
        try window.type("overtime")
        try window.press("Enter")
        try looks("Which one?", "search")
        try window.press("Escape")
        try window.shows("0-4 d n x")
        try window.press("c")
        try window.shows("Decision right")
        try window.type("Releasing hot lots")
        try looks("Releasing hot lots", "decision")
        try window.press("Enter")
        try window.shows("Saved DR-A001")
        // Past the last one.
        try window.press("j")
        try window.shows("Jump to question")
        try window.type("rx1")
        try window.press("Enter")
        try window.shows("RX1 ")
        for next in ["RX2 ", "RX3 ", "RX4 ", "RX5 ", "RX6 "] {
            try window.press("k")
            try window.shows(next)
        }
        try window.press("k")
        try looks("are still open", "end")
    }

    @Test func `another size in mid-question, twenty columns, and pastes of a hundred thousand characters leave everything as it was`() throws {
        let (headquarters, window, ann) = try open()
        defer { close(headquarters, window) }
        try window.shows("stop asking")
        try window.resize(columns: 20, rows: 24)
        try eventually("it is drawn anew", within: 20) { try window.screen.split(separator: "\n").allSatisfy { $0.count <= 20 } ? true : nil }
        try window.shows("LB1")
        try window.resize(columns: 80, rows: 24)
        try window.shows("had no time?")
        let text = String(repeating: "3210dnx\n", count: 12_500)
        for isMarked in [true, false] {
            try window.paste(text, isMarked: isMarked)
            try window.shows("was not taken for keys")
            try window.press("k")
            try window.shows(isMarked ? "LB2" : "LB3")
        }
        try window.press("t")
        try window.shows("Note")
        try window.paste(text, isMarked: true)
        try window.shows("3210dnx")
        try window.press("Enter")
        try window.shows("8000 fit")
        try window.press("C-u", "Escape")
        try window.shows("Nothing was stored")
        try window.press("z")
        try eventually("it ends", within: 60) { (try? window.screen) == nil ? true : nil }
        for noun in ["answer", "observation"] { #expect(try ann.must("list", noun, "--json").filter { !$0.isWhitespace } == "[]") }
        try ann.must("verify")
    }

    @Test func `Ctrl-Z gives the shell its terminal, and the screen comes back as it was`() throws {
        // A shell that mends no terminal: what it is left with is what it has.
        let (headquarters, window, ann) = try open("exec dash -i")
        defer { close(headquarters, window) }
        try window.type("\"$SEAMARK\" interview IV-A001 --passphrase-fd 3 3<\"$SECRET\"")
        try window.press("Enter")
        try window.shows("stop asking")
        try window.press("t")
        try window.shows("Note")
        try window.type("half a note")
        var before = ""
        try eventually("the screen is drawn whole", within: 60) {
            defer { Thread.sleep(forTimeInterval: 0.2) }
            let now = shown(try window.screen)
            defer { before = now }
            return now == before && now.contains("half a note") ? true : nil
        }
        // The key; and the signal, from elsewhere.
        let ways: [() throws -> Void] = [{ try window.press("C-z") }, { let child = try window.child; #expect(kill(child, SIGTSTP) == 0) }]
        for (round, suspend) in ways.enumerated() {
            try suspend()
            try window.shows("Stopped")
            try window.type("clear; echo alive $((\(round)+41))")
            try window.press("Enter")
            try window.shows("alive \(round + 41)")
            try window.type("clear; fg")
            try window.press("Enter")
            try window.shows("stop asking")
            // A capture may fall between two frames.
            try eventually("the screen is as it was", within: 60) { shown(try window.screen) == before ? true : nil }
        }
        try window.type(" and its end")
        try window.press("Enter")
        try window.shows("Saved O-A001")
        try window.press("z")
        try window.shows("Go on with")
        // The shell echoes what is typed.
        try window.type("echo done $((1+1))")
        try window.shows("echo done")
        #expect(try ann.must("show", "O-A001").contains("half a note and its end"))
    }

    @Test func `an invitation that comes through a pipe leaves the passphrase to the terminal, and without one a script is refused as ever`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let file = headquarters.folder.appendingPathComponent("invitation")
        try Data(try headquarters.invitation("bob").utf8).write(to: file)
        let bob = Laptop(headquarters)
        let refused = try bob.headquarters.program("seamark", ["enrol"], environment: ["SEAMARK_HOME": bob.home.path], input: try String(contentsOf: file, encoding: .utf8)).finish()
        #expect(refused.status == 77 && refused.error.contains("no terminal"), "\(refused)")
        let window = try Window(bob, "cat '\(file.path)' | \"$SEAMARK\" enrol --name Laptop; echo ended $?; sleep 60")
        defer { window.close() }
        try window.shows("A passphrase for this tenant's work")
        try window.type(Laptop.passphrase)
        try window.press("Enter")
        try window.shows("The same again")
        try window.type(Laptop.passphrase)
        try window.press("Enter")
        let screen = try window.shows("ended 0")
        #expect(screen.contains("This laptop is now a device of Halden") && !screen.contains(Laptop.passphrase))
        #expect(try bob.run(["status"]).status == 0)
    }
}
