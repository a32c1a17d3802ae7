import Foundation
import Testing

/// A passphrase that is typed wrongly, in a real terminal and in scripts.
@Suite(.needsTerminal, .serialized) struct PassphraseTriesTests {
    /// Says the status, and waits: a window ends with its command.
    private static func told(_ words: String) -> String { "\"$SEAMARK\" \(words); echo \"ended with $?\"; sleep 60" }

    @Test func `a wrong passphrase is asked for again at a terminal, three times in all, and in scripts never`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        var ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        try ann.lock()
        for (words, answer) in [("list site", "Dayton plant"), ("unlock", "is unlocked for"), ("passphrase recovery", "recovery code of")] {
            let window = try Window(ann, Self.told(words))
            defer { window.close() }
            try window.shows("Passphrase for halden:")
            try window.type("seven quiet furnaces")
            try window.press("Enter")
            try window.shows("Try again.")
            let again = try eventually("it asks a second time", within: 60) {
                let screen = try window.screen
                return screen.components(separatedBy: "Passphrase for halden:").count == 3 ? screen : nil
            }
            #expect(again.contains("is not the one it was locked with") && !again.contains("furnaces"), "\(again)")
            try window.type("wrong once more")
            try window.press("Enter")
            try eventually("it asks a third time", within: 60) { try window.screen.components(separatedBy: "Passphrase for halden:").count == 4 ? true : nil }
            try window.type(Laptop.passphrase)
            try window.press("Enter")
            try window.shows("ended with 0")
            #expect(try window.screen.contains(answer), "\(words)")
            try ann.lock()
        }
        let window = try Window(ann, Self.told("list site"))
        defer { window.close() }
        for time in 1...3 {
            try eventually("it asks", within: 60) { try window.screen.components(separatedBy: "Passphrase for halden:").count == time + 1 ? true : nil }
            try window.type("wrong \(time)")
            try window.press("Enter")
        }
        let end = try window.shows("ended with 77")
        #expect(end.components(separatedBy: "Passphrase for halden:").count == 4 && !end.contains("Dayton plant"), "\(end)")
        // A script says it once.
        let script = try ann.run(["list", "site"], passphrase: "wrong\n" + Laptop.passphrase)
        #expect(script.status == 77 && script.output.isEmpty && !script.error.contains("Try again"), "\(script)")
    }
}
