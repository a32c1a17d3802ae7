import SeamarkModel

/// A plain table: columns two spaces apart, cut to the terminal's width where there is one.
struct Table {
    private let headers: [String]
    private var rows: [[(text: String, style: Terminal.Style?)]] = []
    /// Columns of figures stand to the right.
    private let rightAligned: Set<Int>

    init(_ headers: [String], rightAligned: Set<Int> = []) {
        self.headers = headers
        self.rightAligned = rightAligned
    }

    mutating func add(_ row: [String], styles: [Int: Terminal.Style] = [:]) {
        rows.append(row.enumerated().map { (TerminalText.line($0.element), styles[$0.offset]) })
    }

    var isEmpty: Bool { rows.isEmpty }

    func show(indent: String = "") {
        var widths = headers.indices.map { column in
            max(TerminalText.width(headers[column]), rows.map { TerminalText.width($0[column].text) }.max() ?? 0)
        }
        if let width = Terminal.width { Table.fit(&widths, into: width - indent.count) }
        let hasHeaders = headers.contains { !$0.isEmpty }
        if hasHeaders { Terminal.line([Terminal.Piece(indent)] + pieces(headers.map { ($0, .dim) }, widths)) }
        for row in rows { Terminal.line([Terminal.Piece(indent)] + pieces(row, widths)) }
    }

    private func pieces(_ cells: [(text: String, style: Terminal.Style?)], _ widths: [Int]) -> [Terminal.Piece] {
        var pieces: [Terminal.Piece] = []
        let last = cells.lastIndex { !$0.text.isEmpty } ?? 0
        for (column, cell) in cells.enumerated() where column <= last {
            let text = TerminalText.shortened(cell.text, to: widths[column])
            let padding = String(repeating: " ", count: max(0, widths[column] - TerminalText.width(text)))
            if rightAligned.contains(column) { pieces.append(Terminal.Piece(padding)) }
            pieces.append(Terminal.Piece(text, cell.style))
            if column < last {
                if !rightAligned.contains(column) { pieces.append(Terminal.Piece(padding)) }
                pieces.append("  ")
            }
        }
        return pieces
    }

    /// Takes columns from the widest until all fit.
    private static func fit(_ widths: inout [Int], into room: Int) {
        while widths.reduce(2 * (widths.count - 1), +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8 {
            widths[widest] -= 1
        }
    }
}
