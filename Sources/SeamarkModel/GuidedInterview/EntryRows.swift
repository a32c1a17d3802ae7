/// A text that is being written, in rows: broken at blanks where a row has one, and nowhere wider than there is room, but for one blank at the end of
/// a row that is full.
struct EntryRows {
    private struct Cell {
        /// Empty for what is not drawn: line breaks, and what is wider than a row.
        let text: String
        let width: Int
    }

    /// Each character of the text has a cell, in order.
    private var rows: [[Cell]] = [[]]

    init(_ characters: some Sequence<Character>, room: Int) {
        var used = 0
        for character in characters {
            if character.isNewline {
                rows[rows.count - 1].append(Cell(text: "", width: 0))
                rows.append([])
                used = 0
                continue
            }
            let text = TerminalText.line(String(character))
            let width = TerminalText.width(text)
            guard width <= room else {
                rows[rows.count - 1].append(Cell(text: "", width: 0))
                continue
            }
            // A blank behind a full row stays there, so that the next row begins with its word.
            let hangs = character == " " && used == room
            while used + width > room, !hangs {
                let last = rows.count - 1
                if let blank = rows[last].lastIndex(where: { $0.text == " " }) {
                    rows.append(Array(rows[last][(blank + 1)...]))
                    rows[last].removeSubrange((blank + 1)...)
                } else {
                    rows.append([])
                }
                used = rows[last + 1].reduce(0) { $0 + $1.width }
            }
            rows[rows.count - 1].append(Cell(text: text, width: width))
            used += width
        }
    }

    var texts: [String] { rows.map { $0.map(\.text).joined() } }

    /// Where the character with this number stands, or would stand behind the last one.
    func place(of number: Int) -> (row: Int, column: Int) {
        var left = number
        for (row, cells) in rows.enumerated() {
            if left < cells.count || row == rows.count - 1 { return (row, cells.prefix(left).reduce(0) { $0 + $1.width }) }
            left -= cells.count
        }
        return (0, 0)
    }
}
