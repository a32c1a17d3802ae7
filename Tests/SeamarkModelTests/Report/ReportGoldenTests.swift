import Foundation
import SeamarkModel
import Testing

/// The reports of the two invented engagements, byte for byte: what alters one shows in its difference, and is meant or mended.
@Suite struct ReportGoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

    /// Where there is none, it is written, and fails once.
    @Test(arguments: ["halden", "northlink"]) func `a sample's report is its golden one`(sample: String) throws {
        let report = try (sample == "halden" ? ReportBench.halden : ReportBench.northlink).get()
        let file = Self.folder.appendingPathComponent(sample + ".json")
        guard FileManager.default.fileExists(atPath: file.path) else {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(report.json.utf8).write(to: file)
            Issue.record("\(file.lastPathComponent) was not there and is written: look at it, then commit it")
            return
        }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        guard golden != report.json else { return }
        let (old, new) = (golden.split(separator: "\n", omittingEmptySubsequences: false), report.json.split(separator: "\n", omittingEmptySubsequences: false))
        let first = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }
        Issue.record("\(sample): line \((first?.offset ?? min(old.count, new.count)) + 1) was \(first?.element.0 ?? "(the end)") and is \(first?.element.1 ?? "(the end)"); take the golden file away where that is meant")
    }

    @Test func `the samples are as many people as their story says, and plainly nobody`() throws {
        for (report, people, sites) in [(try ReportBench.halden.get(), 18, 2), (try ReportBench.northlink.get(), 26, 3)] {
            #expect(report.facts.interviews == people && report.facts.people == people && report.facts.sites.count == sites)
            #expect(report.fictitious?.hasPrefix("FICTITIOUS SAMPLE") == true)
        }
        for sample in ["halden", "northlink"] {
            let names = try ReportBench.bench(sample).views.filter { $0.type === Catalogue.person }.compactMap { $0.text("name") }
            #expect(names.count > 17 && names.allSatisfy { $0.hasSuffix("(fictitious)") })
        }
    }

    /// Floor and top see Northlink's decision rights differently, and enough people stand on each side; at Halden too few of the top were asked.
    @Test func `a perception gap is shown where enough people stand on both sides, and nowhere else`() throws {
        let northlink = try ReportBench.northlink.get()
        let gap = try #require(northlink.domains.first { $0.exposure.key == "D3" }?.perceptionGap)
        #expect(gap >= 1, "\(gap)")
        #expect(northlink.html.contains(">Gap</th>") && northlink.markdown.contains("| Gap |"))
        #expect(northlink.document["domains"]?.elements?.contains { ($0["perceptionGap"]?.number ?? 0) >= 1 } == true)
        let halden = try ReportBench.halden.get()
        #expect(halden.domains.allSatisfy { $0.perceptionGap == nil } && halden.html.contains("too few people stand on one side"))
    }
}
