/// How many lines of each event are written in a minute, so that nobody fills a disk by doing what is written down. What is left out is
/// counted, and the count is told. A pure machine: times are arguments.
struct LogAllowance {
    static let windowMilliseconds: Int64 = 60_000
    /// Lines of one event in a window.
    static let most = 60
    /// … of one that honest work makes as well.
    static let mostOrdinary = 600

    private struct Window {
        var start: Int64
        var written = 0
        var leftOut = 0
    }

    private var windows: [ServerEvent: Window] = [:]

    /// Whether a line of `event` is written at `now`, and how many of it were left out since that was last told.
    ///
    /// - Parameter now: milliseconds of a clock that never goes back.
    mutating func ask(_ event: ServerEvent, at now: Int64) -> (isWritten: Bool, leftOut: Int) {
        var window = windows[event] ?? Window(start: now)
        var leftOut = 0
        if now - window.start >= Self.windowMilliseconds {
            leftOut = window.leftOut
            window = Window(start: now)
        }
        let isWritten = window.written < (event.isOrdinary ? Self.mostOrdinary : Self.most)
        if isWritten { window.written += 1 } else { window.leftOut += 1 }
        windows[event] = window
        return (isWritten, leftOut)
    }

    /// What was left out and not told yet, in the order of the events; it counts as told.
    mutating func close() -> [(event: ServerEvent, leftOut: Int)] {
        ServerEvent.allCases.compactMap { event in
            guard let count = windows[event]?.leftOut, count > 0 else { return nil }
            windows[event]?.leftOut = 0
            return (event, count)
        }
    }
}
