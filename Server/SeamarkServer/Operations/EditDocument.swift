internal import SeamarkJournal
internal import SeamarkModel

/// One edit as JSON: what of which record it says, and what it replaces.
enum EditDocument {
    /// - Parameter sensitive: with sensitive values; `{"sensitive": true}` stands for them otherwise.
    static func json(_ edit: Edit, sensitive: Bool, references: References = .none) -> JSONValue {
        let type = Catalogue.type(edit.type)
        var members = [JSONMember("record", .string(edit.record.description)), JSONMember("type", .string(type?.key ?? String(edit.type)))]
        switch edit.target {
        case .life: members.append(JSONMember("deleted", .bool(edit.content.value == .bool(false))))
        case .field(let number):
            let field = type?.field(number)
            members.append(JSONMember("field", .string(field?.key ?? String(number))))
            switch edit.content {
            case .open(let value): members.append(JSONMember("value", json(value, field, references)))
            case .sensitive(let value):
                members.append(JSONMember("sensitive", true))
                if sensitive { members.append(JSONMember("value", json(value.value, field, references))) }
            case .withheld:
                members.append(JSONMember("sensitive", true))
                members.append(JSONMember("redacted", true))
            }
        case .element(let number, let element):
            let field = type?.field(number)
            members.append(JSONMember("field", .string(field?.key ?? String(number))))
            members.append(JSONMember("element", json(element, field, references)))
            members.append(JSONMember("present", .bool(edit.content.value == .bool(true))))
        }
        members.append(JSONMember("replaces", .array(edit.supersedes.map { .string("\($0.change)/\($0.index)") })))
        return .object(members)
    }

    /// The value by its field's kind; where this version does not know the field, its canonical bytes.
    private static func json(_ value: Value, _ field: FieldDefinition?, _ references: References) -> JSONValue {
        field?.kind.json(of: value, references: references) ?? .object([JSONMember("newer", .string(Hexadecimal.text(of: value.encoded)))])
    }
}
