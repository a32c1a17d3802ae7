import Foundation
import Testing

struct OutcomePageTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `each row of the page of outcomes names a test that is there, and each such test has its row`() throws {
        let page = try String(contentsOf: root.appendingPathComponent("Documentation/Outcomes.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        #expect(rows.count >= 40)
        for row in rows {
            let shown = try #require(row.split(separator: "|").last, "\(row)")
            let parts = shown.split(separator: "`", omittingEmptySubsequences: false)
            try #require(parts.count == 3, "\(row)")
            let suite = parts[0].trimmingCharacters(in: CharacterSet(charactersIn: " ,"))
            #expect(try source(of: suite).contains("func `\(parts[1])`"), "no such test in \(suite): \(parts[1])")
        }
        for part in try source(of: "OutcomeTests").components(separatedBy: "func `").dropFirst() {
            let name = part.prefix { $0 != "`" }
            #expect(page.contains("`\(name)`"), "\(name) has no row")
        }
    }

    private func source(of suite: String) throws -> String {
        let files = try #require(FileManager.default.enumerator(at: root.appendingPathComponent("Tests"), includingPropertiesForKeys: nil))
        let file = try #require(files.compactMap { $0 as? URL }.first { $0.lastPathComponent == "\(suite).swift" }, "no suite \(suite)")
        return try String(contentsOf: file, encoding: .utf8)
    }
}
