public import SeamarkJournal

/// Which records of an engagement hold something about one interviewee: for whoever asks what is kept of them, and for erasing it.
///
/// A function of the records alone. Every head counts, so that a disagreement hides nothing, and what waits in quarantine counts like what was
/// applied. What belongs to an interview and names nobody is of everyone in it, as `Withdrawals` reads it.
public struct PersonRecords: Sendable {
    public enum Belonging: String, Sendable {
        /// The person's own record, or a twin that was merged with it.
        case person
        /// It names the person.
        case named
        /// It names nobody and belongs to an interview of theirs, or to one that was merged with it.
        case interview
        /// A row of evidence that a record of theirs names.
        case evidence
    }

    /// By record. Deleted ones are among them.
    public let belonging: [Identifier: Belonging]
    /// The rows of evidence among them that nothing of another person names: their bytes are of this person alone.
    public let ownEvidence: Set<Identifier>

    /// - Parameters:
    ///   - records: all of the engagement's.
    ///   - waiting: changes of the engagement that are kept and not applied.
    public init(of person: Identifier, among records: [RecordView], waiting: [Change] = []) {
        var types: [Identifier: RecordTypeNumber] = [:]
        var named: [Identifier: Set<Identifier>] = [:]
        for record in records {
            types[record.id] = record.state.type
            for slot in record.state.slots {
                for head in slot.heads { Self.collect(slot.target, head.content, into: &named[record.id, default: []]) }
            }
        }
        for edit in waiting.flatMap(\.edits) {
            types[edit.record] = edit.type
            Self.collect(edit.target, edit.content, into: &named[edit.record, default: []])
        }
        let twins = Twins(records.filter { $0.type === Catalogue.person })
        let people = Set(types.filter { $0.value == Catalogue.person.number }.keys)
        let root = twins.root(person)
        let own = people.filter { twins.root($0) == root }
        var belonging = Dictionary(uniqueKeysWithValues: own.map { ($0, Belonging.person) })
        for (id, names) in named where !people.contains(id) && !names.isDisjoint(with: own) { belonging[id] = .named }
        let interviews = Withdrawals.merged(Set(belonging.keys.filter { types[$0] == Catalogue.interview.number }), among: records)
        for (id, names) in named where !people.contains(id) && belonging[id] == nil && names.isDisjoint(with: people) && !names.isDisjoint(with: interviews) {
            belonging[id] = .interview
        }
        let held = HeldEvidence(
            records,
            heldBy: named.map { holder, names in
                let isOthers = !names.isDisjoint(with: people) || names.contains { types[$0] == Catalogue.interview.number }
                return (names, people.contains(holder) ? .nobodys : belonging[holder] != nil ? .theirs : isOthers ? .others : .nobodys)
            })
        for id in held.named where belonging[id] == nil { belonging[id] = .evidence }
        self.belonging = belonging
        ownEvidence = held.theirs
    }

    /// The records that a value, or the presence of an element, names.
    private static func collect(_ target: Target, _ content: Content, into ids: inout Set<Identifier>) {
        switch target {
        case .life: return
        case .field: content.value.map { collect($0, into: &ids) }
        case .element(_, let element): if content.value == .bool(true) { collect(element, into: &ids) }
        }
    }

    private static func collect(_ value: Value, into ids: inout Set<Identifier>) {
        switch value {
        case .id(let id): ids.insert(id)
        case .list(let values): for value in values { collect(value, into: &ids) }
        case .group(let members): for member in members { collect(member.value, into: &ids) }
        case .absent, .bool, .int, .double, .text, .bytes, .unknown: return
        }
    }
}
