import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// Edits and values in words.
enum EditWords {
    /// "amount: range=90,000/120,000/200,000, grade=B".
    static func words(_ edit: Edit, _ type: RecordType?, _ references: References, _ redactions: RedactionWords? = nil) -> String {
        switch edit.target {
        case .life: return edit.content.value == .bool(false) ? "deleted" : "restored"
        case .field(let number):
            guard let field = type?.field(number) else { return "field \(number): needs a newer version" }
            return "\(field.label): \(text(edit.content, field, references, redactions))"
        case .element(let number, let element):
            guard let field = type?.field(number) else { return "field \(number): needs a newer version" }
            let sign = edit.content.value == .bool(true) ? "+" : "−"
            return "\(field.label): \(sign)\(field.kind.textToRead(of: element, references: references))"
        }
    }

    static func text(_ content: Content, _ field: FieldDefinition, _ references: References, _ redactions: RedactionWords? = nil) -> String {
        content.value.map { text($0, field, references) } ?? redactions?.words(content) ?? "(withheld)"
    }

    static func text(_ value: Value, _ field: FieldDefinition, _ references: References) -> String {
        value == .absent ? "(empty)" : field.kind.textToRead(of: value, references: references)
    }

    static func json(_ edit: Edit, _ type: RecordType?, _ references: References) -> JSONValue {
        switch edit.target {
        case .life: return .object([JSONMember("life", .string(edit.content.value == .bool(false) ? "deleted" : "present"))])
        case .field(let number):
            guard let field = type?.field(number) else { return .object([JSONMember("field", .integer(Int64(number)))]) }
            return .object([
                JSONMember("field", .string(field.key)), JSONMember("value", edit.content.value.map { field.kind.json(of: $0, references: references) } ?? "(withheld)"),
            ])
        case .element(let number, let element):
            guard let field = type?.field(number) else { return .object([JSONMember("field", .integer(Int64(number)))]) }
            return .object([
                JSONMember("field", .string(field.key)), JSONMember("element", field.kind.json(of: element, references: references)),
                JSONMember("present", .bool(edit.content.value == .bool(true))),
            ])
        }
    }
}
