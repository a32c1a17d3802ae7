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
