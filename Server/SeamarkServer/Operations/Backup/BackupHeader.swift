public import SeamarkCrypto
public import SeamarkJournal

/// What a backup says of itself before anything is unsealed, and what every sealed part is bound to.
///
///     "SMKB" (4) ‖ version 1 (1) ‖ length of the rest (4, big-endian) ‖ passphrase lock (116)
///     ‖ kind ‖ id tenant ‖ fixed64 epoch ‖ signed time made ‖ count ‖ for each scope: id ‖ varint position ‖ hash log hash
///
/// Version 2 has the check value of the tenant key (16) at the end: its parts are sealed under a key derived from the locked one and the tenant
/// key, so that a shredded tenant's backups stay closed to whoever knows the passphrase. Version 1 is sealed under the locked key alone: an
/// installation's, and those that were made before tenants had a key.
///
/// It names no client: whoever finds the file learns when it was made and how long the logs were. It is authenticated by every
/// part that follows.
public struct BackupHeader: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        /// One tenant's folder: database, keys, attachments.
        case tenant = 1
        /// The installation: its authority, its server certificate, its name. Without it devices do not know the server.
        case installation = 2
    }

    /// Where a scope's log stood.
    public struct Scope: Hashable, Sendable {
        public let id: Identifier
        public let place: LogPlace
    }

    public let lock: PassphraseLock
    public let kind: Kind
    /// Zero for an installation.
    public let tenant: Identifier
    public let epoch: UInt64
    /// Milliseconds since 1970. Everything that was acknowledged before it is in the backup.
    public let made: Int64
    public let scopes: [Scope]
    /// Which tenant key it takes beside the passphrase; nil for version 1, which no shredding reaches.
    let keyCheck: [UInt8]?

    public var needsTenantKey: Bool { keyCheck != nil }

    /// Entries of all logs together.
    public var entries: UInt64 { scopes.reduce(0) { $0 &+ $1.place.position } }

    static let magic = Array("SMKB".utf8)
    static let versions: ClosedRange<UInt8> = 1...2
    /// A header's rest is no longer: room for more than ten thousand scopes.
    static let longest = 1 << 20
    static let fixedCount = 9

    init(lock: PassphraseLock, kind: Kind, tenant: Identifier = .zero, epoch: UInt64 = 0, made: Int64, scopes: [Scope] = [], keyCheck: [UInt8]? = nil) {
        self.lock = lock
        self.kind = kind
        self.tenant = tenant
        self.epoch = epoch
        self.made = made
        self.scopes = scopes
        self.keyCheck = keyCheck
    }

    /// What the file at `path` says of itself.
    public init(of path: String) throws(OperationFailure) {
        if try !PrivateFile.exists(path) {
            throw OperationFailure(.notFound, doing: "reading the backup \(path)", wrong: "it is not there", remedy: "check its name")
        }
        do throws(BackupFault) { self = try BackupReader(path: path).header } catch { throw error.failure(doing: "reading the backup \(path)") }
    }

    var bytes: [UInt8] {
        var rest = ByteWriter()
        rest.raw(lock.bytes)
        rest.byte(kind.rawValue)
        rest.identifier(tenant)
        rest.fixed64(epoch)
        rest.signed(made)
        rest.count(scopes.count)
        for scope in scopes {
            rest.identifier(scope.id)
            rest.varint(scope.place.position)
            rest.hash(scope.place.hash)
        }
        if let keyCheck { rest.raw(keyCheck) }
        let count = UInt32(rest.bytes.count)
        return Self.magic + [keyCheck == nil ? 1 : 2] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + rest.bytes
    }

    /// The length of the rest, from the first `fixedCount` bytes.
    static func restCount(_ fixed: [UInt8]) throws(BackupFault) -> Int {
        guard fixed.count == fixedCount, Array(fixed[0..<4]) == magic else { throw .notABackup }
        guard versions.contains(fixed[4]) else { throw .newerVersion }
        let count = fixed[5..<9].reduce(0) { $0 << 8 | Int($1) }
        guard count > PassphraseLock.byteCount, count <= longest else { throw .damaged }
        return count
    }

    init(fixed: [UInt8], rest: [UInt8]) throws(BackupFault) {
        do {
            var reader = ByteReader(rest)
            lock = try PassphraseLock(bytes: try reader.raw(PassphraseLock.byteCount))
            guard let kind = Kind(rawValue: try reader.byte()) else { throw BackupFault.newerVersion }
            self.kind = kind
            tenant = try reader.identifier()
            epoch = try reader.fixed64()
            made = try reader.signed()
            var scopes: [Scope] = []
            for _ in 0..<(try reader.count(each: 49)) {
                scopes.append(Scope(id: try reader.identifier(), place: LogPlace(position: try reader.varint(), hash: try reader.hash())))
            }
            self.scopes = scopes
            keyCheck = fixed[4] == 1 ? nil : try reader.raw(16)
            try reader.finish()
        } catch let fault as BackupFault {
            throw fault
        } catch PassphraseLockError.belowFloor, PassphraseLockError.tooCostly {
            throw .weakened
        } catch {
            throw .damaged
        }
    }
}

/// Why a backup cannot be read.
enum BackupFault: Error, Hashable, Sendable {
    case notABackup
    case newerVersion
    /// Somebody lowered or raised the cost of trying passphrases.
    case weakened
    case wrongPassphrase
    /// It takes a tenant key, and none was given.
    case noTenantKey(Identifier)
    /// It takes another tenant key than the one that was given.
    case otherTenantKey
    /// The file ends before the backup does.
    case cutShort
    /// A byte of it is not as it was written.
    case damaged
    case tooLittleMemory
    /// Reading or writing failed, by the system's number.
    case system(Int32, String)
    /// A step beside it failed, which says why itself.
    case step(OperationFailure)

    func failure(doing: String) -> OperationFailure {
        switch self {
        case .notABackup:
            OperationFailure(.badInput, doing: doing, wrong: "it is no backup of Seamark", remedy: "name a file that seamark-server backup wrote")
        case .newerVersion:
            OperationFailure(.badInput, doing: doing, wrong: "a newer version made it", remedy: "use that version of seamark-server, or a newer one")
        case .weakened:
            OperationFailure(
                .badInput, doing: doing, wrong: "its lock asks for less or more work than is allowed; somebody altered it",
                remedy: "do not type the passphrase again; use another copy")
        case .wrongPassphrase:
            OperationFailure(.notPermitted, doing: doing, wrong: "the passphrase is not the one that it was sealed with", remedy: "give the right one")
        case .noTenantKey(let tenant): TenantKey.missing("\(tenant).key", doing: doing)
        case .otherTenantKey:
            OperationFailure(
                .notPermitted, doing: doing, wrong: "the tenant key is not the one that it was sealed under",
                remedy: "use the key, or the recovery text, of the tenant as it was when the backup was made")
        case .cutShort: OperationFailure(.badInput, doing: doing, wrong: "the file ends before the backup does", remedy: "use a whole copy of it")
        case .damaged:
            OperationFailure(
                .badInput, doing: doing, wrong: "it is not as it was written: damaged, or altered by somebody", remedy: "use another copy, or an older backup")
        case .tooLittleMemory:
            OperationFailure(.exhausted, doing: doing, wrong: "there is too little memory to try the passphrase", remedy: "close other programs")
        case .system(let code, let what): PrivateFile.failure(code, doing: "\(doing): \(what)")
        case .step(let failure): failure
        }
    }
}
