internal import Glibc

/// While it is held, no other sync of the same store runs, in whichever process. Other commands go on beside it.
/// Letting go of it, or the end of the process, ends it.
public final class SyncLock: Sendable {
    private let release: @Sendable () -> Void

    init(release: @escaping @Sendable () -> Void) { self.release = release }

    deinit { release() }

    /// The lock file at `path`.
    static func take(path: String) throws(DeviceStoreError) -> SyncLock {
        let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DeviceFiles.error(errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? .syncRunning : DeviceFiles.error(code)
        }
        return SyncLock { close(descriptor) }
    }
}
