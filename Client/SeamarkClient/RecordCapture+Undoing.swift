public import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// One's own steps taken back, by changes like any other. What somebody has written over since stays as it is.
extension RecordCapture {
    /// What a step that is taken back leaves behind.
    public struct TakenBack: Sendable {
        /// The step.
        public let change: Change
        /// None where all of it stays.
        public internal(set) var edits: [Edit]
        /// What of the step stays, and why, as sentences.
        public var left: [String]
        /// Does each reason say itself what to do, or that there is nothing to be done?
        public var isForEver = false
        /// Where all of it stays: the step itself and those before it of which nothing can be taken back either.
        public internal(set) var stuck: [Identifier] = []
        /// The one before these.
        public internal(set) var next: Change?
    }

    /// The edits that take `change` back, as far as they can.
    func takingBack(_ change: Change, _ undoings: Undoings, _ others: OthersWork) -> TakenBack {
        var order: [Identifier] = []
        var own: [Identifier: [Int]] = [:]
        for (index, edit) in change.edits.enumerated() {
            if own[edit.record] == nil { order.append(edit.record) }
            own[edit.record, default: []].append(index)
        }
        var edits: [Edit] = []
        var left: [String] = []
        var count = 0
        for record in order {
            guard let view = finder.view(record), let type = view.type else { continue }
            let name = finder.name(of: record)
            if type === Catalogue.redaction || type === Catalogue.snapshot {
                left.append("\(name): \(type === Catalogue.redaction ? "a redaction" : "a snapshot") is for ever.")
                count += 1
                continue
            }
            var back = editing(type, record, view.state)
            if own[record]?.contains(where: { change.edits[$0].target == .field(CommonField.createdAt) }) == true {
                guard !view.isDeleted else {
                    left.append("\(name): it was deleted since.")
                    continue
                }
                if let interview = finalised(of: view) {
                    left.append("\(name) stays: \(interview) is finalised. A lead can reopen it.")
                    count += 1
                    continue
                }
                // Whoever wrote into it, or of it, would lose their words' place.
                if others.touched.contains(record) || others.referred.contains(record) {
                    left.append("\(name) stays: others have written into it, or refer to it.")
                } else {
                    back.delete()
                }
            } else {
                for index in own[record] ?? [] {
                    if Self.isWithdrawal(change.edits[index], type) {
                        left.append("\(name): consent that was withdrawn stays withdrawn, and what was said goes. For what they say from now on record a new person with consent of their own.")
                        count += 1
                    } else if Self.isFinalising(change.edits[index], type), view.state.heads(of: change.edits[index].target).contains(where: { $0.name == change.name(index) }) {
                        left.append("\(name) is finalised: a lead reopens it with 'seamark interview set \(name) status=draft', and its answers can be changed again.")
                        count += 1
                    } else if let reason = takeBack(change.edits[index], change.name(index), view, type, undoings, &back) {
                        left.append("\(name), \(reason)")
                    }
                }
            }
            edits += back.edits
        }
        return TakenBack(change: change, edits: edits, left: left, isForEver: count == left.count)
    }

    private static func isWithdrawal(_ edit: Edit, _ type: RecordType) -> Bool {
        type === Catalogue.person && edit.target.number == type.field(key: "consent")?.number && edit.content.value.flatMap { Consent($0) }?.state == .withdrawn
    }

    /// The interview that a record belongs to, where that is finalised: what was captured in it stands.
    private func finalised(of view: RecordView) -> String? {
        guard let interview = view.reference("interview").map({ finder.merges.survivor(of: $0) }), let status = finder.view(interview)?.integer("status"), status > 1 else { return nil }
        return finder.name(of: interview)
    }

    private static func isFinalising(_ edit: Edit, _ type: RecordType) -> Bool {
        type === Catalogue.interview && edit.target.number == type.field(key: "status")?.number && (edit.content.value?.int ?? 1) > 1
    }

    /// Why an edit stays; nil where it is taken back, or there is nothing to take back.
    private func takeBack(_ edit: Edit, _ name: EditName, _ view: RecordView, _ type: RecordType, _ undoings: Undoings, _ back: inout RecordEditing) -> String? {
        let heads = view.state.heads(of: edit.target)
        guard !heads.isEmpty else { return nil }
        guard heads.contains(where: { stands(name, as: $0.name, edit.target, undoings) }) else { return "\(label(edit, type)): it was changed since." }
        guard heads.count == 1 else { return "\(label(edit, type)): others wrote it too." }
        switch edit.target {
        case .life:
            if edit.content.value == .bool(false) {
                back.restore()
                return nil
            }
            // Deleting once more what was brought back: not where others have words in it, whatever was known of them.
            if view.state.slots.contains(where: { $0.target != .life && $0.heads.contains { $0.member != identity.member } }) { return "being there: others have written into it." }
            back.delete()
            return nil
        case .field(let number), .element(let number, _):
            guard let field = type.field(number) else { return "a field that needs a newer version." }
            guard !view.isDeleted else { return "\(field.label): the record was deleted since." }
            guard let before = before(edit, field, includingAuthors: true) else {
                return settled(edit) ? "\(field.label): it settled a conflict, and undo does not open that again; write the value that is to stand." : "\(field.label): it never goes back, or what stood there is gone."
            }
            if case .element(_, let element) = edit.target {
                if before == .bool(true) { back.add(field, element) } else { back.remove(field, element) }
            } else {
                back.set(field, before)
            }
            return nil
        }
    }

    /// Does what `name` wrote stand, where `head` does? It does as itself, and behind pairs of an undoing and its own undoing, which leave what was there
    /// before them: each of a pair was written over the other and nothing else.
    private func stands(_ name: EditName, as head: EditName, _ target: Target, _ undoings: Undoings) -> Bool {
        var at = head
        for _ in 0..<Undoings.most {
            if at == name { return true }
            guard let undone = undoings.undone(by: at.change), let top = tops(of: at, target).first, top.change == undone, let under = tops(of: top, target).first else { return false }
            at = under
        }
        return false
    }

    /// Was it written over more than one value?
    private func settled(_ edit: Edit) -> Bool {
        let older = Set(edit.supersedes.compactMap { named($0, edit.target) }.flatMap(\.supersedes))
        return edit.supersedes.filter { !older.contains($0) }.count > 1
    }

    /// What an edit was written over.
    private func tops(of name: EditName, _ target: Target) -> [EditName] {
        guard let edit = named(name, target) else { return [] }
        let older = Set(edit.supersedes.compactMap { named($0, target) }.flatMap(\.supersedes))
        let tops = edit.supersedes.filter { !older.contains($0) }
        return tops.count == 1 ? tops : []
    }

    private func named(_ name: EditName, _ target: Target) -> Edit? {
        guard let change = finder.change(name.change), Int(name.index) < change.edits.count, change.edits[Int(name.index)].target == target else { return nil }
        return change.edits[Int(name.index)]
    }

    private func label(_ edit: Edit, _ type: RecordType) -> String { edit.target.number.flatMap { type.field($0)?.label } ?? "being there" }
}

/// What other members wrote, as far as it is not refused: it is never taken away with somebody's own step.
struct OthersWork {
    /// Records that they have written into.
    private(set) var touched: Set<Identifier> = []
    /// Records that theirs refer to.
    private(set) var referred: Set<Identifier> = []

    init(_ finder: RecordFinder, than member: Identifier) {
        for change in finder.replica.history.values where change.member != member && finder.replica.confirmed.refused[change.id] == nil {
            for edit in change.edits {
                touched.insert(edit.record)
                if let id = edit.content.value?.id { referred.insert(id) }
                if case .element(_, let element) = edit.target, let id = element.id { referred.insert(id) }
            }
        }
    }
}
