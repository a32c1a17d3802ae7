import Foundation
import SeamarkJournal
import SeamarkModel
import Testing

/// Reports in a real browser and on paper, looked at by `Tests/ReportLook/look.py`: what it looks for stands there.
@Suite struct ReportLookTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What the looker says of pages, and its exit status. `SEAMARK_REPORTS=FOLDER` leaves pages, pictures and print there.
    private func look(at pages: [String: String]) throws -> (words: String, status: Int32) {
        let kept = ProcessInfo.processInfo.environment["SEAMARK_REPORTS"]
        let folder = kept.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory.appendingPathComponent("look-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { if kept == nil { try? FileManager.default.removeItem(at: folder) } }
        for (name, page) in pages { try Data(page.utf8).write(to: folder.appendingPathComponent(name + ".html")) }
        let looker = Process()
        looker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        looker.arguments = ["python3", Self.root.appendingPathComponent("Tests/ReportLook/look.py").path, folder.path] + (kept == nil ? [] : ["--keep"])
        let pipe = Pipe()
        looker.standardOutput = pipe
        looker.standardError = pipe
        try looker.run()
        let words = try pipe.fileHandleForReading.readToEnd() ?? Data()
        looker.waitUntilExit()
        return (String(decoding: words, as: UTF8.self), looker.terminationStatus)
    }

    /// Halden with many more lines, whose titles are long, have no place to break, or are in wide letters, and which name everything that a line can.
    private static func crowded() throws -> EngagementReport {
        var bench = try ReportBench.bench("halden")
        let titles = [
            "Overtime and agency labour in the gear cell because the promise reaches planning only after the week is frozen",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
            String(repeating: "W", count: 110), "計画外の残業と派遣労働、熱処理炉の前で待つ部品", "x",
        ]
        for number in 0..<60 {
            let size = 1 + number * number * 37 % 900
            try bench.write(Identifier(high: 40, low: UInt64(1000 + number)), Catalogue.leakageLine, handle: "L\(100 + number)", [
                ("title", titles[number % titles.count]), ("category", ["LABOUR", "QUALITY", "DOWNTIME", "EXPEDITE", "PENALTY"][number % 5]),
                ("amount.range", "\(size)k/\(size + 20)k/\(size * 3 + 50)k"), ("amount.grade", ["A", "B", "C", "D"][number % 4]), ("amount.kind", "runRate"),
                ("domainPoints", "D\(1 + number % 9)=60,D\(1 + (number + 4) % 9)=40"),
            ])
        }
        return try ReportBench.report(bench.views)
    }

    /// Halden with seven penalties that may each be the premium freight of L1 once more: seven reasons of two printed lines each.
    static func reasoned() throws -> EngagementReport {
        var bench = try ReportBench.bench("halden")
        for number in 1...7 {
            try bench.write(Identifier(high: 41, low: UInt64(number)), Catalogue.leakageLine, handle: "L20\(number)", [
                ("title", "Chargeback \(number)"), ("category", "PENALTY"), ("amount.range", "10k/11k/15k"), ("amount.grade", "C"), ("amount.kind", "runRate"),
                ("domainPoints", "D1=60,D2=40"), ("seamPoints", "S1=50"),
            ])
        }
        return try ReportBench.report(bench.views)
    }

    @Test func `on a screen and on paper nothing overlaps, is cut off, runs out of the page or is faint`() throws {
        var empty = Bench()
        try empty.write(Bench.scope, Catalogue.engagement, handle: "NEW-2026", [("title", "An engagement with nothing in it yet"), ("currency", "EUR")], by: Bench.lea)
        let bench = try ReportBench.bench("halden")
        let frozen = try EngagementReport(
            views: bench.views, primitives: bench.primitives,
            provenance: ReportProvenance(software: "seamark-test 0", madeAt: 20_530 * 86_400_000, frozen: .init(
                scope: Bench.scope, place: LogPlace(position: 3, hash: .zero), day: 20_530, asOf: "SN-A001", snapshot: try ReportBench.snapshot(of: bench), author: "lea"))) { _ in nil }
        let pages = [
            "halden": try ReportBench.halden.get().html, "northlink": try ReportBench.northlink.get().html, "hostile": try ReportFormatTests.report().html,
            "crowded": try Self.crowded().html, "reasoned": try Self.reasoned().html, "empty": try ReportBench.report(empty.views).html, "frozen": frozen.html,
            "bridged": try ReportJudgementTests.bridged().html, "ruled": try ReportBench.report(try ReportJudgementTests.ruled().views).html,
            "extreme": try ExtremeEngagement.report().html, "tiny": try ExtremeEngagement.tiny().html,
            "disputed": try ReportBench.report(try ReportGateTests.disputed().views).html, "preview": try ReportPreviewTests.preview(try ReportGateTests.disputed().views).html,
        ]
        let (words, status) = try look(at: pages)
        #expect(status == 0, "\(words)")
        #expect(words.components(separatedBy: "words' boxes").count == pages.count * 3 + 1, "\(words)")
    }

    @Test func `the looker sees what is wrong`() throws {
        let page = try ReportBench.halden.get().html
        func spoilt(_ rule: String) -> String { page.replacingOccurrences(of: "</style>", with: rule + "</style>") }
        let drawn = { (what: String, by: String) in page.replacingOccurrences(of: what, with: by) }
        let latency = "<circle class=\"solid\""
        let (words, status) = try look(at: [
            "sideways": spoilt("main{width:1500px;max-width:none}@media print{p{position:relative;left:-10mm}}"),
            "struck": drawn(latency, "<line class=\"line\" x1=\"0\" y1=\"16\" x2=\"100%\" y2=\"20\"/>" + latency), "alike": spoilt(".g1{fill:var(--deep)}.quietline{stroke:var(--ink);stroke-dasharray:none}"),
            "drawn": spoilt("svg text.on{fill:#5b86ad}"), "blot": drawn("<text class=\"soft\" x=\"12\" y=\"22\">", "<rect class=\"solid\" x=\"20\" y=\"12\" width=\"30\" height=\"12\"/><text class=\"soft\" x=\"12\" y=\"22\">"),
            "unmarked": ReportPreviewTests.preview(ReportBench.bench("halden").views).html.replacingOccurrences(of: "</style>", with: "@media print{.draft{display:none}}</style>"),
            "moved": ReportPreviewTests.preview(ReportBench.bench("halden").views).html.replacingOccurrences(of: "</style>", with: "@media print{.draft{position:static;height:90mm}}</style>"),
            "broken": spoilt(".kicker{width:40px}"), "late": spoilt("@media print{section.first .hero+figure{break-before:page}}"),
            "end": spoilt("@media print{footer.end{display:block;break-before:page}}"),
            "spoilt": spoilt("h2{height:0}.keep{margin-top:-60px}.card{overflow:hidden;height:20px}:root{--quiet:#bbb}"),
        ])
        #expect(status == 1)
        let faults = [
            "sideways.html, 390 wide, light: sideways", "sideways.html, A4, page 1: beyond the margin", "spoilt.html, 1280 wide, light: over", "spoilt.html, 390 wide, dark: cut off",
            "spoilt.html, 820 wide, light: faint", "spoilt.html, Letter, page 1: over", "struck.html, 1280 wide, light: struck through", "alike.html, 820 wide, light: alike without colour",
            "drawn.html, 390 wide, light: faint", "blot.html, 1280 wide, dark: half on a bar", "unmarked.html, A4, page 1: no mark", "moved.html, A4, page 1: moved by the mark",
            "broken.html, 390 wide, light: broken inside: 'Operating'", "late.html, Letter, page 1: no range on the first page", "late.html, A4, page 1: decisions not on the first page",
        ]
        for fault in faults {
            #expect(words.contains(fault), "\(fault) is not in: \(words.prefix(2000))")
        }
        // The last page is no exception.
        #expect(words.contains(/end\.html, Letter, page [0-9]+: next to nothing on the page/))
    }
}
