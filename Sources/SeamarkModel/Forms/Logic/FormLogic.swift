/// One logical expression of a form: the part of XPath 1.0 that XLSForms use, over the answers of one interview.
///
/// Operators are those of XPath (`or and = != < <= > >= + - * div mod` and the sign), `${name}` is what that question was answered, `.` the answer
/// that is being looked at, and functions are those of `FormFunction`. No loops and no way out: every evaluation ends, after a time bounded by the
/// length of the expression and of the answers.
public struct FormLogic: Hashable, Sendable {
    /// Unicode scalars of an expression.
    public static let longest = 2000
    /// `regex()` in one expression.
    static let mostPatterns = 4
    /// How deep its parts are nested.
    static let deepest = 40

    /// As the author wrote it.
    public let source: String
    let root: FormNode

    /// The names of questions that it asks about.
    public var references: Set<String> {
        var names: Set<String> = []
        root.visit { if case .reference(let name) = $0 { names.insert(name) } }
        return names
    }

    /// The names of questions that it counts: whether they are asked matters even where they were not answered.
    var counted: Set<String> {
        var names: Set<String> = []
        root.visit { if case .call(.count, let parts) = $0, case .reference(let name) = parts[0] { names.insert(name) } }
        return names
    }

    /// The names of questions of whose choices it has the words; what they were answered is another matter.
    var choiceQuestions: Set<String> {
        var names: Set<String> = []
        root.visit { if case .choiceName(_, let question) = $0 { names.insert(question) } }
        return names
    }

    /// Does it come to the same whatever else was answered, at every moment and everywhere?
    var isOfTheAnswerAlone: Bool {
        var isAlone = true
        root.visit { node in
            switch node {
            case .reference, .call(.today, _), .call(.now, _): isAlone = false
            case .number, .text, .current, .negated, .operation, .call, .matches, .formatted, .choiceName: break
            }
        }
        return isAlone
    }

    /// Does it ask for the answer that is being looked at?
    var readsCurrent: Bool {
        var reads = false
        root.visit { node in
            switch node {
            case .current, .call(.once, _): reads = true
            case .number, .text, .reference, .negated, .operation, .call, .matches, .formatted, .choiceName: break
            }
        }
        return reads
    }
}

/// A part of an expression.
indirect enum FormNode: Hashable, Sendable {
    case number(Double)
    case text(String)
    case reference(String)
    case current
    case negated(FormNode)
    case operation(FormOperator, FormNode, FormNode)
    case call(FormFunction, [FormNode])
    /// `regex` with its pattern, read once.
    case matches(FormNode, FormPattern)
    /// `format-date` or `format-date-time` with its format, read once.
    case formatted(FormNode, FormDateFormat)
    /// `jr:choice-name`: of a choice of this question.
    case choiceName(FormNode, question: String)

    func visit(_ body: (FormNode) -> Void) {
        body(self)
        switch self {
        case .number, .text, .reference, .current: break
        case .negated(let part), .matches(let part, _), .formatted(let part, _), .choiceName(let part, _): part.visit(body)
        case .operation(_, let left, let right):
            left.visit(body)
            right.visit(body)
        case .call(_, let parts): for part in parts { part.visit(body) }
        }
    }
}

enum FormOperator: String, Hashable, Sendable {
    case or, and
    case equal = "=", unequal = "!="
    case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case plus = "+", minus = "-"
    case times = "*", divided = "div", remainder = "mod"

    /// XPath 1.0, 3.5: what binds tighter has the higher rank.
    var rank: Int {
        switch self {
        case .or: 0
        case .and: 1
        case .equal, .unequal: 2
        case .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .plus, .minus: 4
        case .times, .divided, .remainder: 5
        }
    }
}

/// The functions that expressions may call, with how many arguments. What is not here is refused by name.
enum FormFunction: String, Hashable, Sendable, CaseIterable {
    case selected, selectedAt = "selected-at", countSelected = "count-selected", choiceName = "jr:choice-name"
    case `if`, coalesce, once, not, `true`, `false`
    case concat, stringLength = "string-length", substr, contains, startsWith = "starts-with", endsWith = "ends-with"
    case regex
    case int, number, round, min, max, sum, count, string, boolean
    case today, now, date, formatDate = "format-date", formatDateTime = "format-date-time"

    var arguments: ClosedRange<Int> {
        switch self {
        case .true, .false, .today, .now: 0...0
        case .not, .once, .countSelected, .stringLength, .int, .number, .sum, .count, .string, .boolean, .date: 1...1
        case .selected, .selectedAt, .choiceName, .coalesce, .contains, .startsWith, .endsWith, .regex, .formatDate, .formatDateTime: 2...2
        case .round: 1...2
        case .substr: 2...3
        case .if: 3...3
        case .concat, .min, .max: 1...50
        }
    }
}
