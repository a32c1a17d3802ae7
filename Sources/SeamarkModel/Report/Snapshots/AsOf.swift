/// Of when a report is: what somebody types behind `--as-of`.
public enum AsOf: Hashable, Sendable {
    /// A position in the engagement's log.
    case position(UInt64)
    /// The end of a day (in UTC), since 1970.
    case day(Int64)
    /// A snapshot, by handle, id or name.
    case snapshot(String)

    /// What somebody types for it.
    public var words: String {
        switch self {
        case .position(let position): String(position)
        case .day(let day): CalendarDate.text(days: day)
        case .snapshot(let name): name
        }
    }

    /// `41`, `2026-03-31`; everything else is what a snapshot is called.
    public init(_ words: String) {
        if !words.isEmpty, words.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let position = UInt64(words) {
            self = .position(position)
        } else if let day = CalendarDate.days(words) {
            self = .day(day)
        } else {
            self = .snapshot(words)
        }
    }
}
