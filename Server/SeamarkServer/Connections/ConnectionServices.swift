internal import NIOCore
internal import NIOPosix
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTLS
internal import Synchronization

/// What all connections of one listener share.
final class ConnectionServices: Sendable {
    let limits: ConnectionLimits
    let register: ConnectionRegister
    let door: TenantDoor
    /// Reads of stores, signatures, inflating: what must not hold up an event loop.
    let workers: NIOThreadPool
    let log: ServerLog
    let clock: WallClock
    private let context: Mutex<TLSServerContext>

    init(
        limits: ConnectionLimits, register: ConnectionRegister, door: TenantDoor, workers: NIOThreadPool, log: ServerLog, clock: WallClock,
        context: TLSServerContext
    ) {
        self.limits = limits
        self.register = register
        self.door = door
        self.workers = workers
        self.log = log
        self.clock = clock
        self.context = Mutex(context)
    }

    func tlsContext() -> TLSServerContext { context.withLock { $0 } }

    /// Conversations to come use `context`: the certificate was renewed.
    func replace(_ context: TLSServerContext) { self.context.withLock { $0 = context } }

    /// Notes a failure of ours. Errors of stores and keys say what was being done and hold no data.
    func fault(_ doing: String, _ error: any Error) {
        register.count { $0.faults += 1 }
        log.note(.fault, [.doing: doing, .reason: "\(error)"])
    }

    /// What a device hears of a failure of ours. A full disk and a damaged store are said as such: whoever runs the server can end them, and
    /// nobody else.
    static func problem(for error: any Error) -> Problem {
        if let error = error as? StoreError {
            if error.reason == .full { return Problem(.serverFull, "the server's disk is full; nothing was stored, make room there and try again") }
            if error.isDamage { return ClosedTenant.problem }
        }
        return Problem(.serverFault, "the server could not do this; nothing was stored, try again")
    }
}
