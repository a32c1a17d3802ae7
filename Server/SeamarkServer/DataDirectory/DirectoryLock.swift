internal import Glibc
internal import Synchronization

/// Says that a data directory is in use, by a lock that the system lets go of when the process ends, however it ends.
///
/// A running server holds it shared; a restore, which puts another folder in a tenant's place, holds it alone.
final class DirectoryLock: Sendable {
    private let file: Mutex<Int32>

    private init(file: Int32) { self.file = Mutex(file) }

    private static func take(
        _ directory: DataDirectory, _ operation: Int32, doing: String, wrong: String, remedy: String
    ) throws(OperationFailure) -> DirectoryLock {
        let file = open(directory.path + "/in-use.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw PrivateFile.failure(errno, doing: doing) }
        guard flock(file, operation | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            guard code == EWOULDBLOCK else { throw PrivateFile.failure(code, doing: doing) }
            throw OperationFailure(.busy, doing: doing, wrong: wrong, remedy: remedy)
        }
        return DirectoryLock(file: file)
    }

    deinit { release() }

    /// Lets go of it before its holder is gone.
    func release() {
        file.withLock { file in
            if file >= 0 { close(file) }
            file = -1
        }
    }

    static func forServing(_ directory: DataDirectory) throws(OperationFailure) -> DirectoryLock {
        try take(
            directory, LOCK_SH, doing: "starting the server", wrong: "a restore is at work in \(directory.path)", remedy: "try again when it has ended")
    }

    static func alone(_ directory: DataDirectory) throws(OperationFailure) -> DirectoryLock {
        try take(
            directory, LOCK_EX, doing: "restoring", wrong: "a server runs on \(directory.path), or another restore",
            remedy: "stop it first (SIGTERM), then restore, then start it again")
    }
}
