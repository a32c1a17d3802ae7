/// One thing in a form that is not taken over, and where it stands.
public struct FormFault: Hashable, Sendable, CustomStringConvertible {
    public let sheet: String
    /// As `FormSheet.Row` counts.
    public let row: Int?
    /// The header of the column, as its author wrote it.
    public let column: String?
    /// Of the question or choice in the row.
    public let name: String?
    public let problem: FormProblem

    /// `survey, row 7, column calculation (total): calculations are not taken over`.
    public var description: String {
        let place = [sheet, row.map { "row \($0)" }, column.map { "column \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place + (name.map { " (\($0))" } ?? "") + ": \(problem.sentence)"
    }
}

/// Why a form is not taken over: everything that was found, in the order in which it was found, at most `most`.
public struct FormRefusal: Error, Hashable, Sendable {
    public static let most = 100
    /// Not empty.
    public let faults: [FormFault]
    /// There were more.
    public let isCut: Bool
}

public enum FormProblem: Hashable, Sendable {
    case missingSheet
    case missingColumn
    case columnTwice
    case columnNotTakenOver
    case sheetNotTakenOver
    case sheetTwice
    case missingType
    case typeUnknown(String)
    case typeNotTakenOver(String)
    case missingName
    case badName
    case nameTwice
    case missingLabel
    case missingList(String)
    case choiceTwice
    case badChoiceName
    case endWithoutBegin
    case beginWithoutEnd
    case notHere
    case neitherYesNorNo
    case logic(FormLogicError)
    case unknownReference(String)
    case factReference(String)
    case nothingAsked
    case circle(String)
    case noCurrentAnswer
    case noChoices(String)
    case tooMany(String, most: Int)
    case tooLong(most: Int)
    case badKey
    case unknownLanguage(String)
    case steers

    public var sentence: String {
        switch self {
        case .missingSheet: "a form needs a sheet of this name with a header and rows below it"
        case .missingColumn: "the sheet needs a column of this name"
        case .columnTwice: "two columns mean the same"
        case .columnNotTakenOver: "what stands in this column is not taken over; empty it, or leave the column out"
        case .sheetNotTakenOver: "what stands in this sheet is not taken over; empty it, or leave the sheet out"
        case .sheetTwice: "an earlier sheet has this name; put their rows into one"
        case .missingType: "the row has no type"
        case .typeUnknown(let type): "there is no type \"\(type)\""
        case .typeNotTakenOver(let what): "\(what) are not taken over"
        case .missingName: "the row has no name"
        case .badName: "a name is at most 120 letters, digits, -, _ and ., and begins with a letter or _"
        case .nameTwice: "an earlier row has this name"
        case .missingLabel: "there are no words to show for it in the form's first language"
        case .missingList(let list): "the sheet choices has no list \"\(list)\" with a choice in it"
        case .choiceTwice: "an earlier choice of the list has this name"
        case .badChoiceName: "the name of a choice is 1 to 120 characters without blanks"
        case .endWithoutBegin: "no group is open that could end here"
        case .beginWithoutEnd: "the group has no end"
        case .notHere: "this says nothing where nothing is answered"
        case .neitherYesNorNo: "it is neither yes nor no nor an expression that can be read"
        case .logic(let error): error.description
        case .unknownReference(let name): "the form has no question \"\(name)\" to answer"
        case .factReference(let name): "\"\(name)\" is a fact that the record has, and nothing that is asked can hang on it; of the day there is today()"
        case .nothingAsked: "no row asks anything: the record has what these rows name"
        case .circle(let name): "whether it is asked depends, in a circle, on itself by way of \"\(name)\""
        case .noCurrentAnswer: "the sign . and once() stand for an answer, and there is none yet when this is looked at"
        case .noChoices(let name): "the form has no question \"\(name)\" with choices whose words could stand here"
        case .tooMany(let what, let most): "a form has at most \(most) \(what)"
        case .tooLong(let most): "it is longer than \(most) characters"
        case .badKey: "it is at most 40 letters, digits, -, _ and ."
        case .unknownLanguage(let language): "no column has texts in \"\(language)\""
        case .steers: "it holds characters that steer a terminal or turn the direction of what follows"
        }
    }
}
