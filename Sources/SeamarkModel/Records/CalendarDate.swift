/// Dates and times as text in ISO 8601, in the proleptic Gregorian calendar and in UTC. Years 1900 to 2999.
public enum CalendarDate {
    /// Days since 1970-01-01 that fields may hold.
    public static let days: ClosedRange<Int64> = -25_567...376_199
    /// Milliseconds since 1970 that fields may hold.
    public static let milliseconds: ClosedRange<Int64> = days.lowerBound * 86_400_000...days.upperBound * 86_400_000 + 86_399_999

    /// What is written as text: years 1 to 9999. Other laptops' clocks may say anything; what lies outside is written as the nearest end.
    private static let written: ClosedRange<Int64> = -719_162...2_932_896

    /// `2026-03-17`.
    public static func text(days: Int64) -> String {
        let (year, month, day) = civil(min(max(days, written.lowerBound), written.upperBound))
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    /// `2026-03-17T09:30:00Z`, with milliseconds where there are any.
    public static func text(milliseconds: Int64) -> String {
        var out: [UInt8] = []
        write(milliseconds: milliseconds, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends `text(milliseconds:)`: a server writes one a record it applies.
    static func write(milliseconds: Int64, to out: inout [UInt8]) {
        let milliseconds = min(max(milliseconds, written.lowerBound * 86_400_000), written.upperBound * 86_400_000 + 86_399_999)
        let day = floorDivide(milliseconds, 86_400_000)
        let rest = milliseconds - day * 86_400_000
        let (year, month, date) = civil(day)
        let parts = [
            (year, 4, UInt8(ascii: "-")), (month, 2, UInt8(ascii: "-")), (date, 2, UInt8(ascii: "T")), (rest / 3_600_000, 2, UInt8(ascii: ":")),
            (rest / 60_000 % 60, 2, UInt8(ascii: ":")),
        ]
        for (value, width, separator) in parts {
            write(value, width, to: &out)
            out.append(separator)
        }
        write(rest / 1000 % 60, 2, to: &out)
        if rest % 1000 != 0 {
            out.append(UInt8(ascii: "."))
            write(rest % 1000, 3, to: &out)
        }
        out.append(UInt8(ascii: "Z"))
    }

    /// Reads `2026-03-17`; nil for other forms, for days that no month has, and outside `days`.
    public static func days(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45,
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            (1...12).contains(month), day >= 1
        else { return nil }
        let result = count(year, month, day)
        let (y, m, d) = civil(result)
        return y == year && m == month && d == day && days.contains(result) ? result : nil
    }

    /// Reads `2026-03-17`, `2026-03-17T09:30`, with seconds, milliseconds and a closing `Z` or distance from UTC (`+01:00`) where given; else it is UTC.
    public static func milliseconds(_ text: String) -> Int64? {
        var bytes = Array(text.utf8)
        guard bytes.count >= 10, let day = days(String(decoding: bytes[0..<10], as: UTF8.self)) else { return nil }
        bytes.removeFirst(10)
        let distance = distance(bytes)
        if distance != nil { bytes.removeLast(6) } else if bytes.last == UInt8(ascii: "Z") { bytes.removeLast() }
        if bytes.isEmpty { return distance == nil ? day * 86_400_000 : nil }
        guard bytes[0] == UInt8(ascii: "T") || bytes[0] == 0x20, [6, 9, 13].contains(bytes.count), bytes[3] == 58,
            let hour = number(bytes[1..<3]), let minute = number(bytes[4..<6]), hour < 24, minute < 60
        else { return nil }
        var result = day * 86_400_000 + hour * 3_600_000 + minute * 60_000
        if bytes.count >= 9 {
            guard bytes[6] == 58, let second = number(bytes[7..<9]), second < 60 else { return nil }
            result += second * 1000
        }
        if bytes.count == 13 {
            guard bytes[9] == 46, let fraction = number(bytes[10..<13]) else { return nil }
            result += fraction
        }
        result -= distance ?? 0
        return Self.milliseconds.contains(result) ? result : nil
    }

    /// Does a time say where it is, by a closing `Z` or a distance from UTC?
    public static func namesZone(_ text: String) -> Bool { text.hasSuffix("Z") || distance(Array(text.utf8.dropFirst(10))) != nil }

    /// What `+01:00` or `-03:30` at the end says, in milliseconds: 14 hours at most, as the world has them.
    private static func distance(_ bytes: [UInt8]) -> Int64? {
        let end = bytes.suffix(6)
        let start = end.startIndex
        guard end.count == 6, end[start] == UInt8(ascii: "+") || end[start] == UInt8(ascii: "-"), end[start + 3] == 58,
            let hours = number(end[start + 1..<start + 3]), let minutes = number(end[start + 4..<start + 6]), minutes < 60, hours * 60 + minutes <= 14 * 60
        else { return nil }
        let distance = (hours * 60 + minutes) * 60_000
        return end[start] == UInt8(ascii: "+") ? distance : -distance
    }

    /// How many months a period is that ends on the day before the one of the month on which it began (17 March to 16 June: 3); nil for other periods.
    static func wholeMonths(from first: Int64, through last: Int64) -> Int64? {
        let (start, end) = (civil(first), civil(last + 1))
        let months = (end.year - start.year) * 12 + end.month - start.month
        return end.day == start.day && months > 0 ? months : nil
    }

    // MARK: - Arithmetic (Howard Hinnant, "chrono-compatible low-level date algorithms")

    private static func count(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = floorDivide(y, 400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = days + 719_468
        let era = floorDivide(z, 146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let m = (5 * dayOfYear + 2) / 153
        let month = m < 10 ? m + 3 : m - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * m + 2) / 5 + 1)
    }

    /// The greatest whole number not above the quotient, on either side of zero. `by` is positive.
    public static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 { value >= 0 ? value / by : -1 - ~value / by }

    /// From one time or day to another, as near as a number comes to it: what other programs write into a log need be neither.
    static func span(from: Int64, to: Int64) -> Int64 {
        let (span, isBeyond) = to.subtractingReportingOverflow(from)
        return isBeyond ? (to < from ? .min : .max) : span
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        digits.allSatisfy { $0 >= 48 && $0 <= 57 } ? digits.reduce(0) { $0 * 10 + Int64($1 - 48) } : nil
    }

    private static func write(_ value: Int64, _ width: Int, to out: inout [UInt8]) {
        guard value >= 0, value <= 9999 else { return out.append(contentsOf: padded(value, width).utf8) }
        var unit: Int64 = width == 4 ? 1000 : width == 3 ? 100 : 10
        while unit > 0 {
            out.append(48 + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
    }

    static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
