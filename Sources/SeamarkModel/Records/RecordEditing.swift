public import SeamarkJournal

/// Gathers the edits of one user action on one record: real differences only, each naming the heads it replaces.
///
/// A value that stands already is not written again: what was not touched never travels. Sensitive values get a fresh salt each.
/// What is gathered is not yet allowed: `Judgement` says so of the finished change.
public struct RecordEditing {
    public let record: Identifier
    public let type: RecordType
    /// Nil for a record that is being made.
    public let state: RecordState?
    public private(set) var edits: [Edit] = []
    private let salt: () -> Identifier

    /// - Parameter salt: sixteen fresh random bytes at each call.
    public init(record: Identifier, type: RecordType, state: RecordState?, salt: @escaping () -> Identifier) {
        self.record = record
        self.type = type
        self.state = state
        self.salt = salt
    }

    /// The common fields of a new record. Does nothing on one that exists.
    ///
    /// - Parameter time: milliseconds since 1970.
    public mutating func create(at time: Int64, handle: String? = nil) {
        guard state == nil else { return }
        if let handle, let field = type.field(CommonField.handle) { set(field, .text(handle)) }
        if let field = type.field(CommonField.createdAt) { set(field, .int(time)) }
    }

    /// Sets a field, or clears it with `.absent`; nothing happens where it shows this value already.
    public mutating func set(_ field: FieldDefinition, _ value: Value) {
        precondition(!field.isSet, "sets change element by element")
        edits.removeAll { $0.target == .field(field.number) }
        let shown: Value? = state.flatMap { RecordView(id: record, state: $0).value(of: field) }
        if shown == value || shown == nil && value == .absent && !isWithheld(field) { return }
        put(.field(field.number), content(value, of: field))
    }

    /// Makes an element of a set present.
    public mutating func add(_ field: FieldDefinition, _ element: Value) { put(field, element, present: true) }

    /// Makes an element of a set not present.
    public mutating func remove(_ field: FieldDefinition, _ element: Value) { put(field, element, present: false) }

    /// Makes a set hold exactly these elements.
    public mutating func setElements(_ field: FieldDefinition, _ elements: [Value]) {
        let present = state.map { RecordView(id: record, state: $0).elements(field) } ?? []
        for element in present where !elements.contains(element) { remove(field, element) }
        for element in elements { add(field, element) }
    }

    /// Deletes the record, having seen all its fields as they are.
    public mutating func delete() {
        guard let state, !(state.isDeleted && state.unwitnessed.isEmpty) else { return }
        put(.life, .open(.bool(false)), witnessed: state.fieldHeadNames)
    }

    /// Makes a deleted record present again; also how a deletion that did not see an edit is settled in favour of the record.
    public mutating func restore() {
        guard let state, state.heads(of: .life).contains(where: { $0.content.value == .bool(false) }) else { return }
        put(.life, .open(.bool(true)))
    }

    /// Settles a conflict: the one value that stands from now on, whatever is shown at present. Names all heads.
    public mutating func resolve(_ field: FieldDefinition, _ value: Value) {
        precondition(!field.isSet, "sets have no conflicts")
        edits.removeAll { $0.target == .field(field.number) }
        let heads = state?.heads(of: .field(field.number)) ?? []
        if heads.count < 2 { return set(field, value) }
        put(.field(field.number), content(value, of: field))
    }

    // MARK: - Parts

    private func isWithheld(_ field: FieldDefinition) -> Bool {
        state.map { RecordView(id: record, state: $0).shown(field) == .withheld } ?? false
    }

    private func content(_ value: Value, of field: FieldDefinition) -> Content {
        field.isSensitive && value != .absent ? .sensitive(SensitiveValue(salt: salt(), value: value)) : .open(value)
    }

    private mutating func put(_ field: FieldDefinition, _ element: Value, present: Bool) {
        precondition(field.isSet, "only sets have elements")
        let target = Target.element(field.number, element)
        edits.removeAll { $0.target == target }
        let heads = state?.heads(of: target) ?? []
        if heads.contains(where: { $0.content.value == .bool(true) }) == present { return }
        put(target, .open(.bool(present)))
    }

    private mutating func put(_ target: Target, _ content: Content, witnessed: [EditName] = []) {
        edits.removeAll { $0.target == target }
        let names = (state?.heads(of: target) ?? []).map(\.name)
        edits.append(Edit(record: record, type: type.number, target: target, content: content, supersedes: names, witnessed: witnessed))
    }
}

extension RecordView {
    /// The value that `field` shows; nil for none, and for one that is withheld.
    func value(of field: FieldDefinition) -> Value? {
        if case .value(let value) = shown(field) { value } else { nil }
    }
}
