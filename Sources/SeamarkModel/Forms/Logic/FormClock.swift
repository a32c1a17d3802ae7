/// What the clock says where a form is asked: its expressions know the day and the time from it alone.
public struct FormClock: Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z; of a clock that is beyond the years of `CalendarDate`, the nearest of them.
    public let milliseconds: Int64
    /// How far that place is ahead of UTC.
    public let secondsFromUTC: Int

    public init(milliseconds: Int64, secondsFromUTC: Int) {
        self.milliseconds = min(max(milliseconds, CalendarDate.milliseconds.lowerBound), CalendarDate.milliseconds.upperBound)
        self.secondsFromUTC = secondsFromUTC
    }

    /// The first moment of a day in UTC.
    public static func day(_ days: Int64) -> FormClock { FormClock(milliseconds: days * 86_400_000, secondsFromUTC: 0) }

    /// The day there, in days since 1970-01-01.
    public var today: Int64 { CalendarDate.floorDivide(local, 86_400_000) }

    /// What hands show there: milliseconds since 1970-01-01T00:00 of that place.
    var local: Int64 { milliseconds + Int64(secondsFromUTC) * 1000 }

    /// `2026-03-17T09:30:00+01:00`, with milliseconds where there are any.
    var text: String {
        let minutes = Int64(abs(secondsFromUTC) / 60)
        return "\(CalendarDate.text(milliseconds: local).dropLast())\(secondsFromUTC < 0 ? "-" : "+")\(CalendarDate.padded(minutes / 60, 2)):\(CalendarDate.padded(minutes % 60, 2))"
    }
}
