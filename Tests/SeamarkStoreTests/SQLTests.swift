import Foundation
import Testing

/// Statements are written, and not put together from what somebody said.
@Suite struct SQLTests {
    /// What stands in a statement beside its own words: numbers and names of ours, and names of tables and columns that go through `quoted`.
    private static let allowed: Set<String> = [
        "Query.swift Self.deviceRows", "TenantStore.swift mostLogPages", "SQLiteRowShelf.swift setting", "SQLiteRowShelf.swift value",
        "SQLiteRowShelf.swift Self.applicationID", "SQLiteRowShelf.swift Self.format",
        // An export, whose columns are called as a form's questions are, and whose views are of the program.
        "TableDatabase.swift Catalogue.version", "TableDatabase.swift quoted(view.name)", "TableDatabase.swift view.sql", "TableDatabase.swift quoted(table.name)",
        "TableDatabase.swift columns.joined(separator: \", \")", "TableDatabase.swift places",
    ]

    /// Words that begin a statement, as SQL is written here.
    private static let words = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "PRAGMA ", "CREATE ", "DROP ", "ALTER ", "ATTACH ", "VACUUM"]

    /// Lines of a program, each with those of the literal of several lines that it begins.
    private static func units(of source: String) -> [String] {
        var units: [String] = []
        var open: [String] = []
        for line in source.split(separator: "\n").map(String.init) where !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
            let turns = line.components(separatedBy: "\"\"\"").count == 2
            if open.isEmpty, !turns {
                units.append(line)
                continue
            }
            let ends = turns && !open.isEmpty
            open.append(line)
            guard ends else { continue }
            units.append(open.joined(separator: "\n"))
            open = []
        }
        return units + open
    }

    /// What is interpolated into a text, brackets within it and all.
    private static func interpolations(in text: String) -> [String] {
        text.components(separatedBy: "\\(").dropFirst().map { rest in
            var depth = 1
            let end = rest.firstIndex { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth == 0
            }
            return String(rest[..<(end ?? rest.endIndex)])
        }
    }

    private static func statements(in source: String) -> [String] { units(of: source).filter { unit in words.contains { unit.contains("\"\($0)") || unit.contains(" \($0)") } } }

    @Test func `nothing that anybody said is put into a statement`() throws {
        let tree = "\(#filePath)".split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        var found: Set<String> = []
        var files = 0
        for folder in ["Sources", "Server", "Client", "Protocol"] {
            let names = try #require(FileManager.default.enumerator(atPath: tree + "/" + folder))
            for case let name as String in names where name.hasSuffix(".swift") {
                let source = try String(contentsOfFile: "\(tree)/\(folder)/\(name)", encoding: .utf8)
                // Nobody else can give SQLite a statement.
                guard source.contains("import GRDB") || source.contains("import SeamarkStore") || name.hasPrefix("SeamarkStore/") else { continue }
                files += 1
                let file = String(name.split(separator: "/").last ?? "")
                for statement in Self.statements(in: source) {
                    for part in Self.interpolations(in: statement) { found.insert("\(file) \(part)") }
                    #expect(!statement.contains(/"\s*\+|\+\s*"/), "\(file): a statement is put together: \(statement)")
                }
            }
        }
        #expect(files > 50, "the sources are there to be read")
        #expect(found == Self.allowed)
    }

    @Test func `a statement with something in it is found`() {
        let line = "try database.execute(sql: \"DELETE FROM member WHERE name = '\\(name.first(where: { $0 == \"x\" }))'\")"
        #expect(Self.statements(in: line).flatMap(Self.interpolations) == ["name.first(where: { $0 == \"x\" })"])
        let several = "sql: \"\"\"\n    SELECT id FROM member\n    WHERE name = '\\(name)'\n    \"\"\"\n// SELECT \\(no)\nlet \\(x)"
        #expect(Self.statements(in: several).flatMap(Self.interpolations) == ["name"])
    }
}
