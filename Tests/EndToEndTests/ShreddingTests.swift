import Foundation
import Glibc
import Testing

/// The end of a contract with the real programs, and the way from the plain keys of earlier versions.
@Suite(.serialized) struct ShreddingTests {
    private static let passphrase = "nine slow kettles sing"

    private func run(_ headquarters: Headquarters, _ words: [String], passphrase: String? = nil) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path], passphrase: passphrase).finish(within: 120)
    }

    private func plainKeys(_ headquarters: Headquarters) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: headquarters.data.path).filter { $0.contains("tenants/") && $0.hasSuffix(".key") }
    }

    @Test func `a tenant is shredded, its backups stay closed to who knows the passphrase, and only a copy of its key opens them`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try headquarters.verb("tenant", "add", "rival")
        try ann.must("site", "add", "name=Dayton plant")
        try ann.must("sync")
        let backups = headquarters.folder.appendingPathComponent("backups").path
        let made = try run(headquarters, ["backup", "halden", "--to", backups], passphrase: Self.passphrase)
        #expect(made.status == 0, "\(made.error)")
        let backup = backups + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: backups).first))
        let handed = try run(headquarters, ["tenant", "key", "halden"])
        let text = handed.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(text.split(separator: "-").count == 14 && handed.error.contains("Write it down"))

        let asked = try headquarters.verb("tenant", "shred", "halden", "--request").split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        let request = try #require(asked)
        try ann.refuses(["approve", request], 65, saying: ["Nothing was signed"])
        let approval = try ann.must("approve", request, "--yes").trimmingCharacters(in: .whitespacesAndNewlines)
        let shred = ["tenant", "shred", "halden", "--again", "halden", "--approval", approval]
        for words in [["tenant", "shred", "halden"], ["tenant", "shred", "halden", "--again", "halden"], ["tenant", "shred", "halden", "--again", "rival", "--approval", approval]] {
            #expect(try run(headquarters, words).status == 64)
        }
        let forged = shred.dropLast() + [String(approval.dropLast()) + (approval.last == "0" ? "1" : "0")]
        let looked = try run(headquarters, ["tenant", "shred", "halden", "--dry-run"])
        for part in ["wherever copies lie: 1", "handed out: 1", "not revoked (A)", "Nothing was changed"] { #expect(looked.output.contains(part), "\(part): \(looked.output)") }
        #expect(try run(headquarters, shred).status == 75, "it shredded under a running server")
        #expect(try headquarters.stop() == 0)
        #expect(try run(headquarters, Array(forged)).status == 77)
        let done = try run(headquarters, shred)
        #expect(done.status == 0 && done.output.contains("its key is destroyed"), "\(done.error)")
        let list = try headquarters.verb("tenant", "list")
        #expect(list.contains("was shredded") && list.contains("lead, device A") && list.contains("rival"))
        let documents = try headquarters.verb("tenant", "list", "--json")
        #expect(try documents.contains("shredded") && SchemaCheck.faults(ofDocument: documents) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: headquarters.data.path + "/tenants") == ["rival"])
        #expect(try run(headquarters, shred).status == 66)

        // The passphrase is right; there is no terminal to ask for the text on.
        for words in [["restore", backup], ["backup", "verify", backup]] {
            let refused = try run(headquarters, words, passphrase: Self.passphrase)
            #expect(refused.status == 78 && refused.error.contains("tenant key is not there") && refused.error.contains("--recovery-file"), "\(refused.error)")
        }
        let mistyped = try run(headquarters, ["restore", backup, "--recovery-fd", "3"], passphrase: Self.passphrase + "\n" + text.dropLast() + "Z0")
        #expect(mistyped.status == 65 && mistyped.error.contains("mistyped"), "\(mistyped.error)")
        // The copy on paper that nobody destroyed.
        let opened = try run(headquarters, ["restore", backup, "--recovery-fd", "3"], passphrase: Self.passphrase + "\n" + text)
        #expect(opened.status == 0, "\(opened.error)")
        #expect(try run(headquarters, ["verify"]).status == 0)
    }

    /// What is there, put back before each try.
    private struct Before {
        let headquarters: Headquarters
        private let kept: URL
        private let places: [URL]

        init(_ headquarters: Headquarters) throws {
            self.headquarters = headquarters
            kept = headquarters.folder.appendingPathComponent("kept")
            places = [headquarters.data, URL(fileURLWithPath: headquarters.data.path + ".keys")].filter { FileManager.default.fileExists(atPath: $0.path) }
            try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
            for place in places { try FileManager.default.copyItem(at: place, to: kept.appendingPathComponent(place.lastPathComponent)) }
        }

        func putBack() throws {
            for end in ["", ".keys"] { try? FileManager.default.removeItem(atPath: headquarters.data.path + end) }
            for place in places { try FileManager.default.copyItem(at: kept.appendingPathComponent(place.lastPathComponent), to: place) }
        }

        /// Runs a verb that is killed at its `number`th call of this name. Nil when it came to its end before.
        func killed(_ words: [String], at call: String, _ number: Int) throws -> Bool {
            let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
            let done = try headquarters.program(
                "/usr/bin/strace",
                ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=SIGKILL:when=\(number)", program] + words + ["--data", headquarters.data.path])
                .finish(within: 120)
            #expect(done.status == 0 || done.status == -9 || done.status == 137, "\(call) \(number): \(done.status) \(done.error)")
            return done.status != 0
        }
    }

    @Test(.needsTracer)
    func `killed at any step a shredding leaves the tenant whole or unreadable, and the same command ends it`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        #expect(try headquarters.stop() == 0)
        let before = try Before(headquarters)
        let keys = headquarters.data.path + ".keys"
        let words = ["tenant", "shred", "halden", "--again", "halden", "--alone", "no laptop is left"]
        var ends: Set<String> = []
        for call in ["pwrite64", "fsync", "rename", "unlink", "unlinkat", "rmdir"] {
            for number in 1...10 {
                try before.putBack()
                guard try before.killed(words, at: call, number) else { break }
                if try !FileManager.default.contentsOfDirectory(atPath: keys).filter({ $0.hasSuffix(".key") }).isEmpty,
                    try run(headquarters, ["verify"]).status == 0 {
                    ends.insert("whole")
                } else {
                    ends.insert("unreadable")
                    #expect(try run(headquarters, ["verify", "--tenant", "halden"]).status != 0, "\(call) \(number)")
                }
                let again = try run(headquarters, words)
                #expect(again.status == 0 || again.status == 66, "\(call) \(number): \(again.error)")
                #expect(try headquarters.verb("tenant", "list").contains("was shredded"), "\(call) \(number)")
                #expect(try FileManager.default.subpathsOfDirectory(atPath: headquarters.data.path).allSatisfy { !$0.contains("halden") && !$0.contains(".shred-") }, "\(call) \(number)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: keys).isEmpty, "\(call) \(number)")
            }
        }
        #expect(ends.count == 2, "both ends were seen: \(ends)")
    }

    @Test(.needsTracer)
    func `killed at any step the way from plain keys to wrapped ones goes on, and loses none`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        #expect(try headquarters.stop() == 0)
        // As an earlier version left it.
        let archive = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../SeamarkStoreTests/Databases/stores-2.tar.xz").standardized
        for end in ["", ".keys"] { try FileManager.default.removeItem(atPath: headquarters.data.path + end) }
        let unpacked = try Program("/usr/bin/env", ["python3", "-m", "tarfile", "-e", archive.path, headquarters.folder.path], in: headquarters.folder).finish()
        try #require(unpacked.status == 0, "\(unpacked.error)")
        try #require(try plainKeys(headquarters).count == 3)
        let before = try Before(headquarters)
        for call in ["write", "pwrite64", "fsync", "link", "rename", "unlink"] {
            for number in 1...10 {
                try before.putBack()
                guard try before.killed(["tenant", "list"], at: call, number) else { break }
                let verified = try run(headquarters, ["verify"])
                #expect(verified.status == 0, "\(call) \(number): \(verified.error)\(verified.output)")
                #expect(try plainKeys(headquarters).isEmpty, "\(call) \(number)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: headquarters.data.path + ".keys").filter { $0.hasSuffix(".key") }.count == 1, "\(call) \(number)")
                #expect(try headquarters.verb("audit", "list").components(separatedBy: "key.make").count == 2, "\(call) \(number)")
            }
        }
    }
}
