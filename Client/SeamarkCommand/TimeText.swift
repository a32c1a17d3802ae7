import Glibc

/// Times as people on this laptop read them.
enum TimeText {
    /// Milliseconds since 1970 by this device's clock.
    static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// `2026-11-22 19:20` in the laptop's time zone.
    static func local(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "?" }
        return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) \(two(parts.tm_hour)):\(two(parts.tm_min))"
    }

    /// "3 minutes", "2 hours", "5 days".
    static func span(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.magnitude / 1000
        func count(_ number: UInt64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
        if seconds < 60 { return count(seconds, "second") }
        if seconds < 3600 { return count(seconds / 60, "minute") }
        if seconds < 48 * 3600 { return count(seconds / 3600, "hour") }
        return count(seconds / 86_400, "day")
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
