internal import CLinux
internal import Glibc
internal import SeamarkCrypto

/// The process of the key agent: this program once more, away from every terminal, holding nothing but what it needs.
public enum KeyAgentProcess {
    /// The hidden verb.
    public static let verb = "key-agent"
    /// Where it says one byte when it listens, or why it does not.
    private static let report: Int32 = 3

    private enum Word: UInt8 {
        case ready = 1
        /// There is an agent already.
        case another
        case noPlace, unlocked, failed

        var words: String {
            switch self {
            case .ready, .another: "it listens"
            case .noPlace: "its folder is not its user's alone"
            case .unlocked: "this system locks no memory for it (ulimit -l)"
            case .failed: "it could not listen"
            }
        }
    }

    /// Why it was not started by a command that needs it.
    public struct NotStarted: Error {}

    /// Is the agent, until it keeps nothing any more. The process is hardened already.
    public static func run(folder: String) throws {
        var facts = stat()
        guard fstat(report, &facts) == 0, facts.st_mode & S_IFMT == S_IFIFO, setsid() >= 0, chdir("/") == 0 else { throw NotStarted() }
        clinux_close_from(UInt32(report) + 1)
        func say(_ word: Word) {
            var byte = word.rawValue
            _ = write(report, &byte, 1)
            close(report)
        }
        guard ProcessHardening.locksMemory else { return say(.unlocked) }
        guard let place = try? KeyAgentPlace(folder, user: geteuid(), making: false) else { return say(.noPlace) }
        let service: KeyAgentService
        do throws(KeyAgentService.Failure) { service = try KeyAgentService(at: place) } catch { return say(error == .another ? .another : .failed) }
        say(.ready)
        service.run()
    }

    /// Starts one and waits until it listens, or another does.
    static func start(at place: KeyAgentPlace) throws(KeyAgentFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .failed("opening a pipe", errno) }
        defer { for end in ends where end >= 0 { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Away from 3 first: a descriptor that is copied to itself stays closed to programs.
        let end = fcntl(ends[1], F_DUPFD_CLOEXEC, 10)
        guard end >= 0 else { throw .failed("opening a pipe", errno) }
        defer { close(end) }
        for descriptor in [0, 1, 2] as [Int32] { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        posix_spawn_file_actions_adddup2(&actions, end, report)
        let words: [String] = ["seamark", verb, place.folder]
        var arguments = words.map { strdup($0) } + [nil]
        // Nothing of the environment but where the runtime's libraries lie: it may hold what nobody should keep for hours.
        let libraries = getenv("LD_LIBRARY_PATH").map { ["LD_LIBRARY_PATH=" + String(cString: $0)] } ?? []
        var settings = libraries.map { strdup($0) } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, "/proc/self/exe", &actions, nil, &arguments, &settings)
        guard code == 0 else { throw .failed("starting a process", code) }
        close(ends[1])
        ends[1] = -1
        var waiting = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        var ready: Int32
        repeat { ready = poll(&waiting, 1, 10_000) } while ready < 0 && errno == EINTR
        guard ready > 0, Glibc.read(ends[0], &byte, 1) == 1, let word = Word(rawValue: byte) else { throw .didNotBegin("it ended at once") }
        guard word == .ready || word == .another else { throw .didNotBegin(word.words) }
    }
}
