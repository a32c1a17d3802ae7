import Foundation
import Testing

/// The book in `Documentation/`: what its commands print is what it says they print.
///
/// `Tests/Book/book.py` plays a page; its head says how a page is written. `SEAMARK_BOOK=rewrite swift test --filter BookTests` writes what was
/// printed into the pages, and fails, so that nobody takes such a run for a test.
@Suite(.needsDatabaseShell) struct BookTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let player = root.appendingPathComponent("Tests/Book/book.py").path

    /// Pages with commands that are run, and those that only tell: by their path. In `Documentation/Reference` stands what the programs print of
    /// themselves; HelpTests parse each example in there.
    static let pages: [String] = {
        let folders = ["Documentation", "Documentation/Tutorials", "Documentation/HowTo", "Documentation/Explanation"]
        let pages = folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)) ?? []).filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
        }
        return ["README.md"] + pages.sorted()
    }()

    /// Blocks for readers that no test can run, by page and reason. Whoever adds one says so here.
    private static let notRun: Set<String> = ["Documentation/Tutorials/Headquarters.md: it needs systemd and root", "Documentation/HowTo/DamagedStore.md: it needs a disk that went bad"]

    /// Verbs and kinds of records that no command of the book shows, and why.
    private static let notShown = [
        "seamark key-agent": "no verb for people: `unlock` starts it",
        "seamark salvage": "needs a disk that went bad; DamagedStore.md tells of it, and RegressionCatalogueTests runs it",
        "seamark-server member set": "named in LostLaptop.md",
        "seamark-server member uninvite": "its help tells when",
        "seamark-server engagement adopt": "needs a server whose files were put back to an older copy; RestoreServer.md tells of it, and AdoptionTests do it",
        "seamark-server device adopt": "as engagement adopt",
        "seamark-server tenant signing-key forget": "for a key that was stolen and a backup of before; its help tells when",
    ]

    private func play(_ words: [String], rewriting: Bool = false) throws -> Program.Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("book-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = ["SEAMARK_BOOK": rewriting ? "rewrite" : ""]
        return try Program("/usr/bin/env", ["python3", Self.player] + words, in: folder, environment: environment).finish(within: 600)
    }

    private func text(_ page: String) throws -> String { try String(contentsOf: Self.root.appendingPathComponent(page), encoding: .utf8) }

    @Test("every command of a page does what the page says it does", arguments: Self.pages)
    func everyCommandDoesWhatThePageSays(page: String) throws {
        let before = try text(page)
        let rewriting = ProcessInfo.processInfo.environment["SEAMARK_BOOK"] == "rewrite"
        let done = try play([try #require(Program.folder).path, Self.root.appendingPathComponent(page).path], rewriting: rewriting)
        #expect(done.status == 0, "\(done.output)\(done.error)")
        #expect(!rewriting, "the page was written anew where it differed; look at the difference and run this again without SEAMARK_BOOK")
        if !rewriting {
            let isSame = try text(page) == before
            #expect(isSame, "a test wrote into \(page)")
        }
    }

    @Test("a page with a wrong line, a failing command, another's value or hidden commands fails where it is wrong, and is not written")
    func aWrongPageFails() throws {
        let programs = try #require(Program.folder).path
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("page.md")
        func plays(_ page: String) throws -> String {
            try Data(page.utf8).write(to: file)
            let done = try play([programs, file.path])
            let isSame = try String(contentsOf: file, encoding: .utf8) == page
            #expect(isSame)
            #expect((done.status == 0) == done.output.isEmpty, "\(done.output)\(done.error)")
            return done.output
        }
        func block(_ lines: String) -> String { "# Page\n\n```console\n\(lines)\n```\n" }
        let id = "01a22820-1093-71c8-893c-d5fe230ba6e5"
        // What holds.
        #expect(try plays(block("$ echo one; echo two\none\ntwo")) == "")
        #expect(try plays(block("$ echo one; echo two; echo three\none\n…")) == "")
        #expect(try plays(block("$ echo at 2026-01-01 10:00, 5.1 KB\nat 1999-12-31 23:59, 7 B")) == "")
        #expect(try plays(block("$ false\n$ echo $?\n1")) == "")
        #expect(try plays(block("$ echo 0123abcd\nffff0000\n$ test ffff0000 = 0123abcd")) == "")
        // What does not.
        #expect(try plays(block("$ echo one; echo two\none\nthree")).contains("page.md:4: echo one; echo two"))
        #expect(try plays(block("$ echo one\none\ntwo")).contains("page.md:4:"))
        #expect(try plays(block("$ echo one")).contains("page.md:4:"))
        #expect(try plays(block("$ true\n$ false")).contains("page.md:5: false\n  ended with 1"))
        #expect(try plays(block("$ echo \(id)\n\(id)\n$ echo 01a22821-1093-71c8-893c-d5fe230ba6e5\n\(id)")).contains("page.md:6:"))
        #expect(try plays(block("$ seamark status\n$ echo $?\n0")).contains("page.md:4:"))
        #expect(try plays("# Page\n\n<!-- run\n$ false\n-->\n").contains("page.md:4: false"))
        // Commands that would slip past: in another fence, or unmarked.
        #expect(try plays("# Page\n\n```\n$ false\n```\n").contains("page.md:3:"))
        #expect(try plays("# Page\n\n```console no-run\n$ false\n```\n").contains("page.md:3:"))
        #expect(try plays("# Page\n\n```\nseamark status\n```\n").contains("page.md:3:"))
        #expect(try plays("# Page\n\n    seamark-server status\n").contains("page.md:3:"))
        #expect(try plays("# Page\n\n```console no-run it needs a machine of its own\n$ false\n```\n") == "")
    }

    // MARK: What is in it

    /// What the pages hold, as rows: run, hidden or no-run, the line, and the command or the reason.
    private func rows(_ page: String) throws -> [(kind: Substring, line: Substring, what: Substring)] {
        let done = try play(["--list", Self.root.appendingPathComponent(page).path])
        try #require(done.status == 0, "\(done.error)")
        return done.output.split(separator: "\n").map {
            let cells = $0.split(separator: "\t", maxSplits: 2)
            return (cells[0], cells[1], cells[2])
        }
    }

    @Test("blocks that are not run are those that are known, each with its reason")
    func whatIsNotRunIsKnown() throws {
        var found: Set<String> = []
        for page in Self.pages {
            for row in try rows(page) where row.kind == "no-run" { found.insert("\(page): \(row.what)") }
        }
        #expect(found == Self.notRun)
    }

    @Test("every verb and kind of record of both programs is in the book's commands, or in a list that says why not")
    func everyVerbIsInTheBook() throws {
        // Quotes hold words of people, not of the program.
        var commands: [[Substring]] = []
        for page in Self.pages {
            for row in try rows(page) where row.kind == "run" {
                commands += row.what.split { "|;&()$".contains($0) }.map { $0.split(separator: " ") }
            }
        }
        var missing: [String] = []
        var shown: Set<String> = []
        for program in ["seamark", "seamark-server"] {
            let verbs = try Self.verbs(program)
            #expect(verbs.count > 20)
            for verb in verbs {
                let isShown = verb.ways.contains { way in commands.contains { $0.starts(with: [Substring(program)] + way) } }
                let name = "\(program) \(verb.name)"
                if isShown { shown.insert(name) } else if Self.notShown[name] == nil { missing.append(name) }
            }
        }
        #expect(missing == [], "show them, or name them in notShown")
        #expect(shown.isDisjoint(with: Self.notShown.keys), "they are shown: take them out of notShown")
        #expect(shown.count + Self.notShown.count > 120, "what the programs say of themselves was not understood")
    }

    /// A verb, or a kind of record with its add, set, delete and restore; and the words that call it.
    private struct Verb {
        var name: String
        var ways: [[Substring]]
    }

    private static func verbs(_ program: String) throws -> [Verb] {
        let ofKinds: Set = ["add", "set", "delete", "restore"]
        var verbs: [Verb] = []
        func visit(_ verb: VerbTree, _ name: [String], _ ways: [[Substring]]) {
            let isKind = ofKinds.isSubset(of: verb.below.map(\.name))
            if isKind || verb.below.isEmpty { verbs.append(Verb(name: name.joined(separator: " "), ways: ways)) }
            for one in verb.below where !isKind || !ofKinds.contains(one.name) {
                // The verb that is meant where none is said.
                let unsaid = verb.usual == one.name ? ways : []
                visit(one, name + [one.name], ways.flatMap { way in ([one.name] + one.aliases).map { way + [Substring($0)] } } + unsaid)
            }
        }
        visit(try VerbTree.of(program), [], [[]])
        return verbs
    }

    @Test("the contents name every page, and every link of the book leads to a file that is there")
    func theContentsAreWhole() throws {
        let contents = try text("Documentation/README.md")
        for page in Self.pages where page != "README.md" && page != "Documentation/README.md" {
            #expect(contents.contains("](\(page.dropFirst("Documentation/".count)))"), "\(page) is not in the contents")
        }
        for page in Self.pages {
            let place = Self.root.appendingPathComponent(page).deletingLastPathComponent()
            for link in try text(page).matches(of: /\]\(([^)\s]+)\)/).map(\.1) where !link.hasPrefix("http") {
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let file = parts[0].isEmpty ? Self.root.appendingPathComponent(page) : place.appendingPathComponent(String(parts[0])).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: file.path), "\(page) links to \(link)")
                guard parts.count == 2, let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
                let heads = text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { head in
                    head.drop { $0 == "#" || $0 == " " }.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }.replacing(" ", with: "-")
                }
                #expect(heads.contains(String(parts[1])), "\(page) links to \(link), which is no heading")
            }
        }
    }
}
