/// Something in a form that is understood and told, and not taken over: whoever answers is asked the same without it.
public struct FormNote: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// Nobody is asked for it: the record has it.
        case fact(FormFact)
        /// How some program is to show a question.
        case appearance
        /// An answer that would be there before anybody answers.
        case presetAnswer
    }

    public let sheet: String
    /// As `FormSheet.Row` counts, ascending; not empty.
    public internal(set) var rows: [Int]
    /// The header of the column, as its author wrote it.
    public let column: String
    /// Of the question, where it stands in one row alone.
    public internal(set) var name: String?
    public let kind: Kind

    /// Rows that are told by their number.
    private static let mostRows = 12

    /// `survey, row 3, column type (start): nobody is asked, for the record has when it was begun …`.
    public var description: String {
        let shown = rows.prefix(Self.mostRows).map { String($0) }.joined(separator: ", ")
        let more = rows.count > Self.mostRows ? " and \(rows.count - Self.mostRows) more" : ""
        return "\(sheet), row\(rows.count == 1 ? "" : "s") \(shown)\(more), column \(column)\(name.map { " (\($0))" } ?? ""): \(kind.sentence)"
    }
}

extension FormNote.Kind {
    public var sentence: String {
        switch self {
        case .fact(let fact): "nobody is asked, for the record has \(fact.words)"
        case .appearance: "how it is shown is not taken over; it is asked the same"
        case .presetAnswer: "no answer is there before somebody answers; it is asked without one"
        }
    }
}

/// What a form has its device note by itself, and every record has anyway.
public enum FormFact: String, Hashable, Sendable, CaseIterable {
    case start, end, today
    case device = "deviceid"
    case user = "username"

    /// In the spellings of pyxform 4.5 (`question_type_dictionary.py`, `aliases.py`).
    init?(type: String) {
        switch type.hasPrefix("get ") ? String(type.dropFirst(4)) : type {
        case "start", "start time": self = .start
        case "end", "end time": self = .end
        case "today": self = .today
        case "deviceid", "device id", "imei": self = .device
        case "username": self = .user
        case _: return nil
        }
    }

    /// What it is, and where exports have it.
    var words: String {
        switch self {
        case .start: "when it was begun (exports: the first 'captured' among its changes)"
        case .end: "when it was last changed (exports: 'changedAt')"
        case .today: "on which day it was noted (exports: 'captured' among its changes)"
        case .device: "on which device it was noted (exports: 'device' among its changes)"
        case .user: "who noted it (exports: 'scorer')"
        }
    }
}
