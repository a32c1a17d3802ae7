import Foundation
import Glibc
import Testing

@Suite(.needsTinyDisk, .serialized) struct FullDiskTests {
    @Test func `a full disk on the laptop refuses new work, keeps the old, and is over when there is space again`() throws {
        let disk = try TinyDisk(megabytes: 2)
        defer { disk.close() }
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters, home: disk.path.appendingPathComponent("ann"))
        try ann.must("site", "add", "name=Dayton plant")
        // Room for reading (SQLite shares its index of the log in 32 KiB), not for long writing.
        try disk.fill(butFor: 64)
        let note = String(repeating: "The schedule is rewritten by hand. ", count: 200)
        var kept: [String] = []
        var refused: Program.Result?
        for number in 1...40 where refused == nil {
            let before = try ann.everything()
            let done = try ann.run("observation", "add", "text=\(number): \(note)")
            if done.status == 0 {
                kept.append(done.output.trimmingCharacters(in: .whitespacesAndNewlines))
            } else {
                refused = done
                #expect(try ann.everything() == before, "something of the refused step was kept")
            }
        }
        let full = try #require(refused, "the disk never filled")
        #expect(full.status == 73, "\(full.error)")
        for part in ["disk is full", "Nothing of this step was kept", "free some space"] { #expect(full.error.contains(part), "\(full.error)") }
        // Not a byte left: whatever it says, it may not lose anything.
        try disk.fill()
        let sealed = try ann.run("observation", "add", "text=One more")
        #expect(sealed.status == 73, "\(sealed.error)")
        // What lies in the log alone is read too.
        #expect(try ann.must("list", "site").contains("Dayton plant"))
        for name in kept { #expect(try ann.must("show", name).contains("rewritten by hand"), "\(name)") }
        #expect(try ann.unsent() == kept.count + 1)
        disk.free()
        #expect(try ann.unsent() == kept.count + 1)
        kept.append(try ann.must("observation", "add", "text=One more").trimmingCharacters(in: .whitespacesAndNewlines))
        for name in kept { try ann.must("show", name) }
        try ann.must("verify")
        try ann.must("sync")
        #expect(try ann.unsent() == 0)
    }

    @Test func `enrolling on a full disk does not use the invitation up`() throws {
        let disk = try TinyDisk(megabytes: 2)
        defer { disk.close() }
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let laptop = Laptop(headquarters, home: disk.path.appendingPathComponent("ann"))
        let invitation = try headquarters.invitation("ann")
        try disk.fill(butFor: 64)
        let refused = try laptop.run(["enrol"], input: invitation)
        #expect(refused.status == 73, "\(refused.error)")
        #expect(refused.error.contains("disk is full"), "\(refused.error)")
        disk.free()
        try laptop.must("enrol", input: invitation)
        try laptop.must("sync")
    }

    @Test func `a store on a read-only disk is refused for writing, says so, and works again afterwards`() throws {
        let disk = try TinyDisk(megabytes: 4)
        defer { disk.close() }
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters, home: disk.path.appendingPathComponent("ann"))
        try ann.must("site", "add", "name=Dayton plant")
        let before = try ann.everything()
        let reading = [["list"], ["status"], ["check"], ["conflicts"], ["diff"], ["verify"]]
        let statuses = try reading.map { try ann.run($0).status }
        try disk.set(readOnly: true)
        for words in [["site", "add", "name=Erie depot"], ["sync"]] {
            let done = try ann.run(words)
            #expect(done.status == 73, "\(words): \(done.error)")
            #expect(done.error.contains("read-only") && done.error.contains("make it writable"), "\(done.error)")
        }
        // Everything that reads goes on, and writes nothing there; what is asked for is written elsewhere.
        for words in [["list", "site"], ["show", "ST-A001"], ["search", "Dayton"], ["log"]] { #expect(try ann.run(words).output.contains("Dayton plant"), "\(words)") }
        for (words, status) in zip(reading, statuses) {
            let done = try ann.run(words)
            #expect(done.status == status, "\(words): \(done.error)")
        }
        let file = headquarters.folder.appendingPathComponent("elsewhere.json").path
        try ann.must("export", file)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("Dayton plant") && ann.everything() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").allSatisfy { !$0.hasPrefix(".seamark-rows-") })
        try disk.set(readOnly: false)
        #expect(try ann.everything() == before)
        try ann.must("site", "add", "name=Erie depot")
        try ann.must("sync")
    }

    @Test(.needsCompiler) func `a store that cannot be written is no way around the lease`() throws {
        let disk = try TinyDisk(megabytes: 4)
        defer { disk.close() }
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters, home: disk.path.appendingPathComponent("ann"))
        try ann.must("site", "add", "name=Dayton plant")
        let clock = try Clock(headquarters)
        func later(_ days: Int, _ words: String...) throws -> Program.Result {
            try clock.set(ahead: days)
            return try headquarters.program("seamark", words, environment: clock.environment.merging(["SEAMARK_HOME": ann.home.path]) { $1 }, passphrase: Laptop.passphrase).finish()
        }
        #expect(try later(20, "list", "site").output.contains("Dayton plant"))
        try disk.set(readOnly: true)
        #expect(try later(29, "list", "site").output.contains("Dayton plant"))
        let over = try later(31, "list", "site")
        #expect(over.status == 79 && over.output.isEmpty, "\(over)")
        // Set back once, the clock would go on for another twenty days before anything counted.
        for words in [["list", "site"], ["show", "ST-A001"], ["status"], ["export", "-"]] {
            try clock.set(ahead: 0)
            let back = try headquarters.program("seamark", words, environment: clock.environment.merging(["SEAMARK_HOME": ann.home.path]) { $1 }, passphrase: Laptop.passphrase).finish()
            #expect(back.status == 73 && back.error.contains("clock") && back.error.contains("read-only") && back.output.isEmpty, "\(words): \(back)")
        }
        try disk.set(readOnly: false)
        #expect(try later(0, "list", "site").output.contains("Dayton plant"))
        #expect(try later(11, "list", "site").status == 79)
    }

    @Test func `a full disk at headquarters is told to the laptop, which keeps its work until there is space`() throws {
        let disk = try TinyDisk(megabytes: 4)
        defer { disk.close() }
        let headquarters = try Headquarters(data: disk.path.appendingPathComponent("headquarters"))
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let bob = try Laptop(of: "bob", at: headquarters)
        try ann.must("import", ann.file(Interview.file(observations: 200)))
        let waiting = try ann.unsent()
        try disk.fill(butFor: 16)
        let content = try ann.must("export", "-")
        let refused = try ann.run("sync")
        #expect(refused.status == 76, "\(refused.error)")
        for part in ["The server's disk is full", "Headquarters must make room", "stored nothing of this step", "All work stays on this device", "Try again"] {
            #expect(refused.error.contains(part), "\(refused.error)")
        }
        #expect(try ann.unsent() == waiting)
        #expect(try ann.must("export", "-") == content)
        #expect(try headquarters.server.status == nil, "the server ended")
        disk.free()
        try ann.must("sync")
        #expect(try ann.unsent() == 0)
        try bob.must("sync")
        #expect(try bob.digests() == ann.digests())
        try headquarters.verb("verify")
    }
}
