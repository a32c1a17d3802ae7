import Foundation
import SeamarkJournal
import SeamarkModel

/// Texts as they are captured: in Unicode form NFC, so that what looks the same is the same bytes, whichever keyboard, page or file it came from: values
/// and elements of sets compare by bytes.
///
/// A questionnaire says what its author wrote, and answers to it name its choices as they are called there: names in it are parts of ids. What others handed in
/// is never rewritten.
enum ComposedText {
    static func composed(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    }

    /// The edits with their texts composed; without those that say nothing new by it, since real differences alone are written.
    static func composed(_ edits: [Edit], over replica: Replica?) -> [Edit] {
        edits.compactMap { edit -> Edit? in
            guard isTyped(edit) else { return edit }
            let heads = { (target: Target) in replica?.record(edit.record)?.heads(of: target) ?? [] }
            switch edit.target {
            case .life: return edit
            case .field:
                let content: Content =
                    switch edit.content {
                    case .open(let value): .open(composed(value))
                    case .sensitive(let sensitive): .sensitive(SensitiveValue(salt: sensitive.salt, value: composed(sensitive.value)))
                    case .withheld: edit.content
                    }
                guard content != edit.content else { return edit }
                let standing = heads(edit.target)
                if standing.count == 1, standing[0].content.value == content.value { return nil }
                return Edit(record: edit.record, type: edit.type, target: edit.target, content: content, supersedes: edit.supersedes)
            case .element(let number, let element):
                let target = Target.element(number, composed(element))
                // What is there in another form is taken away in that form.
                guard target != edit.target, edit.content.value == .bool(true) else { return edit }
                let standing = heads(target)
                if standing.contains(where: { $0.content.value == .bool(true) }) { return nil }
                return Edit(record: edit.record, type: edit.type, target: target, content: edit.content, supersedes: standing.map(\.name))
            }
        }
    }

    private static func composed(_ value: Value) -> Value {
        switch value {
        case .text(let text): .text(composed(text))
        case .list(let values): .list(values.map { composed($0) })
        case .group(let members): .group(members.map { Value.Member($0.number, composed($0.value)) })
        case .absent, .bool, .int, .double, .bytes, .id, .unknown: value
        }
    }

    private static func isTyped(_ edit: Edit) -> Bool {
        guard let type = Catalogue.type(edit.type), type !== Catalogue.questionnaire, let field = edit.target.number.flatMap({ type.field($0) }) else { return false }
        return type !== Catalogue.formAnswer || field.isSensitive
    }
}
