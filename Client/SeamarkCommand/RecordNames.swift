import SeamarkClient
import SeamarkJournal

/// What people call the records that a change speaks of.
enum RecordNames {
    static func of(_ change: Change, _ finder: RecordFinder) -> String {
        var names: [String] = []
        for edit in change.edits {
            let name = finder.name(of: edit.record)
            if !names.contains(name) { names.append(name) }
        }
        return names.count > 4 ? names.prefix(4).joined(separator: ", ") + " and \(names.count - 4) more" : names.joined(separator: ", ")
    }
}
