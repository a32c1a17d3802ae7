import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct ReportPreviewTests {
    static func preview(_ views: [RecordView], unsent: Int = 3) throws -> EngagementReport {
        try EngagementReport(
            views: views, primitives: CheapPrimitives(), provenance: ReportProvenance(software: "seamark-test 0", preview: .init(unsent: unsent, position: 41))) { _ in nil }
    }

    @Test func `a preview says on every part that it is one, and is never ready for the board`() throws {
        let views = try ReportBench.bench("halden").views
        let report = try Self.preview(views)
        // The same records at headquarters are ready.
        #expect(try ReportBench.report(views).html.contains("<p>Board-ready"))
        #expect(report.gate.isBoardReady)
        for text in [report.html, report.markdown, report.json] {
            #expect(text.contains("PREVIEW") && text.contains("not from headquarters") && text.contains("3 changes of its own in it are not sent"))
            #expect(!text.contains("Board-ready") && !text.contains("DRAFT"))
        }
        #expect(report.document["status"]?["boardReady"] == .bool(false) && report.document["status"]?["label"]?.text == "PREVIEW")
        #expect(report.document["preview"]?["unsentChanges"] == .integer(3) && report.document["preview"]?["logPosition"] == .integer(41))
        let parts = report.markdown.split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(parts.count == 15 && parts.allSatisfy { $0.hasSuffix("(PREVIEW)") }, "\(parts)")
        #expect(try ReportBench.halden.get().document["preview"] == .null)
    }

    @Test func `a preview of a draft says why headquarters would not show it to a board`() throws {
        let report = try Self.preview(try ReportGateTests.disputed().views, unsent: 0)
        #expect(!report.gate.isBoardReady)
        #expect(report.html.contains("Of headquarters it would be a draft, because") && report.html.contains("Everything of its own in it is sent"))
    }
}
