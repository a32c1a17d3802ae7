internal import Glibc
internal import SeamarkJournal

/// The files of a folder as a backup's content: for each byte 1 ‖ text path ‖ fixed64 length ‖ its bytes; at the end byte 0. Before
/// them two facts: text short name ‖ text pin of the installation.
enum BackupFiles {
    struct Facts: Hashable {
        /// What the administrator calls the tenant; empty for an installation.
        let name: String
        /// SHA-256 of the installation's key: what the devices of the tenant look for.
        let pin: String
    }

    private static let longestPath = 400
    private static let portion = 256 * 1024

    static func write(_ facts: Facts, to writer: BackupWriter) throws(BackupFault) {
        var bytes = ByteWriter()
        bytes.text(facts.name)
        bytes.text(facts.pin)
        try writer.write(bytes.bytes)
    }

    static func readFacts(_ reader: BackupReader) throws(BackupFault) -> Facts {
        Facts(name: try text(reader), pin: try text(reader))
    }

    /// `path` is where the file lies; `name` what the backup calls it.
    static func add(_ path: String, as name: String, to writer: BackupWriter) throws(BackupFault) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw .system(errno, "reading \(name)") }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw .system(errno, "reading \(name)") }
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_size >= 0 else { throw .system(EINVAL, "reading \(name)") }
        var head = ByteWriter()
        head.byte(1)
        head.text(name)
        head.fixed64(UInt64(facts.st_size))
        try writer.write(head.bytes)
        var left = Int(facts.st_size)
        var buffer = [UInt8](repeating: 0, count: portion)
        while left > 0 {
            let got = Glibc.read(file, &buffer, min(left, portion))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .system(got < 0 ? errno : EIO, "reading \(name)") }
            try writer.write(Array(buffer[..<got]))
            left -= got
        }
    }

    static func end(_ writer: BackupWriter) throws(BackupFault) { try writer.write([0]) }

    /// The files of `folder` and of the folders in it, by their paths below it, ascending; without hidden ones, unfinished ones, and what
    /// belongs to SQLite, whose copy is added by itself.
    static func list(_ folder: String, below: String = "") throws(OperationFailure) -> [String] {
        var found: [String] = []
        for name in try PrivateFile.names(in: folder) {
            let path = folder + "/" + name
            var facts = stat()
            if lstat(path, &facts) != 0 {
                // A half upload that became whole meanwhile has its new name.
                if errno == ENOENT { continue }
                throw PrivateFile.failure(errno, doing: "looking at \(path)")
            }
            if facts.st_mode & S_IFMT == S_IFDIR {
                found += try list(path, below: below + name + "/")
            } else if facts.st_mode & S_IFMT == S_IFREG, !name.contains(".sqlite"), !name.hasSuffix(".part"), !name.hasSuffix(".new") {
                found.append(below + name)
            }
        }
        return found
    }

    /// Writes the files that the backup holds into `folder`, which is there and empty. Durable when it returns; nil for `folder` reads
    /// everything and writes nothing.
    static func unpack(_ reader: BackupReader, into folder: String?) throws(BackupFault) -> (files: Int, bytes: Int) {
        var (files, bytes) = (0, 0)
        var folders: [String] = folder.map { [$0] } ?? []
        while true {
            switch try reader.exactly(1)[0] {
            case 0:
                guard try reader.some(1).isEmpty else { throw .damaged }
                for folder in folders.reversed() { do { try PrivateFile.makeDurable(folder: folder) } catch { throw .step(error) } }
                return (files, bytes)
            case 1: break
            case _: throw .damaged
            }
            let name = try text(reader)
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard name.utf8.count <= longestPath, (1...6).contains(parts.count), parts.allSatisfy(isPlain) else { throw .damaged }
            let size = try reader.exactly(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let size = Int(exactly: size) else { throw .damaged }
            var file: Int32 = -1
            if let folder {
                var path = folder
                for part in parts.dropLast() {
                    path += "/" + part
                    if mkdir(path, 0o700) == 0 { folders.append(path) } else if errno != EEXIST { throw .system(errno, "making a folder") }
                }
                file = open(folder + "/" + name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
                guard file >= 0 else { throw errno == EEXIST ? .damaged : .system(errno, "writing \(name)") }
            }
            defer { if file >= 0 { close(file) } }
            var left = size
            while left > 0 {
                let portion = try reader.some(min(left, Self.portion))
                guard !portion.isEmpty else { throw .damaged }
                left -= portion.count
                guard file >= 0 else { continue }
                var start = 0
                while start < portion.count {
                    let count = portion[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw .system(errno, "writing \(name)") }
                    start += count
                }
            }
            if file >= 0, fsync(file) != 0 { throw .system(errno, "writing \(name)") }
            files += 1
            bytes += size
        }
    }

    /// A name that stays where it is put: no dots in front, nothing that a shell or a file system reads differently.
    private static func isPlain(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, first != UInt8(ascii: ".") else { return false }
        return part.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }

    /// A short text as `ByteWriter` writes it.
    private static func text(_ reader: BackupReader) throws(BackupFault) -> String {
        var head: [UInt8] = []
        repeat { head += try reader.exactly(1) } while head[head.count - 1] >= 0x80 && head.count < 3
        var length = ByteReader(head)
        guard let count = try? length.varint(), count <= UInt64(longestPath) else { throw .damaged }
        var bytes = ByteReader(head + (try reader.exactly(Int(count))))
        guard let text = try? bytes.text(atMost: longestPath) else { throw .damaged }
        return text
    }
}
