import Foundation
import Logging
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import Synchronization

@testable import SeamarkServer

/// A data directory of its own under the temporary folder, with one or two tenants; gone when it is let go.
final class Yard: Sendable {
    let directory: DataDirectory
    let office: Office
    let clock: TestClock

    init(clock: TestClock = TestClock()) throws {
        self.clock = clock
        let path = NSTemporaryDirectory() + "/seamark-server-test-" + Hexadecimal.text(of: try Randomness.bytes(8))
        directory = DataDirectory(path)
        _ = try Installation.create(in: directory, address: "127.0.0.1:7440", clock: clock.wall)
        office = try Office(opening: directory, clock: clock.wall)
    }

    deinit { for path in [directory.path, office.installation.keyFolder.path] { try? FileManager.default.removeItem(atPath: path) } }

    var keyFolder: KeyFolder { office.installation.keyFolder }

    /// A tenant with an engagement `ops`, on which `anna` and `ben` are staffed and `zoe` is not.
    func addTenant(_ name: String) throws -> TenantOffice {
        let short = try ShortName(checking: name, for: "a tenant")
        _ = try office.addTenant(short, title: name)
        let tenant = try office.tenant(short)
        for member in ["anna", "ben", "zoe"] {
            _ = try tenant.addMember(try ShortName(checking: member, for: "a member"), name: member, role: .consultant)
        }
        _ = try tenant.addEngagement(try ShortName(checking: "ops", for: "it"), title: "Ops", currency: "EUR", financials: nil)
        for member in ["anna", "ben"] { try tenant.staff(member, on: "ops") }
        return tenant
    }

    /// As shipped, but with a minute for what a test's own end does between a greeting and its first frame: tests share two cores with
    /// whatever else runs. Those of the limits set their own.
    func start(logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, _ change: (inout ConnectionLimits) -> Void = { _ in }) async throws -> Server {
        var limits = ConnectionLimits()
        limits.handshakeMilliseconds = 60_000
        limits.firstFrameMilliseconds = 60_000
        // A connection that a test has left is gone once the server has seen its end, which takes its time where two cores are busy.
        limits.connectionsPerDevice = 64
        change(&limits)
        return try await Server.start(directory, limits: limits, clock: clock.wall, logger: logger)
    }
}

/// The wall's time plus what a test says.
final class TestClock: Sendable {
    private let offset = Mutex<Int64>(0)

    func advance(milliseconds: Int64) { offset.withLock { $0 += milliseconds } }

    var wall: WallClock { WallClock { [self] in WallClock.system.now() + offset.withLock { $0 } } }
}

/// Runs what waits for a socket on a thread that may wait, as part of the same test.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(WaitingThreads.shared) { try await run(body) }
}

@concurrent private func run<Value: Sendable>(_ body: @Sendable () throws -> Value) async throws -> Value { try body() }

private final class WaitingThreads: TaskExecutor {
    static let shared = WaitingThreads()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Waits until something is so, at most two minutes.
func eventually(_ isSo: @Sendable () throws -> Bool) async throws -> Bool {
    for _ in 0..<12_000 {
        if try isSo() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
