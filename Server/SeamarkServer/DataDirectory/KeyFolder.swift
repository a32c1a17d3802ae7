internal import Foundation
internal import SeamarkCrypto
public import SeamarkJournal

/// Where the tenant keys lie, one file a tenant: outside the data directory, and in no backup. It is the only thing that has to be
/// destroyed to make a tenant unreadable wherever copies of it lie.
///
/// The folder is its owner's alone (0700, files 0600) and is made when the first key is. Losing it loses every tenant whose recovery text
/// nobody wrote down.
public struct KeyFolder: Hashable, Sendable {
    public let path: String
    /// The data directory beside which it lies where nobody named it; nil where somebody did.
    private let neighbour: String?

    init(_ path: String) { (self.path, neighbour) = (path, nil) }

    /// As somebody named it (`--keys`), or as `init` recorded it, or `DATA.keys`. Refuses one that lies in the data directory: copies of that would hold it.
    init(of directory: DataDirectory, recorded: String?) throws(OperationFailure) {
        // The same folder by whatever way somebody gets to the data directory.
        let data = Self.resolved(directory.path)
        let named = directory.keys ?? recorded
        (path, neighbour) = (named ?? data + ".keys", named == nil ? data : nil)
        guard !(Self.resolved(path) + "/").hasPrefix(Self.resolved(directory.path) + "/") else {
            throw OperationFailure(
                .configuration, doing: "looking at the key folder \(path)", wrong: "it lies inside the data directory, so every copy of that holds the keys",
                remedy: "move it out of \(directory.path), to another disk if there is one, and name it with --keys")
        }
        if try PrivateFile.exists(path) { try PrivateFile.requirePrivate(path, isFolder: true) }
    }

    func file(_ tenant: Identifier) -> String { "\(path)/\(tenant).key" }

    /// Nil where there is none of this tenant.
    public func key(of tenant: Identifier) throws(OperationFailure) -> TenantKey? {
        let file = file(tenant)
        guard try PrivateFile.exists(file) else { return nil }
        try PrivateFile.requirePrivate(path, isFolder: true)
        guard var bytes = Hexadecimal.bytes(of: try PrivateFile.read(file)), bytes.count == TenantKey.byteCount else {
            throw OperationFailure(
                .configuration, doing: "reading \(file)", wrong: "it does not hold a key of \(TenantKey.byteCount) bytes",
                remedy: "move it away, and put the key back from its recovery text: seamark-server tenant key NAME --put-back")
        }
        return TenantKey(of: tenant, SecretBytes(moving: &bytes))
    }

    /// As `key(of:)`; says what to do where it is missing, or is another key than `check` tells.
    func key(of tenant: Identifier, check: [UInt8], doing: String) throws(OperationFailure) -> TenantKey {
        guard let key = try key(of: tenant) else { throw missing(tenant, doing: doing) }
        guard key.check == check else {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "\(file(tenant)) is not the key that this tenant was sealed under",
                remedy: "move it away, and put the right one back: the file, or its recovery text (seamark-server tenant key NAME --put-back)")
        }
        return key
    }

    /// Says that a tenant's key is not here, and what to do.
    public func missing(_ tenant: Identifier, doing: String = "looking for a tenant key") -> OperationFailure { TenantKey.missing(file(tenant), doing: doing) }

    /// Makes the folder where it is missing. A key that is there already is made durable, since whoever put it there may have been cut off; another one of the same tenant is refused.
    func keep(_ key: TenantKey) throws(OperationFailure) {
        try make()
        if let present = try self.key(of: key.tenant) {
            guard present.check == key.check else {
                throw OperationFailure(
                    .badInput, doing: "keeping a tenant key", wrong: "\(file(key.tenant)) holds another key of this tenant",
                    remedy: "find out which of the two opens the tenant, and move the other away; nothing was changed")
            }
            return try PrivateFile.makeDurable(folder: path)
        }
        try PrivateFile.create(file(key.tenant), Array(Hexadecimal.text(of: key.secret.copy()).utf8))
    }

    func make() throws(OperationFailure) {
        let parent = (Self.absolute(path) as NSString).deletingLastPathComponent
        if try PrivateFile.exists(path) {
            try PrivateFile.requirePrivate(path, isFolder: true)
            // Also one that was made a moment before a kill. Where its parent is not ours to read, somebody else made it, long ago.
            do throws(OperationFailure) { try PrivateFile.makeDurable(folder: parent) } catch where error.kind == .notPermitted {}
            return
        }
        let doing = "making the key folder \(path)"
        if let neighbour, Self.disk(of: parent) != Self.disk(of: neighbour) {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "beside the data directory lies another file system, which may not last (in a container it goes with it)",
                remedy: "name a folder that lasts, outside the data directory and its backups, with --keys or SEAMARK_KEYS")
        }
        do throws(OperationFailure) { try PrivateFile.makeFolder(path, mayExist: true) } catch where error.kind == .notPermitted {
            throw OperationFailure(
                .notPermitted, doing: doing, wrong: "the system does not allow it",
                remedy: "make it as root for the owner of the data directory (install -d -o OWNER -m 700 \(path)), or name another with --keys or SEAMARK_KEYS")
        }
        try PrivateFile.makeDurable(folder: parent)
    }

    /// Nil where the system does not say.
    private static func disk(of path: String) -> dev_t? {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_dev : nil
    }

    /// Overwritten, unlinked, and durably so when it returns. One that is not there is destroyed already.
    func destroy(_ tenant: Identifier) throws(OperationFailure) { try PrivateFile.destroy(file(tenant)) }

    static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path }

    /// Without links, as far as the path leads anywhere.
    private static func resolved(_ path: String) -> String {
        var (folder, rest) = ((absolute(path) as NSString).standardizingPath as NSString, "")
        while true {
            if let real = realpath(folder as String, nil) {
                defer { free(real) }
                return (String(cString: real) == "/" ? "" : String(cString: real)) + rest
            }
            guard folder.length > 1 else { return (folder as String) + rest }
            rest = "/" + folder.lastPathComponent + rest
            folder = folder.deletingLastPathComponent as NSString
        }
    }
}
