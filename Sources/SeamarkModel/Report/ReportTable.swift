/// One table of the report: what every format writes, and what stands behind every chart.
struct ReportTable {
    struct Column {
        var title: String
        /// Set flush right, in figures of equal width.
        var isNumber = false
        /// May break into several lines and takes the room that is left.
        var isWide = false

        static func text(_ title: String, wide: Bool = false) -> Column { Column(title: title, isWide: wide) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// A drawing beside a row, for formats that draw; the row's figures say the same.
    enum Mark {
        /// P10 to P90 as a line, P25 to P75 as a bar, P50 as a tick.
        case range(Spread)
        /// A bar; hatched for what is taken off.
        case block(from: Double, to: Double, isTakenOff: Bool)
        /// A bar up to the likely share of capacity, its range as a line, and full capacity as a tick.
        case load(ThreePoint)
        /// A bar to the right of the middle for more, hatched to the left for less.
        case change(Double)
    }

    /// To a row of the same report.
    struct Link {
        var words: String
        var anchor: String
    }

    struct Row {
        var cells: [String]
        var mark: Mark?
        var isTotal = false
        /// Shown for completeness, outside the ranking.
        var isBelowTheLine = false
        /// What other rows link to, where a format has links: unique in the report.
        var anchor: String?
        /// By column: links in place of the cell's words, which say the same.
        var links: [Int: [Link]] = [:]
    }

    /// What the table says, as a sentence or two.
    var caption: String
    var columns: [Column]
    var rows: [Row]
    /// The right end of the marks' scale; 0 where nothing is drawn.
    var most = 0.0

    /// About a third of a printed page at most, so that it may be kept whole.
    var isShort: Bool {
        // The room of a line, in letters, is shared by the columns that may break.
        let broken = max(1, columns.count { $0.isWide })
        let room = max(12, (118 - 10 * (columns.count - broken)) / broken)
        let lines = rows.reduce(0) { sum, row in
            sum + zip(row.cells, columns).reduce(1) { most, cell in cell.1.isWide ? max(most, (cell.0.unicodeScalars.count + room - 1) / room) : most }
        }
        return lines <= 18
    }
}
