public import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// One's own steps taken back, by changes like any other. What somebody has written over since stays as it is.
extension RecordCapture {
    /// What a step that is taken back leaves behind.
    public struct TakenBack: Sendable {
        /// The step.
        public let change: Change
        public let edits: [Edit]
        /// What of the step stays, and why, as sentences.
        public let left: [String]
    }

    /// The newest own change, among those that are wanted, of which something can be taken back; nil if there is none.
    public func takingBackNewest(where isWanted: (Identifier) -> Bool) -> TakenBack? {
        let refused = finder.replica.confirmed.refused
        let own = finder.replica.history.values.filter { $0.member == identity.member && refused[$0.id] == nil && isWanted($0.id) }
        for change in own.sorted(by: { ($0.stamp, $0.id) > ($1.stamp, $1.id) }) {
            let back = takingBack(change)
            if !back.edits.isEmpty { return back }
        }
        return nil
    }

    /// The edits that take `change` back, as far as they can.
    public func takingBack(_ change: Change) -> TakenBack {
        var edits: [Edit] = []
        var left: [String] = []
        var records: [Identifier] = []
        for edit in change.edits where !records.contains(edit.record) { records.append(edit.record) }
        for record in records {
            let own = change.edits.enumerated().filter { $0.element.record == record }
            guard let view = finder.view(record), let type = view.type, type !== Catalogue.redaction, type !== Catalogue.snapshot else { continue }
            let name = finder.name(of: record)
            var back = editing(type, record, view.state)
            if own.contains(where: { $0.element.target == .field(CommonField.createdAt) }) {
                guard !view.isDeleted else { continue }
                // Whoever wrote into it since would lose their words' place.
                if view.state.slots.contains(where: { $0.heads.contains { $0.member != identity.member } }) {
                    left.append("\(name) stays: somebody else has written into it since.")
                } else {
                    back.delete()
                }
            } else {
                for (index, edit) in own { if let reason = takeBack(edit, change.name(index), view, type, &back) { left.append("\(name), \(reason)") } }
            }
            edits += back.edits
        }
        return TakenBack(change: change, edits: edits, left: left)
    }

    /// Why an edit stays; nil where it is taken back, or there is nothing to take back.
    private func takeBack(_ edit: Edit, _ name: EditName, _ view: RecordView, _ type: RecordType, _ back: inout RecordEditing) -> String? {
        let heads = view.state.heads(of: edit.target)
        guard let head = heads.first else { return nil }
        // What the member has written again stands like what was written first.
        let isOwn = heads.contains { $0.name == name || $0.member == identity.member && $0.content.value != nil && $0.content.value == edit.content.value }
        guard isOwn else { return "\(label(edit, type)): it was changed since." }
        guard heads.count == 1, head.member == identity.member else { return "\(label(edit, type)): others say something else; settle it with 'seamark resolve'." }
        switch edit.target {
        case .life:
            if edit.content.value == .bool(false) { back.restore() } else { back.delete() }
            return nil
        case .field(let number), .element(let number, _):
            guard let field = type.field(number) else { return "a field that needs a newer version." }
            guard !view.isDeleted else { return nil }
            guard let before = before(edit, field, includingAuthors: true) else { return "\(field.label): it never goes back." }
            if case .element(_, let element) = edit.target {
                if before == .bool(true) { back.add(field, element) } else { back.remove(field, element) }
            } else {
                back.set(field, before)
            }
            return nil
        }
    }

    private func label(_ edit: Edit, _ type: RecordType) -> String { edit.target.number.flatMap { type.field($0)?.label } ?? "being there" }
}
