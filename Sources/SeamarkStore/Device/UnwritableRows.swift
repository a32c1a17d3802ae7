internal import Foundation
internal import Glibc
internal import Synchronization

/// The rows of a file that cannot be written now, as they were when it was opened.
///
/// SQLite reads what lies in its write-ahead log only where it may write beside it. On a full or read-only disk it is given a copy in memory, of what is
/// sealed as it lies there, and the copy is gone when the rows are read. Who writes opens the file again, and is told why it cannot be written.
final class UnwritableRows: RowShelf {
    private let path: String
    private let found: MemoryRowShelf
    private let opened = Mutex<SQLiteRowShelf?>(nil)

    /// Throws where there is no memory to copy into, where somebody goes on writing, and what opening the copy does.
    init(of path: String) throws {
        self.path = path
        guard let folder = Self.folder() else { throw DeviceStoreError.full }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.copy(path, to: folder + "/rows")
        let copy = try SQLiteRowShelf(path: folder + "/rows")
        var rows: [MemoryRowShelf.Row] = []
        try copy.read { try $0.forEach(after: 0) { rows.append(($0, $1)) } }
        try copy.close()
        found = MemoryRowShelf(rows)
    }

    /// For its owner alone, in memory.
    private static func folder() -> String? {
        for place in ["/dev/shm", ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""] where !place.isEmpty {
            var template = Array((place + "/.seamark-rows-XXXXXX").utf8CString)
            if mkdtemp(&template) != nil { return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        }
        return nil
    }

    /// The file and its log as they are at one moment: nobody adds to the log, or moves it into the file, meanwhile.
    private static func copy(_ path: String, to copy: String) throws {
        for _ in 0..<50 {
            let isWhole = try keepingWritersOut(path) {
                for part in ["", "-wal"] {
                    unlink(copy + part)
                    guard access(path + part, F_OK) == 0 else { continue }
                    try FileManager.default.copyItem(atPath: path + part, toPath: copy + part)
                    chmod(copy + part, 0o600)
                }
            }
            if isWhole { return }
        }
        throw DeviceStoreError.busy
    }

    /// `F_OFD_SETLK`, which is a macro for GNU sources alone: the lock of an open file, so that closing it takes none of SQLite's own in this process away.
    private static let setLockOfOpenFile: Int32 = 37

    /// Holds what SQLite's writers and checkpoints hold in a log's shared memory (bytes 120 and 121 of the `-shm` file), shared, so that there are none.
    ///
    /// - Returns: whether it was held all the time. Without shared memory nobody has the store open, unless it is there by now.
    private static func keepingWritersOut(_ path: String, _ body: () throws -> Void) throws -> Bool {
        let index = path + "-shm"
        let descriptor = Glibc.open(index, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            try body()
            return access(index, F_OK) != 0
        }
        defer { close(descriptor) }
        var range = flock(l_type: Int16(F_RDLCK), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 2, l_pid: 0)
        var attempts = 0
        while fcntl(descriptor, setLockOfOpenFile, &range) != 0 {
            attempts += 1
            guard attempts < 500, errno == EAGAIN || errno == EACCES || errno == EINTR else { throw DeviceStoreError.busy }
            usleep(20_000)
        }
        try body()
        return true
    }

    func read<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value {
        if let shelf = opened.withLock({ $0 }) { return try shelf.read(body) }
        return try found.read(body)
    }

    func write<Value>(_ body: (any RowAccess) throws -> Value) throws -> Value {
        let shelf = try opened.withLock { opened in
            if let opened { return opened }
            let shelf = try SQLiteRowShelf(path: path)
            opened = shelf
            return shelf
        }
        return try shelf.write(body)
    }

    func eraseTraces() throws { try opened.withLock { $0 }?.eraseTraces() }
}
