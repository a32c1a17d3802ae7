internal import CLinux
internal import COpenSSL
internal import Glibc

/// What a process that holds secrets does first.
public enum ProcessHardening {
    /// A step that the kernel refused, with its error number.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public let doing: String
        public let code: Int32

        public var description: String { "protecting this process: the kernel refused \(doing) (error \(code))" }
    }

    /// No core files, no attaching by other processes of the same user, no provider or setting of libcrypto taken from
    /// `OPENSSL_CONF`. A program that fails ends at once: where a Swift toolchain is installed, the runtime would hand its
    /// memory to a backtracer, which prints what it finds there, or waits for ever for a process that it may not read.
    /// Call before any other function of this module and before any thread is started.
    ///
    /// Afterwards /proc/self belongs to root: a program run by somebody else cannot read its own /proc/self/fd.
    public static func apply() throws(Refusal) {
        precondition(OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1, "libcrypto could not begin")
        let core = clinux_forbid_core_files()
        guard core == 0 else { throw Refusal(doing: "forbidding core files", code: -core) }
        let dumpable = clinux_set_dumpable(0)
        guard dumpable == 0 else { throw Refusal(doing: "closing the memory to other processes", code: -dumpable) }
        for signal in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
            let ended = clinux_end_by(signal)
            guard ended == 0 else { throw Refusal(doing: "ending at once when this program fails", code: -ended) }
        }
    }

    /// Whether the kernel keeps as much of this process out of swap as many keys take. One that holds keys for hours asks beforehand.
    public static var locksMemory: Bool {
        let count = 64 * 1024
        guard let pages = clinux_map_pages(count) else { return false }
        defer { munmap(pages, count) }
        return mlock(pages, count) == 0
    }

    /// Whether other processes of this user may read this one's memory.
    public static var isDumpable: Bool { clinux_get_dumpable() != 0 }
}
