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
    let files: any FileDoor
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

    /// Is the whole of it here? Does not look at more than one chunk. What is not this attachment's stays as it is: a row of evidence that gives the
    /// right hash and a wrong size must not cost the bytes that another row names rightly.
    func isWhole() throws(Failure) -> Bool {
        guard let (file, isReadOnly) = try opened() else { return false }
        defer { files.close(file) }
        let length = try length(of: file)
        guard length >= wholeLength else { return false }
        do { _ = try read((attachment.size - 1) / Attachment.chunk * Attachment.chunk, file) } catch {
            guard case .damaged = error else { throw error }
            return false
        }
        if length > wholeLength, !isReadOnly { try told { () throws(FileRefusal) in try files.cut(file, to: wholeLength) } }
        return true
    }

    /// Bytes of the attachment that lie here, from the beginning; whatever is torn at the end is cut away. 0 where there is no file.
    func held() throws(Failure) -> Int {
        guard let (file, isReadOnly) = try opened() else { return 0 }
        defer { files.close(file) }
        let length = try length(of: file)
        var offset = length >= wholeLength ? attachment.size : length / Self.sealedChunk * Attachment.chunk
        while offset > 0 {
            let last = (offset - 1) / Attachment.chunk * Attachment.chunk
            do {
                _ = try read(last, file)
                break
            } catch .damaged {
                offset = last
            }
        }
        let kept = offset == attachment.size ? wholeLength : place(offset)
        if length > kept, !isReadOnly { try told { () throws(FileRefusal) in try files.cut(file, to: kept) } }
        return offset
    }

    /// Nil where there is none.
    private func opened() throws(Failure) -> (file: Int32, isReadOnly: Bool)? {
        do throws(FileRefusal) {
            do throws(FileRefusal) { return (try files.open(path, .altering), false) } catch {
                guard error.code == EROFS || error.code == EACCES else { throw error }
                return (try files.open(path, .reading), true)
            }
        } catch {
            if error.code == ENOENT { return nil }
            throw .system(error.code)
        }
    }

    /// Puts a chunk at its place; it is durable when this returns, if `durably`.
    func write(_ bytes: [UInt8], at offset: Int, durably: Bool) throws(Failure) {
        precondition(attachment.chunkLength(at: offset) == bytes.count, "a chunk has its length")
        let sealed: [UInt8]
        do { sealed = try key.seal(bytes, authenticating: binding(offset)) } catch { throw .exhausted }
        try told { () throws(FileRefusal) in
            let file = try files.open(path, .making)
            defer { files.close(file) }
            var written = 0
            while written < sealed.count {
                written += try files.write(file, sealed, from: written, at: place(offset) + written)
            }
            if durably { try files.sync(file, .bytes) }
        }
    }

    /// Makes all that was written durable.
    func sync() throws(Failure) {
        try told { () throws(FileRefusal) in
            let file = try files.open(path, .altering)
            defer { files.close(file) }
            try files.sync(file, .all)
        }
    }

    /// The chunk that begins at `offset`.
    func read(_ offset: Int) throws(Failure) -> [UInt8] {
        let file = try told { () throws(FileRefusal) in try files.open(path, .reading) }
        defer { files.close(file) }
        return try read(offset, file)
    }

    /// Is it here, and does the whole of it match its hash? Reads it from the disk, chunk by chunk.
    func matches() throws(Failure) -> Bool {
        let file: Int32
        do throws(FileRefusal) { file = try files.open(path, .reading) } catch {
            if error.code == ENOENT { return false }
            throw .system(error.code)
        }
        defer { files.close(file) }
        guard try length(of: file) == wholeLength else { return false }
        let digest = RunningDigest()
        for offset in stride(from: 0, to: attachment.size, by: Attachment.chunk) {
            do { digest.take(try read(offset, file)) } catch .damaged { return false }
        }
        return digest.finish() == attachment.hash
    }

    /// Removes the file; one that is not there is no hindrance.
    func remove() throws(Failure) {
        do throws(FileRefusal) { try files.remove(path) } catch {
            guard error.code == ENOENT else { throw .system(error.code) }
        }
    }

    // MARK: Parts

    private func place(_ offset: Int) -> Int { offset / Attachment.chunk * Self.sealedChunk }

    private func read(_ offset: Int, _ file: Int32) throws(Failure) -> [UInt8] {
        guard let length = attachment.chunkLength(at: offset) else { throw .damaged }
        var sealed = [UInt8](repeating: 0, count: length + SealingKey.overhead)
        var filled = 0
        while filled < sealed.count {
            let count = try told { () throws(FileRefusal) in try files.read(file, into: &sealed, from: filled, at: place(offset) + filled) }
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

    private func length(of file: Int32) throws(Failure) -> Int {
        let facts = try told { () throws(FileRefusal) in try files.facts(of: file) }
        guard facts.isFile else { throw .damaged }
        return facts.size
    }

    private func told<Value>(_ body: () throws(FileRefusal) -> Value) throws(Failure) -> Value {
        do throws(FileRefusal) { return try body() } catch { throw .system(error.code) }
    }
}
