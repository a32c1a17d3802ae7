import Glibc

/// What ends every wait for the network at once: a descriptor that becomes readable when the program is asked to stop, and stays so.
public struct StopLine: Sendable {
    private let descriptor: Int32

    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// The ends of a pipe, closed to programs that are started from here; nil where the system gives none.
    public static func pipe() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Nobody will ask.
    public static let never = StopLine(descriptor: -1)

    public var isRaised: Bool { wait(milliseconds: 0) }

    /// Waits so long at most; true when the program is asked to stop.
    @discardableResult
    public func wait(milliseconds: Int32) -> Bool {
        guard descriptor >= 0 || milliseconds > 0 else { return false }
        return Self.wait(nil, self, milliseconds: milliseconds) == .stopped
    }

    enum Outcome: Equatable { case ready, stopped, late, failed(Int32) }

    /// Waits until something can be done with a descriptor, or the program is asked to stop, which goes first.
    static func wait(_ other: (descriptor: Int32, events: Int16)?, _ stop: StopLine, milliseconds: Int32) -> Outcome {
        var waiting = [
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: other?.descriptor ?? -1, events: other?.events ?? 0, revents: 0),
        ]
        while true {
            let ready = poll(&waiting, 2, milliseconds)
            if ready < 0, errno == EINTR { continue }
            if ready < 0 { return .failed(errno) }
            if waiting[0].revents != 0 { return .stopped }
            return ready == 0 ? .late : .ready
        }
    }
}
