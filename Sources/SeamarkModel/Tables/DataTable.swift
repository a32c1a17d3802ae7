/// A table of cells: what every format of an export is written from.
///
/// Texts are as they were captured; each writer sees to it that nothing in them is obeyed by whoever opens its format.
public struct DataTable: Hashable, Sendable {
    public enum Cell: Hashable, Sendable {
        case empty
        case text(String)
        /// A decimal number in digits, such as `-12.50` or `1e+16`.
        case number(String)
        case boolean(Bool)
        /// Days since 1970-01-01.
        case date(Int64)
        /// Milliseconds since 1970.
        case time(Int64)
    }

    public struct Column: Hashable, Sendable {
        /// The field's key, and the member's after a point, such as `amount.likely`. `KEY` is the row's id, `x.KEY` that of what `x` names.
        public let key: String
        /// In words, with the unit.
        public let label: String
        /// A name, narrative or quote: empty for whoever may not see it.
        public let isSensitive: Bool

        public init(_ key: String, _ label: String, isSensitive: Bool = false) {
            self.key = key
            self.label = label
            self.isSensitive = isSensitive
        }
    }

    /// Letters and digits: the name of a file and of a sheet.
    public let name: String
    public let columns: [Column]
    /// Each as long as `columns`.
    public let rows: [[Cell]]

    public init(_ name: String, _ columns: [Column], _ rows: [[Cell]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "a row has a cell for each column")
        self.name = name
        self.columns = columns
        self.rows = rows
    }
}

/// What stands in the first row of a table.
public enum TableHeaders: String, CaseIterable, Sendable {
    /// Stable names for programs.
    case keys
    /// Words for people.
    case labels

    func text(_ column: DataTable.Column) -> String {
        switch self {
        case .keys: column.key
        case .labels: column.label
        }
    }
}
