internal import Glibc
internal import Synchronization

/// Says that a data directory is in use, by a lock that the system lets go of when the process ends, however it ends.
///
/// A running server holds it shared; what puts another folder in a tenant's place, or takes it away, holds it alone: a restore, a shredding.
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
            directory, LOCK_SH, doing: "starting the server", wrong: "a restore or a shredding is at work in \(directory.path)", remedy: "try again when it has ended")
    }

    static func alone(_ directory: DataDirectory, doing: String) throws(OperationFailure) -> DirectoryLock {
        try take(
            directory, LOCK_EX, doing: doing, wrong: "a server runs on \(directory.path), or a restore or a shredding",
            remedy: "stop it first (SIGTERM), try again, then start it again")
    }

    /// This one folder, held alone; nil where somebody else holds it, it is not there, or it cannot be looked at.
    static func free(folder path: String) -> DirectoryLock? {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        return DirectoryLock(file: file)
    }

    /// Waits until nobody else holds this one folder, which is there.
    static func waiting(forFolder path: String) throws(OperationFailure) -> DirectoryLock {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw PrivateFile.failure(errno, doing: "locking \(path)") }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let code = errno
                close(file)
                throw PrivateFile.failure(code, doing: "locking \(path)")
            }
        }
        return DirectoryLock(file: file)
    }
}
