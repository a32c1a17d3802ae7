internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal

/// The bytes of one attachment as they lie on a disk: sealed chunk after sealed chunk, each bound to the attachment and its place in it, so
/// that none can stand in another's place. Plain text never touches the disk, and no more than a chunk is held.
///
/// A file that grows is trusted as far as its last whole chunk opens: what a power cut tore off behind it is cut away.
struct SealedFile {
    enum Failure: Error, Hashable {
        /// What the system said: errno.
        case system(Int32)
        /// The bytes are not what was written here.
        case damaged
        case exhausted
    }

    let path: String
    let attachment: Attachment
    let key: SealingKey
    /// What the file belongs to beside the attachment: a device's store and scope; nothing on a server.
    let owner: [UInt8]

    private static let sealedChunk = Attachment.chunk + SealingKey.overhead

    /// How long the whole file is.
    private var wholeLength: Int {
        let chunks = (attachment.size + Attachment.chunk - 1) / Attachment.chunk
        return attachment.size + chunks * SealingKey.overhead
    }

    /// Is the whole of it here? Does not look at more than one chunk.
    func isWhole() throws(Failure) -> Bool { try held() == attachment.size }

    /// Bytes of the attachment that lie here, from the beginning; whatever is torn at the end is cut away. 0 where there is no file.
    func held() throws(Failure) -> Int {
        var descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        let isReadOnly = descriptor < 0 && (errno == EROFS || errno == EACCES)
        if isReadOnly { descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
        guard descriptor >= 0 else {
            if errno == ENOENT { return 0 }
            throw .system(errno)
        }
        defer { close(descriptor) }
        let length = try Self.length(descriptor)
        var offset = length >= wholeLength ? attachment.size : length / Self.sealedChunk * Attachment.chunk
        while offset > 0 {
            let last = (offset - 1) / Attachment.chunk * Attachment.chunk
            do {
                _ = try read(last, descriptor)
                break
            } catch .damaged {
                offset = last
            }
        }
        let kept = offset == attachment.size ? wholeLength : place(offset)
        if length > kept, !isReadOnly, ftruncate(descriptor, off_t(kept)) != 0 { throw .system(errno) }
        return offset
    }

    /// Puts a chunk at its place; it is durable when this returns, if `durably`.
    func write(_ bytes: [UInt8], at offset: Int, durably: Bool) throws(Failure) {
        precondition(attachment.chunkLength(at: offset) == bytes.count, "a chunk has its length")
        let sealed: [UInt8]
        do { sealed = try key.seal(bytes, authenticating: binding(offset)) } catch { throw .exhausted }
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var written = 0
        while written < sealed.count {
            let count = sealed.withUnsafeBytes { pwrite(descriptor, $0.baseAddress! + written, $0.count - written, off_t(place(offset) + written)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(errno) }
            written += count
        }
        if durably, fdatasync(descriptor) != 0 { throw .system(errno) }
    }

    /// Makes all that was written durable.
    func sync() throws(Failure) {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(errno) }
    }

    /// The chunk that begins at `offset`.
    func read(_ offset: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        return try read(offset, descriptor)
    }

    /// Is it here, and does the whole of it match its hash? Reads it from the disk, chunk by chunk.
    func matches() throws(Failure) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw .system(errno)
        }
        defer { close(descriptor) }
        guard try Self.length(descriptor) == wholeLength else { return false }
        let digest = RunningDigest()
        for offset in stride(from: 0, to: attachment.size, by: Attachment.chunk) {
            do { digest.take(try read(offset, descriptor)) } catch .damaged { return false }
        }
        return digest.finish() == attachment.hash
    }

    /// Removes the file; one that is not there is no hindrance.
    func remove() throws(Failure) {
        if unlink(path) != 0, errno != ENOENT { throw .system(errno) }
    }

    // MARK: Parts

    private func place(_ offset: Int) -> Int { offset / Attachment.chunk * Self.sealedChunk }

    private func read(_ offset: Int, _ descriptor: Int32) throws(Failure) -> [UInt8] {
        guard let length = attachment.chunkLength(at: offset) else { throw .damaged }
        var sealed = [UInt8](repeating: 0, count: length + SealingKey.overhead)
        var filled = 0
        while filled < sealed.count {
            let count = sealed.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(place(offset) + filled)) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(errno) }
            guard count > 0 else { throw .damaged }
            filled += count
        }
        do { return try key.open(sealed, authenticating: binding(offset)) } catch { throw .damaged }
    }

    private func binding(_ offset: Int) -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        writer.text("seamark-attachment-chunk-1")
        writer.blob(owner)
        writer.hash(attachment.hash)
        writer.varint(UInt64(attachment.size))
        writer.varint(UInt64(offset))
        return writer.bytes
    }

    private static func length(_ descriptor: Int32) throws(Failure) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .damaged }
        return Int(status.st_size)
    }
}
