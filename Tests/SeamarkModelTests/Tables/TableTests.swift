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
    func read(_ bytes: [UInt8]) -> [[String]] {
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

    /// What the apostrophes of a table leave when they are taken away as `Exports.md` says.
    func bare(_ text: String) -> String {
        var out = ""
        var piece = ""
        func put() {
            let first = piece.unicodeScalars.first { !$0.properties.isWhitespace && !"\"'\u{fffd}".unicodeScalars.contains($0) }
            let isGuarded = piece.unicodeScalars.first == "'" && first.map { Self.formulas.contains($0) || $0 == "\u{2212}" } == true
            out.unicodeScalars.append(contentsOf: piece.unicodeScalars.dropFirst(isGuarded ? 1 : 0))
            piece = ""
        }
        for scalar in text.unicodeScalars {
            if ";,|\n".unicodeScalars.contains(scalar) {
                put()
                out.unicodeScalars.append(scalar)
            } else {
                piece.unicodeScalars.append(scalar)
            }
        }
        put()
        return out
    }

    @Test func `two hundred hostile texts are no formula behind any separator or line break either, quotes heeded or not, and the apostrophes that keep them from it can be taken away`() {
        let within: [(String) -> String] = [{ $0 }, { "x;\($0);y" }, { "x\t\($0)" }, { "x\n\($0)\ny" }, { "x,\($0)" }, { "x|\($0)" }, { "x;\"\($0)\";y" }, { "'\($0)" }, { "\($0);" }]
        for text in HostileText.all.map(\.text) {
            let texts = within.map { $0(text) }
            let bytes = CSVWriter.bytes(of: table(texts))
            // Wherever any reader may begin a cell.
            for piece in bytes.split(whereSeparator: { ";,|\t\r\n".utf8.contains($0) }) {
                let first = String(decoding: piece, as: UTF8.self).unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\"" && $0 != "\u{fffd}" }
                #expect(first.map { Self.formulas.contains($0) || $0 == "\u{2212}" } != true, "\(text.debugDescription): \(String(decoding: piece, as: UTF8.self))")
            }
            let rows = read(bytes).dropFirst()
            for (said, row) in zip(texts, rows) {
                // A terminal is shown the one of C1 that breaks lines as a sign.
                let lines = TerminalText.lines(String(String.UnicodeScalarView(said.unicodeScalars.map { $0 == "\u{85}" ? "\u{2028}" : $0 })))
                #expect(bare(row[1]) == lines, "\(said.debugDescription)")
            }
        }
    }

    @Test func `honest texts with signs in them get an apostrophe where a piece begins with one, and nowhere else`() {
        let texts = ["a - b; c = d", "- first\n- second", "=1;'=2", "5 % (-3 %), +2", "mail@example.com"]
        #expect(read(CSVWriter.bytes(of: table(texts))).dropFirst().map { $0[1] } == ["a - b; c = d", "'- first\n'- second", "'=1;''=2", "5 % (-3 %),' +2", "mail@example.com"])
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
