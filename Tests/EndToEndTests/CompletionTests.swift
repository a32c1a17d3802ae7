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
        // zsh takes off a last line of one blank, and would take a handle in its place.
        let ofZsh = try headquarters.program("seamark", ["---completion", "show", "--", "positional@0", "2", "\(seam.utf8.count)", "seamark", "show", seam], environment: ["SEAMARK_HOME": home.path, "SAP_SHELL": "zsh"]).finish()
        #expect(ofZsh.output.split(separator: "\n", omittingEmptySubsequences: false).suffix(3) == [Substring(seam), " ", ""], "\(ofZsh)")
        // Who and where, too.
        #expect(try asked("list", "--", "--tenant", "2", "3", "seamark", "list", "--tenant", "ha") == ["halden"])
        #expect(try asked("list", "--", "--engagement", "2", "0", "seamark", "list", "--engagement", "") == ["baseline"])
        #expect(try asked("use", "--", "positional@1", "3", "0", "seamark", "use", "halden", "") == ["baseline"])
        #expect(try asked("conflicts", "--", "--by", "2", "0", "seamark", "conflicts", "--by", "").isSuperset(of: ["ann", "bob", "me"]))
        // Keys, and what may stand behind them, as zsh and fish ask.
        func ofUnit(_ word: String) throws -> Set<String> { try asked("unit", "add", "--", "positional@0", "3", "\(word.utf8.count)", "seamark", "unit", "add", word) }
        #expect(try ofUnit("").isSuperset(of: ["name=", "site=", "kind="]))
        #expect(try ofUnit("na") == ["name="])
        #expect(try ofUnit("site=ST-").contains("site=" + site) && ofUnit("name=").isEmpty && ofUnit("nonsense=").isEmpty)
        #expect(try asked("answer", "add", "--", "positional@0", "3", "10", "seamark", "answer", "add", "question=K") == Set((1...6).map { "question=KT\($0)" }))
        let interview = try ann.must("interview", "add", "startedAt=now").trimmingCharacters(in: .whitespacesAndNewlines)
        let bob = try Laptop(of: "bob", at: headquarters)
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("seam", "set", seam, "workaround=ours")
        try bob.must("seam", "set", seam, "workaround=theirs")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        #expect(try asked("resolve", "--", "positional@1", "3", "2", "seamark", "resolve", seam, "wo") == ["workaround"])
        #expect(try asked("resolve", "--", "positional@1", "3", "0", "seamark", "resolve", site, "").isEmpty)
        // What bash makes of the scripts, which breaks words at '='.
        let script = headquarters.folder.appendingPathComponent("completion.bash").path
        try Data(bare(["--generate-completion-script", "bash"]).output.utf8).write(to: URL(fileURLWithPath: script))
        let folder = try #require(Program.folder).path
        let harness = "source '\(script)'; COMP_LINE=\"$1\"; COMP_POINT=${#COMP_LINE}; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); cur=\"${COMP_WORDS[COMP_CWORD]}\"; [ \"$cur\" = '=' ] && cur=''; _seamark seamark \"$cur\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; printf '%s\\n' \"${COMPREPLY[@]}\""
        func bash(_ line: String, _ words: String...) throws -> Set<String> {
            let done = try headquarters.program("/bin/bash", ["-c", harness, "bash", line] + words, environment: ["SEAMARK_HOME": home.path, "PATH": folder + ":/usr/bin:/bin"]).finish()
            #expect(done.error.isEmpty, "\(line): \(done.error)")
            return Set(done.output.split(separator: "\n").map(String.init))
        }
        #expect(try bash("seamark le", "seamark", "le") == ["leak"])
        #expect(try bash("seamark interview IV", "seamark", "interview", "IV").contains(interview))
        #expect(try bash("seamark interview ca", "seamark", "interview", "ca") == ["carry"])
        #expect(try bash("seamark leak ad", "seamark", "leak", "ad") == ["add"])
        #expect(try bash("seamark note add pol", "seamark", "note", "add", "pol") == ["polarity="])
        #expect(try bash("seamark leak add cat", "seamark", "leak", "add", "cat") == ["category="])
        #expect(try bash("seamark leak add category=", "seamark", "leak", "add", "category", "=").isSuperset(of: ["QUALITY", "LABOUR"]))
        #expect(try bash("seamark leak add category=QU", "seamark", "leak", "add", "category", "=", "QU") == ["QUALITY"])
        #expect(try bash("seamark answer add resp", "seamark", "answer", "add", "resp").contains("response.score="))
        #expect(try bash("seamark answer add score=", "seamark", "answer", "add", "score", "=") == ["0", "1", "2", "3", "4"])
        #expect(try bash("seamark unit add site=ST", "seamark", "unit", "add", "site", "=", "ST").contains(site))
        #expect(try !bash("seamark unit add name=x si", "seamark", "unit", "add", "name", "=", "x", "").contains("name="))
        for (shell, name) in [("zsh", "/usr/bin/zsh"), ("fish", "/usr/bin/fish")] where FileManager.default.isExecutableFile(atPath: name) {
            let file = headquarters.folder.appendingPathComponent("completion.\(shell)").path
            let text = try bare(["--generate-completion-script", shell]).output
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let read = try headquarters.program(name, ["-n", file]).finish()
            #expect(read.status == 0 && read.error.isEmpty, "\(shell): \(read.error)")
            #expect(text.components(separatedBy: "leak").count >= 3 && (shell == "fish" || text.contains("-S ''")), "\(shell) does not know 'leak'")
        }
        try ann.lock()
        #expect(try asked("show", "--", "positional@0", "2", "0", "seamark", "show", "").isEmpty)
        #expect(try ofUnit("site=ST-").isEmpty && ofUnit("na") == ["name="])
        #expect(try asked("list", "--", "--engagement", "2", "0", "seamark", "list", "--engagement", "").isEmpty)
        for shell in ["bash", "zsh", "fish"] { #expect(try bare(["--generate-completion-script", shell]).output.count > 10_000) }
    }
}
