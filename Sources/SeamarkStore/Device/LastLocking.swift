internal import Glibc

/// When a store was locked last. A key that the system forgets at a locking stays in the memory of what has the store open, so each of these compares.
struct LastLocking: Equatable, Sendable {
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil where it was never locked, or its files are gone.
    init?(at path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
    }

    /// Another one than any before. It takes no room beyond a name, so that a full disk seldom keeps a store from being locked.
    static func note(at path: String) throws(DeviceStoreError) {
        let descriptor = Glibc.open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DeviceFiles.error(errno) }
        defer { close(descriptor) }
        var (facts, now) = (stat(), timespec())
        guard fstat(descriptor, &facts) == 0, clock_gettime(CLOCK_REALTIME, &now) == 0 else { throw DeviceFiles.error(errno) }
        // Whatever the clock does, two lockings are two.
        if (now.tv_sec, now.tv_nsec) <= (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec) {
            now = facts.st_mtim
            now.tv_nsec += 1
            if now.tv_nsec == 1_000_000_000 { (now.tv_sec, now.tv_nsec) = (now.tv_sec + 1, 0) }
        }
        guard [now, now].withUnsafeBufferPointer({ futimens(descriptor, $0.baseAddress!) }) == 0 else { throw DeviceFiles.error(errno) }
    }
}

extension DeviceStore {
    /// Tells everything that has the store open that it was locked; its key is forgotten by whoever keeps it, before.
    public func noteLocking() throws(DeviceStoreError) { try LastLocking.note(at: files.lastLocking) }
}
