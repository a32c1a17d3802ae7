import Foundation
import Glibc
import Testing

/// Every file and folder that the programs make in a whole story, on a laptop, at headquarters and wherever they were told to write. All people are fictitious.
@Suite(.serialized) struct FileModesTests {
    /// What somebody else on the machine could read, write or enter, below these folders.
    private func open(below folders: [URL]) throws -> (seen: Int, open: [String]) {
        var seen = 0
        var found: [String] = []
        for folder in folders {
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                let path = folder.path + "/" + name
                var facts = stat()
                // A journal may be gone since it was listed.
                guard lstat(path, &facts) == 0 else { continue }
                seen += 1
                if facts.st_mode & S_IFMT != S_IFLNK, facts.st_mode & 0o077 != 0 { found.append("\(String(facts.st_mode & 0o7777, radix: 8)) \(path)") }
            }
        }
        return (seen, found)
    }

    @Test func `nothing that the programs leave anywhere can be read, written or entered by others`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let (given, out) = (headquarters.folder.appendingPathComponent("given"), headquarters.folder.appendingPathComponent("out"))
        for folder in [given, out] { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
        func path(_ name: String) -> String { out.appendingPathComponent(name).path }
        func sealed(_ words: String...) throws {
            let done = try headquarters.program("seamark-server", words + ["--data", headquarters.data.path], passphrase: Laptop.passphrase).finish()
            try #require(done.status == 0, "\(words): \(done.error)")
        }
        let note = given.appendingPathComponent("note.txt").path
        try Data("what a photo would show".utf8).write(to: URL(fileURLWithPath: note))

        try ann.must("person", "add", "name=Mara Example", "level=manager", "title=lead", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try ann.must("attach", "add", note, "title=Note")
        try ann.must("bundle", "export", path("stick.smbu"))
        try headquarters.verb("bundle", "import", path("stick.smbu"), "--reply", path("reply.smbu"))
        try ann.must("bundle", "import", path("reply.smbu"))
        try ann.must("sync")
        for ending in ["json", "jsonl", "zip", "xlsx", "sqlite"] { try ann.must("export", path("own.\(ending)")) }
        try ann.must("export", path("own.json"), "--replace")
        for ending in ["md", "html"] { try ann.must("report", "--format", ending, "--output", path("preview.\(ending)")) }
        try ann.must("attach", "get", "EV-A001", "--output", path("got.txt"))
        for ending in ["jsonl", "zip", "xlsx", "sqlite"] { try headquarters.verb("engagement", "export", "baseline", "--sensitive", "--out", path("whole.\(ending)")) }
        try headquarters.verb("report", "baseline", "--out", path("report"))
        try headquarters.verb("evidence", "export", "baseline", "--out", path("evidence"))
        try headquarters.verb("person", "export", "baseline", "P-A001", "--out", path("person.json"))
        try headquarters.verb("audit", "export", "--out", path("acts.json"))
        try headquarters.verb("quarantine", "export", "--out", path("kept.json"))
        try sealed("backup", "make", "--all", "--to", path("backups"))
        // At work, with journals beside the stores.
        let watch = try ann.start(["sync", "--watch"])
        try eventually("it watches", within: 60) { watch.outputSoFar.contains("atching") ? true : nil }
        let keys = URL(fileURLWithPath: headquarters.data.path + ".keys")
        let everywhere = [headquarters.folder.appendingPathComponent("runtime"), ann.home, headquarters.data, keys, out]
        let (seen, found) = try open(below: everywhere)
        #expect(found.isEmpty, "\(found)")
        #expect(seen > 40, "\(seen)")
        // The folders themselves; `out` is the test's.
        for folder in [ann.home, headquarters.data, keys] {
            #expect(try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int == 0o700, "\(folder.path)")
        }
        watch.kill()
        #expect(try headquarters.stop() == 0)
        try sealed("restore", path("backups") + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: path("backups")).first { $0.hasPrefix("halden-") })))
        #expect(try open(below: everywhere).open.isEmpty, "what was set aside, and what was put back")
        // The walk finds what a program leaves to whatever the shell allows.
        _ = try headquarters.program("/bin/sh", ["-c", "umask 022; : > \(path("control"))"]).finish()
        #expect(try open(below: everywhere).open.count == 1)
    }

    /// What somebody else may have put where a draft could be expected.
    private enum Bait: String, CaseIterable {
        case file, pipe, hardLink, symbolicLink

        static let words = "not of any program"

        /// - Parameter original: what a link is of.
        func lay(at path: String, original: String) throws {
            switch self {
            case .file:
                try Data(Self.words.utf8).write(to: URL(fileURLWithPath: path))
                try #require(chmod(path, 0o666) == 0)
            case .pipe: try #require(mkfifo(path, 0o666) == 0)
            case .hardLink: try #require(link(original, path) == 0)
            case .symbolicLink: try #require(symlink(original, path) == 0)
            }
        }
    }

    /// Links are not followed.
    private func facts(at path: String) throws -> stat {
        var facts = stat()
        try #require(lstat(path, &facts) == 0, "\(path) is not there")
        return facts
    }

    @Test func `what lies beside a name that is written to, as NAME.new, is neither opened nor altered, and the file is a new one of its owner alone`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let out = headquarters.folder.appendingPathComponent("out")
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        let (original, given) = (out.appendingPathComponent("original").path, headquarters.folder.appendingPathComponent("note.txt").path)
        try Data(Bait.words.utf8).write(to: URL(fileURLWithPath: original))
        try #require(chmod(original, 0o666) == 0)
        try Data("what a photo would show".utf8).write(to: URL(fileURLWithPath: given))
        try ann.must("attach", "add", given, "title=Note")

        for bait in Bait.allCases {
            var written: [String] = []
            /// A name that the bait lies beside.
            func name(_ name: String) throws -> String {
                let path = out.appendingPathComponent("\(bait.rawValue)-\(name)").path
                try bait.lay(at: path + ".new", original: original)
                written.append(path)
                return path
            }
            for ending in ["json", "jsonl", "zip", "xlsx", "sqlite"] { try ann.must("export", name("own.\(ending)")) }
            for ending in ["md", "html"] { try ann.must("report", "--format", ending, "--output", name("preview.\(ending)")) }
            try ann.must("export", try #require(written.first), "--replace")
            try ann.must("report", "--format", "html", "--output", try #require(written.last), "--replace")
            try ann.must("attach", "get", "EV-A001", "--output", name("got.txt"))
            let bundle = try name("stick.smbu")
            try ann.must("bundle", "export", bundle)
            try headquarters.verb("bundle", "import", bundle, "--reply", name("reply.smbu"))

            for path in written {
                let facts = try self.facts(at: path)
                #expect(facts.st_mode == S_IFREG | 0o600 && facts.st_uid == geteuid() && facts.st_nlink == 1, "\(path)")
                #expect(facts.st_size > 0, "\(path)")
                let laid = try self.facts(at: path + ".new")
                switch bait {
                case .file, .hardLink: #expect(laid.st_mode == S_IFREG | 0o666 && laid.st_size == Bait.words.utf8.count, "\(path).new")
                case .pipe: #expect(laid.st_mode & S_IFMT == S_IFIFO, "\(path).new")
                case .symbolicLink: #expect(laid.st_mode & S_IFMT == S_IFLNK, "\(path).new")
                }
            }
            #expect(try String(contentsOfFile: original, encoding: .utf8) == Bait.words)
        }
        // The drafts themselves went.
        #expect(try FileManager.default.contentsOfDirectory(atPath: out.path).filter { $0.hasPrefix("seamark-") }.isEmpty)
    }
}
