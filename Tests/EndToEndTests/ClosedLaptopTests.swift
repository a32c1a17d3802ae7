import Foundation
import Testing

/// The passphrase, the recovery code and the wipe of a laptop, with the real programs.
@Suite(.sharedHeadquarters, .serialized) struct ClosedLaptopTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private let fresh = "eight quieter furnaces hum"

    @Test func `a changed passphrase opens the laptop, and the old one does not`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        let wrong = try ann.run(["passphrase", "--new-passphrase-fd", "3"], passphrase: "not it at all\n\(fresh)")
        #expect(wrong.status == 77, "\(wrong.error)")
        let short = try ann.run(["passphrase", "--new-passphrase-fd", "3"], passphrase: "\(Laptop.passphrase)\nshort")
        #expect(short.status != 0, "\(short.error)")
        let changed = try ann.run(["passphrase", "--new-passphrase-fd", "3"], passphrase: "\(Laptop.passphrase)\n\(fresh)")
        #expect(changed.status == 0, "\(changed.error)")
        #expect(try ann.run(["list", "site"], passphrase: Laptop.passphrase).status == 77)
        #expect(try ann.run(["list", "site"], passphrase: fresh).output.contains("Dayton plant"))
    }

    @Test func `a recovery code stands in for a forgotten passphrase until another is made`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        func code() throws -> String {
            let made = try ann.run(["passphrase", "recovery"], passphrase: Laptop.passphrase)
            try #require(made.status == 0, "\(made.error)")
            #expect(made.error.contains("not shown again"))
            return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let none = try ann.run(["passphrase", "recovery", "--recovery"], passphrase: "0000-0000-0000-0000-0000-0000-0000")
        #expect(none.status == 65 && none.error.contains("mistyped"), "\(none.error)")
        let first = try code()
        let second = try code()
        func change(_ code: String) throws -> Program.Result {
            try ann.run(["passphrase", "--recovery", "--new-passphrase-fd", "3"], passphrase: "\(code)\n\(fresh)")
        }
        let refused = try change(first)
        #expect(refused.status == 77 && refused.error.contains("made last"), "\(refused.error)")
        #expect(try ann.run(["status"], passphrase: Laptop.passphrase).status == 0)
        let done = try change(second.lowercased())
        #expect(done.status == 0, "\(done.error)")
        #expect(try ann.run(["status"], passphrase: fresh).status == 0)
        let unlocked = try ann.run(["unlock", "--recovery"], passphrase: second)
        #expect(unlocked.status == 0, "\(unlocked.error)")
    }

    /// The paths below `folder` that have `word` in their name or their bytes, in capitals or not.
    private func places(saying word: String, below folder: URL) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
            let bytes = FileManager.default.contents(atPath: folder.path + "/" + path) ?? Data()
            return path.lowercased().contains(word) || String(decoding: bytes, as: UTF8.self).lowercased().contains(word)
        })
    }

    @Test func `a laptop that was enrolled under a label says it, and nowhere who the client is; a label that is taken uses no invitation up`() throws {
        let ann = Laptop(headquarters)
        let enrolled = try ann.must("enrol", "--as", "k7", input: headquarters.invitation("ann"))
        #expect(enrolled.contains("a device of Halden") && enrolled.contains("call it k7"))
        try ann.must("sync")
        try ann.must("site", "add", "name=Halden plant")
        try ann.must("sync")
        #expect(try ann.must("status").contains("Halden"))
        #expect(try places(saying: "halden", below: ann.home).isEmpty)
        #expect(try places(saying: "k7", below: ann.home).isSuperset(of: ["k7", "k7/rows.sqlite", "k7/lock", "current.json"]))

        let invitation = try headquarters.invitation("ann")
        let taken = try ann.run(["enrol", "--as", "k7"], input: invitation)
        #expect(taken.status == 65 && taken.error.contains("'k7' is taken"), "\(taken.error)")
        try ann.must("enrol", "--as", "k8", input: invitation)
        #expect(try ann.must("status", "--tenant", "k7").contains("Halden"))
        #expect(try places(saying: "halden", below: ann.home).isEmpty)
    }

    @Test func `a wipe is refused without a yes and names what has no receipt, and leaves nothing`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        try ann.refuses(["wipe"], 65, saying: ["1 change", "no receipt", "Nothing was wiped", "--yes"])
        try ann.must("sync")
        try ann.refuses(["wipe"], 65, saying: ["has signed for everything", "Nothing was wiped"])
        let done = try ann.run(["wipe", "--yes"])
        #expect(done.status == 0 && done.output.contains("is wiped"), "\(done.error)")
        #expect(!FileManager.default.fileExists(atPath: ann.store.path))
        #expect(try ann.run(["status"]).status == 78)
        // What was signed for is at headquarters.
        #expect(try Laptop(of: "ann", at: headquarters).must("list", "site").contains("Dayton plant"))
    }

    @Test func `a wipe that was cut off is finished by the next command, which says so`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let obstacle = ann.store.appendingPathComponent("attachments/stuck")
        try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)
        #expect(try ann.run(["wipe", "--yes"]).status != 0)
        #expect(FileManager.default.fileExists(atPath: ann.store.appendingPathComponent("rows.sqlite").path))
        try FileManager.default.removeItem(at: obstacle)
        let next = try ann.run(["status"])
        #expect(next.status == 78 && next.error.contains("finished now"), "\(next.error)")
        #expect(!FileManager.default.fileExists(atPath: ann.store.path))
    }

    /// Kills at each system call that touches the store, and looks at what is left.
    @Test(.needsTracer, arguments: ["passphrase", "wipe"])
    func `killed at any step a store opens by the old passphrase or the new one, or is wiped and says so`(verb: String) throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let kept = ann.home.appendingPathExtension("kept")
        try FileManager.default.copyItem(at: ann.home, to: kept)
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        let words = verb == "wipe" ? ["wipe", "--yes"] : ["passphrase", "--new-passphrase-fd", "3"]
        var ends: Set<String> = []
        for call in verb == "wipe" ? ["pwrite64", "fsync", "unlink", "rmdir"] : ["write", "fsync", "rename"] {
            for number in 1...12 {
                try FileManager.default.removeItem(at: ann.home)
                try FileManager.default.copyItem(at: kept, to: ann.home)
                let killed = try headquarters.program(
                    "/usr/bin/strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=SIGKILL:when=\(number)", program] + words,
                    environment: ["SEAMARK_HOME": ann.home.path], passphrase: "\(Laptop.passphrase)\n\(fresh)").finish(within: 60)
                let opened: [String] = try [Laptop.passphrase, fresh].filter { try ann.run(["status"], passphrase: $0).status == 0 }
                if opened.isEmpty {
                    #expect(verb == "wipe", "\(call) \(number): neither passphrase opens")
                    // The first of the two commands above finished it.
                    let left = (try? FileManager.default.contentsOfDirectory(atPath: ann.store.path)) ?? []
                    #expect(left.isEmpty, "\(call) \(number): \(left)")
                } else {
                    #expect(opened.count == 1, "\(call) \(number)")
                    #expect(verb != "wipe" || killed.status != 0, "\(call) \(number): it said that it wiped")
                }
                ends.insert(opened.first ?? "wiped")
                if killed.status == 0 { break }
            }
        }
        #expect(ends.count == 2, "both ends were seen: \(ends)")
        try? FileManager.default.removeItem(at: kept)
    }
}
