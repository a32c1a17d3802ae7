public import SeamarkJournal

/// Why a value may not stand in a field: where in it, which rule, which bound. Never holds the value or a part of it.
public struct FieldFault: Error, Hashable, Sendable {
    public enum Rule: Hashable, Sendable {
        /// Not of the kind that is wanted (in words).
        case kind(String)
        case range(low: String, high: String)
        case length(shortest: Int, longest: Int)
        case notACode
        case controlCharacter
        case directionCharacter
        case unknownChoice(oneOf: String)
        /// How many elements a list may have.
        case count(low: Int, high: Int)
        case bytes(Int)
        /// low ≤ likely ≤ high does not hold.
        case order
        /// Members that must not fall from one to the next.
        case notAscending([String])
        case exactlyOne([String])
        case missing(String)
        /// `member` is given, or missing, against what the choice of `by` asks for.
        case givenWithout(String, by: String, is: String)
        case unknownMember
        case pointsAboveHundred
        case pointsTwice
        case units
        /// What is given makes no price of a line.
        case price(PricingError)
        case mustBeGiven
        /// A time of what happened, and it has not come.
        case future
        /// A handle that names no record of the types wanted (in words).
        case unknownHandle(String)
    }

    /// Keys of members and places in lists, outermost first; empty for the field itself.
    public var path: [String]
    public let rule: Rule

    public init(_ rule: Rule, at path: [String] = []) {
        self.rule = rule
        self.path = path
    }

    func inside(_ step: String) -> FieldFault {
        var fault = self
        fault.path.insert(step, at: 0)
        return fault
    }

    /// What the rule demands and what to do, without the value: "must lie between 0 and 4".
    public var demand: String {
        switch rule {
        case .kind(let words): "must be \(words)"
        case .range(let low, let high): "must lie between \(low) and \(high)"
        case .length(let shortest, let longest):
            shortest == longest ? "must have exactly \(longest) characters" : "must have \(shortest) to \(longest) characters; shorten or split it"
        case .notACode: "may hold letters, digits, '-', '_', '.' and '@' only"
        case .controlCharacter: "holds a control character or a line break where none may be; remove it"
        case .directionCharacter: "holds a character that turns the direction of text; remove it"
        case .unknownChoice(let choices): "must be \(choices)"
        case .count(let low, let high): "must have \(low) to \(high) entries"
        case .bytes(let count): "must be \(count) bytes (\(count * 2) hexadecimal digits)"
        case .order: "must not fall from low over likely to high"
        case .notAscending(let keys): "must not fall from \(keys.joined(separator: " over ")); correct the earlier or the later one"
        case .exactlyOne(let keys): "needs exactly one of \(keys.count > 2 ? keys.dropLast().joined(separator: ", ") + " and " + (keys.last ?? "") : keys.joined(separator: " and "))"
        case .missing(let key): "lacks \(key); give it"
        case .givenWithout(let key, let by, let choice): "has \(key) if, and only if, \(by) is \(choice)"
        case .unknownMember: "is not a part that this version knows; correct its name or update Seamark"
        case .pointsAboveHundred: "may sum to at most 100 points; lower some"
        case .pointsTwice: "names the same one twice, or not in ascending order"
        case .units: "has factors whose units do not multiply to money/yr, such as h/yr and money/h"
        case .price(let error): error.demand
        case .mustBeGiven: "must be given and cannot be cleared"
        case .future: "has not come yet; correct it, or set this laptop's clock right"
        case .unknownHandle(let types): "names no \(types) here; use the handle of one that exists"
        }
    }

    /// The refusal that stands for the rule on the wire.
    public var refusal: Refusal {
        switch rule {
        case .kind, .bytes, .unknownMember, .unknownChoice, .unknownHandle: .wrongKind
        case .range, .count, .future: .outOfBounds
        case .length, .notACode, .controlCharacter, .directionCharacter: .badText
        case .order, .notAscending, .exactlyOne, .missing, .givenWithout, .pointsAboveHundred, .pointsTwice, .units, .price: .contradiction
        case .mustBeGiven: .missing
        }
    }
}

extension Refusal {
    /// A record, field or choice that the schema of its author does not have.
    public static let unknownField = Refusal(rawValue: 3108)
    /// Something that must be given is missing, or was cleared.
    public static let missing = Refusal(rawValue: 3109)
}
