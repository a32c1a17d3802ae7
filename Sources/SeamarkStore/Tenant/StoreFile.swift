internal import Glibc

/// The file of a store before SQLite sees it: nobody else may read it, and it is ours.
enum StoreFile {
    /// What SQLite is told to open. `vfs`: the name of the file system of the caller's own under which the path lies; nil for the machine's.
    static func location(of path: String, through vfs: String?) -> String { vfs.map { "file:\(path)?vfs=\($0)" } ?? path }

    /// Makes an empty file of mode 0600, and its directory of mode 0700 if there is none.
    static func create(_ path: String) throws(StoreError) {
        let doing: StaticString = "creating a store"
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            let directory = String(path[..<slash])
            if mkdir(directory, 0o700) != 0, errno != EEXIST {
                throw StoreError(system: errno, doing: doing, detail: "its directory could not be made")
            }
        }
        guard access(path + "-wal", F_OK) != 0 else {
            throw StoreError(.exists, doing: doing, detail: "the write-ahead log of another store lies at this path; move it away")
        }
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? StoreError(.exists, code: errno, doing: doing, detail: "there is a file at this path")
                : StoreError(system: errno, doing: doing, detail: "the file could not be made")
        }
        close(descriptor)
    }

    /// Is it a store of ours? Looks at the header only: opening a foreign database would already alter it.
    static func check(_ path: String) throws(StoreError) {
        let doing: StaticString = "opening a store"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? StoreError(.missing, code: errno, doing: doing, detail: "there is no file at this path")
                : StoreError(system: errno, doing: doing, detail: "the file could not be opened")
        }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 72)
        let count = header.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw StoreError(system: errno, doing: doing, detail: "the file could not be read") }
        let mark = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        guard count == 72, header.starts(with: Array("SQLite format 3\0".utf8)), mark == TenantSchema.applicationID else {
            throw StoreError(.notAStore, doing: doing, detail: "the file is not a tenant's store")
        }
    }

    /// Why the file cannot be written to, or files be made beside it: `errno`; 0 when the system says nothing against it now.
    ///
    /// The file itself is not opened: closing it again would take SQLite's locks on it away.
    static func obstacle(to path: String) -> Int32 {
        if access(path, W_OK) != 0, errno != ENOENT { return errno }
        let trial = path + trialEnding
        let descriptor = open(trial, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return errno }
        defer {
            close(descriptor)
            unlink(trial)
        }
        let page = [UInt8](repeating: 0, count: 4096)
        let count = page.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        return count < 0 ? errno : count < page.count ? ENOSPC : 0
    }

    static let trialEnding = "-trial"
}
