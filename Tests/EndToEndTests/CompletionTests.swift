import Foundation
import Testing

/// What shells are told when somebody presses the tabulator key, by the real program.
@Suite(.sharedHeadquarters, .serialized) struct CompletionTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    @Test func `handles of the verb's kind are completed while the store is unlocked, and nothing is said of a locked one`() throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        // Where the kernel keeps no keys this starts an agent, which ends with the lock below.
        #expect(try ann.run(["unlock"], passphrase: Laptop.passphrase).status == 0)
        let site = try ann.must("site", "add", "name=Completed works").trimmingCharacters(in: .whitespacesAndNewlines)
        let seam = try ann.must("seam", "add", "name=Completed seam").trimmingCharacters(in: .whitespacesAndNewlines)
        let home = ann.home
        func bare(_ words: [String]) throws -> Program.Result { try headquarters.program("seamark", words, environment: ["SEAMARK_HOME": home.path]).finish() }
        func asked(_ words: String...) throws -> Set<String> {
            let done = try bare(["---completion"] + words)
            #expect(done.status == 0 && done.error.isEmpty, "\(done)")
            return Set(done.output.split(separator: "\n").map(String.init))
        }
        #expect(try asked("show", "--", "positional@0", "2", "0", "seamark", "show", "").isSuperset(of: [site, seam]))
        let seams = try asked("seam", "set", "--", "positional@0", "3", "0", "seamark", "seam", "set", "")
        #expect(seams.contains(seam) && !seams.contains(site))
        #expect(try asked("show", "--", "positional@0", "2", "3", "seamark", "show", "ST-").allSatisfy { $0.hasPrefix("ST-") })
        #expect(try asked("list", "--", "positional@0", "2", "3", "seamark", "list", "lin") == ["line"])
        try ann.lock()
        #expect(try asked("show", "--", "positional@0", "2", "0", "seamark", "show", "").isEmpty)
        for shell in ["bash", "zsh", "fish"] { #expect(try bare(["--generate-completion-script", shell]).output.count > 10_000) }
    }
}
