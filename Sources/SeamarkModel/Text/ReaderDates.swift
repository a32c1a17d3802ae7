/// In which order a reader's locale writes a date, and whether it counts to twelve: the short forms of the Unicode CLDR, with the year in full.
///
/// A table and no library: programs that stand alone bring no locales along. What it does not know is written as in ISO 8601.
public struct ReaderDates: Hashable, Sendable {
    private enum Order: Hashable { case yearFirst, dayFirst, monthFirst }
    private let order: Order
    private let separator: String
    /// Does `1` stand as `01`?
    private let isPadded: Bool
    /// What a date ends with, as in Korean and Hungarian.
    private let end: String
    private let isOfTwelveHours: Bool

    private init(_ order: Order, _ separator: String, padded: Bool = true, end: String = "", twelve: Bool = false) {
        (self.order, self.separator, isPadded, self.end, isOfTwelveHours) = (order, separator, padded, end, twelve)
    }

    public static let iso = ReaderDates(.yearFirst, "-")

    /// The locale that speaks for times: the first of these that says anything, as POSIX has it.
    public init(environment: [String: String]) {
        self.init(locale: ["LC_ALL", "LC_TIME", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "")
    }

    /// - Parameter locale: such as `de_AT.UTF-8`; `C`, `POSIX` and what is unknown are ISO 8601.
    public init(locale: String) {
        let name = locale.prefix { $0 != "." && $0 != "@" }
        let parts = name.split { $0 == "_" || $0 == "-" }.map(String.init)
        let language = parts.first?.lowercased() ?? "", place = parts.dropFirst().last?.uppercased() ?? ""
        self =
            switch (language, place) {
            case ("en", "US"), ("en", "PH"), ("en", "PR"): ReaderDates(.monthFirst, "/", padded: false, twelve: true)
            case ("es", "US"), ("es", "PR"): ReaderDates(.dayFirst, "/", padded: false, twelve: true)
            case ("en", "AU"), ("en", "NZ"), ("en", "IN"): ReaderDates(.dayFirst, "/", twelve: true)
            case ("en", "CA"), ("fr", "CA"), ("en", "SE"), ("en", "DK"), ("sv", _), ("lt", _): .iso
            case ("en", "ZA"), ("ja", _), ("eu", _): ReaderDates(.yearFirst, "/")
            case ("zh", _): ReaderDates(.yearFirst, "/", padded: false)
            case ("ko", _), ("hu", _): ReaderDates(.yearFirst, ". ", padded: language == "hu", end: ".")
            case ("en", "GB"), ("en", "IE"), ("en", "HK"), ("en", "SG"), ("fr", "FR"), ("fr", "BE"), ("fr", "LU"), ("es", _), ("it", "IT"), ("pt", _), ("ca", _), ("gl", _), ("el", _), ("vi", _), ("id", _), ("cy", _), ("ga", _), ("he", _):
                ReaderDates(.dayFirst, "/")
            case ("nl", "NL"), ("da", "GL"): ReaderDates(.dayFirst, "-")
            case ("nl", "BE"): ReaderDates(.dayFirst, "/", padded: false)
            case ("fi", _), ("is", _), ("sk", _), ("sl", _): ReaderDates(.dayFirst, ".", padded: false)
            case ("cs", _): ReaderDates(.dayFirst, ". ", padded: false)
            case ("de", _), ("nb", _), ("nn", _), ("no", _), ("da", _), ("pl", _), ("ru", _), ("uk", _), ("ro", _), ("et", _), ("lv", _), ("tr", _), ("hr", _), ("bg", _), ("fr", "CH"), ("it", "CH"):
                ReaderDates(.dayFirst, ".")
            case _: .iso
            }
    }

    /// `2026-11-22`, `22.11.2026`, `11/22/2026`.
    public func date(year: Int, month: Int, day: Int) -> String {
        func two(_ number: Int) -> String { isPadded && number < 10 ? "0\(number)" : "\(number)" }
        let (day, month, year) = (two(day), two(month), "\(year)")
        let parts =
            switch order {
            case .yearFirst: [year, month, day]
            case .dayFirst: [day, month, year]
            case .monthFirst: [month, day, year]
            }
        return parts.joined(separator: separator) + end
    }

    /// `19:05`, `7:05 PM`.
    public func time(hour: Int, minute: Int) -> String {
        let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
        guard isOfTwelveHours else { return (hour < 10 ? "0\(hour)" : "\(hour)") + ":" + minutes }
        return "\((hour + 11) % 12 + 1):\(minutes) \(hour < 12 ? "AM" : "PM")"
    }
}
