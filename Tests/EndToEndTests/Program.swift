import Foundation
import Glibc
import Synchronization

/// One of the programs that were built beside the tests, run as a process of its own the way a person or a script would run it.
///
/// Spawned without Foundation's `Process`, which closes every descriptor but the first three: a passphrase comes by a pipe of its own.
final class Program: Sendable {
    /// What a program left behind.
    struct Result {
        let status: Int32
        let output: String
        let error: String
    }

    struct TookTooLong: Error, CustomStringConvertible {
        let description: String
    }

    let id: pid_t
    private let name: String
    private let output: String
    private let error: String
    /// The wait status, once it was collected. A process is collected once only; its number may be another's afterwards.
    private let collected = Mutex<Int32?>(nil)
    private let core = Mutex(false)

    deinit { if status == nil { Self.collectLater(id) } }

    /// Collects a process, whenever it ends, that nobody waits for any more. One that has ended and is collected by nobody hides every later one from whoever waits
    /// for any process, as the testing library does for its exit tests: these would never end.
    static func collectLater(_ id: pid_t) {
        Thread.detachNewThread { while waitpid(id, nil, 0) < 0, errno == EINTR {} }
    }

    /// Starts `name` with `words`. The three files lie in `folder`; `passphrase` arrives as one line on descriptor 3.
    init(_ name: String, _ words: [String], in folder: URL, environment: [String: String] = [:], input: String = "", passphrase: String? = nil) throws {
        self.name = ([name] + words.prefix(2)).joined(separator: " ")
        let base = folder.appendingPathComponent("run-\(UUID().uuidString)").path
        (output, error) = (base + ".out", base + ".err")
        try Data(input.utf8).write(to: URL(fileURLWithPath: base + ".in"))
        var words = words
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, base + ".in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var ends: [Int32] = [-1, -1]
        defer { for end in ends where end >= 0 { close(end) } }
        if let passphrase {
            guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let line = Array((passphrase + "\n").utf8)
            guard write(ends[1], line, line.count) == line.count else { throw POSIXError(.EPIPE) }
            posix_spawn_file_actions_adddup2(&actions, ends[0], 3)
            words += ["--passphrase-fd", "3"]
        }
        Self.inheritNothing(in: &actions, from: passphrase == nil ? 3 : 4)
        var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        variables["NO_COLOR"] = "1"
        let path = name.hasPrefix("/") ? name : Self.folder!.appendingPathComponent(name).path
        var arguments = ([path] + words).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, nil, &arguments, &settings)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOEXEC) }
        self.id = id
    }

    /// A program shall inherit nothing of what tests beside its own hold at this moment, sockets above all: it would hold them until its end.
    /// Closing a descriptor that nobody has open is no error here.
    static func inheritNothing(in actions: inout posix_spawn_file_actions_t, from first: Int32) {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.compactMap { Int32($0) } ?? []
        // Beyond the last one, for those that are opened meanwhile.
        for descriptor in first..<max(first, open.max() ?? first) + 32 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    }

    /// Nil while it runs; negative for the signal that ended it.
    var status: Int32? {
        collected.withLock { known in
            if let known { return known }
            var raw: Int32 = 0
            guard waitpid(id, &raw, WNOHANG) == id else { return nil }
            known = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
            core.withLock { $0 = raw & 0x80 != 0 }
            return known
        }
    }

    /// Whether the kernel wrote its memory away when it ended.
    var leftCore: Bool { core.withLock { $0 } }

    var outputSoFar: String { String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: output))) ?? Data(), as: UTF8.self) }
    var errorSoFar: String { String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: error))) ?? Data(), as: UTF8.self) }

    /// How many seconds a test waits for what another process does in its own time. It ends what hangs and measures nothing: a machine with much else to do
    /// is slow, not wrong.
    static let patience = 120.0

    /// Waits for its end; kills it and throws when that does not come in time.
    func finish(within seconds: Double = patience) throws -> Result {
        do {
            let status = try eventually("\(name) ends", within: seconds) { self.status }
            return Result(status: status, output: outputSoFar, error: errorSoFar)
        } catch {
            kill()
            throw TookTooLong(description: "\(name) did not end within \(seconds) seconds; it had said: \(errorSoFar)")
        }
    }

    func send(_ signal: Int32) {
        collected.withLock { known in
            if known == nil { _ = Glibc.kill(id, signal) }
        }
    }

    /// Ends it at once, as a power cut would, and collects it.
    func kill() {
        send(SIGKILL)
        _ = try? eventually("it is gone", within: 5) { self.status }
    }

    /// The folder of the programs: what `SEAMARK_PROGRAMS` names, else of the build that the tests belong to.
    static let folder: URL? = {
        if let chosen = ProcessInfo.processInfo.environment["SEAMARK_PROGRAMS"] { return URL(fileURLWithPath: chosen).absoluteURL }
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            if FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("seamark-server").path) { return folder }
            folder.deleteLastPathComponent()
        }
        return nil
    }()
}

/// Asks again until there is an answer. For what another process does in its own time.
@discardableResult
func eventually<Value>(_ what: String, within seconds: Double = Program.patience, _ look: () throws -> Value?) throws -> Value {
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    while true {
        if let value = try look() { return value }
        guard DispatchTime.now().uptimeNanoseconds < end else { throw Program.TookTooLong(description: "waited \(seconds) seconds for this: \(what)") }
        usleep(4000)
    }
}
