import Foundation
import Glibc
import SeamarkClient
import SeamarkModel

/// Times as people on this laptop read them. Programs read ISO 8601, which `CalendarDate` writes.
enum TimeText {
    private static let dates = SettingsFile.settings.dates.map { ReaderDates(locale: $0) } ?? ReaderDates(environment: ProcessInfo.processInfo.environment)

    /// Milliseconds since 1970 by this device's clock.
    static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// `2026-11-22 19:20` in the laptop's time zone, or as the reader's locale has it.
    static func local(_ milliseconds: Int64) -> String {
        guard let parts = parts(milliseconds) else { return "?" }
        return dates.date(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday)) + " " + clock(parts)
    }

    /// Is the laptop's time another than UTC then?
    static func differsFromUTC(_ milliseconds: Int64) -> Bool { parts(milliseconds).map { $0.tm_gmtoff != 0 } ?? false }

    /// `19:20`.
    static func clock(_ milliseconds: Int64) -> String { parts(milliseconds).map(clock) ?? "?" }

    /// "3 minutes", "2 hours", "5 days".
    static func span(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.magnitude / 1000
        func count(_ number: UInt64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
        if seconds < 60 { return count(seconds, "second") }
        if seconds < 3600 { return count(seconds / 60, "minute") }
        if seconds < 48 * 3600 { return count(seconds / 3600, "hour") }
        return count(seconds / 86_400, "day")
    }

    private static func clock(_ parts: tm) -> String { dates.time(hour: Int(parts.tm_hour), minute: Int(parts.tm_min)) }

    private static func parts(_ milliseconds: Int64) -> tm? {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        return localtime_r(&seconds, &parts) == nil ? nil : parts
    }
}
