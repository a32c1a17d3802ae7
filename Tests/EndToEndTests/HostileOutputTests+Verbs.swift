import Foundation
import SeamarkModel
import SeamarkTestSupport
import Testing

// Which words each verb is tried with. A verb that is not here fails the test: say what shows most of what others wrote.
extension HostileOutputTests {
    /// In this order: what reads, what writes, what ends. `FOLDER` is a folder of the test's, `FILE` a file of a hostile name in it.
    private static let ofLaptop: [(verb: String, words: [String])] = [
        ("status", []), ("list", []), ("list", ["site"]), ("list", ["seam"]), ("list", ["person"]), ("list", ["observation"]), ("log", []), ("log", ["ST-H0"]),
        ("export", ["-"]), ("export", ["-", "--format", "jsonl"]), ("export", ["FOLDER/laptop.xlsx"]), ("export", ["FOLDER/laptop.zip"]), ("export", ["FOLDER/laptop.sqlite"]), ("report", []), ("report", ["--format", "md"]), ("report", ["--format", "html"]), ("report", ["--format", "html", "--output", "FOLDER/preview-NUMBER.html"]), ("report", ["--trace", "S-H0"]), ("report", ["--trace", "D3"]), ("conflicts", []), ("conflicts", ["ST-H0"]), ("duplicates", []), ("use", []), ("verify", []),
        ("search", ["\u{1b}]0;x\u{7}pay\u{200b}pal"]), ("search", ["b"]), ("diff", []), ("diff", ["--since", "2020-01-01"]), ("check", []), ("signals", []), ("doctor", []), ("show", ["ST-H0"]), ("show", ["S-H30"]), ("show", ["P-H60"]), ("show", ["O-H72"]), ("show", ["ST-H85"]), ("show", ["ST-H100"]), ("show", ["ST-H120"]), ("show", ["ST-H150"]), ("show", ["ST-H198"]),
        ("snapshot freeze", ["=1+1 <b>pay\u{200b}pal"]), ("snapshot list", []), ("snapshot show", ["SN-A001"]), ("snapshot compare", ["SN-A001", "\u{1b}]0;x\u{7}<b>"]),
        ("attach add", ["FILE", "title=<b>=1+1"]), ("attach list", []), ("show", ["EV-A001"]), ("attach get", ["EV-A001", "--output", "FOLDER/got"]), ("attach evict", ["EV-A001"]),
        ("NOUN add", ["name=<script>mark"]), ("NOUN set", ["ST-H1", "name==1+1 <i>"]), ("NOUN delete", ["ST-H2"]), ("NOUN restore", ["ST-H2"]),
        ("interview run", ["--plain", "--person", "P-H60"]), ("interview carry", ["IV-A001", "--to", "<b>\u{1b}]0;x\u{7}"]),
        ("engagement set", ["title=<img src=x onerror=alert(1)> =1+1"]), ("resolve", ["ST-H0", "name", "--choose", "1"]),
        ("undo", ["--dry-run"]), ("undo", []), ("redo", []), ("merge", ["ST-H3", "ST-H4", "--rest", "gone"]), ("unmerge", ["ST-H4"]), ("redact", ["ST-H5", "notes", "--reason", "=1+1 <b>"]),
        ("import", ["FOLDER/not-there"]), ("form check", ["FORM"]), ("form check", ["FOLDER/not-there.csv"]), ("form add", ["FORM"]), ("form add", ["FINE", "--key", "fine"]), ("form list", []), ("form show", ["fine"]),
        ("form answer", ["IV-A001", "fine", "said=<b>=1+1 \u{200b}pay", "number=1"]), ("form answer", ["IV-A001", "fine", "number=<b>=1+1"]), ("form status", ["IV-A001", "fine"]), ("form ask", ["IV-A001", "fine"]), ("form carry", ["IV-A001", "fine", "--dry-run"]), ("form carry", ["IV-A001", "fine@1", "--from", "fine"]), ("show", ["IV-A001/QN-A001/said"]), ("form retire", ["fine"]), ("export", ["FOLDER/forms.xlsx"]), ("export", ["FOLDER/forms.zip"]), ("sync", []), ("sync", ["--forecast"]), ("bundle export", ["FOLDER/stick"]), ("bundle import", ["FOLDER/not-there"]),
        ("approve", [String(repeating: "0", count: 64), "--yes"]), ("enrol", []), ("passphrase recovery", []), ("passphrase change", ["--new-passphrase-fd", "9"]), ("unlock", []), ("salvage", []), ("key-agent", ["FOLDER"]), ("lock", []), ("wipe", ["--yes"]),
    ]

    /// `run` prints its port, and lines that `ServerLogTests` reads.
    private static let ofServer: [(verb: String, words: [String])] = [
        ("status", []), ("tenant list", []), ("tenant key", ["halden"]),
        ("member add", ["cleo", "--name", "\u{1b}]0;x\u{7}<b>"]), ("member add", ["dora", "--name", "=1+1 pay\u{200b}pal <b>"]), ("member list", []), ("member set", ["cleo", "--inactive"]), ("member uninvite", ["dora"]),
        ("engagement add", ["second", "--name", "<b>\u{202e}=1+1", "--currency", "EUR"]), ("engagement add", ["third", "--name", "=1+1 pay\u{200b}pal <b>", "--currency", "EUR"]),
        ("engagement list", []), ("instrument publish", ["FOLDER/not-there"]), ("instrument use", ["baseline", "\u{1b}]0;x\u{7}<b>"]), ("engagement export", ["baseline", "--sensitive", "--out", "FOLDER/server-NUMBER.xlsx"]), ("engagement export", ["baseline", "--sensitive", "--out", "FOLDER/server-NUMBER.zip"]), ("engagement export", ["baseline", "--sensitive", "--out", "FOLDER/server-NUMBER.sqlite"]), ("engagement staff", ["baseline", "ann"]), ("invite", ["ann"]), ("device list", []), ("device confirm", ["DEVICE", "<b>\u{1b}]0;x\u{7}", "lusab"]), ("device wipe", ["DEVICE"]),
        ("engagement adopt", ["\u{1b}]0;x\u{7}<b>", "ann"]), ("device adopt", ["\u{1b}]0;x\u{7}<b>", "lusab babad gutih tugad bihoz gofav"]),
        ("quarantine list", []), ("quarantine show", ["CHANGE", "--sensitive"]), ("quarantine export", ["--sensitive", "--out", "FOLDER/kept-NUMBER.json"]), ("quarantine release", ["0123abcd"]),
        ("bundle import", ["FOLDER/not-there"]), ("report", ["baseline", "--out", "FOLDER/report"]), ("snapshot list", ["baseline"]), ("publication add", ["baseline", "--draft", "--title", "=1+1 <b>pay\u{200b}pal"]), ("publication list", []), ("publication withdraw", ["PB-HQ001", "--reason", "=1+1 <b>pay\u{200b}pal"]), ("publication list", []), ("snapshot compare", ["baseline", "SN-A001", "\u{1b}]0;x\u{7}<b>"]), ("evidence export", ["baseline", "--out", "FOLDER/evidence-NUMBER"]), ("person export", ["baseline", "P-H0", "--out", "FOLDER/person-NUMBER.json"]),
        ("person erase", ["baseline", "P-H1", "--reason", "=1+1 <b>"]), ("redact", ["baseline", "ST-H6", "notes", "--reason", "<b>"]), ("record set", ["sector=<b>\u{1b}]0;x\u{7}"]),
        ("audit list", []), ("audit verify", []), ("audit export", ["--out", "FOLDER/acts-NUMBER.json"]), ("retention show", []), ("retention set", ["400"]), ("retention apply", ["--dry-run"]),
        ("schema show", []), ("schema set", ["--read", "1", "--write", "1"]), ("verify", []), ("roles", []), ("tenant shred", ["halden", "--dry-run"]),
        ("backup make", ["halden", "--to", "FOLDER/backups"]), ("backup verify", ["FOLDER/not-there"]), ("restore", ["FOLDER/not-there"]), ("device revoke", ["DEVICE"]),
        ("tenant authority begin", ["halden"]), ("tenant authority status", ["halden"]), ("tenant authority finish", ["halden"]),
        ("tenant signing-key replace", ["halden"]), ("tenant signing-key status", ["halden"]), ("tenant signing-key forget", ["halden", "\u{1b}]0;x\u{7}<b>"]),
        ("authority begin", []), ("authority status", []), ("authority finish", []),
        // Beside a second tenant the verbs above would have to name theirs.
        ("tenant add", ["northlink", "--name", "<b>=1+1 pay\u{200b}pal"]), ("tenant add", ["southlink", "--name", "\u{1b}]0;x\u{7}\u{9b}2J"]), ("tenant list", []), ("init", []), ("run", []),
    ]

    private var folder: URL { headquarters.folder.appendingPathComponent("shown") }

    private func filled(_ words: [String], _ values: [String: String] = [:]) -> [String] {
        words.map { word in values.reduce(word.replacing("FOLDER", with: folder.path)) { $0.replacing($1.key, with: $1.value) } }
    }

    /// Every verb of the laptop's program on a terminal; what is marked was seen.
    func laptopShows(_ ann: Laptop) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let hostile = folder.appendingPathComponent("=1+1 \u{1b}]0;x\u{7}\u{202e}<b>.txt")
        try Data("a".utf8).write(to: hostile)
        // A form in which everything that its author may choose is one of the texts; its cells keep to one line of the table.
        let form = folder.appendingPathComponent("form.md")
        let cells = texts.map { $0.text.split(whereSeparator: { $0.isNewline || $0 == "|" }).joined(separator: " ") }
        try Data(("| survey |\n| | type | name | label | relevant | hint |\n" + cells.map { "| | \($0) | \($0) | \($0) | \($0) | |\n| | text | a | \($0) | | \($0) |\n" }.joined()).utf8).write(to: form)
        // One that is taken over, of words that look like markup and formulas.
        let fine = folder.appendingPathComponent("fine.md")
        try Data("| survey |\n| | type | name | label | constraint | constraint_message |\n| | text | said | =1+1 <b>mark</b> | | |\n| | integer | number | +2 <img src=x> | . > 5 | -3 <script>mark |\n".utf8).write(to: fine)
        try ann.must("interview", "add", "startedAt=now")
        let verbs = try verbs("seamark")
        let nouns = Set(verbs.keys.compactMap { verb -> String? in verb.hasSuffix(" restore") ? String(verb.dropLast(8)) : nil })
        let known = Set(Self.ofLaptop.map(\.verb))
        for verb in verbs.keys.sorted() where !known.contains(verb) {
            // One implementation for all nouns; it is tried with sites.
            let parts = verb.split(separator: " ")
            let isOfNoun = parts.count == 2 && nouns.contains(String(parts[0])) && known.contains("NOUN \(parts[1])")
            #expect(isOfNoun, "'\(verb)' is new: say here with which words it shows most")
        }
        try kindsShow(nouns, ann)
        var seen = ""
        for (verb, words) in Self.ofLaptop {
            let name = verb.replacing("NOUN", with: "site")
            let printsJSON = try #require(verbs[name] as Bool?, "there is no verb '\(name)' any more")
            for json in printsJSON && !["export", "sync", "bundle export", "site add"].contains(name) && !words.contains("--format") ? [[], ["--json"]] : [[]] {
                var words = name.split(separator: " ").map(String.init) + filled(words, ["FILE": hostile.path, "FORM": form.path, "FINE": fine.path]) + json
                if !json.isEmpty, name == "attach get" { words = words.map { $0.hasSuffix("/got") ? $0 + "-too" : $0 } }
                let done = try onTerminal(
                    "seamark", words, environment: ["SEAMARK_HOME": ann.home.path], passphrase: ["lock", "key-agent", "form check", "doctor"].contains(name) ? nil : Laptop.passphrase)
                expectDead(done, "seamark \(words)", mayBeUsage: ["enrol", "passphrase change", "form ask"].contains(name))
                seen += done.output
            }
        }
        for text in texts { #expect(seen.contains(text.mark), "\(text.family) \(text.number) was shown nowhere") }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != hostile.lastPathComponent {
            #expect(name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }, "a file of a hostile name was made")
        }
    }

    /// Every kind of record as it is listed; and each has its own words and checks: what it cannot take it refuses, and tells what.
    private func kindsShow(_ nouns: Set<String>, _ ann: Laptop) throws {
        func run(_ words: [String]) throws -> Program.Result {
            let done = try onTerminal("seamark", words, environment: ["SEAMARK_HOME": ann.home.path], passphrase: Laptop.passphrase)
            expectDead(done, "seamark \(words)", mayBeUsage: true)
            return done
        }
        var listed = ""
        for (number, noun) in nouns.sorted().enumerated() {
            _ = try run(["list", noun])
            listed += try run(["list", noun, "--json"]).output
            let words = [["add", "name=\u{1b}]0;x\u{7}<b>=1+1", "title=pay\u{200b}pal", "\u{9b}2J\u{202e}=x"], ["set", "\u{1b}]0;x\u{7}\u{202e}<b>", "name=pay\u{200b}pal"]][number % 2]
            let done = try run([noun] + words)
            #expect(done.status != 0 && done.output.count > 20, "\(noun) \(words[0]) took what it cannot: \(done.output)")
        }
        for (kind, texts) in square where !Self.plainTexts(of: kind).isEmpty {
            let missing = texts.filter { !listed.contains("\($0.text.mark) of \(kind.key).") }
            #expect(missing.isEmpty, "\(missing.count) texts of \(kind.key) were not listed: \(missing.map(\.text.number))")
        }
    }

    /// Every verb of the server's program on a terminal, or those that are named.
    func serverShows(_ only: String...) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let verbs = try verbs("seamark-server")
        #expect(Set(verbs.keys) == Set(Self.ofServer.map(\.verb)), "a verb is new or gone: say here with which words it shows most")
        let devices = try JSONSerialization.jsonObject(with: Data(headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]]
        let device = try #require(devices?.first { $0["member"] as? String == "bob" }?["device"] as? String)
        let held = try JSONSerialization.jsonObject(with: Data(headquarters.verb("quarantine", "list", "--json").utf8)) as? [[String: Any]] ?? []
        var number = 0
        for (verb, words) in Self.ofServer where only.isEmpty || only.contains(verb) {
            if verb == "run" || verb == "init" { continue }
            // All are listed; of each twenty-fourth everything is shown.
            let changes = verb == "quarantine show" ? stride(from: 0, to: held.count, by: 24).compactMap { held[$0]["change"] as? String } : [""]
            for change in changes.isEmpty ? ["0123abcd"] : changes {
                for json in verbs[verb] == true && change.count % 2 == 0 ? [[], ["--json"]] : [[]] {
                    number += 1
                    let filled = filled(words, ["DEVICE": device, "CHANGE": change, "NUMBER": String(number)])
                    let done = try onTerminal(
                        "seamark-server", verb.split(separator: " ").map(String.init) + filled + json + (verb == "roles" ? [] : ["--data", headquarters.data.path]),
                        passphrase: ["backup make", "backup verify", "restore"].contains(verb) ? Laptop.passphrase : nil)
                    expectDead(done, "seamark-server \(verb) \(filled)", mayBeUsage: false)
                }
            }
        }
    }

    /// The report's page, Markdown and JSON, and what is exported, as files.
    func pages() throws {
        let report = folder.appendingPathComponent("report")
        let checked = try headquarters.program(
            "/usr/bin/env", ["python3", Self.root.appendingPathComponent("Tests/PythonPeer/page_check.py").path, report.appendingPathComponent("report.html").path]).finish()
        #expect(checked.status == 0, "\(checked.output)\(checked.error)")
        for name in ["report.html", "report.md", "report.json"] {
            let text = try String(contentsOf: report.appendingPathComponent(name), encoding: .utf8)
            #expect(HostileText.live(in: text).isEmpty, "\(name)")
            guard name == "report.md" else { continue }
            for live in ["<script", "<img", "<b>", "http://evil"] where text.contains(live) { Issue.record("\(live)") }
            // A bracket that ends a link's words is escaped, and then none.
            #expect(text.firstMatch(of: /[^\\]\]\((?:javascript|http)/) == nil)
        }
    }

    /// What both programs exported for spreadsheets: every text is a text, also when another program has saved it again; and nothing that data says became
    /// the name of a file.
    func workbooks() throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { !$0.contains("\u{202e}") }
        for name in names { #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }, "a file is called \(name)") }
        let books = names.filter { $0.hasSuffix(".xlsx") }.sorted().map { folder.appendingPathComponent($0).path }
        #expect(books.count == 3, "\(books)")
        let checked = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path, [Self.root.appendingPathComponent("Tests/PythonPeer/workbook_check.py").path, "20"] + books
        ).finish(within: 240)
        #expect(checked.status == 0, "\(checked.output)\(checked.error)")
        // Tables, read as tables: no cell, and no piece of one behind a separator, begins as a formula does, in the two programs' own archives.
        let tables = names.filter { $0.hasSuffix(".zip") }.map { folder.appendingPathComponent($0).path }
        #expect(tables.count == 3, "\(tables)")
        for file in tables {
            let done = try headquarters.program("/usr/bin/env", ["python3", "-c", Self.liveCells, file]).finish()
            #expect(done.status == 0, "\(file): \(done.output)\(done.error)")
        }
        // And computed by a spreadsheet of a country that parts cells otherwise.
        let computed = try headquarters.program("/usr/bin/env", ["python3", Self.root.appendingPathComponent("Tests/PythonPeer/separators_check.py").path] + tables).finish(within: 600)
        #expect(computed.status == 0, "\(computed.output)\(computed.error)")
    }

    private static let liveCells = #"""
        import csv, io, re, sys, zipfile
        cells = [cell for name in zipfile.ZipFile(sys.argv[1]).namelist() for row in csv.reader(io.StringIO(zipfile.ZipFile(sys.argv[1]).read(name).decode("utf-8-sig"), newline="")) for cell in row]
        live = [
            cell for cell in cells if not re.fullmatch("-?[0-9.]+(e[+-]?[0-9]+)?", cell)
            and any(re.match("[\\s\"\ufffd]*[=+@\uff1d\uff0b\uff0d\uff20\u2212-]", piece) for piece in re.split("[;,|\\t\\r\\n]", cell))
        ]
        print(live[:5], len(cells))
        sys.exit(1 if live or not sum(cell.startswith("'") for cell in cells) > 20 else 0)
        """#

    private func expectDead(_ done: Program.Result, _ what: String, mayBeUsage: Bool) {
        let live = HostileText.live(in: done.output)
        #expect(live.isEmpty, "\(what) showed \(Set(live).sorted())")
        #expect(done.status != 70 && (mayBeUsage || done.status != 64) && done.status >= 0 && done.status < 128, "\(what) ended with \(done.status): \(done.output.suffix(300))")
    }
}
