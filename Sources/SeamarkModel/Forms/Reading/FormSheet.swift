/// One sheet of a form as it was read, whatever file it came from: texts in rows and columns, without the blanks around them.
public struct FormSheet: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// As the file counts, from 1: a spreadsheet's rows, a text file's lines.
        public let number: Int
        /// From the first column on; empty where nothing stands.
        public let cells: [String]

        public init(number: Int, cells: [String]) {
            self.number = number
            self.cells = cells
        }
    }

    public let name: String
    /// Ascending; rows in which nothing stands are left out. The first is the header.
    public let rows: [Row]

    public init(name: String, rows: [Row]) {
        self.name = name
        self.rows = rows.filter { row in row.cells.contains { !$0.isEmpty } }
    }

    /// What is read at most: a form is written by hand.
    public static let mostSheets = 20
    public static let mostRows = 5000
    public static let mostColumns = 200
    /// Unicode scalars in a cell.
    public static let longestCell = 8000
    /// Bytes of a file, and of what lies packed in it.
    public static let mostBytes = 8 * 1024 * 1024

    /// `A`, `B` … `Z`, `AA`: what a spreadsheet calls the column `index`, from 0.
    static func letters(ofColumn index: Int) -> String {
        var (rest, letters) = (index, "")
        repeat {
            letters = String(Character(Unicode.Scalar(UInt8(65 + rest % 26)))) + letters
            rest = rest / 26 - 1
        } while rest >= 0
        return letters
    }
}

/// Why a file is no form that can be read at all; what stands in a form that can be read has a `FormFault`.
public enum FormFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge
    case notText
    /// Where a text table goes wrong: its line, from 1.
    case brokenTable(line: Int)
    /// A row of a Markdown table that does not end with a bar: its line, from 1.
    case openRow(line: Int)
    case notWorkbook(String)
    /// A form of the table's bounds: sheets, rows, columns, the length of a cell.
    case tooMany(String, most: Int)

    public var description: String {
        switch self {
        case .tooLarge: "a form has at most \(FormSheet.mostBytes / 1024 / 1024) MB, unpacked too; this file has more"
        case .notText: "the file is not UTF-8 text; save it as UTF-8, or as .xlsx"
        case .brokenTable(let line): "line \(line): a quoted cell does not end, or something follows its closing quote"
        case .openRow(let line): "line \(line): a row ends with |, and something follows the last one"
        case .notWorkbook(let what): "the file is no workbook that can be read: \(what); save it once more as .xlsx"
        case .tooMany(let what, let most): "a form has at most \(most) \(what); this one has more"
        }
    }
}
