internal import Glibc
internal import SeamarkCrypto
public import SeamarkJournal

/// The attachments that a device holds: in a folder beside its rows, under names that say nothing, sealed under the keys of their scopes.
///
/// What is added is there whole or not at all. What is fetched grows chunk by chunk and counts once it matches its hash. Destroying a
/// scope's key makes its attachments noise.
public struct AttachmentShelf: Sendable {
    let folder: AttachmentFolder
    private let store: Identifier
    /// Names files, and seals the server's receipts.
    private let names: SecretBytes
    private let receipts: SealingKey
    private let keyOf: @Sendable (Identifier) -> SealingKey?

    init(_ folder: AttachmentFolder, store: Identifier, storeKey: SecretBytes, keyOf: @escaping @Sendable (Identifier) -> SealingKey?) throws(DeviceStoreError) {
        self.folder = folder
        self.store = store
        self.keyOf = keyOf
        names = HKDF.sha256(secret: storeKey, salt: store.bytes, info: Array("seamark attachment names 1".utf8), count: 32)
        do { receipts = try SealingKey(dataKey: storeKey) } catch { throw .noEntropy }
    }

    // MARK: What is here

    /// Is the whole of it here, and may it be read? Does not look at more than one chunk.
    public func has(_ attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) -> Bool {
        guard let file = file(attachment, scope) else { return false }
        do { return try file.isWhole() } catch { throw Self.error(error) }
    }

    /// Bytes that are here: of the whole, or of what is being fetched.
    public func held(_ attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) -> Int {
        if try has(attachment, in: scope) { return attachment.size }
        guard let part = file(attachment, scope, "part") else { return 0 }
        do { return try part.held() } catch { throw Self.error(error) }
    }

    /// The chunk that begins at `offset`, of a whole one.
    public func read(_ offset: Int, of attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) -> [UInt8] {
        guard let file = file(attachment, scope) else { throw .missing }
        do { return try file.read(offset) } catch { throw Self.error(error) }
    }

    // MARK: Adding

    /// Takes in the bytes that `next` gives, chunk by chunk, and seals them. False when they do not match the attachment: then nothing is kept.
    public func add(_ attachment: Attachment, to scope: Identifier, from next: (_ count: Int) throws -> [UInt8]) throws -> Bool {
        try make()
        folder.sweep(".new-", olderThanSeconds: 86_400)
        let draft = "new-" + Hexadecimal.text(of: try Randomness.bytes(8))
        guard let file = file(attachment, scope, draft) else { throw DeviceStoreError.missing }
        do {
            for offset in stride(from: 0, to: attachment.size, by: Attachment.chunk) {
                guard let length = attachment.chunkLength(at: offset) else { break }
                let bytes = try next(length)
                guard bytes.count == length else {
                    try? file.remove()
                    return false
                }
                try file.write(bytes, at: offset, durably: false)
            }
            try file.sync()
            // What is kept is what was read back, not what was meant to be written.
            guard try file.matches() else {
                try? file.remove()
                return false
            }
            try place(file, attachment, scope)
            return true
        } catch {
            try? file.remove()
            throw (error as? SealedFile.Failure).map(Self.error) ?? error
        }
    }

    /// The same as `has`, durably: whoever put it there may have died before its name was. For whoever lets somebody rely on it.
    public func holds(_ attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) -> Bool {
        guard try has(attachment, in: scope) else { return false }
        try Self.told { () throws(FileRefusal) in try folder.sync() }
        return true
    }

    // MARK: Fetching

    /// Appends a chunk to what is being fetched. Made durable now and then: a cut of the power costs some chunks, a cut of the line none.
    public func append(_ bytes: [UInt8], at offset: Int, of attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) {
        if offset == 0 { try make() }
        guard let part = file(attachment, scope, "part") else { throw .missing }
        do { try part.write(bytes, at: offset, durably: offset / Attachment.chunk % 16 == 15) } catch { throw Self.error(error) }
    }

    /// All was fetched. True when it matches its hash, and it is kept; otherwise it is thrown away.
    public func finish(_ attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) -> Bool {
        if try has(attachment, in: scope) { return true }
        guard let part = file(attachment, scope, "part") else { throw .missing }
        do {
            guard try part.matches() else {
                try part.remove()
                return false
            }
            try part.sync()
            try place(part, attachment, scope)
            return true
        } catch let error as SealedFile.Failure { throw Self.error(error) } catch { throw DeviceStoreError.of(error) ?? .mustReopen }
    }

    // MARK: The server's receipts

    /// Notes durably that the server holds it.
    public func note(_ receipt: AttachmentReceipt) throws(DeviceStoreError) {
        try make()
        var writer = ByteWriter(capacity: 160)
        writer.fixed64(receipt.epoch)
        writer.signed(receipt.received)
        writer.blob(receipt.signature)
        let path = path(receipt.attachment, receipt.scope, "receipt")
        do { try replace(path, by: try receipts.seal(writer.bytes, authenticating: binding(receipt.attachment, receipt.scope))) } catch let error as SealError {
            throw error == .exhausted ? .mustReopen : .damagedFile
        } catch { throw DeviceStoreError.of(error) ?? .mustReopen }
    }

    /// The server's receipt, if there is one.
    public func receipt(for attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) -> AttachmentReceipt? {
        guard let sealed = try contents(path(attachment, scope, "receipt"), atMost: 4096),
            let bytes = try? receipts.open(sealed, authenticating: binding(attachment, scope))
        else { return nil }
        var reader = ByteReader(bytes)
        guard let epoch = try? reader.fixed64(), let received = try? reader.signed(), let signature = try? reader.blob(atMost: 64) else { return nil }
        return AttachmentReceipt(epoch: epoch, scope: scope, attachment: attachment, received: received, signature: signature)
    }

    /// Forgets every receipt, durably: the server's log is not the one that they speak of. All that is here is offered again, which costs a few
    /// bytes where the server has it.
    ///
    /// The receipts' epoch alone does not tell: a server whose files are put back twice comes to the same epoch again.
    public func forgetReceipts() throws(DeviceStoreError) {
        let paths: [String]
        do { paths = try folder.paths().filter { $0.hasSuffix(".receipt") } } catch { throw Self.error(error) }
        guard !paths.isEmpty else { return }
        try Self.told { () throws(FileRefusal) in
            for path in paths { try folder.remove(path) }
            try folder.sync()
        }
    }

    /// Forgets one receipt, so that the next sync offers the attachment again and hears what the server holds now.
    public func forgetReceipt(for attachment: Attachment, in scope: Identifier) throws(DeviceStoreError) {
        try Self.told { () throws(FileRefusal) in try folder.remove(path(attachment, scope, "receipt")) }
    }

    // MARK: Evicting

    /// Frees the space of one that the server has backed up; it is fetched again on demand. Nothing is ever evicted by itself.
    ///
    /// - Parameter backedUpAt: what the server last said is backed up: its clock's time of its newest verified backup, in the epoch of the
    ///   receipt. Without a receipt that is older, nothing is removed, and false is returned.
    public func evict(_ attachment: Attachment, from scope: Identifier, backedUpAt: Int64, epoch: UInt64) throws(DeviceStoreError) -> Bool {
        guard let receipt = try receipt(for: attachment, in: scope), receipt.epoch == epoch, receipt.received < backedUpAt,
            let file = file(attachment, scope), try has(attachment, in: scope)
        else { return false }
        do { try file.remove() } catch { throw Self.error(error) }
        return true
    }

    /// Removes everything of one: for a scope that the device leaves, before its key is destroyed.
    public func remove(_ attachment: Attachment, from scope: Identifier) throws(DeviceStoreError) {
        try Self.told { () throws(FileRefusal) in
            for ending in [nil, "part", "receipt"] { try folder.remove(path(attachment, scope, ending)) }
        }
    }

    // MARK: Parts

    private func file(_ attachment: Attachment, _ scope: Identifier, _ ending: String? = nil) -> SealedFile? {
        keyOf(scope).map { SealedFile(path: path(attachment, scope, ending), files: folder.files, attachment: attachment, key: $0, owner: store.bytes + scope.bytes) }
    }

    /// A name that says neither which scope it belongs to nor what is in it.
    private func path(_ attachment: Attachment, _ scope: Identifier, _ ending: String?) -> String {
        let name = Hexadecimal.text(of: HMAC.sha256(scope.bytes + attachment.hash.bytes, key: names))
        return folder.path + "/" + name + (ending.map { "." + $0 } ?? "")
    }

    private func binding(_ attachment: Attachment, _ scope: Identifier) -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        writer.text("seamark-device-attachment-receipt-1")
        writer.identifier(store)
        writer.identifier(scope)
        writer.hash(attachment.hash)
        writer.varint(UInt64(attachment.size))
        return writer.bytes
    }

    private func make() throws(DeviceStoreError) { try Self.told { () throws(FileRefusal) in try folder.make() } }

    /// Gives a whole file its name, durably.
    private func place(_ file: SealedFile, _ attachment: Attachment, _ scope: Identifier) throws(DeviceStoreError) {
        try Self.told { () throws(FileRefusal) in
            try folder.files.rename(file.path, to: path(attachment, scope, nil))
            try folder.sync()
        }
    }

    private func replace(_ path: String, by bytes: [UInt8]) throws(DeviceStoreError) {
        let (fresh, files) = (path + ".new", folder.files)
        try Self.told { () throws(FileRefusal) in
            do throws(FileRefusal) {
                let file = try files.open(fresh, .makingAnew)
                defer { files.close(file) }
                guard try files.write(file, bytes, at: 0) == bytes.count else { throw FileRefusal(code: ENOSPC) }
                try files.sync(file, .all)
                try files.rename(fresh, to: path)
            } catch {
                try? files.remove(fresh)
                throw error
            }
            try folder.sync()
        }
    }

    private func contents(_ path: String, atMost most: Int) throws(DeviceStoreError) -> [UInt8]? {
        let files = folder.files
        do throws(FileRefusal) {
            let file = try files.open(path, .reading)
            defer { files.close(file) }
            var bytes = [UInt8](repeating: 0, count: most)
            let count = try files.read(file, into: &bytes, at: 0)
            return Array(bytes[..<count])
        } catch {
            if error.code == ENOENT { return nil }
            throw DeviceFiles.error(error.code)
        }
    }

    private static func told(_ body: () throws(FileRefusal) -> Void) throws(DeviceStoreError) {
        do throws(FileRefusal) { try body() } catch { throw DeviceFiles.error(error.code) }
    }

    static func error(_ failure: SealedFile.Failure) -> DeviceStoreError {
        switch failure {
        case .system(let code): DeviceFiles.error(code)
        case .damaged: .damagedFile
        case .exhausted: .mustReopen
        }
    }
}
