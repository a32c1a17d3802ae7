import Foundation
import SeamarkModel
import Testing

@testable import SeamarkCommand

@Suite struct TableTests {
    private func table() -> Table {
        var table = Table(["handle", "name", "country", "headcount"], rightAligned: [3])
        table.add(["ST-A001", "東京の第三歯車工場と熱処理工場", "JP", "310"], styles: [0: .bold])
        table.add(["ST-A002", "Señor Ibáñez' smelter 👍🏽 in Düsseldorf", "DE", "7"])
        table.add(["ST-A003", "", "", ""])
        return table
    }

    private func texts(_ room: Int?) -> [String] { table().lines(in: room).map { $0.map(\.text).joined() } }

    @Test func `no line is wider than the terminal, down to twenty columns, whatever is written in it`() {
        for room in 20...120 {
            for line in texts(room) { #expect(TerminalText.width(line) <= room, "\(room): \(line)") }
        }
    }

    @Test func `columns begin at the same place beside wide characters, marks and emoji`() {
        let lines = texts(nil)
        let starts = ["country", "JP", "DE"].enumerated().map { index, word in
            lines[index].range(of: "  " + word).map { TerminalText.width(String(lines[index][..<$0.upperBound])) - TerminalText.width(word) }
        }
        #expect(starts[0] != nil && Set(starts).count == 1, "\(starts)")
        #expect(TerminalText.width(lines[1]) == TerminalText.width(lines[0]) && TerminalText.width(lines[2]) == TerminalText.width(lines[0]), "figures end where their header ends")
    }

    @Test func `a terminal too narrow for columns shows one below the other, and nothing is cut`() {
        let lines = texts(24)
        #expect(lines.first == "handle: ST-A001" && !lines.contains { $0.contains("…") })
        let joined = lines.joined().filter { $0 != " " }
        for word in ["東京の第三歯車工場と熱処理工場", "Düsseldorf", "headcount:310"] { #expect(joined.contains(word), "\(joined)") }
    }

    private func painted(_ environment: [String: String], colours: Bool = true, isTerminal: Bool = true) -> [String] {
        let hasColour = Terminal.hasColour(isTerminal, environment, setting: colours)
        return table().painted(in: 100).map { Terminal.rendered($0, hasColour) }
    }

    @Test func `a table has no colour where NO_COLOR, a dumb terminal, the settings or a pipe say so, and loses nothing else by it`() {
        let colourful = painted(["TERM": "xterm"])
        #expect(colourful[0].contains("\u{1b}[2m") && colourful[1].contains("\u{1b}[1mST-A001"), "\(colourful)")
        for plain in [
            painted(["TERM": "xterm", "NO_COLOR": "1"]), painted(["TERM": "dumb"]), painted(["TERM": "xterm"], colours: false), painted(["TERM": "xterm"], isTerminal: false),
        ] {
            #expect(plain.allSatisfy { !$0.contains("\u{1b}") }, "\(plain)")
            #expect(plain == colourful.map { $0.replacing(/\u{1b}\[\d+m/, with: "") })
        }
        // Set to nothing it says nothing.
        #expect(painted(["TERM": "xterm", "NO_COLOR": ""]) == colourful)
    }
}
