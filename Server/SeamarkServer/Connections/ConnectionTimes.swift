internal import NIOCore

/// How long one connection has taken for what it is at, and what of that is overdue. A pure machine: times are arguments.
struct ConnectionTimes {
    /// What a connection is at, as far as its times go.
    enum Stage { case arriving, serving, leaving, gone }

    /// What was not done in time.
    enum Overdue: Hashable { case handshake, firstFrame, frame, idle, farewell }

    let began: NIODeadline
    /// When the server's greeting went out.
    var greeted: NIODeadline?
    var hasHeardFrame = false
    var lastActivity: NIODeadline
    /// When it began to take its leave.
    var leaving: NIODeadline?
    /// Since when a frame is incomplete, and how many bytes have come since.
    var frameWindow: (start: NIODeadline, bytes: Int)?

    init(began: NIODeadline) {
        self.began = began
        lastActivity = began
    }

    /// When to look again; nil when there is nothing to wait for.
    func next(in stage: Stage, at now: NIODeadline, _ limits: ConnectionLimits) -> NIODeadline? {
        switch stage {
        case .arriving: return began + .milliseconds(limits.handshakeMilliseconds)
        case .serving:
            var next = lastActivity + .milliseconds(limits.idleMilliseconds)
            if !hasHeardFrame { next = min(next, (greeted ?? now) + .milliseconds(limits.firstFrameMilliseconds)) }
            // Looked at often enough for a window that opens meanwhile.
            return min(next, (frameWindow?.start ?? now) + .milliseconds(limits.frameWindowMilliseconds))
        case .leaving: return (leaving ?? now) + .milliseconds(limits.farewellMilliseconds)
        case .gone: return nil
        }
    }

    /// What is overdue. A frame that comes fast enough begins its next window.
    ///
    /// - Parameter isBusy: answers are due, so that silence is ours.
    mutating func overdue(in stage: Stage, isBusy: Bool, at now: NIODeadline, _ limits: ConnectionLimits) -> Overdue? {
        func isPast(_ start: NIODeadline?, _ milliseconds: Int64) -> Bool { start.map { now >= $0 + .milliseconds(milliseconds) } ?? false }
        switch stage {
        case .arriving: return isPast(began, limits.handshakeMilliseconds) ? .handshake : nil
        case .serving:
            if !hasHeardFrame, !isBusy, isPast(greeted, limits.firstFrameMilliseconds) { return .firstFrame }
            if let window = frameWindow, isPast(window.start, limits.frameWindowMilliseconds) {
                if window.bytes < limits.leastFrameBytes { return .frame }
                frameWindow = (now, 0)
                return nil
            }
            return !isBusy && isPast(lastActivity, limits.idleMilliseconds) ? .idle : nil
        case .leaving: return isPast(leaving, limits.farewellMilliseconds) ? .farewell : nil
        case .gone: return nil
        }
    }
}
