import Foundation
import Glibc

/// What is longer than the screen goes through the reader's pager, as git does it. Only where somebody sits at a terminal.
enum Pager {
    /// The words for a shell: `PAGER`, else `less`. Nil where it is to be written straight away.
    static func words(_ environment: [String: String]) -> String? {
        let named = environment["PAGER"] ?? "less"
        return ["", "cat"].contains(named.trimmingCharacters(in: .whitespaces)) ? nil : named
    }

    /// What it finds beside this program's own environment: colours pass, what fits is left on the screen, and nothing that was searched for is kept.
    static func environment(_ environment: [String: String]) -> [String: String] { usual.merging(environment) { $1 }.merging(always) { $1 } }

    private static let usual = ["LESS": "FRX", "LV": "-c"]
    private static let always = ["LESSHISTFILE": "-"]

    /// Waits until the reader has left it. False where it could not be started, and nothing was shown.
    static func show(_ bytes: [UInt8], by pager: String, _ environment: [String: String]) -> Bool {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Ctrl-C is the pager's. What this program ignores is none of its business.
        let heard = [SIGINT, SIGQUIT]
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        for one in heard {
            sigaddset(&signals, one)
            signal(one, SIG_IGN)
        }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let words: [String] = ["sh", "-c", pager]
        var arguments = words.map { strdup($0) } + [nil]
        var settings = self.environment(environment).sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var process = pid_t()
        let isStarted = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &settings) == 0
        close(ends[0])
        defer { for one in heard { signal(one, SIG_DFL) } }
        guard isStarted else {
            close(ends[1])
            return false
        }
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(ends[1], $0.baseAddress! + start, $0.count - start) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            start += count
        }
        close(ends[1])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return true } }
        // What a shell ends with where there is no such program, or it may not be run.
        return ![126, 127].contains(status >> 8 & 0xff)
    }
}
