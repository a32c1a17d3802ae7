internal import ArgumentParser
@preconcurrency internal import Dispatch
internal import Glibc
internal import Logging
internal import SeamarkCrypto
internal import SeamarkServer

struct RunVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Serve all tenants until SIGTERM or SIGINT, then finish what is being pushed and end.",
        discussion: """
            For example:
              seamark-server run
              seamark-server run --data /srv/seamark --listen 0.0.0.0:7440

            Prints the address that it listens on; logs go to standard error.
            """)

    @OptionGroup var data: DataOption
    @Option(help: "ADDRESS:PORT of this machine; port 0 for any that is free (default: 127.0.0.1, and the port that invitations name).")
    var listen: String?
    @Option(help: "Connections that one address may have at a time.")
    var connectionsPerAddress = 64
    @Option(help: "Least level of log lines: debug, info, notice, warning, error.", completion: .list(["debug", "info", "notice", "warning", "error"]))
    var logLevel = "notice"

    func run() async throws {
        let listen = try listen ?? "127.0.0.1:\(data.office().installation.port)"
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]), colon != listen.startIndex else {
            throw ValidationError("--listen is ADDRESS:PORT, such as 127.0.0.1:7440")
        }
        guard connectionsPerAddress > 0 else { throw ValidationError("--connections-per-address is at least 1") }
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level is one of debug, info, notice, warning, error")
        }
        var host = String(listen[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        OpenFiles.raiseLimit()
        // Before anything else: a signal that arrives while we start must not kill a half-begun server.
        let signals = Signals([SIGTERM, SIGINT])
        var limits = ConnectionLimits()
        limits.connectionsPerAddress = connectionsPerAddress
        let server = try await Server.start(data.directory, host: host, port: Int(port), limits: limits)
        if !Output.say("Listening on \(host):\(server.port).\n", on: STDOUT_FILENO) {
            Output.say("seamark-server: the address could not be printed; listening on \(host):\(server.port) all the same.\n", on: STDERR_FILENO)
        }
        await signals.first()
        await server.stop()
    }
}

/// Waits for signals that would end the process otherwise.
private final class Signals: Sendable {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
    }

    func first() async { for await _ in stream { return } }
}
