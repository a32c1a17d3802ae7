import Foundation
import Testing

/// The pages of the documentation that point to tests.
struct OutcomePageTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: [("Outcomes", 75), ("Regressions", 30), ("OfflineScenarios", 40)])
    func `each row of a page that points to tests names one that is there`(name: String, least: Int) throws {
        let page = try String(contentsOf: root.appendingPathComponent("Documentation/\(name).md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        #expect(rows.count >= least)
        for row in rows {
            let shown = try #require(row.split(separator: "|").last, "\(row)")
            let parts = shown.split(separator: "`", omittingEmptySubsequences: false)
            try #require(parts.count == 3, "\(row)")
            let suite = parts[0].trimmingCharacters(in: CharacterSet(charactersIn: " ,"))
            #expect(try source(of: suite).contains("func `\(parts[1])`"), "no such test in \(suite): \(parts[1])")
        }
    }

    @Test(arguments: [
        ("Outcomes", ["OutcomeTests", "HeadquartersOutcomeTests"]),
        ("OfflineScenarios", ["OfflineChainTests", "OfflineParallelTests", "OfflineArrivalTests", "OfflineApprovalTests"]),
    ])
    func `every test of what a page tells has its row`(name: String, suites: [String]) throws {
        let page = try String(contentsOf: root.appendingPathComponent("Documentation/\(name).md"), encoding: .utf8)
        for part in try suites.flatMap({ try source(of: $0).components(separatedBy: "func `").dropFirst() }) {
            let name = part.prefix { $0 != "`" }
            #expect(page.contains("`\(name)`"), "\(name) has no row")
        }
    }

    private func source(of suite: String) throws -> String {
        let files = try #require(FileManager.default.enumerator(at: root.appendingPathComponent("Tests"), includingPropertiesForKeys: nil))
        // Several targets may have a suite of that name.
        let found = files.compactMap { $0 as? URL }.filter { $0.lastPathComponent == "\(suite).swift" }
        try #require(!found.isEmpty, "no suite \(suite)")
        return try found.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    }
}
