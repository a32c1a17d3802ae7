import Foundation
import Glibc
import Testing

/// Programs that end in the middle of something. Afterwards nothing is lost and nothing is there twice.
@Suite(.serialized) struct InterruptionTests {
    /// `signal` reaches the server while blocks of a push have arrived, others are under way, and their receipts are lost.
    @Test(arguments: [(SIGTERM, Int32(0)), (SIGKILL, -SIGKILL)])
    func `a server that ends in mid-push loses nothing and doubles nothing`(signal: Int32, ending: Int32) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let bob = try Laptop(of: "bob", at: headquarters, by: link)
        try fill(ann)
        let content = try ann.must("export", "-")
        let entries = try headquarters.entries()
        link.stall(afterUpward: 14_000)
        let sync = try ann.start(["sync"])
        try eventually("the push is under way") { link.hasStalled ? true : nil }
        try eventually("a block has arrived") { try headquarters.entries() > entries ? true : nil }
        #expect(try headquarters.stop(signal) == ending)
        link.cut()
        let broken = try sync.finish()
        #expect(broken.status == 69, "\(broken.error)")
        #expect(broken.error.contains("stays on this device"), "\(broken.error)")
        #expect(try ann.must("export", "-") == content)
        try headquarters.start()
        link.mend(to: headquarters.port)
        try ann.must("sync")
        try arrived(content, ann, bob, headquarters)
    }

    enum Direction { case upward, downward }

    /// Killed while its blocks go up, and while their receipts come down.
    @Test(arguments: [Direction.upward, .downward])
    func `a sync that is killed leaves a store that holds together, and the next one completes it`(direction: Direction) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let bob = try Laptop(of: "bob", at: headquarters, by: link)
        // What the server says to a laptop that brings nothing, once the others' enrolments are fetched; the next it says is a receipt.
        try ann.must("sync")
        let greeting = try link.downward { try ann.must("sync") }
        try fill(ann)
        let content = try ann.must("export", "-")
        switch direction {
        case .upward: link.stall(afterUpward: 14_000)
        case .downward: link.stall(afterDownward: greeting + 40)
        }
        let sync = try ann.start(["sync"])
        try eventually("the push is under way") { link.hasStalled ? true : sync.status.map { _ in false } }
        #expect(link.hasStalled, "the sync ended by itself with \(sync.status ?? 0): \(sync.outputSoFar)\(sync.errorSoFar)")
        sync.kill()
        link.mend()
        #expect(try ann.must("export", "-") == content)
        try ann.must("verify")
        try ann.must("sync")
        try arrived(content, ann, bob, headquarters)
    }

    /// In mid-push, with an answer that never comes: it does not wait for that.
    @Test(arguments: [SIGINT, SIGTERM])
    func `a sync that is stopped says what is safe and what waits, and the next one goes on`(signal: Int32) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let bob = try Laptop(of: "bob", at: headquarters, by: link)
        try fill(ann)
        let content = try ann.must("export", "-")
        link.stall(afterUpward: 14_000)
        let sync = try ann.start(["sync"])
        try eventually("the push is under way", within: 60) { link.hasStalled ? true : sync.status.map { _ in false } }
        #expect(link.hasStalled, "the sync ended by itself with \(sync.status ?? 0): \(sync.outputSoFar)\(sync.errorSoFar)")
        sync.send(signal)
        let end = try sync.finish(within: 60)
        #expect(end.status == 130, "\(end.error)")
        let unsent = try ann.unsent()
        #expect(unsent > 0 && end.error.contains("Stopped.") && end.error.contains("\(unsent) changes without one wait here"), "\(end.error)")
        link.mend()
        #expect(try ann.must("export", "-") == content)
        try ann.must("verify")
        try ann.must("sync")
        try arrived(content, ann, bob, headquarters)
    }

    @Test func `a sync that is stopped in an attachment, and a watch that is ended, say what waits of it`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        let photo = headquarters.folder.appendingPathComponent("press.jpg")
        try Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }).write(to: photo)
        try ann.must("attach", "add", photo.path)
        try ann.must("sync", "--no-attachments")
        link.stall(afterUpward: 1_000_000)
        let sync = try ann.start(["sync"])
        try eventually("the upload is under way", within: 60) { link.hasStalled ? true : sync.status.map { _ in false } }
        #expect(link.hasStalled, "the sync ended by itself with \(sync.status ?? 0): \(sync.outputSoFar)\(sync.errorSoFar)")
        sync.send(SIGINT)
        let end = try sync.finish(within: 60)
        #expect(end.status == 130 && end.error.contains("Stopped.") && end.error.contains("1 attachment (3.0 MB) waits here"), "\(end.error)")
        #expect(!end.error.contains("nothing waits"), "\(end.error)")
        link.mend()
        for words in [[], ["--json"]] {
            let watch = try ann.start(["sync", "--watch", "--no-attachments"] + words)
            try eventually("it watches") { watch.outputSoFar.contains("atching") ? true : watch.status.map { _ in false } }
            watch.send(SIGINT)
            let ended = try watch.finish(within: 60)
            #expect(ended.status == 0, "\(ended.error)")
            guard !words.isEmpty else {
                #expect(ended.output.contains("1 attachment (3.0 MB) waits here for the next sync.") && !ended.output.contains("Nothing waits"), "\(ended.output)")
                continue
            }
            let last = try #require(ended.output.split(separator: "\n").last)
            let event = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
            #expect(event["event"] as? String == "ended" && event["unsent"] as? Int == 0, "\(event)")
            #expect(event["attachmentsWaiting"] as? Int == 1 && event["attachmentBytesWaiting"] as? Int == 3_000_000, "\(event)")
        }
        try ann.must("sync")
        #expect(try ann.must("status").contains("Everything is with the server"))
    }

    /// While it waits for its passphrase it has opened nothing yet.
    @Test func `a sync that is stopped before it has read its store says so`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        let pipe = headquarters.folder.appendingPathComponent("passphrase-pipe").path
        try #require(mkfifo(pipe, 0o600) == 0)
        let writing = open(pipe, O_RDWR | O_CLOEXEC)
        try #require(writing >= 0)
        defer { close(writing) }
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        let sync = try headquarters.program(
            "/bin/sh", ["-c", "exec \"$0\" sync --passphrase-fd 3 3<\"$1\"", program, pipe], environment: ["SEAMARK_HOME": ann.home.path])
        try eventually("it listens for Ctrl-C", within: 60) { catches(SIGINT, sync.id) ? true : sync.status.map { _ in false } }
        sync.send(SIGINT)
        let line = Array((Laptop.passphrase + "\n").utf8)
        try #require(write(writing, line, line.count) == line.count)
        let end = try sync.finish()
        #expect(end.status == 130 && end.error.contains("Stopped.") && end.error.contains("1 change without one waits here"), "\(end)")
        #expect(try ann.unsent() == 1)
    }

    /// Does `seamark`, running under this number, take this signal itself?
    private func catches(_ signal: Int32, _ program: pid_t) -> Bool {
        let lines = ((try? String(contentsOfFile: "/proc/\(program)/status", encoding: .utf8)) ?? "").split(separator: "\n")
        guard lines.contains(where: { $0.hasPrefix("Name:") && $0.hasSuffix("seamark") }), let mask = lines.first(where: { $0.hasPrefix("SigCgt:") })?.split(separator: "\t").last
        else { return false }
        return (UInt64(mask, radix: 16) ?? 0) >> UInt64(signal - 1) & 1 == 1
    }

    @Test func `an import that is killed is there whole or not at all`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Erie depot")
        let (before, unsent) = (try ann.must("export", "-"), try ann.unsent())
        let file = try ann.file(Interview.file(observations: 300))
        let begin = DispatchTime.now().uptimeNanoseconds
        try ann.must("import", file, "--dry-run")
        let duration = DispatchTime.now().uptimeNanoseconds - begin
        var outcomes: [String] = []
        for tenths in [3, 6, 9, 10, 11, 12] as [UInt64] {
            let program = try ann.start(["import", file])
            usleep(UInt32(duration / 1000 * tenths / 10))
            program.kill()
            try ann.must("verify")
            let after = try ann.must("export", "-")
            if after == before {
                #expect(try ann.unsent() == unsent)
                outcomes.append("nothing")
            } else {
                let again = try ann.must("import", file)
                #expect(again.contains("Nothing to import"), "a part of the file was taken: \(again)")
                outcomes.append("all")
                break
            }
        }
        #expect(outcomes.first == "nothing", "the first was not killed before it was done: \(outcomes)")
        _ = try ann.run("import", file)
        #expect(try ann.must("list", "observation", "--json").contains("\"O300\""))
        try ann.must("sync")
        try headquarters.verb("verify")
    }

    /// Three blocks of some 8 KB each: a sync seals what is there, and here is stopped before it sends.
    private func fill(_ laptop: Laptop) throws {
        for letter in ["A", "B", "C"] {
            try laptop.must("import", laptop.file(Interview.file(observations: 60, prefix: letter)))
            if letter != "C" { try #require(try laptop.run("sync", "--cut-after-blocks", "0").status == 69) }
        }
    }

    /// All that `ann` had is with the server once, and comes to `bob` alike.
    private func arrived(_ content: String, _ ann: Laptop, _ bob: Laptop, _ headquarters: Headquarters, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try ann.unsent() == 0, sourceLocation: sourceLocation)
        #expect(try ann.must("export", "-") == content, sourceLocation: sourceLocation)
        try bob.must("sync")
        #expect(try bob.must("export", "-") == content, sourceLocation: sourceLocation)
        #expect(try bob.digests() == ann.digests(), sourceLocation: sourceLocation)
        try ann.must("verify")
        try bob.must("verify")
        try headquarters.verb("verify")
    }
}
