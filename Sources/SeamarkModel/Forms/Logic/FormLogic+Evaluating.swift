/// What an expression comes to, or an answer is.
///
/// Dates are a type of their own, as in ODK's forms: they count as days since 1970-01-01 where a number is asked for. So does a moment, by its day, as
/// in JavaRosa, which evaluates them there: beside a date or a number `now()` is what `today()` is, and its time stands in texts alone.
enum FormValue: Hashable, Sendable {
    case number(Double)
    case text(String)
    case truth(Bool)
    case date(Int64)
    case moment(FormClock)

    /// XPath 1.0, 4.3.
    var truth: Bool {
        switch self {
        case .number(let value): value != 0 && !value.isNaN
        case .text(let text): !text.isEmpty
        case .truth(let value): value
        case .date, .moment: true
        }
    }

    /// XPath 1.0, 4.4: digits with a point and a minus sign, nothing else; what is none is NaN.
    var number: Double {
        switch self {
        case .number(let value): return value
        case .truth(let value): return value ? 1 : 0
        case .date(let days): return Double(days)
        case .moment(let clock): return Double(clock.today)
        case .text(let text):
            let text = FormTextTables.trimmed(text)
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            guard !digits.isEmpty, digits != ".", digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), digits.utf8.count(where: { $0 == 46 }) <= 1 else { return .nan }
            let whole = digits.hasPrefix(".") ? "0" + digits : digits.hasSuffix(".") ? digits + "0" : String(digits)
            return (Double(whole) ?? .nan) * (text.hasPrefix("-") ? -1 : 1)
        }
    }

    /// XPath 1.0, 4.2: whole numbers without a point.
    var text: String {
        switch self {
        case .number(let value): value.isNaN ? "NaN" : Int64(exactly: value).map(String.init) ?? (value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : Self.digits(value))
        case .text(let text): text
        case .truth(let value): value ? "true" : "false"
        case .date(let days): CalendarDate.text(days: days)
        case .moment(let clock): clock.text
        }
    }

    /// Is it a day, or a moment of one?
    var isDay: Bool {
        switch self {
        case .date, .moment: true
        case .number, .text, .truth: false
        }
    }

    /// Milliseconds since 1970-01-01T00:00 where it was: what formats of dates write. A number counts days; a text with a time is taken as it is
    /// written, whatever zone it names, so that no laptop's own zone changes it. Nil for what is neither.
    var local: Int64? {
        switch self {
        case .date(let days): return CalendarDate.days.contains(days) ? days * 86_400_000 : nil
        case .moment(let clock): return clock.local
        case .truth: return nil
        case .number(let value): return Int64(exactly: (value * 86_400_000).rounded(.down)).flatMap { CalendarDate.milliseconds.contains($0) ? $0 : nil }
        case .text(let text):
            guard text.utf8.count <= 40, CalendarDate.milliseconds(text) != nil else { return nil }
            return CalendarDate.milliseconds(String(text.prefix(11) + text.dropFirst(11).prefix { !"Z+-".contains($0) }))
        }
    }

    /// The shortest digits that give the number again, without an exponent.
    private static func digits(_ value: Double) -> String {
        let text = value.description
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else { return text }
        let sign = text.hasPrefix("-") ? "-" : ""
        let mantissa = text[..<mark].drop { $0 == "-" }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 && parts[1] != "0" ? parts[1] : ""
        let (digits, point) = (parts[0] + fraction, parts[0].count + exponent)
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}

extension FormLogic {
    /// What expressions are looked at with.
    struct Setting {
        /// What a question was answered; an empty text if it was not, or is not asked.
        var answer: (String) -> FormValue
        /// Is a question asked, answered or not?
        var isAsked: (String) -> Bool
        var current: FormValue = .text("")
        var clock: FormClock
        /// What a question may be answered with, and the languages of the form, the one that is shown without asking first.
        var choices: (String) -> [Questionnaire.ChoiceList.Choice]
        var languages: [String]
        /// What it may cost; nil where the form's own bounds do.
        var work: FormWork?
    }

    func value(in setting: Setting) -> FormValue { Self.value(root, setting) }

    /// A part, and what it cost: one, and each byte of a text that it made.
    private static func value(_ node: FormNode, _ setting: Setting) -> FormValue {
        guard let work = setting.work else { return uncounted(node, setting) }
        guard work.takes(1) else { return .text("") }
        let value = uncounted(node, setting)
        if case .text(let text) = value, !work.takes(text.utf8.count) { return .text("") }
        return value
    }

    private static func uncounted(_ node: FormNode, _ setting: Setting) -> FormValue {
        switch node {
        case .number(let value): .number(value)
        case .text(let text): .text(text)
        case .reference(let name): setting.answer(name)
        case .current: setting.current
        case .negated(let part): .number(-value(part, setting).number)
        case .matches(let part, let pattern): .truth(pattern.matches(value(part, setting).text, setting.work))
        case .formatted(let part, let format): .text(value(part, setting).local.map { format.text($0) } ?? "")
        case .choiceName(let part, let question): choiceName(value(part, setting).text, question, setting)
        case .operation(.or, let left, let right): .truth(value(left, setting).truth || value(right, setting).truth)
        case .operation(.and, let left, let right): .truth(value(left, setting).truth && value(right, setting).truth)
        case .operation(let operation, let left, let right): combined(operation, value(left, setting), value(right, setting))
        case .call(.if, let parts): value(parts[value(parts[0], setting).truth ? 1 : 2], setting)
        case .call(.once, let parts): setting.current.text.isEmpty ? value(parts[0], setting) : setting.current
        case .call(.count, let parts): count(parts[0], setting)
        case .call(let function, let parts): function.value(parts.map { value($0, setting) }, setting.clock)
        }
    }

    /// The words of the choice in the form's own language, whatever it is asked in: a condition comes to the same for everybody. Empty where the
    /// question has no such choice.
    private static func choiceName(_ name: String, _ question: String, _ setting: Setting) -> FormValue {
        let choices = setting.choices(question)
        // It is held against each.
        guard setting.work?.takes(choices.count) ?? true, let choice = choices.first(where: { $0.name == name }) else { return .text("") }
        return .text(setting.languages.first.flatMap { choice.label.text(in: $0, of: setting.languages) } ?? name)
    }

    /// Outside of repeats a question is one if it is asked, answered or not, and else none.
    private static func count(_ node: FormNode, _ setting: Setting) -> FormValue {
        guard case .reference(let name) = node else { preconditionFailure("nothing else is read") }
        return .number(setting.isAsked(name) ? 1 : 0)
    }

    /// XPath 1.0, 3.4 and 3.5.
    private static func combined(_ operation: FormOperator, _ left: FormValue, _ right: FormValue) -> FormValue {
        let (a, b) = (left.number, right.number)
        switch operation {
        case .equal: return .truth(areEqual(left, right))
        case .unequal: return .truth(!areEqual(left, right))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let (a, b) = (comparable(left, beside: right), comparable(right, beside: left))
            switch operation {
            case .less: return .truth(a < b)
            case .lessOrEqual: return .truth(a <= b)
            case .greater: return .truth(a > b)
            case _: return .truth(a >= b)
            }
        // A date and days give a date.
        case .plus: return dated(left, right, a + b)
        case .minus:
            if right.isDay { return .number(a - b) }
            return dated(left, right, a - b)
        case .times: return .number(a * b)
        case .divided: return .number(a / b)
        case .remainder: return .number(b == 0 ? .nan : a.truncatingRemainder(dividingBy: b))
        case .or, .and: preconditionFailure("they are looked at one side at a time")
        }
    }

    private static func dated(_ left: FormValue, _ right: FormValue, _ sum: Double) -> FormValue {
        guard left.isDay || right.isDay, let days = Int64(exactly: sum), CalendarDate.days.contains(days) else { return .number(sum) }
        return .date(days)
    }

    private static func areEqual(_ left: FormValue, _ right: FormValue) -> Bool {
        switch (left, right) {
        case (.truth, _), (_, .truth): left.truth == right.truth
        case (.number, _), (_, .number): left.number == right.number
        case (.moment, .date), (.date, .moment), (.moment, .moment): left.number == right.number
        case (.moment, .text(let text)), (.text(let text), .moment):
            CalendarDate.days(text) == nil ? left.text == right.text : comparable(left, beside: right) == comparable(right, beside: left)
        case _: left.text == right.text
        }
    }

    /// A text beside a date may be one: `${from} < '2026-01-31'`.
    private static func comparable(_ value: FormValue, beside other: FormValue) -> Double {
        if case .text(let text) = value, other.isDay, let days = CalendarDate.days(text) { return Double(days) }
        return value.number
    }
}

extension FormFunction {
    /// Some are looked at where they stand.
    func value(_ parts: [FormValue], _ clock: FormClock) -> FormValue {
        func text(_ index: Int) -> String { parts[index].text }
        switch self {
        case .true: return .truth(true)
        case .false: return .truth(false)
        case .not: return .truth(!parts[0].truth)
        case .boolean: return .truth(parts[0].truth)
        case .string: return .text(text(0))
        case .number: return .number(parts[0].number)
        case .today: return .date(clock.today)
        case .now: return .moment(clock)
        case .date: return CalendarDate.days(text(0)).map { .date($0) } ?? Int64(exactly: parts[0].number.rounded(.down)).flatMap { CalendarDate.days.contains($0) ? .date($0) : nil } ?? .text("")
        case .selected: return .truth(Self.words(text(0)).contains(text(1)[...]))
        case .selectedAt:
            let words = Self.words(text(0))
            guard let index = Int(exactly: parts[1].number), words.indices.contains(index) else { return .text("") }
            return .text(String(words[index]))
        case .countSelected: return .number(Double(Self.words(text(0)).count))
        case .coalesce: return text(0).isEmpty ? parts[1] : parts[0]
        case .concat: return .text(parts.map(\.text).joined())
        case .stringLength: return .number(Double(text(0).unicodeScalars.count))
        case .substr:
            let scalars = Array(text(0).unicodeScalars)
            let start = Self.place(parts[1].number, in: scalars.count)
            let end = parts.count > 2 ? Self.place(parts[2].number, in: scalars.count) : scalars.count
            return .text(start < end ? String(String.UnicodeScalarView(scalars[start..<end])) : "")
        case .contains: return .truth(text(1).isEmpty || text(0).contains(text(1)))
        case .startsWith: return .truth(text(0).hasPrefix(text(1)))
        case .endsWith: return .truth(text(0).hasSuffix(text(1)))
        case .int: return .number(parts[0].number.rounded(.towardZero))
        case .round: return .number(Self.rounded(parts[0].number, places: parts.count > 1 ? parts[1].number : 0))
        case .min: return .number(parts.map(\.number).reduce(.infinity) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) })
        case .max: return .number(parts.map(\.number).reduce(-.infinity) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) })
        // Outside of repeats a question is alone; what is no number adds nothing, as in JavaRosa.
        case .sum: return .number(parts[0].number.isNaN ? 0 : parts[0].number)
        case .if, .once, .count, .regex, .choiceName, .formatDate, .formatDateTime: preconditionFailure("looked at where it stands")
        }
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    /// Places count from 0; negative ones from the end.
    private static func place(_ number: Double, in count: Int) -> Int {
        guard let place = Int(exactly: number.rounded(.towardZero)) else { return number < 0 || number.isNaN ? 0 : count }
        return Swift.min(Swift.max(place < 0 ? count + place : place, 0), count)
    }

    /// Halves go up, as in XPath.
    private static func rounded(_ value: Double, places: Double) -> Double {
        guard value.isFinite, let places = Int(exactly: places), (-15...15).contains(places) else { return value }
        let scale = (0..<abs(places)).reduce(1.0) { scale, _ in scale * 10 }
        return places < 0 ? (value / scale + 0.5).rounded(.down) * scale : (value * scale + 0.5).rounded(.down) / scale
    }
}
