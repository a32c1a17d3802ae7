import Foundation
import Glibc
import Synchronization

/// A guided interview at a terminal of its own: keys go in, and what the terminal was sent comes out.
///
/// The program leads a session whose controlling terminal this is, so that a lost line and another size reach it as they would from a window.
final class Sitting: Sendable {
    let id: pid_t
    private let terminal: Int32
    private let read = Mutex<[UInt8]>([])
    /// Its number may be another test's descriptor by then, a passphrase on its way even: nothing is read any more.
    private let isHungUp = Mutex(false)
    private let collected = Mutex<Int32?>(nil)

    deinit { if status == nil { Program.collectLater(id) } }

    init(_ laptop: Laptop, _ words: [String], columns: UInt16 = 80, rows: UInt16 = 24, environment: [String: String] = [:]) throws {
        // posix_openpt and its like are not to be seen from Swift: TIOCSPTLCK unlocks the other end, TIOCGPTN says its number.
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, 0x4004_5431, &lock) == 0, ioctl(terminal, 0x8004_5430, &number) == 0 else { throw POSIXError(.ENOTTY) }
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, 0x80)
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        defer { for end in ends { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let line = Array((Laptop.passphrase + "\n").utf8)
        guard write(ends[1], line, line.count) == line.count else { throw POSIXError(.EPIPE) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 3)
        Program.inheritNothing(in: &actions, from: 4)
        var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        variables["SEAMARK_HOME"] = laptop.home.path
        variables["XDG_RUNTIME_DIR"] = laptop.headquarters.runtime.path
        if environment["TERM"] == nil { variables["TERM"] = "xterm" }
        if environment["LC_ALL"] == nil { variables["LC_ALL"] = "C.UTF-8" }
        let path = Program.folder!.appendingPathComponent("seamark").path
        var arguments = ([path] + words + ["--passphrase-fd", "3"]).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, &attributes, &arguments, &settings)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOEXEC) }
        self.id = id
        _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
    }

    // MARK: Saying and seeing

    func type(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        try eventually("the terminal takes what is typed", within: 20) {
            look()
            let count = Array(rest.prefix(1024)).withUnsafeBytes { Glibc.write(terminal, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
            return rest.isEmpty ? true : nil
        }
    }

    /// As a terminal sends a text that is pasted.
    func paste(_ text: String) throws { try type("\u{1b}[200~" + text + "\u{1b}[201~") }

    @discardableResult
    func look() -> String {
        read.withLock { bytes in
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while !isHungUp.withLock(\.self) {
                let count = Glibc.read(terminal, &buffer, buffer.count)
                guard count > 0 else { break }
                bytes += buffer[..<count]
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The lines of the last screen that was drawn whole, without its styles.
    var screen: [String] {
        let frames = look().components(separatedBy: "\u{1b}[?25l\u{1b}[H").dropFirst()
        guard let frame = frames.last(where: { $0.contains("\u{1b}[J") }) else { return [] }
        let drawn = frame.components(separatedBy: "\u{1b}[J")[0]
        return drawn.replacing(/\u{1b}\[[0-9;]*[A-Za-z]/, with: "").components(separatedBy: "\r\n")
    }

    /// As `shows`, wherever the lines are broken.
    func tells(_ text: String, sourceLine: Int = #line) throws {
        func said() -> String { screen.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ") }
        do { try eventually("the screen tells '\(text)' (line \(sourceLine))", within: 30) { said().contains(text) ? true : nil } } catch {
            throw Program.TookTooLong(description: "\(error); it shows:\n\(screen.joined(separator: "\n"))")
        }
    }

    func shows(_ text: String, sourceLine: Int = #line) throws {
        do { try eventually("the screen shows '\(text)' (line \(sourceLine))", within: 30) { screen.contains { $0.contains(text) } ? true : nil } } catch {
            throw Program.TookTooLong(description: "\(error); it shows:\n\(screen.joined(separator: "\n"))\n\(look().suffix(300))")
        }
    }

    /// Wherever the lines are broken.
    func says(_ text: String) throws {
        do { try eventually("it says '\(text)'", within: 30) { look().contains(text) || look().replacing("\r\n", with: " ").contains(text) ? true : nil } } catch {
            throw Program.TookTooLong(description: "\(error); it said: \(look().suffix(600))")
        }
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    }

    /// Does the terminal echo and gather lines, as a shell expects it?
    var isAsAShellExpects: Bool {
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { return false }
        return settings.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
    }

    // MARK: Ending

    var status: Int32? {
        collected.withLock { known in
            if let known { return known }
            var raw: Int32 = 0
            guard waitpid(id, &raw, WNOHANG) == id else { return nil }
            known = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
            return known
        }
    }

    func send(_ signal: Int32) { collected.withLock { if $0 == nil { _ = Glibc.kill(id, signal) } } }

    /// The terminal is gone, as when a window closes or a connection is cut.
    func hangUp() {
        isHungUp.withLock { isHungUp in
            guard !isHungUp else { return }
            isHungUp = true
            close(terminal)
        }
    }

    @discardableResult
    func ended(within seconds: Double = 20) throws -> Int32 {
        do {
            return try eventually("the interview ends", within: seconds) {
                look()
                return status
            }
        } catch {
            send(SIGKILL)
            _ = try? eventually("it is gone", within: 5) { status }
            throw error
        }
    }
}
