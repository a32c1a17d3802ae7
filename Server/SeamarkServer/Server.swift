internal import Glibc
public import Logging
internal import NIOCore
internal import NIOPosix
internal import SeamarkCrypto
internal import SeamarkTLS
internal import Synchronization

/// A server that listens: all tenants of one data directory behind one port.
///
/// `Server.start` returns when it takes connections. `stop` takes no more, finishes and commits what is being pushed, says goodbye to
/// everybody and closes the stores; afterwards the process may end and nothing acknowledged is lost.
public final class Server: Sendable {
    /// The port that it listens on.
    public let port: Int
    let services: ConnectionServices
    let roster: Roster
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let watch: Watch
    private let lock: DirectoryLock
    private let isStopped = Mutex(false)

    /// How long `stop` waits for devices that take no farewell.
    static let longestStop: Duration = .seconds(10)

    private init(
        port: Int, services: ConnectionServices, roster: Roster, group: MultiThreadedEventLoopGroup, listener: any Channel, watch: Watch,
        lock: DirectoryLock
    ) {
        self.port = port
        self.services = services
        self.roster = roster
        self.group = group
        self.listener = listener
        self.watch = watch
        self.lock = lock
    }

    /// What happened at the listener so far.
    public var counts: ConnectionCounts { services.register.counts }

    /// Looks for new tenants now, rather than within a twentieth of a second.
    public func refresh() throws { try roster.refresh() }

    /// - Parameters:
    ///   - directory: made by `Installation.create`.
    ///   - host: an address of this machine.
    ///   - port: 0 for any that is free.
    /// - Throws: `OperationFailure`: no installation, keys that others may read, a port that is taken.
    public static func start(
        _ directory: DataDirectory, host: String = "127.0.0.1", port: Int = 0, limits: ConnectionLimits = ConnectionLimits(),
        clock: WallClock = .system, logger: Logger = Logger(label: "seamark.server")
    ) async throws -> Server {
        var installation = try Installation(opening: directory)
        let lock = try DirectoryLock.forServing(directory)
        Restoring.sweep(directory)
        if installation.succession == nil { try installation.finishSuccession(at: clock.now()) }
        if installation.isRenewalDue(at: clock.now()) { installation = try installation.renewed(at: clock.now()) }
        let register = ConnectionRegister(limits: limits) { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
        let log = ServerLog(logger) { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
        let roster = Roster(directory: directory, keyFolder: installation.keyFolder, register: register, clock: clock, log: log)
        try roster.refresh(atStart: true)
        let chooser: TLSServerContext.Chooser = { roster.choice(for: $0) }
        let workers = NIOThreadPool(numberOfThreads: max(2, System.coreCount))
        let services = ConnectionServices(
            limits: limits, register: register, door: TenantDoor(), workers: workers, log: log, clock: clock,
            context: try TLSServerContext(identity: try installation.identity(), chooser: chooser))
        // SwiftNIO ends the process where it gets no descriptors for its loops.
        try OpenFiles.require(OpenFiles.ofACommand + 4 * System.coreCount)
        workers.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount))
        do {
            let listener = try await bind(services, group, host: host, port: port)
            let watch = Watch(directory: directory, installation: installation, roster: roster, services: services, chooser: chooser)
            watch.start()
            let bound = listener.localAddress?.port ?? port
            log.note(.listening, [.port: "\(bound)", .tenants: "\(roster.tenants.count)"])
            return Server(port: bound, services: services, roster: roster, group: group, listener: listener, watch: watch, lock: lock)
        } catch {
            try? await workers.shutdownGracefully()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func bind(
        _ services: ConnectionServices, _ group: MultiThreadedEventLoopGroup, host: String, port: Int
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: ChannelOptions.Types.WriteBufferWaterMark(low: 64 * 1024, high: 256 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try take(channel, services) }
            }
        do {
            return try await bootstrap.bind(host: host, port: port).get()
        } catch {
            throw OperationFailure(
                .unavailable, doing: "listening on \(host):\(port)", wrong: "the system does not allow it (\(Self.words(error)))",
                remedy: "choose another address or port with --listen, or stop what uses it")
        }
    }

    /// What the system says, without the name of the call.
    private static func words(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    private struct TooMany: Error {}

    private static func source(of address: SocketAddress?) -> Source {
        switch address {
        // Where Linux has the address in sockaddr_in and sockaddr_in6: ip(7), ipv6(7).
        case .v4(let four): Source(withUnsafeBytes(of: four.address) { Array($0[4..<8]) })
        case .v6(let six): Source(withUnsafeBytes(of: six.address) { Array($0[8..<24]) })
        case .unixDomainSocket, nil: .other
        }
    }

    /// Makes a connection of an accepted socket, or throws, which closes it.
    private static func take(_ channel: any Channel, _ services: ConnectionServices) throws {
        let loop = channel.eventLoop
        // The register outlives the handler; the way to it leads over its loop.
        let place = NIOLoopBoundBox<Connection?>(nil, eventLoop: loop)
        let number = services.register.entered(from: source(of: channel.remoteAddress), wake: { loop.execute { place.value?.woken() } }) { ending in
            loop.execute { place.value?.end(ending) }
        }
        guard let number else {
            services.log.note(.limitReached, [.address: channel.remoteAddress?.ipAddress ?? "-"])
            throw TooMany()
        }
        let connection = Connection(services: services, number: number, loop: loop)
        place.value = connection
        // The box is emptied when the channel closes, so that the handler is freed with it.
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            place.value = nil
            services.register.left(number)
        }
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    /// Takes no more connections, finishes what is being pushed, says goodbye, closes the stores. Calling it again does nothing.
    public func stop() async {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        let register = services.register
        services.log.note(.stopping)
        await watch.stop()
        try? await listener.close()
        register.endAll(.stopping)
        let clock = ContinuousClock()
        let deadline = clock.now + Self.longestStop
        while !register.isEmpty, clock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
        register.endAll(.cutting)
        // What the writers were given is committed even when nobody waits for the answer any more.
        await roster.close()
        watch.writeCounts()
        lock.release()
        try? await services.workers.shutdownGracefully()
        try? await group.shutdownGracefully()
        services.log.close()
        services.log.note(.stopped)
    }
}
