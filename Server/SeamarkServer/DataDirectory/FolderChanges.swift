internal import Glibc

/// Whether a name in a folder was made, replaced or taken away since the folder was last read.
///
/// What is altered while somebody reads is seen the next time: two alterations within one tick of the file system's clock too, because a time that is
/// not past yet is not remembered.
struct FolderChanges {
    /// What a look found that is to be read. Remember it when it was.
    struct Look {
        fileprivate let altered: Int64
        fileprivate let isPast: Bool
    }

    private static let tickNanoseconds: Int64 = 50_000_000

    private var remembered: Int64 = .min

    /// Nil when nothing was altered, or the system does not say.
    func look(at folder: String) -> Look? {
        var facts = stat()
        guard stat(folder, &facts) == 0 else { return nil }
        let altered = Self.nanoseconds(facts.st_mtim)
        guard altered != remembered else { return nil }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Look(altered: altered, isPast: Self.nanoseconds(now) &- altered > Self.tickNanoseconds)
    }

    mutating func remember(_ look: Look) {
        if look.isPast { remembered = look.altered }
    }

    private static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
}
