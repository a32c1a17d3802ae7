import Glibc
import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel

/// A file that a person attaches, read in chunks: a plain file and nothing else, within bounds, and noticed when it changes meanwhile.
public final class AttachmentSource {
    public enum Failure: Error, Hashable, Sendable {
        case missing(String)
        case unreadable(String, code: Int32)
        /// A link, directory, device, pipe or socket.
        case notAPlainFile(String)
        case empty(String)
        case tooLarge(String, bytes: Int64)
        /// It is not what it was when reading began.
        case changed(String)
        /// A picture that is not as its format demands: what it says beside the pixels cannot be taken out.
        case brokenPicture(String, PictureMetadata.Fault)
    }

    /// What was done about what a file says of its making.
    public enum Metadata: Hashable, Sendable {
        /// It is no picture that is known here, or was to be kept.
        case left
        /// So many bytes of it were taken out; 0 where there was nothing.
        case removed(bytes: Int)
        /// A format that cannot be taken apart here, by its name.
        case unknown(format: String)
    }

    public let path: String
    public private(set) var size: Int
    /// What is read in the place of the file.
    private var contents: [UInt8]?
    private var next = 0
    private let descriptor: Int32
    private let before: stat

    /// Never waits for a pipe and follows no link.
    public init(_ path: String) throws(Failure) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else {
            throw switch errno {
            case ENOENT, ENOTDIR: .missing(path)
            case ELOOP, ENXIO: .notAPlainFile(path)
            case let code: .unreadable(path, code: code)
            }
        }
        var status = stat()
        var failure: Failure?
        if fstat(opened, &status) != 0 {
            failure = .unreadable(path, code: errno)
        } else if status.st_mode & S_IFMT != S_IFREG {
            failure = .notAPlainFile(path)
        } else if status.st_size < 1 {
            failure = .empty(path)
        } else if status.st_size > Attachment.largest {
            failure = .tooLarge(path, bytes: Int64(status.st_size))
        }
        if let failure {
            close(opened)
            throw failure
        }
        self.path = path
        descriptor = opened
        before = status
        size = Int(clamping: Int64(status.st_size))
    }

    deinit { close(descriptor) }

    /// From here on a picture is read without what its camera wrote beside it: place, time, device and the like. Call before anything is read.
    public func withoutMetadata() throws(Failure) -> Metadata {
        try rewind()
        let head = try read(min(size, 16))
        guard let format = PictureFormat(head) else { return .left }
        if case .other(let name) = format { return .unknown(format: name) }
        let bytes = head + (try read(size - head.count))
        try requireUnchanged()
        let stripped: [UInt8]
        do { stripped = try PictureMetadata.stripped(bytes, of: format) } catch { throw .brokenPicture(path, error) }
        guard stripped != bytes else { return .removed(bytes: 0) }
        guard stripped.count <= Attachment.largest else { throw .tooLarge(path, bytes: Int64(stripped.count)) }
        contents = stripped
        size = stripped.count
        return .removed(bytes: max(1, bytes.count - stripped.count))
    }

    /// Is it recorded sound or film, by its first bytes? Afterwards it is read from its beginning again.
    func isRecording() throws(Failure) -> Bool {
        try rewind()
        let head = try read(min(size, RecordingFormat.head))
        try rewind()
        return RecordingFormat.isRecording(head)
    }

    /// Reads it through once: what the file is.
    public func attachment() throws(Failure) -> Attachment {
        let digest = RunningDigest()
        try rewind()
        var left = size
        while left > 0 {
            let bytes = try read(min(Attachment.chunk, left))
            digest.take(bytes)
            left -= bytes.count
        }
        try requireUnchanged()
        guard let attachment = Attachment(hash: digest.finish(), size: Int64(size)) else { throw .changed(path) }
        return attachment
    }

    public func rewind() throws(Failure) {
        next = 0
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .unreadable(path, code: errno) }
    }

    /// The next so many bytes; a file that ends before has changed.
    public func read(_ count: Int) throws(Failure) -> [UInt8] {
        if let contents {
            guard next + count <= contents.count else { throw .changed(path) }
            defer { next += count }
            return Array(contents[next..<(next + count)])
        }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + filled, count - filled) }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw .unreadable(path, code: errno) }
            guard read > 0 else { throw .changed(path) }
            filled += read
        }
        return bytes
    }

    /// Throws unless the file is as long and as old as it was when it was opened.
    public func requireUnchanged() throws(Failure) {
        var now = stat()
        guard fstat(descriptor, &now) == 0 else { throw .unreadable(path, code: errno) }
        guard now.st_size == before.st_size, now.st_mtim.tv_sec == before.st_mtim.tv_sec, now.st_mtim.tv_nsec == before.st_mtim.tv_nsec else {
            throw .changed(path)
        }
    }
}
