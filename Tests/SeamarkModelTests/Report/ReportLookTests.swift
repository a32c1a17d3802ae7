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

    @Test func `on a screen and on paper nothing overlaps, is cut off, runs out of the page or is faint`() throws {
        var empty = Bench()
        try empty.write(Bench.scope, Catalogue.engagement, handle: "NEW-2026", [("title", "An engagement with nothing in it yet"), ("currency", "EUR")], by: Bench.lea)
        let (words, status) = try look(at: [
            "halden": try ReportBench.halden.get().html, "northlink": try ReportBench.northlink.get().html, "hostile": try ReportFormatTests.report().html,
            "crowded": try Self.crowded().html, "empty": try ReportBench.report(empty.views).html,
        ])
        #expect(status == 0, "\(words)")
        #expect(words.components(separatedBy: "words' boxes").count == 5 * 3 + 1, "\(words)")
    }

    @Test func `the looker sees what is wrong`() throws {
        let page = try ReportBench.halden.get().html
        func spoilt(_ rule: String) -> String { page.replacingOccurrences(of: "</style>", with: rule + "</style>") }
        let (words, status) = try look(at: [
            "sideways": spoilt("main{width:1500px;max-width:none}@media print{p{position:relative;left:-10mm}}"),
            "spoilt": spoilt("h2{height:0}.keep{margin-top:-60px}.card{overflow:hidden;height:20px}:root{--quiet:#bbb}"),
        ])
        #expect(status == 1)
        let faults = [
            "sideways.html, 390 wide, light: sideways", "sideways.html, A4, page 1: beyond the margin", "spoilt.html, 1280 wide, light: over", "spoilt.html, 390 wide, dark: cut off",
            "spoilt.html, 820 wide, light: faint", "spoilt.html, Letter, page 1: over",
        ]
        for fault in faults {
            #expect(words.contains(fault), "\(fault) is not in: \(words.prefix(2000))")
        }
    }
}
