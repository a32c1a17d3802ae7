import Foundation
import SeamarkClient
import Synchronization

/// A device that watches in a thread of its own, as `seamark sync --watch` does.
final class Watcher: Sendable {
    private let device: Device
    private let stopping: (reading: Int32, writing: Int32)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let isWatching = DispatchSemaphore(value: 0)
    private let synced: @Sendable (SyncRun.Report, Double) -> Void
    private let failure = Mutex<String?>(nil)

    /// - Parameters:
    ///   - pollMilliseconds: how often it looks at what this laptop captured; nil for what `seamark` does.
    ///   - synced: is told what went up or came down, when it is durable.
    init(_ device: Device, pollMilliseconds: Int32? = nil, synced: @escaping @Sendable (SyncRun.Report, Double) -> Void = { _, _ in }) throws {
        guard let pipe = StopLine.pipe() else { throw Failure(what: "no pipe") }
        self.device = device
        self.synced = synced
        stopping = pipe
        let thread = Thread { self.watch(pollMilliseconds) }
        thread.stackSize = 4 << 20
        thread.start()
        guard isWatching.wait(timeout: .now() + 60) == .success else { throw Failure(what: "a device does not come to watch: \(failure.withLock { $0 } ?? "no reason")") }
        if let failure = failure.withLock({ $0 }) { throw Failure(what: failure) }
    }

    func stop() {
        close(stopping.writing)
        hasEnded.wait()
        close(stopping.reading)
    }

    private func watch(_ pollMilliseconds: Int32?) {
        var settings = SyncRun.Watching()
        if let pollMilliseconds { settings.pollMilliseconds = pollMilliseconds }
        do {
            _ = try SyncRun.watch(device, attachments: .none, settings, dice: { 7 }, stop: StopLine(descriptor: stopping.reading)) { happening in
                switch happening {
                case .watching: isWatching.signal()
                case .synced(let report): synced(report, now())
                case .certificate: break
                case .lost(let lost, _): failure.withLock { $0 = "a watch was lost: \(lost)" }
                }
            }
        } catch { failure.withLock { $0 = "a watch ended: \(error)" } }
        isWatching.signal()
        hasEnded.signal()
    }
}

/// Runs all of them at once, each in a thread of its own. Returns the seconds from the start of all to the end of the last, and what failed.
func together(_ bodies: [@Sendable () throws -> Void]) -> (seconds: Double, failures: [String]) {
    let failures = Mutex<[String]>([])
    let begin = DispatchSemaphore(value: 0), end = DispatchGroup()
    for body in bodies {
        end.enter()
        let thread = Thread {
            begin.wait()
            do { try body() } catch { failures.withLock { $0.append("\(error)") } }
            end.leave()
        }
        thread.stackSize = 4 << 20
        thread.start()
    }
    let start = now()
    for _ in bodies { begin.signal() }
    end.wait()
    return (now() - start, failures.withLock { $0 })
}
