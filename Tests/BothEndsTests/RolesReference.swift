import Foundation
import SeamarkModel

/// Who may do what, read off the table that is published (`Documentation/Records.md`), and not off the program's rules.
struct RolesReference {
    enum Operation: Int, CaseIterable, Hashable { case create, edit, delete, restore, resolve }

    /// By record type and role.
    private let cells: [String: [String: Set<Character>]]

    struct Unreadable: Error {}

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("Documentation/Records.md"), encoding: .utf8)
        var roles: [String]?
        var cells: [String: [String: Set<Character>]] = [:]
        for line in page.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.starts(with: ["record", "type"]) {
                roles = Array(words.dropFirst(2))
            } else if let known = roles {
                guard words.first != "reads" else { break }
                guard words.count == known.count + 1 else { throw Unreadable() }
                cells[words[0]] = Dictionary(uniqueKeysWithValues: zip(known, words.dropFirst().map { $0 == "-" ? [] : Set($0) }))
            }
        }
        guard roles?.count == Role.allCases.count, cells.count == Catalogue.types.count else { throw Unreadable() }
        self.cells = cells
    }

    /// - Parameter settles: the edit takes the place of several different values.
    func allows(_ role: Role, _ operation: Operation, _ type: RecordType, isOwn: Bool, settles: Bool = false) -> Bool {
        let cell = cells[type.key]?[role.key] ?? []
        func has(_ letter: Character) -> Bool { cell.contains(letter) || isOwn && cell.contains(Character(letter.lowercased())) }
        switch operation {
        // What somebody makes is theirs.
        case .create: return cell.contains("C") || cell.contains("c")
        case .edit: return has("E") && (!settles || has("R"))
        case .resolve: return has("E") && has("R")
        case .delete, .restore: return has("D")
        }
    }
}
