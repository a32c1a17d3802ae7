public import SeamarkJournal

/// An engagement's records and their history as one file for other programs.
public struct EngagementExport: Sendable {
    public enum Format: String, CaseIterable, Sendable {
        /// A zip file of comma-separated tables.
        case csv
        /// A workbook.
        case xlsx
        /// One JSON document a line, a line for each record; without the history.
        case jsonl
        /// A database with a table for each kind of record, and views.
        case sqlite

        /// The end of a file's name.
        public var suffix: String {
            switch self {
            case .csv: "zip"
            case .xlsx: "xlsx"
            case .jsonl: "jsonl"
            case .sqlite: "sqlite"
            }
        }
    }

    public let records: RecordTables
    /// `ChangeTable`.
    public let changes: DataTable

    public init(records: RecordTables, changes: DataTable) {
        self.records = records
        self.changes = changes
    }

    /// Rows of all tables of records.
    public var count: Int { records.tables.reduce(0) { $0 + $1.rows.count } }

    /// The file. The same engagement gives the same bytes, but for `time`, when it was made: milliseconds since 1970.
    /// - Parameter database: makes a database of tables and views. Its columns are called by their keys, whatever `headers` says.
    public func bytes(
        as format: Format, headers: TableHeaders = .keys, at time: Int64, _ primitives: any Primitives,
        database: ([DataTable], [AnalystView]) throws(WorkbookWriter.Failure) -> [UInt8]
    ) throws(WorkbookWriter.Failure) -> [UInt8] {
        // Tables without rows too: whoever reads them need not look which there are.
        let tables = records.tables + records.forms + [records.merged, changes, records.dictionary]
        switch format {
        case .sqlite: return try database(tables, AnalystView.all)
        case .jsonl: return records.lines
        case .csv:
            var archive = ZipArchive(at: time, primitives)
            for table in tables {
                let bytes = CSVWriter.bytes(of: table, headers: headers)
                do throws(ZipArchive.TooLarge) { try archive.add(table.name + ".csv", bytes) } catch { throw .tooLarge }
            }
            return archive.finished()
        case .xlsx:
            let filled = (records.tables + records.forms + [records.merged]).filter { !$0.rows.isEmpty }
            return try WorkbookWriter.bytes(of: filled + [changes, records.dictionary], headers: headers, at: time, primitives)
        }
    }
}
