import Foundation
import SeamarkTestSupport
import Testing

/// Names of files and values of options that want to be obeyed, at each place of `seamark-server` that takes one: what a file on a stick may be called, or
/// what somebody is talked into pasting.
@Suite(.serialized) struct HostileNameTests {
    /// Of a file, and what would look like a line of the program's own.
    private static let hostile = "mark\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{200b}\nforged"

    /// On a terminal that is wide enough for every sentence.
    private func onTerminal(_ headquarters: Headquarters, _ words: [String], environment: [String: String] = [:], passphrase: String? = nil) throws -> Program.Result {
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let command = Screen.command(columns: 4000, errors: true, [program] + words)
        return try headquarters.program(command.name, command.words, environment: environment, passphrase: passphrase).finish(within: 120)
    }

    /// - Returns: whether the name was shown.
    private func isShownDead(_ done: Program.Result, _ what: String) -> Bool {
        let live = HostileText.live(in: done.output)
        #expect(live.isEmpty, "\(what) showed \(Set(live).sorted())")
        #expect(!done.output.split(separator: "\n").contains { $0.hasPrefix("forged") }, "\(what) let a name begin a line: \(done.output)")
        #expect(done.status >= 0 && done.status < 128, "\(what) ended with \(done.status): \(done.output.suffix(300))")
        return done.output.contains("mark")
    }

    @Test func `a hostile name is obeyed by no terminal and begins no line, at whichever place of the server's verbs it is said, of a file that is there and of one that is not`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        // What is longer than eighty bytes is told by its beginning.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("n-\(UInt16.random(in: .min ... .max))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let present = folder + "/p" + Self.hostile
        try Data("no file of any program".utf8).write(to: URL(fileURLWithPath: present))
        var (tried, shown) = (0, 0)
        // A verb that makes something there makes it for no other.
        func absent() -> String {
            tried += 1
            return "\(folder)/\(tried)\(Self.hostile)"
        }
        func known(_ value: String) -> String { ["engagement": "baseline", "member": "ann", "out": "\(folder)/out-\(tried)", "to": "\(folder)/to-\(tried)"][value] ?? "x" }
        for (verb, tree) in try VerbTree.of("seamark-server").running {
            for place in tree.places {
                // What every verb takes is tried with one name; elsewhere it matters whether something is there.
                let isCommon = place.option.map { ["data", "keys", "tenant"].contains($0) } ?? false
                for name in isCommon ? [absent()] : [absent(), present] {
                    var words = verb.split(separator: " ").map(String.init)
                    for other in tree.places where other == place || !other.isOptional {
                        words += (other.option.map { ["--" + $0] } ?? []) + [other == place ? name : known(other.value)]
                    }
                    // A server that began to serve would not end.
                    if place.option != "data", tree.options.contains("data") { words += ["--data", verb == "run" ? folder + "/none" : headquarters.data.path] }
                    if place.option != "tenant", tree.options.contains("tenant") { words += ["--tenant", "halden"] }
                    let asks = tree.options.contains("passphrase-fd") && place.option?.hasPrefix("passphrase") != true
                    let done = try onTerminal(headquarters, words, passphrase: asks ? Laptop.passphrase : nil)
                    if isShownDead(done, "seamark-server \(words)") { shown += 1 }
                }
            }
        }
        #expect(shown > 50, "of \(tried) names so many were shown")
        for words in [["help", absent()], [absent()], ["status", "--" + absent()], ["status", absent()]] {
            let isShown = isShownDead(try onTerminal(headquarters, words), "seamark-server \(words)")
            #expect(isShown, "\(words)")
        }
        let isShown = isShownDead(try onTerminal(headquarters, ["status"], environment: ["SEAMARK_DATA": absent()]), "SEAMARK_DATA")
        #expect(isShown)
        // What was written is said back.
        for (words, place) in [(["report", "baseline"], "report"), (["audit", "export"], "acts"), (["quarantine", "export"], "kept"), (["evidence", "export", "baseline"], "evidence")] {
            let out = folder + "/" + place + Self.hostile
            let done = try onTerminal(headquarters, words + ["--out", out, "--tenant", "halden", "--data", headquarters.data.path])
            let isSaid = isShownDead(done, "\(words)")
            #expect(isSaid && done.status == 0, "\(words): \(done.output)")
        }
    }
}
