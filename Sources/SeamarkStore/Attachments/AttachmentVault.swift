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

    let folder: String
    private let names: SecretBytes
    private let key: SealingKey

    /// - Parameter dataKey: the tenant's; thirty-two bytes.
    public init(at folder: String, dataKey: SecretBytes) throws {
        self.folder = folder
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
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Self.error(.system(errno), doing) }
        let part = part(attachment, scope)
        let isNew = offset == 0
        try Self.whole(doing) { () throws(SealedFile.Failure) in try part.write(bytes, at: offset, durably: true) }
        if isNew { try sync(doing) }
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
        } else {
            guard rename(part.path, file(attachment).path) == 0 else { throw Self.error(.system(errno), doing) }
            try sync(doing)
        }
        return true
    }

    public func discard(_ attachment: Attachment, by scope: Identifier) throws(StoreError) {
        let part = part(attachment, scope)
        try Self.whole("dropping a half upload") { () throws(SealedFile.Failure) in try part.remove() }
    }

    /// Drops half uploads that nobody went on with.
    public func expire() { AttachmentFolder.sweep(folder, of: ".part", olderThanSeconds: Self.halfUploadSeconds) }

    /// Bytes that half uploads take.
    public func halfUploadBytes() throws(StoreError) -> Int {
        try Self.whole("looking at half uploads") { () throws(SealedFile.Failure) in try AttachmentFolder.bytes(in: folder, of: ".part") }
    }

    // MARK: Whole ones

    /// Does the folder hold the whole of it? Only the database says who may know that.
    public func holds(_ attachment: Attachment) throws(StoreError) -> Bool {
        let file = file(attachment)
        return try Self.whole("looking for an attachment") { () throws(SealedFile.Failure) in try file.isWhole() }
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
        SealedFile(path: path("whole", attachment.hash.bytes), attachment: attachment, key: key, owner: [])
    }

    private func part(_ attachment: Attachment, _ scope: Identifier) -> SealedFile {
        SealedFile(path: path("half", scope.bytes + attachment.hash.bytes) + ".part", attachment: attachment, key: key, owner: [])
    }

    private func path(_ purpose: String, _ bytes: [UInt8]) -> String {
        folder + "/" + Hexadecimal.text(of: HMAC.sha256(Array(purpose.utf8) + bytes, key: names))
    }

    private func sync(_ doing: StaticString) throws(StoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(.system(errno), doing) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.error(.system(errno), doing) }
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
