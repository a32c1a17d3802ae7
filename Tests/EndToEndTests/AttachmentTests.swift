import Foundation
import Glibc
import Testing

/// Three megabytes of fictitious bytes through the real programs: there and back, cut, killed, and searched for on both sides.
@Suite(.serialized) struct AttachmentTests {
    private static let canary = Data("canary: the press waits for the key ".utf8)

    /// A file that holds the canary all over, and no two equal chunks.
    private func photo(_ laptop: Laptop, megabytes: Int = 3, _ name: String = "press.jpg") throws -> (path: String, bytes: Data) {
        var bytes = Data()
        var number = 0
        while bytes.count < megabytes * 1_000_000 {
            bytes += Data("\(number) ".utf8) + Self.canary
            number += 1
        }
        let file = laptop.headquarters.folder.appendingPathComponent("\(UUID().uuidString)-\(name)")
        try bytes.write(to: file)
        return (file.path, bytes)
    }

    private func sync(_ laptop: Laptop) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(try laptop.must("sync", "--json").utf8)) as? [String: Any])
    }

    private func attach(_ laptop: Laptop, _ path: String, to target: String) throws -> String {
        try laptop.must("attach", "add", path, "--to", target).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func observe(_ laptop: Laptop) throws -> String {
        try laptop.must("observation", "add", "text=The press waits").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func `a photo goes from one laptop to another, sealed at rest on both sides, and small work first`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (path, bytes) = try photo(ann)
        let observation = try observe(ann)
        let evidence = try attach(ann, path, to: observation)
        #expect(try ann.must("status").contains("1 attachment (3.0 MB) not yet with the server"))
        // Blocks travel without it.
        let first = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("sync", "--no-attachments", "--json").utf8)) as? [String: Any])
        #expect(first["attachmentsHandedIn"] as? Int == 0 && first["unsent"] as? Int == 0)
        // Nobody may take the laptop for empty meanwhile.
        let standing = try ann.must("status")
        #expect(!standing.contains("Everything is with the server") && standing.contains("All changes are with the server, attachments are not:"), "\(standing)")
        try bob.must("sync")
        let output = headquarters.folder.appendingPathComponent("out.jpg").path
        let early = try bob.run("attach", "get", evidence, "-o", output)
        #expect(early.status == 76 && early.error.contains("does not have its bytes yet"), "\(early.error)")
        #expect(try sync(ann)["attachmentsHandedIn"] as? Int == 1)
        let idle = try sync(ann)
        #expect(idle["attachmentsHandedIn"] as? Int == 0 && (idle["bytesSent"] as? Int ?? .max) < 4_000, "what the server has is not offered again")
        try bob.must("attach", "get", evidence, "-o", output)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == bytes)
        #expect(try bob.run("attach", "get", evidence, "-o", output).status == 73, "a file that is there was written over")
        for folder in [headquarters.data, ann.home, bob.home] {
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                let file = FileManager.default.contents(atPath: folder.appendingPathComponent(name).path) ?? Data()
                #expect(file.range(of: Self.canary) == nil, "\(name) holds plain text")
            }
        }
        // Off line, what was fetched is there.
        #expect(try headquarters.stop() == 0)
        try bob.must("attach", "get", evidence, "-o", output + "-again")
        try bob.must("verify")
    }

    @Test func `a photo that waits when its evidence is deleted is handed in all the same, and is no reason to destroy the copy before`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (path, bytes) = try photo(ann, megabytes: 1)
        let observation = try observe(ann)
        let evidence = try attach(ann, path, to: observation)
        try ann.must("sync", "--no-attachments")
        try bob.must("sync")
        try bob.must("evidence", "delete", evidence)
        try bob.must("sync")
        try ann.must("sync", "--no-attachments")
        let status = try ann.must("status")
        #expect(status.contains("1 attachment (1.0 MB) not yet with the server") && !status.contains("Everything is with the server"), "\(status)")
        let list = try ann.must("attach", "list")
        #expect(list.contains(evidence) && list.contains("(deleted)") && list.contains("waiting"), "\(list)")
        // Taken off before the bytes went: they stay, and are not taken from who is not staffed.
        try headquarters.verb("engagement", "staff", "baseline", "ann", "--remove", "--release-copies")
        for _ in 0..<2 { _ = try ann.run("sync") }
        try headquarters.verb("engagement", "staff", "baseline", "ann")
        #expect(try sync(ann)["attachmentsHandedIn"] as? Int == 1, "the server took none for a row that was deleted")
        #expect(try ann.must("status").contains("Everything is with the server"))
        try bob.must("evidence", "restore", evidence)
        try bob.must("sync")
        let output = headquarters.folder.appendingPathComponent("out.jpg").path
        try bob.must("attach", "get", evidence, "-o", output)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == bytes)
    }

    @Test func `files that two attached to one row can both be had once headquarters let the second in, and are shown as a conflict`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let row = try ann.must("evidence", "add", "kind=ledger", "title=scan").trimmingCharacters(in: .whitespacesAndNewlines)
        try ann.must("sync")
        try bob.must("sync")
        let (small, large) = (try photo(ann, megabytes: 1), try photo(bob, megabytes: 2))
        _ = try attach(ann, small.path, to: row)
        _ = try attach(bob, large.path, to: row)
        try bob.must("sync")
        try ann.must("sync")
        #expect(try headquarters.verb("quarantine", "release", "--all").contains("Released 1 change"))
        for _ in 0..<2 { for laptop in [ann, bob] { try laptop.must("sync") } }
        for laptop in [ann, bob] {
            let conflicts = try laptop.must("conflicts")
            #expect(conflicts.contains(row) && conflicts.contains("has 2 values"), "\(conflicts)")
            #expect(try laptop.must("attach", "list").contains("\(row) (2 of 2)"))
            var found: Set<Data> = []
            for number in ["1", "2"] {
                let output = headquarters.folder.appendingPathComponent("\(UUID().uuidString).bin").path
                try laptop.must("attach", "get", row, "--choose", number, "-o", output)
                found.insert(try Data(contentsOf: URL(fileURLWithPath: output)))
            }
            #expect(found == [small.bytes, large.bytes])
        }
        try ann.refuses(["attach", "get", row, "--choose", "3", "-o", headquarters.folder.appendingPathComponent("none.bin").path], 65, saying: ["choose 1 to 2"])
    }

    @Test func `a sync shows on a terminal what is under way, how much of it is done and how long it takes yet, and tells a script what came of it alone`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        try ann.must("import", ann.file(Interview.file(observations: 400)))
        let evidence = try attach(ann, try photo(ann, megabytes: 2).path, to: try observe(ann))
        // Some four seconds for the two megabytes.
        link.slow(microseconds: 8000)
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        let screen = Screen.command(columns: 100, errors: true, [program, "sync"])
        let environment = ["SEAMARK_HOME": ann.home.path, "TERM": "xterm", "LC_ALL": "C.UTF-8"]
        let done = try headquarters.program(screen.name, screen.words, environment: environment, passphrase: ann.passphrase).finish()
        #expect(done.status == 0, "\(done)")
        // Each takes the place of the one before.
        let lines = done.output.components(separatedBy: "\r\u{1b}[K").filter { !$0.isEmpty }
        #expect(lines.contains { $0.contains(/^baseline \[[#.]{20}\] \d+ changes to send, .*[\d.]+ KB so far/) }, "\(lines)")
        let bars = lines.filter { $0.hasPrefix(evidence + " [") }
        #expect(bars.contains { $0.contains(/\[[#.]{20}\] [\d.]+ [KM]B of 2\.0 MB, \d+ s left$/) }, "\(lines)")
        let filled = bars.map { $0.count { $0 == "#" } }
        #expect(Set(filled).count > 3 && filled == filled.sorted(), "\(lines)")
        #expect(lines.allSatisfy { $0.count < 100 || $0.hasPrefix("Sent ") }, "\(lines)")
        // What came of it stands alone at the end.
        let last = try #require(lines.last)
        #expect(last.hasPrefix("Sent ") && last.contains("handed in 1 attachment of 2.0 MB") && !last.contains("[") && last.split(separator: "\n").count == 1, "\(lines)")

        let second = try attach(ann, try photo(ann, megabytes: 1, "second.jpg").path, to: try observe(ann))
        let quiet = try ann.run("sync")
        #expect(quiet.status == 0 && quiet.error.isEmpty, "\(quiet)")
        #expect(quiet.output.contains("handed in 1 attachment") && !quiet.output.contains("\r") && !quiet.output.contains("\u{1b}") && !quiet.output.contains(second), "\(quiet)")
        let idle = try ann.run("sync", "--json")
        #expect(idle.status == 0 && idle.error.isEmpty && idle.output.hasPrefix("{"), "\(idle)")
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `an upload that is cut by the line and by the server's end goes on where it stopped`(signal: Int32) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let (path, bytes) = try photo(ann)
        let evidence = try attach(ann, path, to: try observe(ann))
        var sent = 0
        for _ in 0..<2 {
            link.stall(afterUpward: 1_200_000)
            let upload = try ann.start(["sync"])
            try eventually("the upload is under way", within: 30) { link.hasStalled ? true : nil }
            sent += 1_200_000
            if sent == 1_200_000 { upload.kill() }
            _ = try headquarters.stop(signal)
            link.cut()
            _ = try upload.finish(within: 40)
            #expect(try ann.must("status").contains("not yet with the server"))
            try headquarters.start()
            link.mend(to: headquarters.port)
        }
        let last = try sync(ann)
        #expect(last["attachmentsHandedIn"] as? Int == 1)
        // Each cut may cost what was under way, and no more: four chunks, and what the line swallowed of a fifth.
        #expect((last["attachmentBytesSent"] as? Int ?? .max) < bytes.count - sent + 2 * 5 * 65_536, "it began from zero")
        let bob = try Laptop(of: "bob", at: headquarters)
        let output = headquarters.folder.appendingPathComponent("out.jpg").path
        try bob.must("attach", "get", evidence, "-o", output)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == bytes)
    }

    @Test func `a fetch that is cut goes on where it stopped`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters)
        let bob = try Laptop(of: "bob", at: headquarters, by: link)
        let (path, bytes) = try photo(ann)
        let evidence = try attach(ann, path, to: try observe(ann))
        try ann.must("sync")
        try bob.must("sync")
        link.stall(afterDownward: 2_000_000)
        let output = headquarters.folder.appendingPathComponent("out.jpg").path
        let fetch = try bob.start(["attach", "get", evidence, "-o", output])
        try eventually("the fetch is under way", within: 30) { link.hasStalled ? true : nil }
        fetch.kill()
        #expect(!FileManager.default.fileExists(atPath: output))
        link.mend()
        let down = try link.downward { try bob.must("attach", "get", evidence, "-o", output) }
        #expect(down < bytes.count - 2_000_000 + 6 * 65_536 + 20_000, "it began from zero")
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == bytes)
    }

    @Test func `work that is captured during a long upload is sent in the same sync`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let (path, _) = try photo(ann, megabytes: 20)
        _ = try attach(ann, path, to: try observe(ann))
        try ann.must("sync", "--no-attachments")
        let upload = try ann.start(["sync", "--json"])
        usleep(300_000)
        let isUnderWay = upload.status == nil
        _ = try observe(ann)
        let done = try upload.finish(within: 120)
        #expect(done.status == 0, "\(done.error)")
        if isUnderWay, done.output.contains("\"sentChanges\": 1") { #expect(try ann.unsent() == 0) }
        try ann.must("sync")
        #expect(try ann.unsent() == 0)
    }

    @Test func `a photo goes without its place and time unless they are to be kept, and a broken one not at all`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        func segment(_ marker: UInt8, _ content: Data) -> Data { Data([0xff, marker, 0, UInt8(content.count + 2)]) + content }
        let scan = segment(0xda, Data([1, 1, 0, 0, 63, 0])) + Data("the pixels".utf8)
        let photo = Data([0xff, 0xd8]) + segment(0xe1, Data("Exif\0\0".utf8) + Self.canary) + scan + Data([0xff, 0xd9])
        let heic = Data([0, 0, 0, 24]) + Data("ftypheic".utf8) + Self.canary
        func file(_ name: String, _ bytes: Data) throws -> String {
            let file = headquarters.folder.appendingPathComponent(name)
            try bytes.write(to: file)
            return file.path
        }
        let observation = try observe(ann)
        func add(_ path: String, _ words: String...) throws -> (name: String, note: String) {
            let run = try ann.run(["attach", "add", path, "--to", observation] + words)
            try #require(run.status == 0, "\(run.error)")
            return (run.output.trimmingCharacters(in: .whitespacesAndNewlines), run.error)
        }
        let bare = try add(try file("press.jpg", photo))
        #expect(bare.note.contains("place, time, device"), "\(bare.note)")
        let kept = try add(try file("kept.jpg", photo), "--keep-metadata")
        #expect(kept.note.isEmpty)
        let other = try add(try file("press.heic", heic))
        #expect(other.note.contains("HEIC"), "\(other.note)")
        let broken = try ann.run("attach", "add", try file("broken.jpg", photo.dropLast(2)), "--to", observation)
        #expect(broken.status == 65 && broken.error.contains("--keep-metadata"), "\(broken.error)")
        try ann.must("sync")
        try bob.must("sync")
        for (name, bytes) in [(bare.name, Data([0xff, 0xd8]) + scan + Data([0xff, 0xd9])), (kept.name, photo), (other.name, heic)] {
            let output = headquarters.folder.appendingPathComponent("out-\(name)")
            try bob.must("attach", "get", name, "-o", output.path)
            #expect(try Data(contentsOf: output) == bytes, "\(name)")
        }
    }

    @Test func `what the server refused is not counted as if it were to go, and every verb says why it stays`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        // A laptop takes it, a server does not.
        let path = headquarters.folder.appendingPathComponent("large.bin").path
        let large = open(path, O_CREAT | O_WRONLY, 0o600)
        ftruncate(large, 27_000_000)
        close(large)
        let evidence = try attach(ann, path, to: try observe(ann))
        let refused = try ann.must("sync")
        #expect(refused.contains("An attachment of 27.0 MB stays here: it is larger than the 26.2 MB that the server takes; attach a smaller version."), "\(refused)")
        let told = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("sync", "--json").utf8)) as? [String: Any])
        let one = try #require((told["attachmentsRefused"] as? [[String: Any]])?.first)
        #expect(one["code"] as? Int == 4042 && one["size"] as? Int == 27_000_000 && one["limitBytes"] as? Int == 25 * 1024 * 1024, "\(one)")
        let (small, _) = try photo(ann, megabytes: 1)
        _ = try attach(ann, small, to: try observe(ann))
        let forecast = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("sync", "--forecast", "--json").utf8)) as? [String: Any])
        #expect(forecast["attachmentsUp"] as? Int == 1 && forecast["attachmentsRefused"] as? Int == 1 && forecast["attachmentBytesRefused"] as? Int == 27_000_000, "\(forecast)")
        #expect((forecast["bytesUpAtMost"] as? Int ?? .max) < 2_000_000, "\(forecast)")
        #expect(try ann.must("sync", "--forecast").contains("Not counted: 1 attachment (27.0 MB) that the server refused"))
        func says(_ waits: Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let (list, status) = (try ann.must("attach", "list"), try ann.must("status"))
            for text in [list, status] {
                #expect(text.contains("Refused by the server: \(evidence) (27.0 MB): it is larger than the 26.2 MB that the server takes"), "\(text)", sourceLocation: sourceLocation)
                #expect(text.contains("1 attachment (1.0 MB) not yet with the server") == waits, "\(text)", sourceLocation: sourceLocation)
                #expect(text.components(separatedBy: "not yet with the server").count == (waits ? 2 : 1), "\(text)", sourceLocation: sourceLocation)
            }
            #expect(list.split(separator: "\n").contains { $0.hasPrefix(evidence) && $0.hasSuffix("refused") }, "\(list)", sourceLocation: sourceLocation)
        }
        try says(true)
        try ann.must("sync")
        try says(false)
        let listed = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("attach", "list", "--json").utf8)) as? [[String: Any]])
        #expect(listed.count { ($0["refused"] as? String)?.contains("larger than the 26.2 MB that the server takes") == true } == 1 && listed.count { $0["refused"] is NSNull } == 1, "\(listed)")
        #expect(listed.count { $0["limitBytes"] as? Int == 26_214_400 } == 1 && listed.count { $0["limitBytes"] is NSNull } == 1, "\(listed)")
        let scope = try #require((try ann.status()["scopes"] as? [[String: Any]])?.first { $0["kind"] as? String == "engagement" })
        let waits = try #require((scope["attachmentsRefused"] as? [[String: Any]])?.first)
        #expect(waits["limitBytes"] as? Int == 26_214_400 && waits["size"] as? Int == 27_000_000 && waits["record"] as? String == evidence, "\(waits)")
        // It looks into what is unlocked alone.
        let doctor = try headquarters.program("seamark", ["doctor"], environment: ["SEAMARK_HOME": ann.home.path]).finish().output
        if doctor.contains("Its store opens.") {
            #expect(doctor.contains("1 attachment is on this laptop alone, since the server refused it: it is larger than the 26.2 MB that the server takes"), "\(doctor)")
            #expect(!doctor.contains("Run 'seamark sync'"), "\(doctor)")
        }
    }

    @Test func `what is no plain file of a size within bounds, and what holds no evidence, is refused and changes nothing`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let folder = headquarters.folder
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try Data("x".utf8).write(to: folder.appendingPathComponent("plain.txt"))
        try Data().write(to: folder.appendingPathComponent("empty.txt"))
        try FileManager.default.createSymbolicLink(atPath: path("link.txt"), withDestinationPath: path("plain.txt"))
        mkfifo(path("pipe"), 0o600)
        let large = open(path("large.bin"), O_CREAT | O_WRONLY, 0o600)
        ftruncate(large, 64 * 1024 * 1024 + 1)
        close(large)
        try ann.must("site", "add", "name=Dayton plant")
        let before = try ann.everything()
        for (name, part) in [
            ("link.txt", "not a plain file"), ("pipe", "not a plain file"), (".", "not a plain file"), ("empty.txt", "is empty"), ("large.bin", "at most"),
        ] {
            try ann.refuses(["attach", "add", path(name)], 65, saying: [part], before: before)
        }
        try ann.refuses(["attach", "add", path("missing.txt")], 66, saying: ["no file"], before: before)
        try ann.refuses(["attach", "add", path("plain.txt"), "--to", "ST-A001"], 65, saying: ["holds no evidence"], before: before)
        try ann.refuses(["attach", "add", path("plain.txt"), "--to", "O-A009"], 66, saying: ["no record"], before: before)
        // The bytes of a name never become a path or an order to a terminal.
        let hostile = folder.appendingPathComponent("..\u{1b}[2J\u{202e}gpj.exe\n.png")
        try Data("x".utf8).write(to: hostile)
        let name = try ann.must("attach", "add", hostile.path).trimmingCharacters(in: .whitespacesAndNewlines)
        let listed = try ann.must("attach", "list")
        #expect(listed.contains(name) && !listed.contains("\u{1b}") && !listed.contains("\u{202e}"))
        try ann.refuses(["attach", "add", path("plain.txt"), "--to", name], 65, saying: ["has its bytes already"])
    }
}
