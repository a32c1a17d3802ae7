import Foundation
import Testing

/// What is longer than the screen, in a real terminal and in scripts.
@Suite(.needsTerminal, .serialized) struct PagerTests {
    @Test func `what is longer than the screen goes through the pager, newest first, and in scripts nothing does`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        for number in 1...30 { try ann.must("site", "add", "name=Site number \(number)") }
        let started = headquarters.folder.appendingPathComponent("started").path
        // Says that it was there, and in which environment.
        let pager = "touch \(started); printf 'paged by %s\\n' \"$LESS\"; head -n 20"
        func window(_ words: String, pager: String = pager, rows: Int = 24) throws -> Window {
            let quoted = pager.replacing("'", with: "'\\''")
            return try Window(ann, rows: rows, "exec 3<\"$SECRET\"; export PAGER='\(quoted)'; \"$SEAMARK\" \(words) --passphrase-fd 3; echo \"ended with $?\"; sleep 60")
        }
        func screen(_ words: String, pager: String = pager, rows: Int = 24) throws -> String {
            let window = try window(words, pager: pager, rows: rows)
            defer { window.close() }
            return try window.shows("ended with 0")
        }
        // Whoever leaves it early has lost nothing, and the program ends as ever.
        let paged = try screen("log")
        #expect(paged.contains("paged by FRX") && paged.contains("Site number 30") && !paged.contains("Site number 1\n"), "\(paged)")
        #expect(try screen("log --reverse").contains("Site number 1\n"))
        #expect(try screen("list site").contains("paged by FRX"))
        // What fits, what is not wanted, and a pager that is not there.
        #expect(try !screen("list").contains("paged"))
        #expect(try !screen("log --limit 2").contains("paged"))
        for words in ["log --no-pager", "log --json", "list site --json"] { #expect(try !screen(words).contains("paged"), "\(words)") }
        #expect(try screen("log --limit 20", pager: "no-such-pager-here").contains("Site number 11"))
        #expect(try screen("log --limit 20", pager: "cat").contains("Site number 11"))
        // A script gets everything, straight away.
        try FileManager.default.removeItem(atPath: started)
        let environment = ["SEAMARK_HOME": ann.home.path, "PAGER": pager]
        for words in [["log"], ["list", "site"]] {
            let done = try headquarters.program("seamark", words, environment: environment, passphrase: Laptop.passphrase).finish()
            #expect(done.status == 0 && done.output.contains("Site number 1") && done.output.contains("Site number 30"), "\(done)")
            #expect(!FileManager.default.fileExists(atPath: started), "\(words) started a pager")
        }
        let log = try ann.must("log")
        #expect(try #require(log.firstRange(of: "Site number 30")).lowerBound < #require(log.firstRange(of: "Site number 29")).lowerBound)
    }
}
