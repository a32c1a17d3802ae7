import SeamarkJournal
import SeamarkModel

/// A group value part by part, in words.
struct GroupText {
    private let value: Value
    private let definition: GroupDefinition

    /// Nil where the field holds no group.
    init?(_ value: Value, of field: FieldDefinition) {
        guard case .group(let definition) = field.kind, value.group != nil else { return nil }
        self.value = value
        self.definition = definition
    }

    /// Key and text of each part that is given, in the catalogue's order.
    func parts(_ references: References) -> [(key: String, text: String)] {
        (value.group ?? []).filter { $0.value != .absent }.map { part in
            guard let member = definition.member(part.number) else { return ("part \(part.number)", "(needs a newer version)") }
            return (member.key, text(part.value, member, references))
        }
    }

    func text(_ key: String, _ references: References) -> String? {
        guard let member = definition.member(key: key), let part = value.member(member.number), part != .absent else { return nil }
        return text(part, member, references)
    }

    private func text(_ part: Value, _ member: GroupMember, _ references: References) -> String {
        // Factors count money in hundredths where their unit holds money; only the whole value knows.
        let whole = FieldKind.group(definition).textToRead(of: .group([Value.Member(member.number, part)]), references: references)
        return String(whole.dropFirst(member.key.count + 1))
    }
}
