public import SeamarkJournal

/// One record as people and calculations read it: one value a field by its merge class, sets resolved, lattices joined.
///
/// A function of the record's heads alone: the order in which edits arrived does not show. Fields that only a newer version knows
/// are listed (`unknownFields`) and never guessed at.
public struct RecordView: Sendable {
    public let id: Identifier
    public let state: RecordState
    /// Nil for a type that needs a newer version.
    public let type: RecordType?

    public init(id: Identifier, state: RecordState) {
        self.id = id
        self.state = state
        type = Catalogue.type(state.type)
    }

    /// What a field shows.
    public enum Shown: Hashable, Sendable {
        case nothing
        case value(Value)
        /// There is a value, and this reader may not see it, or it was redacted.
        case withheld
    }

    // MARK: - The record

    /// Deleted, and nobody edited it unseen: to be left out of lists and sums.
    public var isDeleted: Bool { state.isDeleted && state.unwitnessed.isEmpty }

    /// Deleted by one, edited by another who did not know: stays visible, and is a conflict.
    public var isDeletedButEdited: Bool { state.isDeleted && !state.unwitnessed.isEmpty }

    /// Everything that must be given is there. (A record whose first change is in quarantine is not whole.)
    public var isWhole: Bool {
        guard let type else { return false }
        return type.fields.allSatisfy { !$0.isRequired || shown($0) != .nothing }
    }

    /// Who made it, and its time by that device's clock.
    public var author: Identifier? { state.heads(of: .field(CommonField.createdAt)).last?.member }
    public var handle: String? { text("handle") }

    /// Numbers of fields that need a newer version, ascending.
    public var unknownFields: [UInt32] {
        var numbers: [UInt32] = []
        for slot in state.slots {
            guard let number = slot.target.number, type?.field(number) == nil, numbers.last != number else { continue }
            numbers.append(number)
        }
        return numbers
    }

    // MARK: - Fields

    public func shown(_ key: String) -> Shown { type?.field(key: key).map(shown) ?? .nothing }

    /// What `field` (not a set) shows.
    public func shown(_ field: FieldDefinition) -> Shown {
        RecordView.shown(state.heads(of: .field(field.number)), field)
    }

    /// What the heads of `field` show together.
    static func shown(_ heads: [Head], _ field: FieldDefinition) -> Shown {
        guard let first = heads.first else { return .nothing }
        // Nothing to choose or join: nearly every field of every record.
        if heads.count == 1 { return shown(first) }
        switch field.merge {
        case .lattice:
            let numbers = heads.compactMap { $0.content.value?.int }
            return numbers.max().map { .value(.int($0)) } ?? shown(first)
        case .consent:
            var joined: Consent?
            for head in heads {
                guard let consent = head.content.value.flatMap({ Consent($0) }) else { continue }
                joined = joined.map { $0.joined(consent) } ?? consent
            }
            return joined.map { .value($0.value) } ?? .nothing
        // What is set once keeps its first value, whatever a second device said meanwhile.
        case .once: return shown(heads[heads.count - 1])
        case .author, .register, .contested, .group, .text, .set, .headquarters: return shown(first)
        }
    }

    private static func shown(_ head: Head) -> Shown {
        guard let value = head.content.value else { return .withheld }
        return value == .absent ? .nothing : .value(value)
    }

    public func value(_ key: String) -> Value? {
        if case .value(let value) = shown(key) { value } else { nil }
    }

    public func isWithheld(_ key: String) -> Bool { shown(key) == .withheld }

    /// The elements of a set that are present: one present head is enough. In the order of `Target`.
    public func elements(_ key: String) -> [Value] { type?.field(key: key).map(elements) ?? [] }

    public func elements(_ field: FieldDefinition) -> [Value] {
        var elements: [Value] = []
        for slot in state.slots {
            guard case .element(let number, let element) = slot.target, number == field.number else { continue }
            if slot.heads.contains(where: { $0.content.value == .bool(true) }) { elements.append(element) }
        }
        return elements
    }

    // MARK: - By kind; nil where there is none, or another kind stands there

    public func text(_ key: String) -> String? { value(key)?.text }
    public func integer(_ key: String) -> Int64? { value(key)?.int }
    public func number(_ key: String) -> Double? { value(key)?.double }
    public func boolean(_ key: String) -> Bool? { value(key)?.bool }
    public func reference(_ key: String) -> Identifier? { value(key)?.id }
    public func references(_ key: String) -> [Identifier] { elements(key).compactMap(\.id) }
    public func texts(_ key: String) -> [String] { elements(key).compactMap(\.text) }

    /// The key of a choice; nil for one of a newer version.
    public func choice(_ key: String) -> String? {
        guard case .choice(let choices)? = type?.field(key: key)?.kind, let number = integer(key) else { return nil }
        return choices.key(number)
    }

    public func group(_ key: String) -> GroupView? {
        guard let field = type?.field(key: key), let value = value(key) else { return nil }
        return GroupView(value: value, kind: field.kind)
    }

    /// low, likely and high of a three-point field (money in hundredths).
    public func threePoint(_ key: String) -> ThreePoint? { value(key).flatMap { ThreePoint($0) } }

    /// Points to domains by code.
    public func domainPoints(_ key: String) -> [(domain: String, points: Int)] {
        (value(key)?.list ?? []).compactMap { share in
            guard let domain = share.member(1)?.text, let points = share.member(2)?.int else { return nil }
            return (domain, Int(points))
        }
    }

    /// Points to seams by id.
    public func seamPoints(_ key: String) -> [(seam: Identifier, points: Int)] {
        (value(key)?.list ?? []).compactMap { share in
            guard let seam = share.member(1)?.id, let points = share.member(2)?.int else { return nil }
            return (seam, Int(points))
        }
    }

    public var consent: Consent? { value("consent").flatMap { Consent($0) } }

    // MARK: - Conflicts

    /// What asks for a person, in the order of targets: different values of a contested field, group or text; several bytes of one row of evidence, which
    /// stand where headquarters let the second in; a deletion that did not see an edit. Equal values are no conflict, and registers, sets and lattices
    /// never are.
    public var conflicts: [Conflict] {
        var conflicts: [Conflict] = []
        let unwitnessed = state.unwitnessed
        if state.isDeleted, !unwitnessed.isEmpty {
            let deletions = state.heads(of: .life).filter { $0.content.value == .bool(false) }
            conflicts.append(Conflict(record: id, type: state.type, target: .life, heads: deletions + unwitnessed))
        }
        for slot in state.slots where slot.heads.count > 1 {
            guard case .field(let number) = slot.target, let field = type?.field(number) else { continue }
            let namesBytes = number == EvidenceField.hash && state.type == Catalogue.evidence.number
            guard field.merge.asksAPerson || namesBytes, RecordView.differ(slot.heads) else { continue }
            // Of what is set once the last head is the one that is shown.
            conflicts.append(Conflict(record: id, type: state.type, target: slot.target, heads: namesBytes ? slot.heads.reversed() : slot.heads))
        }
        return conflicts
    }

    /// Do these heads say different things? A withheld value equals itself alone.
    static func differ(_ heads: [Head]) -> Bool {
        guard let first = heads.first else { return false }
        return heads.dropFirst().contains { head in
            if let a = first.content.value, let b = head.content.value { return a != b }
            return first.content != head.content
        }
    }
}

/// A group value with its members by key.
public struct GroupView: Sendable {
    public let value: Value
    let definition: GroupDefinition

    init?(value: Value, kind: FieldKind) {
        guard case .group(let definition) = kind, value.group != nil else { return nil }
        self.value = value
        self.definition = definition
    }

    public func value(_ key: String) -> Value? {
        guard let value = definition.member(key: key).flatMap({ value.member($0.number) }), value != .absent else { return nil }
        return value
    }

    public func text(_ key: String) -> String? { value(key)?.text }
    public func integer(_ key: String) -> Int64? { value(key)?.int }
    public func number(_ key: String) -> Double? { value(key)?.double }
    public func reference(_ key: String) -> Identifier? { value(key)?.id }
    public func threePoint(_ key: String) -> ThreePoint? { value(key).flatMap { ThreePoint($0) } }

    public func choice(_ key: String) -> String? {
        guard case .choice(let choices)? = definition.member(key: key)?.kind, let number = integer(key) else { return nil }
        return choices.key(number)
    }

    /// The groups of a list of groups.
    public func groups(_ key: String) -> [GroupView] {
        guard case .list(let kind, _)? = definition.member(key: key)?.kind else { return [] }
        return (value(key)?.list ?? []).compactMap { GroupView(value: $0, kind: kind) }
    }
}

extension ThreePoint {
    /// From a three-point value of a record; nil if it is none.
    public init?(_ value: Value) {
        guard let low = value.member(1)?.double, let likely = value.member(2)?.double, let high = value.member(3)?.double,
            let range = try? ThreePoint(low: low, likely: likely, high: high)
        else { return nil }
        self = range
    }
}
