import Foundation
import Glibc
import Testing

/// A wipe that headquarters orders, with the real programs: what a laptop does when it hears of it, and what whoever holds it can do about that.
@Suite(.sharedHeadquarters, .serialized) struct OrderedWipeTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    /// Seconds; this machine may have much else to do.
    private static let tracer = "/usr/bin/strace"

    /// A sync that is killed at a system call of its, by name and number; one that makes fewer gets to its end.
    private func killed(_ laptop: Laptop, at call: String, _ number: Int) throws -> Program.Result {
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        return try headquarters.program(
            Self.tracer, ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=SIGKILL:when=\(number)", program, "sync"],
            environment: ["SEAMARK_HOME": laptop.home.path], passphrase: Laptop.passphrase
        ).finish(within: Program.patience)
    }

    private func devices() throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]])
    }

    /// What headquarters has of a device.
    private func device(_ letters: String) throws -> [String: Any] {
        try #require(try devices().first { $0["device"] as? String == letters })
    }

    private func letters(_ laptop: Laptop) throws -> String { try #require(try laptop.status()["letters"] as? String) }

    private func quarantined() throws -> Int {
        try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("quarantine", "list", "--json").utf8)) as? [Any]).count
    }

    private func isGone(_ laptop: Laptop) -> Bool { !FileManager.default.fileExists(atPath: laptop.store.path) }

    /// A laptop with two sites, one of them not sent, and a wipe that is ordered.
    private func ordered(by link: Link? = nil) throws -> (laptop: Laptop, letters: String) {
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        try ann.must("site", "add", "name=Akron works")
        try ann.must("sync")
        try ann.must("site", "add", "name=Dayton plant")
        let letters = try letters(ann)
        #expect(try headquarters.verb("device", "wipe", letters).contains("Nothing was ordered"))
        #expect(try device(letters)["wipeOrdered"] is NSNull)
        try headquarters.verb("device", "wipe", letters, "--yes")
        return (ann, letters)
    }

    @Test func `a sync of a laptop that is to be wiped hands in what waits, destroys the rest, and headquarters sees both`() throws {
        let (ann, letters) = try ordered()
        let before = try quarantined()
        #expect(try headquarters.verb("device", "list").contains("wipe ordered"))
        let done = try ann.run("sync", "--json")
        #expect(done.status == 77 && done.error.contains("ordered halden wiped") && done.error.contains("Headquarters knows"), "\(done.error)")
        let said = try #require(try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any], "\(done.output)")
        #expect(said["wiped"] as? Bool == true && said["headquartersTold"] as? Bool == true && said["handedIn"] as? Bool == true)
        #expect(isGone(ann))
        #expect(try quarantined() == before + 1)
        let listed = try device(letters)
        #expect(listed["wiped"] is String && listed["revoked"] is String)
        #expect(try headquarters.verb("device", "list").contains("wiped 20"))
        let next = try ann.run("status")
        #expect(next.status == 78, "\(next.error)")
        // What was handed in can be let in.
        #expect(try headquarters.verb("quarantine", "list").contains("revoked"))
    }

    @Test func `cut before it has handed in, a laptop shows nothing and takes nothing, and is wiped when the next sync has handed in`() throws {
        let (ann, letters) = try ordered()
        let before = try quarantined()
        let cut = try ann.run("sync", "--cut-after-blocks", "0")
        #expect(cut.status == 77 && cut.error.contains("1 change") && cut.error.contains("seamark sync"), "\(cut.error)")
        #expect(try device(letters)["wiped"] is NSNull)
        #expect(try ann.runWithoutPassphrase("status").status == 77, "the key is kept no longer")
        let locked = try ann.runWithoutPassphrase("list", "site")
        #expect(locked.status == 77 && locked.output.isEmpty && locked.error.contains("locked"), "\(locked)")
        for words in [
            ["list", "site"], ["show", "S1"], ["status"], ["status", "--json"], ["export", "-"], ["log"], ["verify"], ["site", "add", "name=Toledo"], ["conflicts"],
            ["sync", "--forecast"], ["unlock"], ["use", "halden", "baseline"], ["attach", "list"], ["report"],
        ] {
            let done = try ann.run(words, passphrase: Laptop.passphrase)
            #expect(done.status == 77 && done.output.isEmpty && done.error.contains("ordered halden wiped"), "\(words): \(done)")
        }
        #expect(!isGone(ann))
        // A stick takes the same way, whatever the line.
        let bundle = ann.home.appendingPathExtension("bundle").path
        #expect(try ann.run(["bundle", "export", bundle], passphrase: Laptop.passphrase).status == 0)
        let done = try ann.run(["sync"], passphrase: Laptop.passphrase)
        #expect(done.status == 77 && done.error.contains("Its changes are with headquarters. Headquarters knows."), "\(done.error)")
        #expect(isGone(ann))
        #expect(try quarantined() == before + 1)
        #expect(try device(letters)["wiped"] is String)
    }

    @Test func `a laptop that slept through the end of its tenant's authority and was revoked before it woke believes the order, and is wiped`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try bob.must("site", "add", "name=Akron works")
        let letters = (try letters(ann), try letters(bob))
        for _ in 0..<2 {
            try headquarters.verb("tenant", "authority", "begin", "halden")
            try headquarters.verb("tenant", "authority", "finish", "halden", "--force")
        }
        for letters in [letters.0, letters.1] { try headquarters.verb("device", "wipe", letters, "--yes") }
        // So that the former authority is nobody for certain.
        let port = headquarters.port
        try #require(headquarters.stop() == 0)
        try headquarters.start(port: port)
        let done = try ann.run("sync")
        #expect(done.status == 77 && done.error.contains("ordered halden wiped"), "\(done.error)")
        #expect(isGone(ann), "nothing waited")
        // What waits goes by a stick, or with the third contact.
        for number in 1...3 {
            let done = try bob.run(["sync"], passphrase: Laptop.passphrase)
            #expect(done.status == 77 && isGone(bob) == (number == 3), "\(number): \(done.error)")
            guard number == 1 else { continue }
            #expect(try bob.run(["list", "site"], passphrase: Laptop.passphrase).status == 77)
            let bundle = bob.home.appendingPathExtension("bundle").path
            #expect(try bob.run(["bundle", "export", bundle], passphrase: Laptop.passphrase).status == 0)
            #expect(try headquarters.verb("bundle", "import", bundle).contains("1 change"))
        }
    }

    @Test func `whoever cuts the line each time gains three contacts and no more`() throws {
        let (ann, letters) = try ordered()
        for number in 1...3 {
            let done = try ann.run(["sync", "--cut-after-blocks", "0"], passphrase: Laptop.passphrase)
            #expect(done.status == 77 && isGone(ann) == (number == 3), "\(number): \(done.error)")
            if number == 3 { #expect(done.error.contains("1 change had no receipt"), "\(done.error)") }
        }
        #expect(try device(letters)["wiped"] is String)
    }

    @Test(.needsTracer)
    func `a laptop where nothing waits is wiped by the next command, whatever the line, if it was killed when it had heard`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try headquarters.verb("device", "wipe", letters(ann), "--yes")
        // What it does first with an order that is noted down is to forget the key.
        #expect(try killed(ann, at: "keyctl", 1).status != 77)
        try #require(headquarters.stop() == 0)
        #expect(!isGone(ann))
        let next = try ann.run(["list", "site"], passphrase: Laptop.passphrase)
        #expect(next.status == 77 && next.output.isEmpty && next.error.contains("could not be told"), "\(next)")
        #expect(isGone(ann))
    }

    /// Kills at each system call that touches the store while a laptop obeys, and looks at what is left.
    @Test(.needsTracer)
    func `killed at any step of an ordered wipe a laptop is as before the order, shows nothing, or is wiped`() throws {
        let (ann, letters) = try ordered()
        let kept = ann.home.appendingPathExtension("kept")
        try FileManager.default.copyItem(at: ann.home, to: kept)
        var ends: [String: Int] = [:]
        for (call, stride) in [("pwrite64", 4), ("fdatasync", 1), ("fsync", 1), ("unlink", 1), ("rmdir", 1), ("keyctl", 4)] {
            for number in Swift.stride(from: 1, through: 60, by: stride) {
                try FileManager.default.removeItem(at: ann.home)
                try FileManager.default.copyItem(at: kept, to: ann.home)
                let killed = try killed(ann, at: call, number)
                // An empty directory is what the last step leaves.
                func left() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: ann.store.path)) ?? [] }
                let wasGone = left().isEmpty
                let look = try ann.run(["list", "site"], passphrase: Laptop.passphrase)
                let end: String
                switch look.status {
                case 0:
                    end = "as before"
                    #expect(look.output.contains("Akron") && look.output.contains("Dayton") && killed.status != 77, "\(call) \(number)")
                case 78:
                    end = wasGone ? "wiped" : "finished"
                    #expect(look.output.isEmpty && left().isEmpty, "\(call) \(number): \(look)")
                default:
                    // The order is noted down, and one change waits.
                    end = "locked"
                    #expect(look.status == 77 && look.output.isEmpty && look.error.contains("ordered halden wiped"), "\(call) \(number): \(look)")
                }
                ends[end, default: 0] += 1
                if end != "wiped", end != "finished" {
                    let next = try ann.run(["sync"], passphrase: Laptop.passphrase)
                    #expect(next.status == 77 && isGone(ann), "\(call) \(number): \(next)")
                }
                if killed.status == 77 { break }
            }
        }
        #expect(ends["as before", default: 0] > 0 && ends["locked", default: 0] > 2 && ends["finished", default: 0] > 2 && ends["wiped", default: 0] > 0, "\(ends)")
        #expect(try device(letters)["wiped"] is String)
        try? FileManager.default.removeItem(at: kept)
    }

    @Test func `an order in the middle of a sync ends it, and the same command hears it and obeys`() throws {
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let letters = try letters(ann)
        let photo = headquarters.folder.appendingPathComponent("press.jpg")
        try Data((0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }).write(to: photo)
        try ann.must("attach", "add", photo.path)
        link.stall(afterUpward: 100_000)
        let sync = try ann.start(["sync"], passphrase: Laptop.passphrase)
        try eventually("the upload is under way", within: Program.patience) { link.hasStalled ? true : nil }
        // The next connection is whole again; this one can only be spoken to.
        link.stall()
        try headquarters.verb("device", "wipe", letters, "--yes")
        let end = try sync.finish(within: Program.patience)
        #expect(end.status == 77 && isGone(ann), "\(end.output)\(end.error)")
        // Its row is in the log, so that the photo comes in too.
        #expect(end.error.contains("with headquarters. Headquarters knows.") && !end.error.contains("is lost"), "\(end.error)")
        #expect(try device(letters)["wiped"] is String)
    }

    @Test func `a laptop that watches is wiped while it watches`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let letters = try letters(ann)
        let watch = try ann.start(["sync", "--watch"], passphrase: Laptop.passphrase)
        try eventually("it watches", within: Program.patience) { watch.outputSoFar.contains("Watching:") ? true : nil }
        try headquarters.verb("device", "wipe", letters, "--yes")
        let end = try watch.finish(within: Program.patience)
        #expect(end.status == 77 && end.error.contains("Headquarters knows") && isGone(ann), "\(end.output)\(end.error)")
        #expect(try device(letters)["wiped"] is String)
    }

    /// A headquarters of its own, whose clock is set ahead.
    @Test(.needsCompiler)
    func `a laptop whose certificate has expired is wiped too, and what it cannot hand in waits for a stick and no longer than three contacts`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let laptops = try ["ann", "bob"].map { try Laptop(of: $0, at: headquarters) }
        let names = try laptops.map(letters)
        try laptops[1].must("site", "add", "name=Dayton plant")
        let clock = try Clock(headquarters)
        try clock.set(ahead: 31)
        try #require(headquarters.stop() == 0)
        try headquarters.start(port: headquarters.port, clock: clock)
        for name in names { try headquarters.verb("device", "wipe", name, "--yes") }
        func sync(_ number: Int) throws -> Program.Result {
            let done = try laptops[number].run(["sync"], passphrase: Laptop.passphrase)
            #expect(done.status == 77 && done.error.contains("ordered halden wiped"), "\(done.error)")
            return done
        }
        // The certificate that would report it is the one that has expired: said as it is.
        #expect(try sync(0).error.contains("could not be told"))
        #expect(isGone(laptops[0]))
        for number in 1...3 {
            _ = try sync(1)
            #expect(isGone(laptops[1]) == (number == 3), "\(number)")
            if number == 1 {
                let list = try laptops[1].run(["list", "site"], passphrase: Laptop.passphrase)
                #expect(list.status == 77 && list.output.isEmpty)
                let bundle = laptops[1].home.appendingPathExtension("bundle").path
                #expect(try laptops[1].run(["bundle", "export", bundle], passphrase: Laptop.passphrase).status == 0)
                try headquarters.verb("bundle", "import", bundle)
            }
        }
        let listed = try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]])
        #expect(listed.count == 2 && listed.allSatisfy { $0["wipeOrdered"] is String && $0["wiped"] is NSNull && $0["certificateUntil"] is String })
        let quarantine = try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("quarantine", "list", "--json").utf8)) as? [Any])
        #expect(quarantine.count == 1)
    }
}
