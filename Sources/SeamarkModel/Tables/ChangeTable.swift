public import SeamarkJournal

/// What was changed, by whom, when and why, as a table: one row for each edit, oldest first. It is append-only like the log that it is read from.
public struct ChangeTable: Sendable {
    /// As programs for field collection call their history of changes.
    static let name = "audit"

    /// One change and what became of it.
    public struct Step: Sendable {
        public let change: Change
        /// Those of its edits that are told.
        public let edits: [Edit]
        /// By the server's clock, milliseconds since 1970; nil where it is not known here.
        public let received: Int64?
        /// `acknowledged`, `sent`, `waiting` or `quarantined`.
        public let standing: String

        public init(_ change: Change, edits: [Edit]? = nil, received: Int64?, standing: String) {
            self.change = change
            self.edits = edits ?? change.edits
            self.received = received
            self.standing = standing
        }
    }

    /// - Parameters:
    ///   - steps: oldest first. A change that comes twice counts once.
    ///   - records: all of the engagement, for their handles.
    ///   - directory: finds the handles of members.
    public static func table(_ steps: [Step], records: [RecordView], directory: References, sensitive: Bool = true) -> DataTable {
        let own = References(records)
        let references = References(identifier: { _, _ in nil }, handle: { own.handle($0) ?? directory.handle($0) })
        let columns: [DataTable.Column] = [
            .init("change", "change"), .init("captured", "captured (by the device's clock)"), .init("received", "received (by the server's clock)"), .init("author", "author"),
            .init("device", "device, id"), .init("standing", "where it has come to"), .init("type", "record type"), .init("KEY", "record, id"), .init("handle", "record"),
            .init("what", "what was done"), .init("field", "field"), .init("old", "before, as the author saw it", isSensitive: true), .init("new", "after", isSensitive: true),
            .init("reason", "why, where its author said so"), .init("sensitive", "name, narrative or quote"),
        ]
        var known: [Identifier: Change] = [:]
        var rows: [[DataTable.Cell]] = []
        for step in steps where known.updateValue(step.change, forKey: step.change.id) == nil {
            let change = step.change
            let reasons = reasons(in: step.edits)
            for edit in step.edits where edit.target != .field(CommonField.mergeSaw) {
                let type = Catalogue.type(edit.type)
                let field = edit.target.number.flatMap { type?.field($0) }
                let isHidden = field?.isSensitive == true && !sensitive
                func text(_ value: Value) -> String { field?.kind.text(of: value, references: references) ?? Hexadecimal.text(of: value.encoded) }
                func cell(_ content: Content) -> DataTable.Cell {
                    guard let value = content.value else { return .text("(withheld)") }
                    return value == .absent ? .empty : .text(isHidden ? "(withheld)" : text(value))
                }
                var (what, old, new): (String, DataTable.Cell, DataTable.Cell) = ("set", .empty, .empty)
                switch edit.target {
                case .life: what = edit.content.value == .bool(false) ? "deleted" : "restored"
                case .element(_, let element):
                    let isThere = edit.content.value == .bool(true)
                    what = isThere ? "added" : "removed"
                    if isThere { new = .text(text(element)) } else { old = .text(text(element)) }
                case .field:
                    what = edit.supersedes.isEmpty ? "set" : "changed"
                    new = cell(edit.content)
                    let before = edit.supersedes.compactMap { name -> DataTable.Cell? in
                        guard let change = known[name.change], Int(name.index) < change.edits.count else { return nil }
                        return cell(change.edits[Int(name.index)].content)
                    }.compactMap { if case .text(let text) = $0 { text } else { nil } }
                    if !before.isEmpty { old = .text(before.joined(separator: " | ")) }
                }
                rows.append([
                    .text(change.id.description), .time(change.stamp.time), step.received.map { .time($0) } ?? .empty, .text(references.text(change.member)),
                    .text(change.stamp.device.description), .text(step.standing), .text(type?.key ?? String(edit.type)), .text(edit.record.description),
                    own.handle(edit.record).map { .text($0) } ?? .empty, .text(what),
                    edit.target.number.map { .text(field?.key ?? String($0)) } ?? .empty, old, new,
                    reasons[edit.record].map { .text($0) } ?? .empty, .boolean(field?.isSensitive ?? false),
                ])
            }
        }
        return DataTable(name, columns, rows)
    }

    /// Why a record was written, in the words that the same change gives it: its field `reason`, or the part of that name of a group. Such fields are open.
    private static func reasons(in edits: [Edit]) -> [Identifier: String] {
        var reasons: [Identifier: String] = [:]
        for edit in edits {
            guard case .field(let number) = edit.target, let field = Catalogue.type(edit.type)?.field(number), !field.isSensitive, let value = edit.content.value else { continue }
            var said: String?
            if field.key == "reason" {
                said = value.text
            } else if case .group(let group) = field.kind, let member = group.member(key: "reason") {
                said = value.member(member.number)?.text
            }
            if let said { reasons[edit.record] = said }
        }
        return reasons
    }
}
