import Foundation
import Testing

/// What shells are told when somebody presses the tabulator key, by the real program.
@Suite(.sharedHeadquarters, .serialized) struct CompletionTests {
    private static let form = """
        | survey |
        | | type | name | label | relevant |
        | | select_one yesno | covered | Is the shift covered? | |
        | | integer | people | How many people? | ${covered} = 'yes' |
        | | select_multiple late | why | Why was it late? | |
        | | date | since | Since when? | |
        | | note | thanks | Thank you | |
        | choices |
        | | list_name | name | label |
        | | yesno | yes | Yes |
        | | yesno | no | No |
        | | late | parts | Parts |
        | | late | staff | Staff |
        """

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

    @Test func `the server's program completes what is named by people, reads no key for it, and says nothing where it may not read`() throws {
        var looked = 0
        for (words, verb) in try VerbTree.of("seamark-server").running {
            // What is new has no name yet, and whoever says a tenant again types it. Devices and engagements that the store lacks are in no list.
            for place in verb.places where ["tenant", "member", "members", "engagement", "device"].contains(place.option ?? place.value) {
                guard !(words.hasSuffix(" add") || words.hasSuffix(" adopt")) || place.option == "tenant" else { continue }
                looked += 1
                #expect(place.completion == "custom", "\(words) \(place.option ?? place.value)")
            }
        }
        #expect(looked > 60)
        let letters = try #require(try Laptop(of: "ann", at: headquarters).status()["letters"] as? String)
        let data = headquarters.data.path
        func asked(_ place: String, _ line: [String], data: String, keys: String = "/nowhere") throws -> Set<String> {
            let verb = Array(line.prefix(while: { !$0.hasPrefix("-") && !$0.isEmpty }).prefix(2))
            let words = ["---completion"] + verb + ["--", place, "\(line.count)", "\(line[line.count - 1].utf8.count)", "seamark-server"] + line
            let done = try headquarters.program("seamark-server", words, environment: ["SEAMARK_DATA": data, "SEAMARK_KEYS": keys]).finish()
            #expect(done.status == 0 && done.error.isEmpty, "\(line): \(done)")
            return Set(done.output.split(separator: "\n").map(String.init))
        }
        #expect(try asked("positional@0", ["member", "set", ""], data: data).isSuperset(of: ["ann", "bob"]))
        #expect(try asked("--tenant", ["member", "list", "--tenant", "ha"], data: data) == ["halden"])
        #expect(try asked("positional@0", ["engagement", "staff", "base"], data: data) == ["baseline"])
        #expect(try asked("positional@1", ["engagement", "staff", "baseline", "an"], data: data) == ["ann"])
        #expect(try asked("positional@0", ["device", "revoke", ""], data: data).contains(letters))
        // As the line says, before the environment.
        #expect(try asked("positional@0", ["member", "set", "--tenant=halden", "--data", data, "bo"], data: "/nowhere") == ["bob"])
        #expect(try asked("positional@0", ["member", "set", "--tenant", "nobody", ""], data: data).isEmpty)
        #expect(try asked("positional@0", ["member", "set", ""], data: "/nowhere").isEmpty)
    }

    /// A value that the help calls a file or a folder. `@FILE` stands behind a key, which has a completion of its own.
    @Test(arguments: ["seamark", "seamark-server"]) func `whatever names a file or a folder is completed with names of files or folders`(program: String) throws {
        var looked: Set<String> = []
        for (words, verb) in try VerbTree.of(program).running {
            // Whose help speaks of files and of the directory of a tenant, and which are a number and letters.
            for place in verb.places where place.completion != "custom" && place.completion != "list" && !["choose", "letters"].contains(place.option ?? place.value) {
                let isFolder = place.says.contains("folder") || place.says.contains("directory")
                guard isFolder || ["file", "folder"].contains(place.value) || place.says.replacing("file descriptor", with: "").contains("file") else { continue }
                looked.insert("\(words) \(place.option ?? place.value)")
                #expect(place.completion == (isFolder ? "directory" : "file"), "\(program) \(words) \(place.option ?? place.value): \(place.says)")
            }
        }
        #expect(looked.isSuperset(of: program == "seamark" ? ["import file", "export file", "form add file", "form check file", "attach get output", "report output", "bundle import file"] : ["restore file", "init data", "report out"]), "\(looked)")
    }

    @Test(.needsZsh, .needsFish) func `handles of the verb's kind are completed while the store is unlocked, and nothing is said of a locked one`() throws {
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
        // The questions that a form still asks in an interview, with what the line says; and behind a question its choices. It stays here: nothing is
        // handed in any more.
        let file = headquarters.folder.appendingPathComponent("tabulator-check.md")
        try Data(Self.form.utf8).write(to: file)
        try ann.must("form", "add", file.path)
        #expect(try asked("form", "answer", "--", "positional@0", "3", "3", "seamark", "form", "answer", "IV-").contains(interview))
        #expect(try asked("form", "answer", "--", "positional@1", "4", "4", "seamark", "form", "answer", interview, "tabu") == ["tabulator-check"])
        func ofForm(_ words: String...) throws -> Set<String> {
            let line = ["seamark", "form", "answer", interview, "tabulator-check"] + words
            return try Set(bare(["---completion", "form", "answer", "--", "positional@2", "\(line.count - 1)", "\(words[words.count - 1].utf8.count)"] + line).output.split(separator: "\n").map(String.init))
        }
        #expect(try ofForm("") == ["covered=", "why=", "since="])
        #expect(try ofForm("covered=yes", "") == ["people=", "why=", "since="] && ofForm("--person", "P-A001", "w") == ["why="])
        #expect(try ofForm("covered=") == ["covered=no", "covered=yes"] && ofForm("covered=y") == ["covered=yes"] && ofForm("why=parts,") == ["why=parts,staff"])
        #expect(try ofForm("since=") == ["since=today"] && ofForm("covered=yes", "people=").isEmpty && ofForm("nonsense=").isEmpty && ofForm("thanks=").isEmpty)
        try ann.must("form", "answer", interview, "tabulator-check", "covered=yes")
        #expect(try ofForm("") == ["people=", "why=", "since="] && ofForm("co") == ["covered="])
        #expect(try asked("form", "answer", "--", "--clear", "6", "0", "seamark", "form", "answer", interview, "tabulator-check", "--clear", "") == ["covered"])
        #expect(try asked("form", "answer", "--", "positional@2", "5", "0", "seamark", "form", "answer", "IV-NONE", "tabulator-check", "").isEmpty)
        // What a file is attached to, and what its row may say besides.
        let note = try ann.must("observation", "add", "text=The press waits").trimmingCharacters(in: .whitespacesAndNewlines)
        let holders = try asked("attach", "add", "--", "--to", "5", "0", "seamark", "attach", "add", "press.jpg", "--to", "")
        #expect(holders.contains(note) && !holders.contains(site) && !holders.contains(interview))
        func ofFile(_ word: String) throws -> Set<String> { try asked("attach", "add", "--", "positional@1", "4", "\(word.utf8.count)", "seamark", "attach", "add", "press.jpg", word) }
        #expect(try ofFile("").isSuperset(of: ["title=", "kind=", "source=", "period.from=", "sensitivity="]) && ofFile("s") == ["sensitivity=", "source="])
        #expect(try ofFile("kind=pho") == ["kind=photo"] && ofFile("sha").isEmpty)
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
        #expect(try bash("seamark form answer \(interview) tabulator-check why=", "seamark", "form", "answer", interview, "tabulator-check", "why", "=") == ["parts", "staff"])
        #expect(try bash("seamark form answer \(interview) tabulator-check peo", "seamark", "form", "answer", interview, "tabulator-check", "peo") == ["people="])
        #expect(try bash("seamark attach add \(script.dropLast(2))", "seamark", "attach", "add", String(script.dropLast(2))) == [script])
        #expect(try !bash("seamark unit add name=x si", "seamark", "unit", "add", "name", "=", "x", "").contains("name="))
        for (shell, name) in [("zsh", "/usr/bin/zsh"), ("fish", "/usr/bin/fish")] {
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
        #expect(try ofForm("").isEmpty && ofFile("ti") == ["title="])
        #expect(try asked("list", "--", "--engagement", "2", "0", "seamark", "list", "--engagement", "").isEmpty)
        for shell in ["bash", "zsh", "fish"] { #expect(try bare(["--generate-completion-script", shell]).output.count > 10_000) }
    }

    /// With nothing settled but where the completion lies, in a home of its own.
    @Test(.needsTerminal, .needsZsh, .needsFish, arguments: ["zsh", "fish"])
    func `the tabulator key completes verbs, handles, keys and values in the shell itself`(shell: String) throws {
        var ann = try Laptop(of: "ann", at: headquarters)
        #expect(try ann.run(["unlock"], passphrase: Laptop.passphrase).status == 0)
        let leak = try ann.must("leak", "add", "title=Night shift overtime", "category=LABOUR").trimmingCharacters(in: .whitespacesAndNewlines)
        let script = try headquarters.program("seamark", ["--generate-completion-script", shell]).finish().output
        // fish writes what it guesses from pages for man into the last one, and guesses nothing where that is there. What it would suggest before the key
        // is pressed would be taken for what the key does.
        let files: [String: String] = shell == "zsh"
            ? ["site/_seamark": script, ".zshrc": "fpath=(\"$HOME/site\" $fpath)\nautoload -Uz compinit\ncompinit -u -D\nPROMPT='ready> '\n"]
            : [
                ".config/fish/completions/seamark.fish": script, ".local/share/fish/generated_completions/none.fish": "",
                ".config/fish/config.fish": "set -g fish_autosuggestion_enabled 0\nset -g fish_greeting\nfunction fish_prompt\n    echo -n 'ready> '\nend\n",
            ]
        let home = headquarters.folder.appendingPathComponent("home-of-\(shell)")
        for (name, text) in files {
            let file = home.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let folder = try #require(Program.folder).path
        let command = "exec env -u ZDOTDIR -u XDG_CONFIG_HOME -u XDG_DATA_HOME HOME='\(home.path)' PATH='\(folder):/usr/bin:/bin' /usr/bin/\(shell)\(shell == "zsh" ? " -d" : "") -i"
        let window = try Window(ann, command)
        defer { window.close() }
        try window.shows("ready>")
        for (typed, completed) in [
            ("seamark conf", "seamark conflicts"), ("seamark show L-", "seamark show \(leak)"), ("seamark leak set ", "seamark leak set \(leak)"), ("seamark leak add cat", "seamark leak add category="),
            ("seamark leak add category=Q", "seamark leak add category=QUALITY"),
        ] {
            #expect(try !window.screen.contains(completed), "\(typed)")
            try window.type(typed)
            try window.press("Tab")
            try window.shows(completed)
            try window.press("C-u")
            try eventually("the line is empty again", within: Program.patience) { try window.screen.contains(typed.trimmingCharacters(in: .whitespaces)) ? nil : true }
        }
        try ann.lock()
    }
}
