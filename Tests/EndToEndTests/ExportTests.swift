import Foundation
import SeamarkTestSupport
import Testing

/// What is exported for other programs, by the real ones, read by others' libraries. All people are fictitious.
@Suite(.serialized) struct ExportTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func check(_ headquarters: Headquarters, _ files: [String]) throws -> [String: Any] {
        let done = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path, [Self.root.appendingPathComponent("Tests/PythonPeer/export_check.py").path] + files
        ).finish(within: 240)
        try #require(done.status == 0, "\(done.output)\(done.error)")
        return try #require(JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any])
    }

    @Test(.needsSpreadsheet) func `lines, tables and workbook of a laptop and of headquarters say the same, typed, and nothing in them is a formula`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("import", Self.root.appendingPathComponent("Samples/northlink.json").path)
        try ann.must("person", "add", "name==1+1 Canary", "contact=canary", "title=-SUM(1)", "level=manager", "--consent", "given", "--method", "written", "--scope", "quotes,role")
        try ann.must("seam", "add", "name=-2+3")
        try ann.must("site", "add", "name=_x0041_ <b>&amp; \"two\", parts; three")
        try ann.must("sync")
        try ann.must("seam", "set", "S-A001", "name=+1 later")
        func files(_ name: String) -> [String] { ["jsonl", "zip", "xlsx", "sqlite"].map { headquarters.folder.appendingPathComponent("\(name).\($0)").path } }

        let own = files("own")
        for file in own { try ann.must("export", file) }
        let counted = try check(headquarters, own + ["--words", ann.file(#"["=1+1 Canary", "-SUM(1)", "_x0041_ <b>&amp; \"two\", parts; three", "+1 later", "-2+3", "waiting"]"#)])
        let records = try #require(counted["records"] as? Int)
        #expect(records > 40)
        // Every view answers, and finds what the sample holds.
        let views = try #require(counted["views"] as? [String: Int])
        #expect(Set(views.keys) == ["answers", "question_scores", "leakage", "seam_scores", "decision_times", "initiative_targets", "edits_by_day"])
        #expect(views.values.allSatisfy { $0 > 0 }, "\(views)")
        for file in own { #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600) }
        #expect(try ann.run("export", own[2]).status == 73, "no file is overwritten")
        #expect(try ann.run("export", "-", "--format", "xlsx").status == 64)
        #expect(try ann.must("export", "-", "--format", "jsonl") == String(contentsOfFile: own[0], encoding: .utf8))
        try ann.must("export", own[1], "--replace", "--headers", "labels")

        // Headquarters' own: without names unless they are asked for, which is an act.
        let bare = files("bare"), whole = files("whole")
        for file in bare { try headquarters.verb("engagement", "export", "baseline", "--out", file) }
        _ = try check(headquarters, bare)
        for file in [bare[0], bare[3]] { #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: Data("Canary".utf8)) == nil) }
        #expect(try !headquarters.verb("audit").contains("engagement.export-sensitive"))
        for file in whole { try headquarters.verb("engagement", "export", "baseline", "--out", file, "--sensitive") }
        let all = try check(headquarters, whole + ["--words", ann.file(#"["=1+1 Canary", "acknowledged", "-2+3"]"#)])
        #expect(all["records"] as? Int == records)
        // A spreadsheet program shows of the workbook, cell by cell, what the tables say.
        let office = try headquarters.program(
            "/usr/bin/python3", [Self.root.appendingPathComponent("Tests/PythonPeer/office_check.py").path, whole[2], whole[1]]).finish(within: 240)
        #expect(office.status == 0 && office.output.contains(" 0 differences"), "\(office.output)\(office.error)")
        #expect(try String(contentsOfFile: whole[0], encoding: .utf8).contains("=1+1 Canary"))
        #expect(try headquarters.verb("audit").contains("engagement.export-sensitive"))
        let again = try headquarters.program("seamark-server", ["engagement", "export", "baseline", "--out", whole[0], "--data", headquarters.data.path]).finish()
        #expect(again.status != 0, "no file is overwritten")
        let unknown = try headquarters.program("seamark-server", ["engagement", "export", "baseline", "--out", "x.txt", "--data", headquarters.data.path]).finish()
        #expect(unknown.status == 64 && unknown.error.contains("--format"))
    }
}
