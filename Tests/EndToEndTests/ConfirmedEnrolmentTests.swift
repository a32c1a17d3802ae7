import Foundation
import Testing

/// Devices that wait until headquarters has typed the words that they show, and invitations on a screen, with the real programs.
@Suite(.serialized) struct ConfirmedEnrolmentTests {

    private func devices(_ headquarters: Headquarters) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(try headquarters.verb("device", "list", "--json").utf8)) as? [[String: Any]])
    }

    private func device(_ letters: String, _ headquarters: Headquarters) throws -> [String: Any] { try #require(try devices(headquarters).first { $0["device"] as? String == letters }) }

    private func object(_ text: String) throws -> [String: Any] { try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)") }

    private func server(_ headquarters: Headquarters, _ words: String...) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
    }

    private func acts(_ headquarters: Headquarters, _ act: String) throws -> Int {
        try headquarters.verb("audit", "list").split(separator: "\n").count { $0.contains(act) }
    }

    @Test func `a laptop of an invitation to be confirmed shows six words and nothing else, and works once headquarters has typed them`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let bob = try Laptop(of: "bob", at: headquarters)
        try bob.must("site", "add", "name=Dayton plant")
        try bob.must("sync")
        let ann = Laptop(headquarters)
        let line = try headquarters.verb("invite", "ann", "--confirm", "--name", "127.0.0.1:\(headquarters.port)")
        let enrolled = try object(ann.must("enrol", "--name", "Laptop", "--json", input: line))
        let words = try #require(enrolled["words"] as? String)
        #expect(enrolled["awaitsConfirmation"] as? Bool == true && words.wholeMatch(of: /[a-z]{5}( [a-z]{5}){5}/) != nil, "\(enrolled)")
        let letters = try #require(enrolled["letters"] as? String)

        for json in [[], ["--json"]] {
            let sync = try ann.run(["sync"] + json)
            #expect(sync.status == 80 && sync.error.contains(words) && sync.error.contains("Call headquarters"), "\(sync)")
            if !json.isEmpty {
                let said = try object(sync.output)
                #expect(said["awaitsConfirmation"] as? Bool == true && said["words"] as? String == words && said["fetchedEntries"] as? Int == 0)
            }
        }
        #expect(try ann.must("status").contains(words) && ann.status()["words"] as? String == words)
        for verb in [["list", "site"], ["site", "add", "name=Akron works"], ["export", "-"]] {
            let done = try ann.run(verb)
            #expect(done.status == 80 && done.error.contains(words) && done.output.isEmpty, "\(verb): \(done)")
            #expect(done.error.contains("Nothing was stored.") == (verb[0] == "site") && !done.error.contains("kept here") && done.error.contains("\n  \(words)\n"), "\(verb): \(done)")
        }
        let forecast = try ann.must("sync", "--forecast")
        #expect(forecast.contains("waits until headquarters has confirmed it") && forecast.contains(words) && !forecast.contains(" at most "), "\(forecast)")
        let said = try #require(try JSONSerialization.jsonObject(with: Data(try ann.must("sync", "--forecast", "--json").utf8)) as? [String: Any])
        #expect(said["awaitsConfirmation"] as? Bool == true && said["words"] as? String == words)
        #expect(said.filter { $0.key.hasSuffix("AtMost") }.count == 3 && said.filter { $0.key.hasSuffix("AtMost") }.values.allSatisfy { $0 is NSNull })
        #expect((said["scopes"] as? [Any])?.isEmpty == true)

        #expect(try headquarters.verb("device", "list").contains("WAITS since"))
        #expect(try !headquarters.verb("device", "list").contains(words), "headquarters has the words from the laptop alone")
        #expect(try device(letters, headquarters)["waitsBecause"] as? String == "invited")
        #expect(try headquarters.verb("status").contains("waits to be confirmed"))
        let swapped = words.split(separator: " ").map(String.init).reversed()
        let wrong = try server(headquarters, ["device", "confirm", letters] + swapped)
        #expect(wrong.status == 65 && wrong.error.contains("goes on waiting"), "\(wrong)")
        #expect(try acts(headquarters, "device.wrongWords") == 1 && headquarters.verb("device", "list").contains("wrong words once"))
        #expect(try ann.run("sync").status == 80)

        let right = try server(headquarters, "device", "confirm", letters, words.uppercased().replacing(" ", with: "-"))
        #expect(right.status == 0 && right.output.contains("is confirmed"), "\(right)")
        try ann.must("sync")
        #expect(try ann.must("list", "site").contains("Dayton plant"))
        try ann.must("site", "add", "name=Akron works")
        try ann.must("sync")
        try bob.must("sync")
        #expect(try bob.must("list", "site").contains("Akron works"))
        #expect(try ann.status()["awaitsConfirmation"] as? Bool == false && device(letters, headquarters)["waitsSince"] is NSNull)
        #expect(try acts(headquarters, "device.confirm") == 1)
        try headquarters.verb("verify")
        try headquarters.verb("audit", "verify")
    }

    @Test func `a second try of an invitation stops a laptop that watches, which captures on, and goes on by itself once its words are typed`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = Laptop(headquarters)
        let line = try headquarters.invitation("ann")
        let letters = try #require(try object(ann.must("enrol", "--name", "Laptop", "--json", input: line))["letters"] as? String)
        try ann.must("sync")
        let watch = try ann.start(["sync", "--watch"])
        func until(_ what: String, _ isSo: () throws -> Bool) throws {
            try eventually(what, within: Program.patience) {
                if try isSo() { return true }
                try #require(watch.status == nil, "the watch ended: \(watch.outputSoFar)\(watch.errorSoFar)")
                return nil
            }
        }
        try until("it watches") { watch.outputSoFar.contains("Watching") }
        try ann.must("site", "add", "name=Akron works")
        try until("it is sent") { try ann.unsent() == 0 }

        let second = try Laptop(headquarters).run(["enrol", "--name", "Other"], input: line)
        #expect(second.status == 76 && second.error.contains("used already"), "\(second)")
        try until("it is told to wait") { watch.outputSoFar.contains("waits until headquarters has confirmed it") }
        let words = try #require(try ann.status()["words"] as? String)
        #expect(watch.outputSoFar.contains(words))
        #expect(try headquarters.verb("device", "list").contains("its invitation was tried once more"))
        #expect(try device(letters, headquarters)["waitsBecause"] as? String == "reused")
        let refused = try ann.run("list", "site")
        #expect(refused.status == 80 && refused.error.contains(words), "\(refused)")
        let entries = try headquarters.entries()
        try ann.must("site", "add", "name=Dayton plant")
        #expect(try ann.unsent() == 1 && headquarters.entries() == entries)

        try headquarters.verb("device", "confirm", letters, words)
        try until("what was captured meanwhile is sent") { try ann.unsent() == 0 }
        // The token has done what it can.
        #expect(try Laptop(headquarters).run(["enrol", "--name", "Other"], input: line).status == 76)
        watch.send(SIGTERM)
        #expect(try watch.finish(within: Program.patience).status == 0)
        try ann.must("sync")
        #expect(try ann.must("list", "site").contains("Dayton plant"))
        #expect(try acts(headquarters, "device.freeze") == 1)
        try headquarters.verb("verify")
    }

    @Test func `a stick is no way around a freeze: what is on it is not taken in, stays on the laptop, and goes up once it is confirmed`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = Laptop(headquarters)
        let line = try headquarters.invitation("ann")
        let letters = try #require(try object(ann.must("enrol", "--name", "Laptop", "--json", input: line))["letters"] as? String)
        try ann.must("sync")
        try ann.must("site", "add", "name=Akron works")
        #expect(try Laptop(headquarters).run(["enrol", "--name", "Other"], input: line).status == 76)
        #expect(try ann.run("sync").status == 80)
        let entries = try headquarters.entries()
        let stick = headquarters.folder.appendingPathComponent("stick").path
        try ann.must("bundle", "export", stick)
        #expect(try headquarters.verb("bundle", "import", stick).contains("has not confirmed this laptop"))
        #expect(try ann.unsent() == 1 && headquarters.entries() == entries)
        try headquarters.verb("device", "confirm", letters, try #require(try ann.status()["words"] as? String))
        try ann.must("sync")
        #expect(try ann.unsent() == 0 && headquarters.entries() == entries + 1)
    }

    @Test func `an invitation is valid for longer than ten minutes only where the device is to be confirmed`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let long = try server(headquarters, "invite", "ann", "--minutes", "11")
        #expect(long.status == 64 && long.error.contains("--confirm"), "\(long)")
        #expect(try server(headquarters, "invite", "ann", "--minutes", "10").status == 0)
        #expect(try server(headquarters, "invite", "ann", "--confirm", "--minutes", "4320").status == 0)
        #expect(try server(headquarters, "invite", "ann", "--confirm", "--minutes", "4321").status == 65)
    }

    // MARK: On a screen

    private func onTerminal(columns: Int, _ headquarters: Headquarters, _ words: [String]) throws -> Program.Result {
        let path = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let command = Screen.command(columns: columns, [path] + words + ["--data", headquarters.data.path])
        return try headquarters.program(command.name, command.words).finish(within: Program.patience)
    }

    /// What zbar reads from black blocks on white paper.
    private func read(_ drawing: String, _ headquarters: Headquarters) throws -> String {
        var pixels: [UInt8] = []
        let scale = 4
        var width = 0
        for line in drawing.split(separator: "\n") {
            width = line.count * scale
            for isUpper in [true, false] {
                let row = line.flatMap { character -> [UInt8] in
                    let isDark = character == "\u{2588}" || character == (isUpper ? "\u{2580}" : "\u{2584}")
                    return [UInt8](repeating: isDark ? 0 : 255, count: scale)
                }
                for _ in 0..<scale { pixels += row }
            }
        }
        let file = headquarters.folder.appendingPathComponent("drawing-\(UUID().uuidString).pgm")
        try Data(Array("P5 \(width) \(pixels.count / max(1, width)) 255\n".utf8) + pixels).write(to: file)
        let done = try headquarters.program("/usr/bin/zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file.path]).finish()
        return done.output.trimmingCharacters(in: .newlines)
    }

    @Test func `an invitation that is drawn on a terminal or on paper is read by a camera's eye, and enrols a laptop`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let words = ["invite", "ann", "--qr", "--name", "127.0.0.1:\(headquarters.port)"]
        let paper = try server(headquarters, words + ["--plain"])
        #expect(paper.status == 0 && paper.error.isEmpty && !paper.output.contains("seamark://"), "\(paper)")
        let screen = try onTerminal(columns: 80, headquarters, words)
        let (paint, bare) = ("\u{1b}[38;5;16;48;5;231m", "\u{1b}[0m")
        let lines = screen.output.split(separator: "\n")
        #expect(screen.status == 0 && lines.count > 20 && lines.allSatisfy { $0.hasPrefix(paint) && $0.hasSuffix(bare) }, "\(screen)")
        #expect(screen.error.contains("\(lines[0].count - paint.count - bare.count) columns wide"), "\(screen.error)")
        for drawing in [paper.output, screen.output.replacing(paint, with: "").replacing(bare, with: "")] {
            let line = try read(drawing, headquarters)
            #expect(line.hasPrefix("seamark://127.0.0.1:\(headquarters.port)/"), "\(line)")
            try Laptop(headquarters).must("enrol", "--name", "Laptop", input: line)
        }
        #expect(try devices(headquarters).count == 2)
    }

    @Test func `where it cannot be shown an invitation is not made, and the reason is said`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let blind = try server(headquarters, "invite", "ann", "--qr")
        #expect(blind.status == 65 && blind.error.contains("no terminal") && blind.error.contains("--plain") && blind.output.isEmpty, "\(blind)")
        let narrow = try onTerminal(columns: 50, headquarters, ["invite", "ann", "--qr"])
        #expect(narrow.status == 65 && narrow.error.contains("50 columns") && narrow.output.isEmpty, "\(narrow)")
        #expect(try server(headquarters, "invite", "ann", "--plain").status == 64)
        #expect(try acts(headquarters, "invitation.make") == 0)
    }

    private func server(_ headquarters: Headquarters, _ words: [String]) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
    }
}
