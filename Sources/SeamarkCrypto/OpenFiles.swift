internal import CLinux
internal import Glibc

/// How many files this process may hold open.
///
/// The libraries below us end a process that gets no descriptor for their threads and event loops. Looked at beforehand, the
/// usual cause, a low limit, is a sentence.
public enum OpenFiles {
    public struct TooFew: Error, Hashable, Sendable, CustomStringConvertible {
        public let needed: Int

        public var description: String {
            "beginning: the system does not give \(needed) open files; close other programs, or raise the limit (ulimit -n), then try again"
        }
    }

    /// What a command opens at most at a time: a store with its log and index for each connection, a socket, and what the runtime needs.
    public static let ofACommand = 32

    /// Standard input, output and error that are closed stay so in effect, but their numbers are taken: the next file that is opened would get one of them,
    /// and a store what is printed. Call before anything is opened.
    public static func holdStandard() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that is missing. It can be used the wrong way around only, so that who reads or writes hears of it.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// As many as the system allows this process. Failing leaves the limit as it is.
    public static func raiseLimit() {
        var limit = rlimit()
        guard clinux_get_open_files(&limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = clinux_set_open_files(&limit)
    }

    /// Throws unless `count` more can be opened, raising the limit where it is in the way. Nothing stays open.
    public static func require(_ count: Int) throws(TooFew) {
        if canOpen(count) { return }
        raiseLimit()
        guard canOpen(count) else { throw TooFew(needed: count) }
    }

    private static func canOpen(_ count: Int) -> Bool {
        var opened: [Int32] = []
        opened.reserveCapacity(count)
        defer { for file in opened { close(file) } }
        opened.append(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard opened[0] >= 0 else { return false }
        while opened.count < count {
            let file = fcntl(opened[0], F_DUPFD_CLOEXEC, 0)
            guard file >= 0 else { return false }
            opened.append(file)
        }
        return true
    }
}
