internal import Glibc
internal import SeamarkStore

/// Files that only their owner may read: keys, certificates' companions, settings.
///
/// Written whole or not at all (a new file, made durable, then renamed or linked into place), mode 0600 in folders of mode 0700.
/// A file that others may read is refused when it is read: it has to be taken for known to them.
enum PrivateFile {
    /// No key file, certificate or settings file is longer, but for lists that grow with the tenant (`TenantKey.Role.longest`).
    static let mostBytes = 64 * 1024

    /// Makes `folder` with mode 0700. Refuses one that is there already, unless `mayExist`.
    static func makeFolder(_ folder: String, mayExist: Bool = false) throws(OperationFailure) {
        guard mkdir(folder, 0o700) != 0 else { return }
        let code = errno
        if code == EEXIST {
            guard mayExist else {
                throw OperationFailure(
                    .badInput, doing: "making the folder \(folder)", wrong: "it is there already", remedy: "choose another name or place")
            }
            return try requirePrivate(folder, isFolder: true)
        }
        throw failure(code, doing: "making the folder \(folder)")
    }

    /// Writes a file that must not be there yet.
    static func create(_ path: String, _ bytes: [UInt8]) throws(OperationFailure) {
        try write(path, bytes, replacing: false)
    }

    /// As `create`, for what is never held whole: `fill` hands over one piece after the other.
    static func create(_ path: String, filling fill: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
        try write(path, replacing: false, fill)
    }

    /// Writes a file, in place of an older one if there is one.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(OperationFailure) {
        try write(path, bytes, replacing: true)
    }

    /// Reads a file whole. Throws when it is not there, is too long, or is readable by others.
    static func read(_ path: String, atMost mostBytes: Int = Self.mostBytes) throws(OperationFailure) -> [UInt8] {
        let doing = "reading \(path)"
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw failure(errno, doing: doing) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure(errno, doing: doing) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw OperationFailure(.configuration, doing: doing, wrong: "it is not a plain file", remedy: "restore it from a backup")
        }
        try require(facts, path, mode: "600")
        guard facts.st_size <= mostBytes else {
            throw OperationFailure(.configuration, doing: doing, wrong: "it is too long", remedy: "restore it from a backup")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = Glibc.read(file, &part, part.count)
            guard count >= 0 else { throw failure(errno, doing: doing) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: part[..<count])
            guard bytes.count <= mostBytes else {
                throw OperationFailure(.configuration, doing: doing, wrong: "it is too long", remedy: "restore it from a backup")
            }
        }
    }

    /// Throws where the system does not say: what cannot be looked at is not missing.
    static func exists(_ path: String) throws(OperationFailure) -> Bool {
        var facts = stat()
        if lstat(path, &facts) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw failure(errno, doing: "looking for \(path)") }
        return false
    }

    /// The names in `folder`, in ascending order, without hidden ones.
    static func names(in folder: String) throws(OperationFailure) -> [String] { try allNames(in: folder).filter { !$0.hasPrefix(".") } }

    /// As `names`, with hidden ones.
    static func allNames(in folder: String) throws(OperationFailure) -> [String] {
        do throws(FolderNames.Refused) {
            return try FolderNames.read(folder).sorted()
        } catch { throw failure(error.code, doing: "reading the folder \(folder)") }
    }

    /// Refuses a file or folder that anybody but its owner may read, write or enter.
    static func requirePrivate(_ path: String, isFolder: Bool) throws(OperationFailure) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { throw failure(errno, doing: "looking at \(path)") }
        guard (facts.st_mode & S_IFMT == S_IFDIR) == isFolder else {
            throw OperationFailure(
                .configuration, doing: "looking at \(path)", wrong: isFolder ? "it is not a folder" : "it is not a file",
                remedy: "name another data directory")
        }
        try require(facts, path, mode: isFolder ? "700" : "600")
    }

    private static func require(_ facts: stat, _ path: String, mode: String) throws(OperationFailure) {
        guard facts.st_mode & 0o077 == 0 else {
            throw OperationFailure(
                .configuration, doing: "looking at \(path)", wrong: "others on this machine may read it, so what it holds may be known to them",
                remedy: "find out who could, replace its keys if in doubt, then run chmod \(mode) \(path)")
        }
        guard facts.st_uid == geteuid() else {
            throw OperationFailure(
                .configuration, doing: "looking at \(path)", wrong: "it belongs to another user", remedy: "run as that user, or correct its owner")
        }
    }

    private static func write(_ path: String, _ bytes: [UInt8], replacing: Bool) throws(OperationFailure) {
        do { try write(path, replacing: replacing) { try $0(bytes) } } catch let failure as OperationFailure { throw failure } catch {
            preconditionFailure("nothing else is thrown by writing what is at hand")
        }
    }

    private static func write(_ path: String, replacing: Bool, _ fill: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
        let doing = "writing \(path)"
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure(errno, doing: doing) }
        do {
            try fill { bytes in
                var start = 0
                while start < bytes.count {
                    let count = bytes[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                    guard count >= 0 else { throw failure(errno, doing: doing) }
                    start += count
                }
            }
        } catch {
            close(file)
            unlink(draft)
            throw error
        }
        var code: Int32 = 0
        if fchmod(file, 0o600) != 0 { code = errno }
        if code == 0, fsync(file) != 0 { code = errno }
        if close(file) != 0, code == 0 { code = errno }
        if code == 0 {
            // A link refuses where a rename would overwrite.
            if (replacing ? rename(draft, path) : link(draft, path)) != 0 { code = errno }
        }
        unlink(draft)
        guard code == 0 else { throw failure(code, doing: doing) }
        try makeDurable(folder: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    /// Overwrites a file where it lies, then takes its name away; durably when it returns. An unfinished draft of it goes too. One that is not
    /// there is destroyed already. A disk that writes elsewhere than it was told (an SSD, a file system that copies on writing) may keep the bytes.
    static func destroy(_ path: String) throws(OperationFailure) {
        let doing = "destroying \(path)"
        for path in [path, path + ".new"] {
            let file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else {
                guard errno == ENOENT else { throw failure(errno, doing: doing) }
                continue
            }
            defer { close(file) }
            var facts = stat()
            guard fstat(file, &facts) == 0 else { throw failure(errno, doing: doing) }
            let noise = [UInt8](repeating: 0, count: mostBytes)
            var start = 0
            while start < Int(facts.st_size) {
                let count = pwrite(file, noise, min(noise.count, Int(facts.st_size) - start), off_t(start))
                guard count > 0 else { throw failure(errno, doing: doing) }
                start += count
            }
            guard fsync(file) == 0, unlink(path) == 0 else { throw failure(errno, doing: doing) }
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        if try exists(folder.isEmpty ? "." : folder) { try makeDurable(folder: folder) }
    }

    /// A new name is durable only when its folder is.
    static func makeDurable(folder: String) throws(OperationFailure) {
        let file = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw failure(errno, doing: "making \(folder) durable") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure(errno, doing: "making \(folder) durable") }
    }

    static func failure(_ code: Int32, doing: String) -> OperationFailure {
        switch code {
        case ENOENT, ENOTDIR:
            OperationFailure(.notFound, doing: doing, wrong: "it is not there", remedy: "check --data, or begin with seamark-server init")
        case EEXIST: OperationFailure(.badInput, doing: doing, wrong: "it is there already", remedy: "choose another name or place")
        case EACCES, EPERM, EROFS:
            OperationFailure(.notPermitted, doing: doing, wrong: "the system does not allow it", remedy: "run as the owner of the data directory")
        case ENOSPC, EDQUOT: OperationFailure(.cannotWrite, doing: doing, wrong: "the disk is full", remedy: "make room, then try again")
        case EMFILE, ENFILE, ENOMEM:
            OperationFailure(
                .exhausted, doing: doing, wrong: "the system gives no more open files or memory (error \(code))",
                remedy: "close other programs, or raise the limit (ulimit -n), then try again")
        case ELOOP:
            OperationFailure(.configuration, doing: doing, wrong: "it is a symbolic link", remedy: "put the file itself there")
        default:
            OperationFailure(.inputOutput, doing: doing, wrong: "the system failed (error \(code))", remedy: "check the disk, then try again")
        }
    }
}
