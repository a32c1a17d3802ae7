import Foundation
import Glibc
import Testing

/// `seamark sync --watch` with the real programs. What happens is waited for as long as a busy machine may take; how soon it happens is no
/// part of these.
@Suite(.serialized) struct WatchTests {

    /// Watching, once it has said so.
    private func watch(_ laptop: Laptop, _ words: String...) throws -> Program {
        let program = try laptop.start(["sync", "--watch"] + words)
        try until("it watches", program) { program.outputSoFar.contains("atching") }
        return program
    }

    /// Waits while the program runs.
    private func until(_ what: String, _ program: Program, _ isSo: () throws -> Bool) throws {
        try eventually(what, within: Program.patience) {
            if try isSo() { return true }
            try #require(program.status == nil, "it ended with \(program.status ?? 0): \(program.outputSoFar)\(program.errorSoFar)")
            return nil
        }
    }

    private func lines(_ program: Program, _ word: String) -> Int {
        program.outputSoFar.split(separator: "\n").count { $0.contains(word) }
    }

    @Test func `while both watch, what one captures comes to the other, and Ctrl-C ends it in order`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (first, second) = (try watch(ann), try watch(bob, "--json"))
        #expect(try ann.run("sync").status == 75, "a watch holds the sync lock")
        for (number, laptop) in [ann, bob, ann].enumerated() {
            try laptop.must("site", "add", "name=Plant \(number)")
            try until("the other has it", number == 1 ? first : second) { try (number == 1 ? ann : bob).must("list", "site").contains("Plant \(number)") }
        }
        try until("it is said", first) { lines(first, "ent 1 change") == 2 }
        for (program, signal) in [(first, SIGINT), (second, SIGTERM)] {
            program.send(signal)
            let end = try program.finish(within: Program.patience)
            #expect(end.status == 0 && end.error.isEmpty, "\(end.error)")
        }
        #expect(first.outputSoFar.contains("Watching ended: 2 changes sent, ") && first.outputSoFar.contains("Nothing waits here."), "\(first.outputSoFar)")
        let events = try second.outputSoFar.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["event"] as? String
        }
        #expect(events.contains("watching") && events.contains("synced") && events.last == "ended")
        #expect(try ann.digests() == bob.digests())
        try headquarters.verb("verify")
    }

    @Test func `captures that follow one another while it watches are all sent, photos among them`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let program = try watch(ann)
        let photo = headquarters.folder.appendingPathComponent("press.jpg")
        try Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }).write(to: photo)
        // No pause between them: each may be read first by a transaction in which the watch stores something else.
        for number in 0..<8 {
            try ann.must("site", "add", "name=Plant \(number)")
            if number == 4 { try ann.must("attach", "add", photo.path) }
        }
        try until("all is sent", program) { try ann.unsent() == 0 }
        try until("the photo is handed in", program) { lines(program, "anded in 1 attachment") == 1 }
        program.send(SIGTERM)
        #expect(try program.finish(within: Program.patience).status == 0)
        #expect(!(try ann.must("status")).contains("not yet with the server"))
    }

    @Test func `a member who is taken off the engagement sees nothing more, is told so, and goes on when back`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (first, second) = (try watch(ann), try watch(bob))
        try headquarters.verb("engagement", "staff", "baseline", "bob", "--remove")
        try until("bob is told", second) { second.outputSoFar.contains("no longer staffed") && lines(second, "Watching:") == 2 }
        let fetched = lines(second, "etched")
        try ann.must("site", "add", "name=Dayton plant")
        try until("ann's is sent", first) { try ann.unsent() == 0 }
        // Were it told of ann's, it would be before it is told of the next.
        try headquarters.verb("member", "add", "eve", "--role", "consultant")
        try until("bob hears of eve", second) { lines(second, "etched") > fetched }
        #expect(try bob.run("list", "site").status == 77)
        try headquarters.verb("engagement", "staff", "baseline", "bob")
        try until("bob has it", second) { try bob.run("list", "site").output.contains("Dayton") }
    }

    @Test func `a revoked laptop stops watching by itself`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let program = try watch(ann)
        let devices = try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]])
        try headquarters.verb("device", "revoke", try #require(devices.first?["id"] as? String))
        let end = try program.finish(within: Program.patience)
        #expect(end.status == 0 && end.output.contains("revoked"), "\(end.output)\(end.error)")
    }

    @Test func `a watch outlives the server's end and a cut, and goes on with what was captured meanwhile`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let program = try watch(ann, "--keep-alive-seconds", "1")
        let passed = link.passed
        try until("it is kept alive", program) { link.passed > passed + 300 }
        #expect(lines(program, "Trying again") == 0, "\(program.outputSoFar)")
        #expect(try headquarters.stop(SIGTERM) == 0)
        try until("the loss is said", program) { lines(program, "Trying again") > 0 }
        try ann.must("site", "add", "name=Dayton plant")
        try headquarters.start()
        link.mend(to: headquarters.port)
        try until("it watches again and has sent", program) { try lines(program, "Watching:") == 2 && ann.unsent() == 0 }
        link.cut()
        try until("it watches again after a cut", program) { lines(program, "Watching:") == 3 }
        program.send(SIGTERM)
        #expect(try program.finish(within: Program.patience).status == 0)
    }

    /// As on a laptop whose lid was shut: nothing of it runs, headquarters' end of the line is gone meanwhile, and the window has another size.
    @Test func `a watch and a sitting that stood still go on where they were, and what was being written is sent`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let person = try Interview.said(ann, ["person", "add", "level=manager", "title=planning manager", "--consent", "given", "--method", "verbal", "--scope", "quotes,role"])
        let interview = try Interview.said(ann, ["interview", "add", "persons=\(person)", "startedAt=now"])
        let program = try watch(ann), sitting = try Sitting(ann, ["interview", interview])
        try sitting.shows("LB1  ")
        try sitting.type("3")
        try sitting.shows("LB2  ")
        try sitting.type("t")
        try sitting.shows("Note")
        try sitting.type("half a note")
        try sitting.shows("half a note")
        try until("the answer is sent", program) { try ann.unsent() == 0 }
        for id in [program.id, sitting.id] {
            #expect(kill(id, SIGSTOP) == 0)
            try eventually("it stands still", within: Program.patience) { try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8).contains(") T ") ? true : nil }
        }
        link.cut()
        sitting.resize(columns: 60, rows: 24)
        #expect(lines(program, "Trying again") == 0)
        program.send(SIGCONT)
        sitting.send(SIGCONT)
        try until("the loss is said", program) { lines(program, "Trying again") > 0 }
        // What is typed before the question is there again would answer what nobody sees: it is dropped by decision, and so comes after.
        try eventually("it is drawn anew for the other window", within: Program.patience) { sitting.screen.allSatisfy { $0.count <= 60 } ? true : nil }
        try sitting.type(" and its end")
        try sitting.tells("half a note and its end")
        try sitting.type("\r")
        try sitting.tells("Saved O-")
        try until("it watches again and has sent", program) { try lines(program, "Watching:") == 2 && ann.unsent() == 0 }
        try sitting.type("z")
        #expect(try sitting.ended() == 0)
        program.send(SIGTERM)
        #expect(try program.finish(within: Program.patience).status == 0)
        #expect(try Interview.rows(ann, "answer", of: interview).count == 1 && Interview.rows(ann, "observation", of: interview).contains { $0.contains("half a note and its end") })
    }

    /// Nobody closes and nothing moves: while an answer is due, while it connects anew, and between two attempts.
    @Test(arguments: ["answer", "connecting", "pause"])
    func `an ending waits for nothing`(state: String) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let program = try watch(ann)
        switch state {
        case "answer":
            link.stall(afterUpward: 0)
            try ann.must("site", "add", "name=Dayton plant")
            try until("the push is under way", program) { link.hasStalled }
        case "connecting":
            link.stall(afterUpward: 100)
            link.cut()
            try until("it says hello to nobody", program) { link.hasStalled }
        default:
            #expect(try headquarters.stop() == 0)
            try until("it waits between two attempts", program) { lines(program, "Trying again") > 2 }
        }
        let lost = lines(program, "Trying again")
        program.send(SIGINT)
        let end = try program.finish(within: Program.patience)
        #expect(end.status == 0 && end.error.isEmpty, "\(end.error)")
        #expect(end.output.contains("Watching ended"))
        if state != "pause" { #expect(lines(program, "Trying again") == lost, "it waited until the wait was given up: \(end.output)") }
    }
}
