import Foundation
import Glibc
import SeamarkModel
import Synchronization

/// Looks every few milliseconds at how much waits on standard input while nobody reads it, and takes nothing: so that keys that somebody types ahead
/// of a slow disk can be told from a paste.
final class ArrivalWatch: Sendable {
    private struct Seen {
        var isOver = false
        var waiting = 0
        var arrivals: [KeyBurst.Arrival] = []
    }

    private let seen = Mutex(Seen())

    init() {
        look()
        Thread.detachNewThread { [weak self] in
            while true {
                usleep(10_000)
                guard let self, self.look() else { return }
            }
        }
    }

    /// What came since the beginning, the oldest first.
    func end() -> [KeyBurst.Arrival] {
        look()
        return seen.withLock { seen in
            seen.isOver = true
            return seen.arrivals
        }
    }

    /// False once it is over.
    @discardableResult
    private func look() -> Bool {
        seen.withLock { seen in
            guard !seen.isOver else { return false }
            var count: Int32 = 0
            guard ioctl(0, UInt(FIONREAD), &count) == 0 else { return true }
            let now = Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
            if Int(count) > seen.waiting { seen.arrivals.append(KeyBurst.Arrival(milliseconds: now, bytes: Int(count) - seen.waiting)) }
            seen.waiting = Int(count)
            return true
        }
    }
}
