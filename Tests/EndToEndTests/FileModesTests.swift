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
}
