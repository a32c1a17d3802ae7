/// How `format-date` and `format-date-time` write a day and a time: the letters behind `%` that ODK documents, and everything else as it stands.
///
/// Names of months and of weekdays are English, so that a form says the same on every laptop.
struct FormDateFormat: Hashable, Sendable {
    enum Letter: String, Hashable, Sendable, CaseIterable {
        case year = "Y", shortYear = "y", month = "m", plainMonth = "n", monthName = "b", day = "d", plainDay = "e", weekday = "a"
        case hour = "H", plainHour = "h", minute = "M", second = "S", milliseconds = "3"

        /// `format-date` has no time.
        var isOfTime: Bool {
            switch self {
            case .year, .shortYear, .month, .plainMonth, .monthName, .day, .plainDay, .weekday: false
            case .hour, .plainHour, .minute, .second, .milliseconds: true
            }
        }
    }

    private enum Part: Hashable, Sendable {
        case words(String)
        case letter(Letter)
    }

    private let parts: [Part]

    /// - Parameter function: `format-date` or `format-date-time`.
    init(_ source: String, of function: FormFunction) throws(FormLogicError) {
        let pieces = source.unicodeScalars.split(separator: "%" as Unicode.Scalar, omittingEmptySubsequences: false)
        var parts: [Part] = [.words(String(pieces[0]))]
        for piece in pieces.dropFirst() {
            let sign = piece.first.map { $0.properties.isWhitespace ? "" : String($0) } ?? ""
            guard let letter = Letter(rawValue: sign), !letter.isOfTime || function == .formatDateTime else { throw .dateLetter(sign, of: function.rawValue) }
            parts.append(.letter(letter))
            parts.append(.words(String(piece.dropFirst())))
        }
        self.parts = parts
    }

    /// - Parameter local: milliseconds since 1970-01-01T00:00 where it was.
    func text(_ local: Int64) -> String {
        let days = CalendarDate.floorDivide(local, 86_400_000)
        let (year, month, day) = CalendarDate.civil(days)
        let time = local - days * 86_400_000
        return parts.map { part -> String in
            switch part {
            case .words(let words): words
            case .letter(.year): CalendarDate.padded(year, 4)
            case .letter(.shortYear): CalendarDate.padded(year % 100, 2)
            case .letter(.month): CalendarDate.padded(month, 2)
            case .letter(.plainMonth): String(month)
            case .letter(.monthName): Self.months[Int(month) - 1]
            case .letter(.day): CalendarDate.padded(day, 2)
            case .letter(.plainDay): String(day)
            // 1970 began on a Thursday.
            case .letter(.weekday): Self.weekdays[Int(days + 4 - 7 * CalendarDate.floorDivide(days + 4, 7))]
            case .letter(.hour): CalendarDate.padded(time / 3_600_000, 2)
            case .letter(.plainHour): String(time / 3_600_000)
            case .letter(.minute): CalendarDate.padded(time / 60_000 % 60, 2)
            case .letter(.second): CalendarDate.padded(time / 1000 % 60, 2)
            case .letter(.milliseconds): CalendarDate.padded(time % 1000, 3)
            }
        }.joined()
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}
