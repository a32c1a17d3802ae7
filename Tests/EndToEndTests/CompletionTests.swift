import Foundation
import Testing

/// What shells are told when somebody presses the tabulator key, by the real program.
@Suite(.sharedHeadquarters, .serialized) struct CompletionTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    /// What the parser says of an argument: a value that is a handle, or a name of somebody or something here, has a completion of its own.
    @Test func `every argument that takes a handle or a name of what is here is completed`() throws {
        let folder = headquarters.folder
        let said = try Program("seamark", ["--experimental-dump-help"], in: folder).finish()
        let root = try #require(try JSONSerialization.jsonObject(with: Data(said.output.utf8)) as? [String: Any])
        var looked = 0
        func look(_ command: [String: Any], _ path: String) {
            let path = path + " " + (command["commandName"] as? String ?? "")
            for argument in command["arguments"] as? [[String: Any]] ?? [] {
                let value = argument["valueName"] as? String ?? "", words = argument["abstract"] as? String ?? ""
                let names = (argument["names"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                let takesOne = ["handle", "tenant", "engagement", "interview", "questionnaire", "snapshot", "person", "member", "type"].contains(value) || names.contains("tenant") || names.contains("engagement")
                guard takesOne, argument["kind"] as? String != "flag", !words.contains("file") else { continue }
                looked += 1
                let completion = argument["completionKind"].map { "\($0)" } ?? ""
                #expect(completion.contains("custom"), "\(path) \(value) \(names) is not completed: \(completion)")
            }
            for below in command["subcommands"] as? [[String: Any]] ?? [] where below["commandName"] as? String != "help" { look(below, path) }
        }
        look(try #require(root["command"] as? [String: Any]), "")
        #expect(looked > 100)
    }

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
        // Who and where, too.
        #expect(try asked("list", "--", "--tenant", "2", "3", "seamark", "list", "--tenant", "ha") == ["halden"])
        #expect(try asked("list", "--", "--engagement", "2", "0", "seamark", "list", "--engagement", "") == ["baseline"])
        #expect(try asked("use", "--", "positional@1", "3", "0", "seamark", "use", "halden", "") == ["baseline"])
        #expect(try asked("conflicts", "--", "--by", "2", "0", "seamark", "conflicts", "--by", "").isSuperset(of: ["ann", "bob", "me"]))
        try ann.lock()
        #expect(try asked("show", "--", "positional@0", "2", "0", "seamark", "show", "").isEmpty)
        #expect(try asked("list", "--", "--engagement", "2", "0", "seamark", "list", "--engagement", "").isEmpty)
        for shell in ["bash", "zsh", "fish"] { #expect(try bare(["--generate-completion-script", shell]).output.count > 10_000) }
    }
}
