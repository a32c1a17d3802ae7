import Foundation
import Glibc
import Testing

/// `seamark sync --watch` with the real programs.
@Suite(.serialized) struct WatchTests {
    /// Watching, once it has said so.
    private func watch(_ laptop: Laptop, _ words: String...) throws -> Program {
        let program = try laptop.start(["sync", "--watch"] + words)
        try eventually("it watches") { program.outputSoFar.contains("atching") ? true : try Self.alive(program) }
        return program
    }

    private static func alive(_ program: Program) throws -> Bool? {
        try #require(program.status == nil, "it ended with \(program.status ?? 0): \(program.outputSoFar)\(program.errorSoFar)")
        return nil
    }

    private func lines(_ program: Program, _ word: String) -> Int {
        program.outputSoFar.split(separator: "\n").count { $0.contains(word) }
    }

    @Test func `while both watch, what one captures is with the other within a second or so, and Ctrl-C ends it in order`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (first, second) = (try watch(ann), try watch(bob, "--json"))
        #expect(try ann.run("sync").status == 75, "a watch holds the sync lock")
        for (number, laptop) in [ann, bob, ann].enumerated() {
            try laptop.must("site", "add", "name=Plant \(number)")
            let began = DispatchTime.now().uptimeNanoseconds
            try eventually("the other has it", within: 5) {
                try (number == 1 ? ann : bob).must("list", "site").contains("Plant \(number)") ? true : nil
            }
            #expect(DispatchTime.now().uptimeNanoseconds - began < 3_000_000_000)
        }
        try eventually("it is said") { lines(first, "Sent 1 change") == 2 && lines(first, "Fetched 1 change") == 1 ? true : nil }
        for (program, signal) in [(first, SIGINT), (second, SIGTERM)] {
            program.send(signal)
            let end = try program.finish(within: 5)
            #expect(end.status == 0 && end.error.isEmpty, "\(end.error)")
        }
        #expect(first.outputSoFar.contains("Watching ended: 2 changes sent, 1 change fetched. Nothing waits here."), "\(first.outputSoFar)")
        let events = try second.outputSoFar.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["event"] as? String
        }
        #expect(events.first == "watching" && events.last == "ended" && events.contains("synced"))
        #expect(try ann.digests() == bob.digests())
        try headquarters.verb("verify")
    }

    @Test func `a member who is taken off the engagement sees nothing more, is told so, and goes on when back`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (_, second) = (try watch(ann), try watch(bob))
        try headquarters.verb("engagement", "staff", "baseline", "bob", "--remove")
        try eventually("bob is told") { second.outputSoFar.contains("no longer staffed") ? true : try Self.alive(second) }
        try ann.must("site", "add", "name=Dayton plant")
        try eventually("ann's is sent") { try ann.unsent() == 0 ? true : nil }
        usleep(500_000)
        #expect(lines(second, "etched") == 0, "\(second.outputSoFar)")
        #expect(try bob.run("list", "site").status == 77)
        try headquarters.verb("engagement", "staff", "baseline", "bob")
        try eventually("bob has it") { try bob.run("list", "site").output.contains("Dayton") ? true : try Self.alive(second) }
    }

    @Test func `a revoked laptop stops watching by itself`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let program = try watch(ann)
        let devices = try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]])
        try headquarters.verb("device", "revoke", try #require(devices.first?["id"] as? String))
        let end = try program.finish(within: 5)
        #expect(end.status == 0 && end.output.contains("revoked"), "\(end.output)\(end.error)")
    }

    @Test func `a watch outlives the server's end, a cut and silence, and goes on with what was captured meanwhile`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let program = try watch(ann, "--keep-alive-seconds", "1")
        // Kept alive meanwhile: nothing is lost for want of words.
        usleep(2_500_000)
        #expect(lines(program, "Trying again") == 0, "\(program.outputSoFar)")
        #expect(try headquarters.stop(SIGTERM) == 0)
        try eventually("the loss is said") { lines(program, "Trying again") > 0 ? true : try Self.alive(program) }
        try ann.must("site", "add", "name=Dayton plant")
        try headquarters.start()
        link.mend(to: headquarters.port)
        try eventually("it watches again and has sent", within: 20) { try lines(program, "Watching:") == 2 && ann.unsent() == 0 ? true : try Self.alive(program) }
        link.cut()
        try eventually("it watches again after a cut", within: 20) { lines(program, "Watching:") == 3 ? true : try Self.alive(program) }
        program.send(SIGTERM)
        #expect(try program.finish(within: 5).status == 0)
    }
}
