import SeamarkModel

/// A plain table: columns two spaces apart, cut to the terminal's width where there is one. Where not even short cells fit beside each
/// other, each row becomes a few lines that say what they are.
struct Table {
    private let headers: [String]
    private var rows: [[(text: String, style: Terminal.Style?)]] = []
    /// Columns of figures stand to the right.
    private let rightAligned: Set<Int>

    /// No column is cut below this.
    private static let leastColumn = 8

    init(_ headers: [String], rightAligned: Set<Int> = []) {
        self.headers = headers
        self.rightAligned = rightAligned
    }

    mutating func add(_ row: [String], styles: [Int: Terminal.Style] = [:]) {
        rows.append(row.enumerated().map { (TerminalText.line($0.element), styles[$0.offset]) })
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Do all cells fit, uncut, beside each other?
    func isWhole(in room: Int?) -> Bool {
        guard let room else { return true }
        return naturalWidths.reduce(2 * (headers.count - 1), +) <= room
    }

    private var naturalWidths: [Int] {
        headers.indices.map { column in max(TerminalText.width(headers[column]), rows.map { TerminalText.width($0[column].text) }.max() ?? 0) }
    }

    func show(indent: String = "") {
        for line in lines(in: Terminal.width.map { $0 - indent.count }) { Terminal.line([Terminal.Piece(indent)] + line) }
    }

    /// - Parameter room: the columns that there are; nil where nobody cuts lines.
    func lines(in room: Int?) -> [[Terminal.Piece]] {
        var widths = naturalWidths
        if let room {
            let least = widths.reduce(2 * (widths.count - 1)) { $0 + min($1, Self.leastColumn) }
            if least > room { return rows.enumerated().flatMap { stacked($0.element, room, isFirst: $0.offset == 0) } }
            Table.fit(&widths, into: room)
        }
        let hasHeaders = headers.contains { !$0.isEmpty }
        return (hasHeaders ? [pieces(headers.map { ($0, .dim) }, widths)] : []) + rows.map { pieces($0, widths) }
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

    /// One row below the other: what is empty is left out, and nothing is cut.
    private func stacked(_ cells: [(text: String, style: Terminal.Style?)], _ room: Int, isFirst: Bool) -> [[Terminal.Piece]] {
        var lines: [[Terminal.Piece]] = isFirst ? [] : [[]]
        for (header, cell) in zip(headers, cells) where !cell.text.isEmpty {
            let text = header.isEmpty ? cell.text : "\(header): \(cell.text)"
            let indent = lines.last?.isEmpty ?? true ? "" : "  "
            for line in TerminalText.wrapped(text, to: max(2, room - indent.count)) { lines.append([Terminal.Piece(indent), Terminal.Piece(line, cell.style)]) }
        }
        return lines
    }

    /// Takes columns from the widest until all fit.
    private static func fit(_ widths: inout [Int], into room: Int) {
        while widths.reduce(2 * (widths.count - 1), +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > leastColumn {
            widths[widest] -= 1
        }
    }
}
