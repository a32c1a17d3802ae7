import Foundation
import Glibc
import Testing

/// Backups with the real programs: made beside a running server, verified, restored, and healed by the laptops that were ahead.
@Suite(.serialized) struct BackupTests {
    private static let passphrase = "nine slow kettles sing"

    private func run(_ headquarters: Headquarters, _ words: [String], passphrase: String? = BackupTests.passphrase) throws -> Program.Result {
        try headquarters.program("seamark-server", words, passphrase: passphrase).finish(within: 60)
    }

    @Test func `all is backed up beside pushes, the server is lost, and a new machine has what was backed up`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("import", ann.file(Interview.file(observations: 100)))
        let (folder, data) = (headquarters.folder.appendingPathComponent("backups").path, headquarters.data.path)
        let sync = try ann.start(["sync"])
        let made = try run(headquarters, ["backup", "--all", "--to", folder, "--data", data])
        #expect(made.status == 0 && made.output.contains("installation, verified and sealed") && made.output.contains("halden: "), "\(made.output)\(made.error)")
        #expect(try sync.finish().status == 0)
        try ann.must("site", "add", "name=Erie depot")
        try ann.must("sync")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(files.count == 2)
        let tenant = folder + "/" + (try #require(files.first { $0.hasPrefix("halden-") }))
        let installation = folder + "/" + (try #require(files.first { $0.hasPrefix("installation-") }))
        for name in ["Baseline engagement", "The schedule is rewritten", "CREATE TABLE", "BEGIN PRIVATE KEY"] {
            #expect(try Data(contentsOf: URL(fileURLWithPath: tenant)).range(of: Data(name.utf8)) == nil, "\(name) stands in the open")
        }
        let verified = try run(headquarters, ["backup", "verify", tenant, "--data", data])
        #expect(verified.status == 0 && verified.output.contains("whole and unaltered") && verified.output.contains("everything holds"), "\(verified.error)")
        #expect(try run(headquarters, ["backup", "verify", tenant, "--data", data], passphrase: "not this one at all").status == 77)
        #expect(try run(headquarters, ["restore", tenant, "--data", data]).status == 75, "it restored under a running server")

        #expect(try headquarters.stop() == 0)
        try FileManager.default.removeItem(atPath: data)
        #expect(try run(headquarters, ["restore", tenant, "--data", data]).status == 78)
        #expect(try run(headquarters, ["restore", installation, "--data", data]).status == 0)
        let restored = try run(headquarters, ["restore", tenant, "--data", data, "--json"])
        #expect(restored.status == 0, "\(restored.error)")
        #expect(try run(headquarters, ["verify", "--data", data], passphrase: nil).status == 0)
        #expect(try headquarters.verb("audit", "list").contains("tenant.restore"))
        // Nothing in what was restored says that the backup was made.
        #expect(try headquarters.verb("tenant", "shred", "halden", "--dry-run").contains("wherever copies lie: 1"))
        #expect(try headquarters.verb("audit", "verify").contains("The chain holds"))
    }

    @Test func `an attachment leaves a laptop only when a backup of headquarters holds it, and comes back on demand`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let data = headquarters.data.path
        func add(_ salt: UInt8) throws -> (name: String, bytes: Data) {
            let file = headquarters.folder.appendingPathComponent("photo-\(salt).bin")
            let bytes = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) ^ salt })
            try bytes.write(to: file)
            return (try ann.must("attach", "add", file.path).trimmingCharacters(in: .whitespacesAndNewlines), bytes)
        }
        func evict(_ words: String...) throws -> (freed: Int, results: [String]) {
            let done = try ann.run(["attach", "evict"] + words + ["--json"])
            #expect(done.status == 0, "\(done.error)")
            let document = try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any])
            let rows = try #require(document["attachments"] as? [[String: Any]])
            return (try #require(document["bytesFreed"] as? Int), rows.compactMap { $0["result"] as? String })
        }
        func backUp() throws -> Int? {
            let made = try run(headquarters, ["backup", "halden", "--to", headquarters.folder.appendingPathComponent("backups").path, "--data", data, "--json"])
            #expect(made.status == 0, "\(made.error)")
            return ((try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [[String: Any]])?.first?["unreadableAttachments"]) as? Int
        }
        let first = try add(0)
        #expect(try evict("--all") == (0, ["notBackedUp"]), "the sync before it handed it in, and no backup has it")
        usleep(5000)
        #expect(try backUp() == 0)
        let second = try add(1)
        #expect(try evict(first.name, second.name) == (100_000, ["evicted", "notBackedUp"]))
        #expect(try evict(first.name) == (0, ["notHere"]))
        let words = try ann.must("attach", "evict", "--all")
        #expect(words.contains("no backup of headquarters holds it yet"), "\(words)")
        let output = headquarters.folder.appendingPathComponent("out.bin").path
        try ann.must("attach", "get", first.name, "-o", output)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == first.bytes)
        // A file that headquarters lost is in no backup of it: the laptop keeps what it has.
        let folder = headquarters.data.appendingPathComponent("tenants/halden/data/attachments")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix("/") }
            .map { folder.appendingPathComponent($0) }.filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
        #expect(files.count == 2)
        for file in files { try FileManager.default.removeItem(at: file) }
        usleep(5000)
        #expect(try backUp() == 2)
        #expect(try evict(second.name) == (0, ["notBackedUp"]))
        #expect(try ann.run("attach", "evict").status == 64)
    }

    @Test func `evicting finds out a server that was put back and lost nothing but an attachment`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let photo = headquarters.folder.appendingPathComponent("photo.bin")
        try Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(to: photo)
        try ann.must("attach", "add", photo.path)
        try ann.must("sync", "--no-attachments")
        // The log stands as it will; the bytes come after the copy.
        let file = headquarters.data.appendingPathComponent("tenants/halden/data/tenant.sqlite")
        let copy = headquarters.folder.appendingPathComponent("copy.sqlite")
        let port = headquarters.port
        #expect(try headquarters.stop() == 0)
        try FileManager.default.copyItem(at: file, to: copy)
        try headquarters.start(port: port)
        try ann.must("sync")
        #expect(try headquarters.stop() == 0)
        for companion in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + companion) }
        try FileManager.default.removeItem(at: file)
        try FileManager.default.copyItem(at: copy, to: file)
        try headquarters.start(port: port)
        _ = try ann.run("attach", "evict", "--all")
        #expect(try headquarters.verb("audit", "list").contains("rolled back"))
        try ann.must("sync")
        #expect(try ann.must("attach", "list").contains("has it"))
    }

    @Test func `of an engagement and a laptop that are younger than the copy nobody is told that their work is safe, and headquarters hears of both`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let file = headquarters.data.appendingPathComponent("tenants/halden/data/tenant.sqlite")
        let copy = headquarters.folder.appendingPathComponent("copy.sqlite")
        let port = headquarters.port
        #expect(try headquarters.stop() == 0)
        try FileManager.default.copyItem(at: file, to: copy)
        try headquarters.start(port: port)
        // What is receipted, what waits, and who has read it.
        try headquarters.verb("engagement", "add", "second", "--currency", "USD")
        for member in ["ann", "bob"] { try headquarters.verb("engagement", "staff", "second", member) }
        try ann.must("sync")
        try ann.must("site", "add", "name=Dayton plant", "--engagement", "second")
        try ann.must("sync")
        let bob = try Laptop(of: "bob", at: headquarters)
        try ann.must("site", "add", "name=Erie depot", "--engagement", "second")
        try bob.must("site", "add", "name=Troy works", "--engagement", "baseline")
        #expect(try headquarters.stop() == 0)
        for companion in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + companion) }
        try FileManager.default.removeItem(at: file)
        try FileManager.default.copyItem(at: copy, to: file)
        try headquarters.start(port: port)

        for _ in 0..<2 {
            let said = try ann.must("sync")
            #expect(said.contains("Headquarters does not know the engagement second any more."), "\(said)")
            #expect(said.contains("1 change without a receipt stay on this laptop.") && said.contains("tell headquarters"), "\(said)")
            #expect(!said.contains("to the quarantine") && !said.contains("Nothing new on either side"), "\(said)")
            let status = try ann.must("status")
            #expect(status.contains("Headquarters does not know this engagement any more.") && !status.contains("the server keeps it in quarantine"), "\(status)")
            let scopes = try #require(try ann.status()["scopes"] as? [[String: Any]])
            #expect(scopes.filter { $0["unknownToServer"] as? Bool == true }.compactMap { $0["handle"] as? String } == ["second"])
            #expect(scopes.first { $0["handle"] as? String == "second" }?["unsent"] as? Int == 1)
            // The laptop that enrolled since.
            let refused = try bob.run("sync")
            #expect(refused.status == 76 && refused.error.contains("does not know this laptop") && refused.error.contains("All work stays on this device"), "\(refused)")
            #expect(!refused.error.contains("revoked"), "\(refused)")
        }
        let told = try headquarters.verb("status")
        #expect(told.contains("that this store does not know (") && told.contains("came with a certificate of this tenant"), "\(told)")
        let acts = try headquarters.verb("audit", "list")
        #expect(acts.components(separatedBy: "engagement.unknown").count == 2 && acts.components(separatedBy: "device.unknown").count == 2, "\(acts)")

        // Both are taken back, by what the alarms and the laptop say, and nothing is lost.
        func alarms(_ name: String) throws -> [String] {
            let document = try #require(try JSONSerialization.jsonObject(with: Data(headquarters.verb("status", "--json").utf8)) as? [String: Any])
            return try #require((document["tenants"] as? [[String: Any]])?.first?[name] as? [String])
        }
        let (engagement, device) = (try #require(try alarms("unknownEngagements").first), try #require(try alarms("unknownDevices").first))
        let lines = try bob.must("status").split(separator: "\n").map(String.init)
        let words = try #require(lines.firstIndex { $0.contains("these six words:") }.map { lines[$0 + 1].trimmingCharacters(in: .whitespaces) })
        let letters = try #require(try bob.status()["letters"] as? String)
        let taken = try headquarters.verb("device", "adopt", device, words, "--letters", letters)
        #expect(taken.contains("Took device \(letters) (\(device)) back"), "\(taken)")
        #expect(try bob.must("sync").contains("Sent 1 change"))
        #expect(try headquarters.verb("engagement", "adopt", engagement, "ann").contains("Nothing was changed"))
        #expect(try headquarters.verb("engagement", "list").contains("second") == false)
        _ = try headquarters.verb("engagement", "adopt", engagement, "ann", "--yes")
        let said = try ann.must("sync")
        #expect(said.contains("Sent 1 change") && !said.contains("does not know"), "\(said)")
        #expect(try headquarters.verb("engagement", "list").contains("second"))
        let scopes = try #require(try ann.status()["scopes"] as? [[String: Any]])
        #expect(scopes.allSatisfy { $0["unsent"] as? Int == 0 && $0["unknownToServer"] as? Bool != true }, "\(scopes)")
        #expect(try alarms("unknownEngagements") == [] && alarms("unknownDevices") == [])
    }

    @Test func `the copy of somebody who was taken off goes when a backup holds it all, and stays while an attachment waits`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let photo = headquarters.folder.appendingPathComponent("photo.bin")
        try Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(to: photo)
        let evidence = try ann.must("attach", "add", photo.path).trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync", "--no-attachments")
        try bob.must("sync")
        for member in ["ann", "bob"] { try headquarters.verb("engagement", "staff", "baseline", member, "--remove") }
        func engagements(_ laptop: Laptop) throws -> Int {
            try #require(try laptop.status()["scopes"] as? [[String: Any]]).count { $0["kind"] as? String == "engagement" }
        }
        // Everything is handed in; nothing is backed up yet.
        for laptop in [ann, bob] {
            _ = try laptop.run("sync")
            #expect(try engagements(laptop) == 1)
        }
        let folder = headquarters.folder.appendingPathComponent("backups").path
        let made = try run(headquarters, ["backup", "halden", "--to", folder, "--data", headquarters.data.path])
        #expect(made.status == 0, "\(made.error)")
        for laptop in [ann, bob] { _ = try laptop.run("sync") }
        #expect(try engagements(bob) == 0, "a backup holds all of it")
        #expect(try engagements(ann) == 1, "the attachment has nobody but this laptop")
        for member in ["ann", "bob"] { try headquarters.verb("engagement", "staff", "baseline", member) }
        for laptop in [ann, bob] { try laptop.must("sync") }
        let output = headquarters.folder.appendingPathComponent("again.bin")
        try bob.must("attach", "get", evidence, "-o", output.path)
        #expect(try Data(contentsOf: output) == Data(contentsOf: photo))
        #expect(try ann.digests() == bob.digests())
    }

    @Test func `a restore over a store that can be read redacts again what was redacted since, keeps what waits in quarantine, and says so`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (data, folder) = (headquarters.data.path, headquarters.folder.appendingPathComponent("backups").path)
        let note = try ann.must("observation", "add", "text=Halberdier said it", "polarity=drag").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync")
        try bob.must("sync")
        let made = try run(headquarters, ["backup", "halden", "--to", folder, "--data", data])
        try #require(made.status == 0, "\(made.error)")
        let backup = folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first))
        try headquarters.verb("redact", "baseline", note, "text", "--reason", "names a customer")
        // Nobody but the server holds what he wrote: his copy is destroyed.
        try bob.must("site", "add", "name=Erie depot")
        try headquarters.verb("engagement", "staff", "baseline", "bob", "--remove", "--release-copies")
        #expect(try bob.run("sync").output.contains("in quarantine"))
        let port = headquarters.port
        #expect(try headquarters.stop() == 0)
        let restored = try run(headquarters, ["restore", backup, "--data", data])
        try #require(restored.status == 0, "\(restored.error)")
        #expect(restored.output.contains("1 change was taken over into the quarantine"), "\(restored.output)")
        #expect(restored.output.contains("1 value that was redacted since is redacted here too"), "\(restored.output)")
        #expect(!restored.output.contains("could not be taken over"), "\(restored.output)")
        try headquarters.start(port: port)
        #expect(try headquarters.verb("quarantine", "list").contains("3001"))
        try ann.must("sync")
        #expect(try !ann.must("show", note).contains("Halberdier"))
        let export = headquarters.folder.appendingPathComponent("export.jsonl")
        try headquarters.verb("engagement", "export", "baseline", "--out", export.path, "--sensitive")
        #expect(try !String(contentsOf: export, encoding: .utf8).contains("Halberdier"))
        #expect(try headquarters.verb("audit", "list").contains("redaction.takeOver"))
        try headquarters.verb("verify")
        // Said again as JSON: all of it comes along once more.
        #expect(try headquarters.stop() == 0)
        let again = try run(headquarters, ["restore", backup, "--data", data, "--json"])
        let taken = try #require((try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])?["takenOver"] as? [String: Any])
        #expect(taken["redactions"] as? Int == 1 && taken["quarantined"] as? Int == 1 && (taken["left"] as? [Any])?.isEmpty == true, "\(taken)")
    }

    @Test func `what is wrong with a backup, a passphrase or a place is said, and nothing is changed`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let data = headquarters.data.path
        let folder = headquarters.folder.appendingPathComponent("backups").path
        let file = headquarters.folder.appendingPathComponent("no-backup").path
        try Data("something else".utf8).write(to: URL(fileURLWithPath: file))
        for (words, passphrase, status, part) in [
            (["backup", "halden", "--to", folder, "--data", data], "short", Int32(65), "8 characters"),
            (["backup", "nobody", "--to", folder, "--data", data], Self.passphrase, 66, "tenant list"),
            (["backup", "--to", folder, "--data", data], Self.passphrase, 64, "--all"),
            (["backup", "halden", "--all", "--to", folder, "--data", data], Self.passphrase, 64, "--all"),
            (["backup", "halden", "--to", "/proc/nowhere", "--data", data], Self.passphrase, 66, "not there"),
            (["backup", "verify", file], Self.passphrase, 65, "no backup of Seamark"),
            (["restore", file, "--data", data], Self.passphrase, 65, "no backup of Seamark"),
            (["restore", folder + "/missing", "--data", data], Self.passphrase, 66, "not there; check its name"),
            (["backup", "verify", folder + "/missing"], Self.passphrase, 66, "not there; check its name"),
            (["backup", "halden", "--to", folder + "/none/below", "--data", data], Self.passphrase, 66, "/none is not there; mount the disk"),
        ] {
            let done = try run(headquarters, words, passphrase: passphrase)
            #expect(done.status == status && done.error.contains(part), "\(words): \(done.status) \(done.error)")
        }
        #expect(try run(headquarters, ["backup", "halden", "--to", folder, "--data", data], passphrase: nil).status == 77)
        let open = headquarters.folder.appendingPathComponent("passphrase").path
        try Data("four random words here\n".utf8).write(to: URL(fileURLWithPath: open))
        chmod(open, 0o644)
        #expect(try run(headquarters, ["backup", "halden", "--to", folder, "--data", data, "--passphrase-file", open], passphrase: nil).status == 78)
        chmod(open, 0o600)
        #expect(try run(headquarters, ["backup", "halden", "--to", folder, "--data", data, "--passphrase-file", open], passphrase: nil).status == 0)
    }
}
