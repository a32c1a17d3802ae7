internal import Glibc
public import SeamarkCrypto
public import SeamarkJournal

/// The bytes of a tenant's attachments on the server: a folder beside the tenant's database, sealed under the tenant's key.
///
/// A whole one lies once, whatever scopes hold it, under a keyed hash of its hash, so that the names of files give nothing away; which
/// scopes hold it is said by the database alone. A half upload belongs to its scope: nobody sees from it what other scopes hold. One
/// thread writes at a time; reading goes on beside it.
public struct AttachmentVault: Sendable {
    /// How long a half upload waits for its rest.
    public static let halfUploadSeconds = 14 * 86_400

    private let folder: AttachmentFolder
    private let names: SecretBytes
    private let key: SealingKey

    /// - Parameters:
    ///   - dataKey: the tenant's; thirty-two bytes.
    ///   - files: the disk that it lies on; nil for the system's.
    public init(at folder: String, dataKey: SecretBytes, through files: (any FileDoor)? = nil) throws {
        self.folder = AttachmentFolder(folder, through: files ?? SystemFiles())
        names = HKDF.sha256(secret: dataKey, salt: [], info: Array("seamark attachment names 1".utf8), count: 32)
        key = try SealingKey(dataKey: dataKey)
    }

    // MARK: Half uploads

    /// Bytes of it that were handed in by the scope and are durable, from the beginning.
    public func held(_ attachment: Attachment, by scope: Identifier) throws(StoreError) -> Int {
        try Self.whole("looking at a half upload") { () throws(SealedFile.Failure) in try part(attachment, scope).held() }
    }

    /// Puts a chunk at the end of a half upload. It is durable when this returns.
    public func append(_ bytes: [UInt8], at offset: Int, of attachment: Attachment, by scope: Identifier) throws(StoreError) {
        let doing: StaticString = "keeping a chunk of an attachment"
        let part = part(attachment, scope)
        let isNew = offset == 0
        if isNew { try Self.told(doing) { () throws(FileRefusal) in try folder.make() } }
        try Self.whole(doing) { () throws(SealedFile.Failure) in try part.write(bytes, at: offset, durably: true) }
        if isNew { try Self.told(doing) { () throws(FileRefusal) in try folder.sync() } }
    }

    /// All was handed in: compares it with its hash, and puts it under it. False where it does not match: then the half upload is gone.
    /// What this says is durable.
    public func finish(_ attachment: Attachment, by scope: Identifier) throws(StoreError) -> Bool {
        let doing: StaticString = "verifying an attachment"
        let part = part(attachment, scope)
        guard try Self.whole(doing, { () throws(SealedFile.Failure) in try part.matches() }) else {
            try discard(attachment, by: scope)
            return false
        }
        if try holds(attachment) {
            try discard(attachment, by: scope)
            // Whoever put it there may have died before its name was durable.
            try Self.told(doing) { () throws(FileRefusal) in try folder.sync() }
        } else {
            // Its last chunk may be one whose writer died before it was durable: then only what is read here knew of it.
            try Self.whole(doing) { () throws(SealedFile.Failure) in try part.sync() }
            try Self.told(doing) { () throws(FileRefusal) in
                try folder.files.rename(part.path, to: file(attachment).path)
                try folder.sync()
            }
        }
        return true
    }

    public func discard(_ attachment: Attachment, by scope: Identifier) throws(StoreError) {
        let part = part(attachment, scope)
        try Self.whole("dropping a half upload") { () throws(SealedFile.Failure) in try part.remove() }
    }

    /// Drops half uploads that nobody went on with.
    public func expire() { folder.sweep(".part", olderThanSeconds: Self.halfUploadSeconds) }

    /// Bytes that can still be written where it lies; nil where nobody knows.
    public func room() -> Int? { folder.room() }

    /// Bytes that half uploads take.
    public func halfUploadBytes() throws(StoreError) -> Int {
        try Self.whole("looking at half uploads") { () throws(SealedFile.Failure) in try folder.bytes(of: ".part") }
    }

    // MARK: Whole ones

    /// Does the folder hold the whole of it? Only the database says who may know that.
    public func holds(_ attachment: Attachment) throws(StoreError) -> Bool {
        let file = file(attachment)
        return try Self.whole("looking for an attachment") { () throws(SealedFile.Failure) in try file.isWhole() }
    }

    /// Takes the files of those away that the database says are erased, half uploads of theirs left aside: those expire. Durable when this returns.
    public func drop(_ erased: [Attachment]) throws(StoreError) {
        let doing: StaticString = "erasing attachments"
        guard !erased.isEmpty else { return }
        for attachment in erased {
            let file = file(attachment)
            try Self.whole(doing) { () throws(SealedFile.Failure) in try file.remove() }
        }
        do throws(FileRefusal) { try folder.sync() } catch { if error.code != ENOENT { throw Self.error(.system(error.code), doing) } }
    }

    /// The chunk that begins at `offset`.
    public func read(_ offset: Int, of attachment: Attachment) throws(StoreError) -> [UInt8] {
        let file = file(attachment)
        return try Self.whole("reading an attachment") { () throws(SealedFile.Failure) in try file.read(offset) }
    }

    /// Does what lies here match its hash? For `verify` and backups.
    public func matches(_ attachment: Attachment) throws(StoreError) -> Bool {
        let file = file(attachment)
        return try Self.whole("verifying an attachment") { () throws(SealedFile.Failure) in try file.matches() }
    }

    // MARK: Parts

    private func file(_ attachment: Attachment) -> SealedFile {
        SealedFile(path: path("whole", attachment.hash.bytes), files: folder.files, attachment: attachment, key: key, owner: [])
    }

    private func part(_ attachment: Attachment, _ scope: Identifier) -> SealedFile {
        SealedFile(path: path("half", scope.bytes + attachment.hash.bytes) + ".part", files: folder.files, attachment: attachment, key: key, owner: [])
    }

    private func path(_ purpose: String, _ bytes: [UInt8]) -> String {
        folder.path + "/" + Hexadecimal.text(of: HMAC.sha256(Array(purpose.utf8) + bytes, key: names))
    }

    private static func told(_ doing: StaticString, _ body: () throws(FileRefusal) -> Void) throws(StoreError) {
        do throws(FileRefusal) { try body() } catch { throw self.error(.system(error.code), doing) }
    }

    private static func whole<Value>(_ doing: StaticString, _ body: () throws(SealedFile.Failure) -> Value) throws(StoreError) -> Value {
        do { return try body() } catch { throw self.error(error, doing) }
    }

    private static func error(_ failure: SealedFile.Failure, _ doing: StaticString) -> StoreError {
        switch failure {
        case .system(let code):
            StoreError(system: code, doing: doing, detail: "the disk or the system refused")
        case .damaged: StoreError(.damaged, doing: doing, detail: "not what was written; verify the store")
        case .exhausted: StoreError(.failed, doing: doing, detail: "this process sealed too much; start the server again")
        }
    }
}
