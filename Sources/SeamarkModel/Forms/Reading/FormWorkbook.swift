/// Reads the sheets of a workbook (ECMA-376, SpreadsheetML): the texts that its cells show, numbers as they are stored, results instead of formulas.
enum FormWorkbook {
    /// Inflates a raw stream (RFC 1951) to exactly so many bytes; nil if it is none of that length.
    typealias Inflate = @Sendable ([UInt8], Int) -> [UInt8]?

    static func sheets(_ bytes: [UInt8], _ inflate: @escaping Inflate) throws(FormFileError) -> [FormSheet] {
        guard bytes.count <= FormSheet.mostBytes else { throw .tooLarge }
        do {
            return try read(ZipReader(bytes, inflate))
        } catch let failure as ZipReader.Failure {
            throw .notWorkbook(failure.what)
        } catch let failure as FormFileError {
            throw failure
        } catch {
            throw .notWorkbook("one of its parts is not the XML that spreadsheets write")
        }
    }

    private static func read(_ archive: ZipReader) throws -> [FormSheet] {
        func part(_ name: String) throws -> XMLReader? { try archive.file(name, atMost: FormSheet.mostBytes).map { try XMLReader($0) } }
        guard var book = try part("xl/workbook.xml"), var relations = try part("xl/_rels/workbook.xml.rels") else {
            throw FormFileError.notWorkbook("it holds no workbook")
        }
        var targets: [String: String] = [:]
        while let event = try relations.next() {
            if case .start("Relationship", let attributes) = event, let id = attributes["Id"], let target = attributes["Target"] { targets[id] = target }
        }
        var strings: [String] = []
        if var shared = try part("xl/sharedStrings.xml") { strings = try texts(&shared) }
        var sheets: [FormSheet] = []
        while let event = try book.next() {
            guard case .start("sheet", let attributes) = event, let name = attributes["name"], let target = attributes["id"].flatMap({ targets[$0] }) else { continue }
            guard sheets.count < FormSheet.mostSheets else { throw FormFileError.tooMany("sheets", most: FormSheet.mostSheets) }
            let path = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
            guard var sheet = try part(path) else { throw FormFileError.notWorkbook("its sheet \(sheets.count + 1) is missing") }
            sheets.append(FormSheet(name: FormTextTables.trimmed(name), rows: try rows(&sheet, strings)))
        }
        return sheets
    }

    /// The shared texts: each `si` is one, of one or more runs. How it is read aloud (`rPh`) is no part of it.
    private static func texts(_ reader: inout XMLReader) throws -> [String] {
        var texts: [String] = []
        var (text, inText, phonetic) = ("", false, 0)
        while let event = try reader.next() {
            switch event {
            case .start("si", _): text = ""
            case .end("si"):
                // Cells share it as it is here: any number of them may name one text.
                let text = FormTextTables.trimmed(text)
                guard text.unicodeScalars.count <= FormSheet.longestCell else { throw FormFileError.tooMany("characters in a cell", most: FormSheet.longestCell) }
                texts.append(text)
            case .start("rPh", _): phonetic += 1
            case .end("rPh"): phonetic -= 1
            case .start("t", _): inText = true
            case .end("t"): inText = false
            case .text(let part) where inText && phonetic == 0: text += part
            case _: break
            }
        }
        return texts
    }

    private static func rows(_ reader: inout XMLReader, _ strings: [String]) throws -> [FormSheet.Row] {
        var rows: [FormSheet.Row] = []
        var (number, cells) = (0, [String]())
        var (column, type, text, collects) = (0, "n", "", false)
        while let event = try reader.next() {
            switch event {
            case .start("row", let attributes):
                number = attributes["r"].flatMap { Int($0) } ?? number + 1
                guard (1...1_048_576).contains(number) else { throw FormFileError.notWorkbook("a row has no number that a sheet may have") }
                (cells, column) = ([], 0)
            case .start("c", let attributes):
                column = attributes["r"].flatMap(Self.column) ?? column
                type = attributes["t"] ?? "n"
                text = ""
            case .start("v", _), .start("t", _): collects = true
            case .end("v"), .end("t"): collects = false
            case .text(let part) where collects: text += part
            case .end("c"):
                let shown = FormTextTables.trimmed(try Self.shown(text, type, strings))
                // Far out there may be cells that have a colour and hold nothing.
                if !shown.isEmpty {
                    guard column < FormSheet.mostColumns else { throw FormFileError.tooMany("columns", most: FormSheet.mostColumns) }
                    guard column >= cells.count else { throw FormFileError.notWorkbook("the cells of a row are not in order") }
                    cells += [String](repeating: "", count: max(0, column - cells.count))
                    cells.append(shown)
                }
                column += 1
            case .end("row"):
                let row = FormSheet.Row(number: number, cells: cells)
                if cells.isEmpty { continue }
                rows.append(row)
                try FormSheet.check(row, count: rows.count)
            case _: break
            }
        }
        return rows
    }

    private static func shown(_ text: String, _ type: String, _ strings: [String]) throws -> String {
        switch type {
        case "s":
            guard let index = Int(text), strings.indices.contains(index) else { throw FormFileError.notWorkbook("a cell names a text that is not there") }
            return strings[index]
        case "b": return text == "1" ? "TRUE" : text == "0" ? "FALSE" : text
        // Whole numbers are stored as such, or with a point and an exponent.
        case "n": return Double(text).flatMap { Int64(exactly: $0) }.map(String.init) ?? text
        case _: return text
        }
    }

    /// `C7` is in column 2, from 0. What lies far out is in column `FormSheet.mostColumns`.
    private static func column(_ reference: String) -> Int? {
        var column = 0
        for letter in reference.utf8.prefix(while: { $0 >= 65 }) {
            guard (65...90).contains(letter) else { return nil }
            column = min(column * 26 + Int(letter) - 64, FormSheet.mostColumns + 1)
        }
        return column > 0 ? column - 1 : nil
    }
}
