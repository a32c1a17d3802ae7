import Foundation
import Glibc
import Testing

@Suite(.serialized, .enabled(if: TinyDisk.isAllowed, "this system does not let the tests mount a small file system of their own"))
struct FullDiskTests {
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
        try disk.set(readOnly: true)
        for words in [["site", "add", "name=Erie depot"], ["sync"]] {
            let done = try ann.run(words)
            #expect(done.status == 73, "\(words): \(done.error)")
            #expect(done.error.contains("read-only") && done.error.contains("make it writable"), "\(done.error)")
        }
        try disk.set(readOnly: false)
        #expect(try ann.everything() == before)
        try ann.must("site", "add", "name=Erie depot")
        try ann.must("sync")
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
