import SeamarkModel

/// A table of this program: as wide as the terminal, with its styles (`TextTable`).
typealias Table = TextTable<Terminal.Style>

extension TextTable<Terminal.Style> {
    func show(indent: String = "") {
        for line in painted(in: Terminal.width.map { $0 - indent.count }) { Terminal.line([Terminal.Piece(indent)] + line) }
    }

    /// The lines with their styles: headers are faint.
    func painted(in room: Int?) -> [[Terminal.Piece]] {
        lines(in: room).map { line in line.map { Terminal.Piece($0.text, $0.isHeader && $0.text.contains { $0 != " " } ? .dim : $0.style) } }
    }
}
