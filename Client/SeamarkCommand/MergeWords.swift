import SeamarkClient
import SeamarkModel

/// How a proposed merge of two texts is written for people.
enum MergeWords {
    /// One side's words in an overlap.
    static func mark(_ number: Int, _ text: String) -> String { "[[\(number): \(text)]]" }

    static func isMarked(_ text: String) -> Bool { text.contains("[[1: ") || text.contains("[[2: ") }

    /// Why there is no merge to take, as a sentence.
    static func why(_ reason: MergeOffer.Reason) -> String {
        switch reason {
        case .notText: "Only long texts are merged."
        case .severalValues: "More than two texts differ; no merge is offered."
        case .noText: "One of the two is empty or withheld; no merge is offered."
        case .noBase: "The two did not begin with the same text; no merge is offered."
        case .tooDifferent: "The two differ too much; no merge is offered."
        case .tooLong: "Merged, the text would be longer than the field may be; no merge is offered."
        }
    }

    /// Why the values of a field cannot stand beside each other, as sentences.
    static func whyNotBoth(_ label: String, _ reason: BothTexts.Reason) -> String {
        switch reason {
        case .notText: "\(label) has one value, so both cannot stand. Take one with --choose, or write your own with --value; where two things are meant, add the second as a record of its own."
        case .noText: "\(label) was emptied by one, or is withheld: there are no two texts to keep. Take one with --choose, or write your own with --editor."
        case .tooLong(let count, let most): "\(label) would have \(count) characters, and \(most) fit. Shorten it with --editor, or take one with --choose."
        }
    }

    static func json(_ merge: TextMerge) -> JSONValue {
        let pieces = merge.pieces.map { piece -> JSONValue in
            switch piece {
            case .kept(let text): .object([JSONMember("kept", .string(text))])
            case .first(let text, let was): .object([JSONMember("first", .string(text)), JSONMember("was", .string(was))])
            case .second(let text, let was): .object([JSONMember("second", .string(text)), JSONMember("was", .string(was))])
            case .both(let text, let was): .object([JSONMember("both", .string(text)), JSONMember("was", .string(was))])
            case .overlap(let first, let second, let was):
                .object([JSONMember("first", .string(first)), JSONMember("second", .string(second)), JSONMember("was", .string(was))])
            }
        }
        return .object([
            JSONMember("proposal", true), JSONMember("overlaps", .integer(Int64(merge.overlaps))),
            JSONMember("text", merge.text.map { .string($0) } ?? .null), JSONMember("pieces", .array(pieces)),
        ])
    }
}
