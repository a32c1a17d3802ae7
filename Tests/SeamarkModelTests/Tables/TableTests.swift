import Foundation
import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// Tables in the formats of other programs: what is typed stays typed, and nothing that somebody wrote is obeyed.
@Suite struct TableTests {
    private static let formulas: [Unicode.Scalar] = ["=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}"]

    private func table(_ texts: [String]) -> DataTable {
        DataTable("said", [.init("KEY", "id"), .init("said", "what was said")], texts.enumerated().map { [.number(String($0.offset)), .text($0.element)] })
    }

    /// RFC 4180, written anew here: quotes, doubled quotes, line breaks inside quotes.
    private func read(_ bytes: [UInt8]) -> [[String]] {
        var rows: [[String]] = [], row: [String] = [], cell: [UInt8] = [], isQuoted = false
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\"") where isQuoted && rest.first == UInt8(ascii: "\""):
                cell.append(byte)
                rest.removeFirst()
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                row.append(String(decoding: cell, as: UTF8.self))
                cell = []
            case 13 where !isQuoted: continue
            case 10 where !isQuoted:
                rows.append(row + [String(decoding: cell, as: UTF8.self)])
                (row, cell) = ([], [])
            case _: cell.append(byte)
            }
        }
        #expect(row.isEmpty && cell.isEmpty && !isQuoted)
        return rows
    }

    @Test func `comma-separated values give back what was said, and typed cells as they are`() {
        let texts = ["plain", "two, parts", "a \"word\"", "two\nlines", "", " blank ", "ü 漢字 🙂", "semi;colon", "\"", "a\rb"]
        let rows = read(CSVWriter.bytes(of: table(texts)))
        #expect(rows.first == ["KEY", "said"] && rows.count == texts.count + 1)
        for (text, row) in zip(texts, rows.dropFirst()) { #expect(row[1] == text.replacing("\r", with: "\n")) }
        let cells: [DataTable.Cell] = [.empty, .number("-12.50"), .boolean(true), .date(20_529), .time(1_767_225_600_000)]
        let typed = DataTable("typed", cells.indices.map { .init("c\($0)", "c") }, [cells])
        #expect(String(decoding: CSVWriter.bytes(of: typed, headers: .labels), as: UTF8.self) == "c,c,c,c,c\r\n,-12.50,TRUE,2026-03-17,2026-01-01T00:00:00Z\r\n")
    }

    @Test func `no cell of two hundred hostile texts begins as a formula or steers a terminal, and none is dropped`() {
        let texts = HostileText.all.map(\.text)
        let bytes = CSVWriter.bytes(of: table(texts))
        let rows = read(bytes)
        #expect(rows.count == texts.count + 1)
        #expect(HostileText.live(in: String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")).isEmpty)
        for (hostile, row) in zip(HostileText.all, rows.dropFirst()) {
            let first = row[1].unicodeScalars.first { !$0.properties.isWhitespace }
            #expect(first.map { !Self.formulas.contains($0) } == true, "\(hostile.family) \(hostile.number)")
            #expect(row[1].contains(hostile.mark))
        }
    }

    @Test func `the history is called as others call it, and says why where whoever made a change gave its record a reason`() throws {
        var bench = Bench()
        try bench.line()
        try bench.write(
            Identifier(high: 61, low: 1), Catalogue.scoreReview, handle: "SR1", [("question", "LB1"), ("ruling.value", "3"), ("ruling.reason", "two accounts against one")], by: Bench.lea)
        let table = ChangeTable.table(bench.changes.map { ChangeTable.Step($0, received: nil, standing: "waiting") }, records: bench.views, directory: .none)
        #expect(table.name == "audit")
        let reason = try #require(table.columns.firstIndex { $0.key == "reason" }), type = try #require(table.columns.firstIndex { $0.key == "type" })
        #expect(!table.columns[reason].isSensitive && !table.rows.isEmpty)
        for row in table.rows {
            let expected: DataTable.Cell = row[type] == .text("scoreReview") ? .text("two accounts against one") : .empty
            #expect(row[reason] == expected)
        }
    }
}
