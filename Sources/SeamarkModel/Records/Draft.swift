public import SeamarkJournal

/// What a person typed for one record, key by key, made into values by the catalogue.
///
/// `key` names a field, `key.part` a part of a group: the other parts stay as they are, and the group travels as one value. Errors name
/// the field, the bound and the remedy, and hold what was typed: they are for that person's own terminal and never for a log.
public struct Draft {
    /// Why something that was typed was not taken.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public let key: String
        /// The whole sentence, with what was typed.
        public let description: String
        public let fault: FieldFault?
    }

    public private(set) var editing: RecordEditing
    private let references: References
    /// Groups whose parts are being changed one by one, in the order in which they were begun.
    private var groups: [(field: FieldDefinition, parts: [Value.Member])] = []

    public init(_ editing: RecordEditing, references: References) {
        self.editing = editing
        self.references = references
    }

    /// Takes `text` for `key`. An empty text, or `-`, clears. For a set: elements separated by `,`; `+x` adds, `-x` takes away, plain ones replace all.
    public mutating func set(_ key: String, _ text: String) throws(Problem) {
        let (field, member) = try find(key)
        if field.isSet { return try setElements(field, text) }
        if let member {
            try setMember(field, member, text.isEmpty || text == "-" ? nil : text, key: key)
        } else if text.isEmpty || text == "-" {
            if field.isRequired { throw problem(field.key, field, FieldFault(.mustBeGiven), nil) }
            editing.set(field, .absent)
        } else {
            editing.set(field, try value(text, field.kind, key: field.key, label: field.label))
        }
    }

    /// Takes a JSON value for `key` (a whole field); `null` clears.
    public mutating func set(_ key: String, json: JSONValue) throws(Problem) {
        let (field, member) = try find(key)
        guard member == nil else { throw Problem(key: key, description: "\(key): give the whole group as one object", fault: nil) }
        do throws(FieldFault) {
            if field.isSet {
                guard let elements = json.elements else { throw FieldFault(.kind("a list")) }
                var values: [Value] = []
                for element in elements { values.append(try field.kind.value(from: element, references: references)) }
                editing.setElements(field, values)
            } else if json == .null {
                if field.isRequired { throw FieldFault(.mustBeGiven) }
                editing.set(field, .absent)
            } else {
                editing.set(field, try field.kind.value(from: json, references: references))
            }
        } catch { throw problem(key, field, error, nil) }
    }

    /// The record's edits, with each group that was changed in parts checked as a whole.
    ///
    /// For a new record everything required must have been given.
    public mutating func finish() throws(Problem) -> [Edit] {
        for (field, parts) in groups {
            let value = Value.group(parts)
            if let fault = field.kind.fault(in: value) { throw problem(field.key, field, fault, value) }
            editing.set(field, value)
        }
        groups = []
        if editing.state == nil {
            for field in editing.type.fields where field.isRequired && !editing.edits.contains(where: { $0.target.number == field.number }) {
                throw problem(field.key, field, FieldFault(.mustBeGiven), nil)
            }
        }
        return editing.edits
    }

    public mutating func create(at time: Int64, handle: String? = nil) { editing.create(at: time, handle: handle) }

    // MARK: - Parts

    private func find(_ key: String) throws(Problem) -> (FieldDefinition, GroupMember?) {
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        if let field = parts.first.flatMap({ editing.type.field(key: $0) }) {
            guard parts.count == 2 else { return (field, nil) }
            if case .group(let group) = field.kind {
                if let member = group.member(key: parts[1]) { return (field, member) }
                throw Problem(
                    key: key, description: "\(field.key) has no part '\(TextRule.quoted(parts[1]))'; it has \(group.members.map(\.key).joined(separator: ", "))",
                    fault: FieldFault(.unknownMember))
            }
        }
        throw Problem(
            key: key,
            description: "\(Article.with(editing.type.label)) has no field '\(TextRule.quoted(key))'. \(Suggestion.sentence(key, among: editing.type.writtenKeys))It has \(editing.type.writtenKeys.joined(separator: ", "))",
            fault: FieldFault(.unknownMember))
    }

    private mutating func setMember(_ field: FieldDefinition, _ member: GroupMember, _ text: String?, key: String) throws(Problem) {
        let place: Int
        if let found = groups.firstIndex(where: { $0.field.number == field.number }) {
            place = found
        } else {
            // A consent and other joined groups start from what is shown.
            let shown = editing.state.flatMap { RecordView(id: editing.record, state: $0).value(of: field) }
            groups.append((field, shown?.group ?? []))
            place = groups.count - 1
        }
        groups[place].parts.removeAll { $0.number == member.number }
        guard let text else { return }
        let value = try value(text, member.kind, key: key, label: member.key)
        groups[place].parts.append(Value.Member(member.number, value))
        groups[place].parts.sort { $0.number < $1.number }
    }

    private mutating func setElements(_ field: FieldDefinition, _ text: String) throws(Problem) {
        let parts = FieldKind.split(text, by: ",").filter { !$0.isEmpty && $0 != "-" }
        var all: [Value] = []
        var adjusts = false
        for part in parts {
            let sign = part.first
            let name = sign == "+" || sign == "-" ? String(part.dropFirst()) : part
            let value = try value(name, field.kind, key: field.key, label: field.label)
            if sign == "+" {
                editing.add(field, value)
                adjusts = true
            } else if sign == "-" {
                editing.remove(field, value)
                adjusts = true
            } else {
                all.append(value)
            }
        }
        if !all.isEmpty && adjusts {
            throw Problem(key: field.key, description: "\(field.key): either adds and removes (+x, -y) or replaces all (x, y), not both", fault: nil)
        }
        if !adjusts { editing.setElements(field, all) }
    }

    private func value(_ text: String, _ kind: FieldKind, key: String, label: String) throws(Problem) -> Value {
        let value: Value
        do throws(FieldFault) { value = try kind.read(text, references) } catch {
            throw Problem(key: key, description: "\(label)\(Draft.place(error)) is '\(Draft.shortened(text))', \(error.demand)", fault: error)
        }
        guard let fault = kind.fault(in: value) else { return value }
        throw Problem(key: key, description: fault.sentence(about: label, holding: value, of: kind, references: references), fault: fault)
    }

    private func problem(_ key: String, _ field: FieldDefinition, _ fault: FieldFault, _ value: Value?) -> Problem {
        Problem(key: key, description: fault.sentence(about: field.label, holding: value, of: field.kind, references: references), fault: fault)
    }

    private static func place(_ fault: FieldFault) -> String { fault.path.isEmpty ? "" : " (" + fault.path.joined(separator: ", ") + ")" }

    private static func shortened(_ text: String) -> String {
        var words = ""
        for scalar in text.unicodeScalars.prefix(60) where scalar.value >= 0x20 && scalar.value != 0x7f { words.unicodeScalars.append(scalar) }
        return text.unicodeScalars.count > 60 ? words + "…" : words
    }
}
