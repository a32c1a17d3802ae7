import Foundation
import Testing

/// Questionnaires of one's own, read by the real program and by pyxform.
@Suite struct FormTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `forty forms in three formats are understood as pyxform understands them, and what is not taken over is refused where it stands`() throws {
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let done = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path,
            [Self.root.appendingPathComponent("Tests/PythonPeer/form_check.py").path, "\(program) form check --json", "1", "40"]
        ).finish(within: 400)
        #expect(done.status == 0, "\(done.output)\(done.error)")
        #expect(done.output.contains(#""files": 120, "failures": 0"#), "\(done.output)")
    }

    @Test func `the workbooks of pyxform's own tests are understood as pyxform understands them, or refused at a sheet`() throws {
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let fetched = try headquarters.program(Self.root.appendingPathComponent("Scripts/pyxform-samples").path, []).finish(within: 400)
        try #require(fetched.status == 0, "\(fetched.error)")
        let done = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path,
            [Self.root.appendingPathComponent("Tests/PythonPeer/form_samples.py").path, "\(program) form check --json", fetched.output.trimmingCharacters(in: .whitespacesAndNewlines)]
        ).finish(within: 400)
        #expect(done.status == 0, "\(done.output)\(done.error)")
        let counts = try #require(done.output.firstMatch(of: /"workbooks": 57, "both": (\d+).*"failures": 0/), "\(done.output)")
        #expect(try #require(Int(counts.1)) >= 5)
        // The page tells for how many of them which reason stands in the way here alone.
        let page = try String(contentsOf: Self.root.appendingPathComponent("Documentation/Questionnaires.md"), encoding: .utf8)
        let line = try #require(done.output.split(separator: "\n").first { $0.hasPrefix("{\"reasons\"") })
        let reasons = try #require((JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["reasons"] as? [String: Int])
        #expect(reasons.count > 10)
        for (reason, count) in reasons { #expect(page.contains("\n| \(reason) | \(count) |\n"), "\(reason): \(count)") }
    }

    @Test func `a form that cannot be taken over is refused in words, with every place, and as JSON`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let file = headquarters.folder.appendingPathComponent("check.md")
        try Data("| survey |\n| | type | name | label | calculation |\n| | calculate | total | | 1 + 1 |\n| | text | a | A | |\n".utf8).write(to: file)
        let said = try headquarters.program("seamark", ["form", "check", file.path]).finish()
        #expect(said.status == 65 && said.output.contains("survey, row 3, column type (total): calculations are not taken over"), "\(said)")
        #expect(said.error.contains("1 thing in the form cannot be taken over"), "\(said)")
        let json = try headquarters.program("seamark", ["form", "check", file.path, "--json"]).finish()
        #expect(json.status == 65 && json.output.contains(#""column": "type""#), "\(json)")
        try Data("| survey |\n| | type | name | label | required |\n| | text | a | Which door? | yes |\n".utf8).write(to: file)
        let fine = try headquarters.program("seamark", ["form", "check", file.path]).finish()
        #expect(fine.status == 0 && fine.output.contains("Which door?") && fine.output.contains("must be answered") && fine.output.contains("1 question."), "\(fine)")
        #expect(try headquarters.program("seamark", ["form", "check", file.path, "--language", "x"]).finish().status == 64)
        #expect(try headquarters.program("seamark", ["form", "check", headquarters.folder.path + "/none.xlsx"]).finish().status == 66)
        #expect(try headquarters.program("seamark", ["form", "check", "form.pdf"]).finish().status == 64)
    }
}
