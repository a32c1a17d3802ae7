import Foundation
import Testing

/// The report with the real programs: as a preview on a laptop, and as a PDF. All people and figures are fictitious.
@Suite struct PreviewCommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `a preview has every section in each format, is marked, and its figures can be followed`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        func path(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }
        try ann.must("import", Self.root.appendingPathComponent("Samples/northlink.json").path)
        for format in ["html", "md", "json"] {
            let said = try ann.must("report", "--format", format, "--output", path("preview." + format))
            #expect(said.contains("a preview"))
            let text = try String(contentsOfFile: path("preview." + format), encoding: .utf8)
            #expect(text.contains("PREVIEW") && text.contains("not from headquarters") && text.contains("are not sent") && !text.contains("Board-ready"), "\(format)")
            #expect(text.contains("Investment sequence") || format == "json")
            #expect(try ann.must("report", "--format", format) == text)
            #expect((try FileManager.default.attributesOfItem(atPath: path("preview." + format))[.posixPermissions] as? Int) == 0o600)
        }
        #expect(try ann.must("report", "--json") == String(contentsOfFile: path("preview.json"), encoding: .utf8))
        // What no domain explains and what lies at no seam stand beside the rest, so that the means add up.
        let shown = try ann.must("report")
        #expect(shown.contains("Outside execution, unallocated") && shown.contains("Not at a seam"), "\(shown)")
        // A file that is there is not written over unasked.
        #expect(try ann.run("report", "--format", "md", "--output", path("preview.md")).status == 73 || ann.run("report", "--format", "md", "--output", path("preview.md")).status == 65)
        try ann.must("report", "--format", "md", "--output", path("preview.md"), "--replace")
        for words in [["--json", "--format", "md"], ["--output", "x"], ["--format", "pdf"], ["--trace", "D3", "--format", "md"], ["--replace"]] {
            #expect(try ann.run(["report"] + words).status == 64, "\(words)")
        }
        let traced = try ann.must("report", "--trace", "d3")
        #expect(traced.contains("D3 Decision rights and ownership") && traced.contains("IV-A02") && traced.contains("L1") && !traced.contains("IV-A07") && !traced.contains("P-A"))
        #expect(try ann.must("report", "--trace", "L1").contains("Evidence: EV1"))
        let unknown = try ann.run("report", "--trace", "D99")
        #expect(unknown.status == 66 && unknown.error.contains("No figure of the report is called that"))
        try ann.must("sync")

        // As PDF, on both sides.
        try ann.must("report", "--format", "pdf", "--output", path("preview.pdf"))
        try headquarters.verb("report", "baseline", "--format", "pdf", "--format", "md", "--out", path("report"))
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: path("report"))) == ["report.pdf", "report.md"])
        for pdf in [path("preview.pdf"), path("report/report.pdf")] {
            #expect(try Data(contentsOf: URL(fileURLWithPath: pdf)).starts(with: Data("%PDF-".utf8)))
        }
        let none = ["PATH": "/nonexistent"]
        let laptop = try headquarters.program(
            "seamark", ["report", "--format", "pdf", "--output", path("none.pdf")], environment: none.merging(["SEAMARK_HOME": ann.home.path]) { $1 }, passphrase: Laptop.passphrase).finish()
        #expect(laptop.status == 69 && laptop.error.contains("no Chromium is installed here"), "\(laptop)")
        let server = try headquarters.program("seamark-server", ["report", "baseline", "--format", "pdf", "--out", path("none"), "--data", headquarters.data.path], environment: none).finish()
        #expect(server.status == 69 && server.error.contains("no Chromium is installed here"), "\(server)")
        #expect(!FileManager.default.fileExists(atPath: path("none.pdf")) && !FileManager.default.fileExists(atPath: path("none")))
    }
}
