/// A plain table for people: columns two spaces apart, cut to the width that there is. Where not even short cells fit beside each other, each row
/// becomes a few lines that say what they are, and nothing is cut.
///
/// - Parameter Style: how a cell may look, as whoever writes it knows; `Never` where all look alike.
public struct TextTable<Style: Sendable>: Sendable {
    /// A stretch of a line.
    public struct Piece: Sendable {
        public let text: String
        /// Nil for one that is like any other.
        public let style: Style?
        public let isHeader: Bool
    }

    private let headers: [String]
    private var rows: [[(text: String, style: Style?)]] = []
    /// Columns of figures stand to the right.
    private let rightAligned: Set<Int>
    /// Columns whose cells are never cut: half a date is none.
    private let whole: Set<Int>

    /// No column is cut below this.
    private static var leastColumn: Int { 8 }

    public init(_ headers: [String], rightAligned: Set<Int> = [], whole: Set<Int> = []) {
        self.headers = headers
        self.rightAligned = rightAligned
        self.whole = whole
    }

    /// - Parameter row: as many cells as there are headers; each becomes one line without anything that steers a terminal.
    public mutating func add(_ row: [String], styles: [Int: Style] = [:]) {
        rows.append(row.enumerated().map { (TerminalText.line($0.element), styles[$0.offset]) })
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// Do all cells fit, uncut, beside each other?
    public func isWhole(in room: Int?) -> Bool {
        guard let room else { return true }
        return naturalWidths.reduce(2 * (headers.count - 1), +) <= room
    }

    /// Do not even cut cells fit beside each other?
    public func isStacked(in room: Int?) -> Bool {
        guard let room else { return false }
        return leastWidths.reduce(2 * (headers.count - 1), +) > room
    }

    private var leastWidths: [Int] {
        naturalWidths.enumerated().map { column, width in
            whole.contains(column) ? rows.map { TerminalText.width($0[column].text) }.max() ?? 0 : min(width, Self.leastColumn)
        }
    }

    private var naturalWidths: [Int] {
        headers.indices.map { column in max(TerminalText.width(headers[column]), rows.map { TerminalText.width($0[column].text) }.max() ?? 0) }
    }

    /// - Parameter room: the columns that there are; nil where nobody cuts lines.
    public func lines(in room: Int?) -> [[Piece]] {
        var widths = naturalWidths
        if let room {
            if isStacked(in: room) { return rows.enumerated().flatMap { stacked($0.element, room, isFirst: $0.offset == 0) } }
            Self.fit(&widths, into: room, atLeast: leastWidths)
        }
        let hasHeaders = headers.contains { !$0.isEmpty }
        return (hasHeaders ? [pieces(headers.map { ($0, nil) }, widths, isHeader: true)] : []) + rows.map { pieces($0, widths) }
    }

    private func pieces(_ cells: [(text: String, style: Style?)], _ widths: [Int], isHeader: Bool = false) -> [Piece] {
        var pieces: [Piece] = []
        func add(_ text: String, _ style: Style? = nil) { pieces.append(Piece(text: text, style: style, isHeader: isHeader)) }
        let last = cells.lastIndex { !$0.text.isEmpty } ?? 0
        for (column, cell) in cells.enumerated() where column <= last {
            let text = TerminalText.shortened(cell.text, to: widths[column])
            let padding = String(repeating: " ", count: max(0, widths[column] - TerminalText.width(text)))
            if rightAligned.contains(column) { add(padding) }
            add(text, cell.style)
            if column < last {
                if !rightAligned.contains(column) { add(padding) }
                add("  ")
            }
        }
        return pieces
    }

    /// One row below the other: what is empty is left out, and nothing is cut.
    private func stacked(_ cells: [(text: String, style: Style?)], _ room: Int, isFirst: Bool) -> [[Piece]] {
        var lines: [[Piece]] = isFirst ? [] : [[]]
        for (header, cell) in zip(headers, cells) where !cell.text.isEmpty {
            let text = header.isEmpty ? cell.text : "\(header): \(cell.text)"
            let indent = lines.last?.isEmpty ?? true ? "" : "  "
            for line in TerminalText.wrapped(text, to: max(2, room - indent.count)) {
                lines.append([Piece(text: indent, style: nil, isHeader: false), Piece(text: line, style: cell.style, isHeader: false)])
            }
        }
        return lines
    }

    /// Takes columns from the widest that may be cut until all fit.
    private static func fit(_ widths: inout [Int], into room: Int, atLeast least: [Int]) {
        while widths.reduce(2 * (widths.count - 1), +) > room, let widest = widths.indices.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] }) {
            widths[widest] -= 1
        }
    }
}
