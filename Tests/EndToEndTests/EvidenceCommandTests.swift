import Foundation
import Testing

/// Evidence and reports with the real programs, and with the verifier in Python. All people are fictitious.
@Suite(.serialized) struct EvidenceCommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func python(_ headquarters: Headquarters, _ words: [String]) throws -> Program.Result {
        try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path, [Self.root.appendingPathComponent("Tests/PythonPeer/verify_evidence.py").path] + words
        ).finish(within: 240)
    }

    @Test func `an engagement's evidence and report are verified by a laptop, by the server, by a stranger with the fingerprint and by the verifier in Python`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let canary = "canary: the night shift knows"
        for number in 0..<4 { try ann.must("site", "add", "name=Plant \(number)", "notes=\(canary)") }
        try ann.must("sync")
        func path(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }
        try headquarters.verb("report", "baseline", "--out", path("report"))
        let report = path("report/report.json")
        try ann.must("site", "add", "name=Depot")
        try ann.must("sync")
        let made = try document(try headquarters.verb("evidence", "export", "baseline", "--out", path("evidence"), "--json"))
        let authority = try #require(made["authority"] as? String)
        try headquarters.verb("evidence", "export", "baseline", "--out", path("bare"), "--without-values")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("evidence"))).range(of: Data(canary.utf8)) != nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("bare"))).range(of: Data(canary.utf8)) == nil)
        #expect(try FileManager.default.attributesOfItem(atPath: path("evidence"))[.posixPermissions] as? Int == 0o600)
        // None is overwritten.
        #expect(try headquarters.program("seamark-server", ["evidence", "export", "baseline", "--out", path("bare"), "--data", headquarters.data.path]).finish().status == 65)

        for file in ["evidence", "bare"] {
            let laptop = try ann.must("verify", "--evidence", path(file), "--report", report)
            #expect(laptop.contains("The evidence holds") && laptop.contains("The report was made from this log as it stood at position"), "\(laptop)")
            let server = try headquarters.verb("verify", "--evidence", path(file), "--report", report)
            #expect(server.contains("everything holds") && server.contains("and names the inputs that these records give"), "\(server)")
            // Without a store, a data directory or a passphrase.
            let stranger = try headquarters.program(
                "seamark", ["verify", "--evidence", path(file), "--authority", authority, "--report", report, "--json"], environment: ["SEAMARK_HOME": path("nowhere")]).finish()
            #expect(stranger.status == 0, "\(stranger.error)")
            let said = try document(stranger.output)
            #expect((said["evidence"] as? [String: Any])?["holds"] as? Bool == true && (said["report"] as? [String: Any])?["holds"] as? Bool == true)
            #expect(try python(headquarters, [authority, path(file), "--report", report]).output == "holds\nmade\n")
        }
        #expect(try ann.must("verify", "--report", report).contains("The report was made from this log"))
        #expect(try headquarters.verb("verify", "--report", report).contains("the report was made from this log"))

        // Another authority; an altered byte; a report that says another position, or other figures.
        let other = String(authority.reversed())
        #expect(try headquarters.program("seamark", ["verify", "--evidence", path("evidence"), "--authority", other], environment: ["SEAMARK_HOME": path("nowhere")]).finish().status == 65)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("evidence"))))
        bytes[bytes.count / 2] ^= 4
        try Data(bytes).write(to: URL(fileURLWithPath: path("altered")))
        let altered = try ann.run("verify", "--evidence", path("altered"))
        let theirs = try python(headquarters, [authority, path("altered")])
        #expect(altered.status == 65 && theirs.status == 1)
        let words = theirs.output.split(whereSeparator: \.isWhitespace)
        #expect(altered.error.contains("(\(words[0]), item \(words[1]))"), "\(altered.error) \(theirs.output)")
        #expect(try headquarters.program("seamark-server", ["verify", "--evidence", path("altered"), "--data", headquarters.data.path]).finish().status == 65)
        let honest = try String(contentsOfFile: report, encoding: .utf8)
        let page = try document(honest)
        let method = try #require(page["method"] as? [String: Any])
        let (inputs, hash) = (try #require(method["inputsHash"] as? String), try #require((method["checkpoint"] as? [String: Any])?["hash"] as? String))
        #expect(try String(contentsOfFile: path("report/report.html"), encoding: .utf8).contains(hash))
        #expect(try String(contentsOfFile: path("report/report.md"), encoding: .utf8).contains(hash))
        for (from, to, theirs) in [(inputs, String(inputs.reversed()), "made"), ("\"position\": ", "\"position\": 1", "forged")] {
            try Data(honest.replacing(from, with: to).utf8).write(to: URL(fileURLWithPath: path("forged.json")))
            #expect(try ann.run("verify", "--report", path("forged.json")).status == 65)
            #expect(try ann.run("verify", "--evidence", path("evidence"), "--report", path("forged.json")).status == 65)
            #expect(try headquarters.program("seamark-server", ["verify", "--report", path("forged.json"), "--data", headquarters.data.path]).finish().status == 65)
            // Figures are computed anew by our programs alone.
            #expect(try python(headquarters, [authority, path("evidence"), "--report", path("forged.json")]).output == "holds\n\(theirs)\n")
        }
        // Evidence from before the report does not reach it.
        try ann.must("site", "add", "name=Yard")
        try ann.must("sync")
        try headquarters.verb("report", "baseline", "--out", path("later"))
        let late = try ann.run("verify", "--evidence", path("evidence"), "--report", path("later/report.json"))
        #expect(late.status == 65 && late.error.contains("does not reach"), "\(late.error)")
        #expect(try python(headquarters, [authority, path("evidence"), "--report", path("later/report.json")]).output == "holds\nlater\n")
    }
}
