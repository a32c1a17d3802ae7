internal import Glibc
public import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

/// What looking into a backup came to.
public struct BackupFinding: Sendable {
    public let header: BackupHeader
    /// The tenant's short name when it was made; empty for an installation.
    public let name: String
    public let files: Int
    public let bytes: Int
    public let holds: Bool
    /// What verifying the restored store said.
    public let sentence: String

    /// Restores the backup of a tenant into a folder of its own below `temporary`, verifies every chain, signature and digest, and takes it away again. That of
    /// an installation, whose keys lie plain in it, is read whole and written nowhere.
    ///
    /// - Parameter tenantKey: what the backup of a tenant takes beside the passphrase, unless an earlier version made it.
    public static func verify(_ path: String, passphrase: SecretBytes, tenantKey: TenantKey? = nil, below temporary: String) throws -> BackupFinding {
        let doing = "verifying the backup \(path)"
        guard try BackupHeader(of: path).kind == .tenant else {
            // What an earlier version's verification left, killed, holds those keys.
            Workshop.sweep(temporary, called: Self.workshop)
            let (header, facts, files, bytes) = try read(path, passphrase, tenantKey, into: nil, doing: doing)
            guard header.kind == .installation else { throw BackupFault.damaged.failure(doing: doing) }
            return BackupFinding(header: header, name: facts.name, files: files, bytes: bytes, holds: true, sentence: "the installation's files are whole")
        }
        let workshop = try Workshop(in: temporary, called: Self.workshop)
        defer { workshop.remove() }
        return try unpack(path, passphrase, tenantKey, into: workshop.path, doing: doing).finding
    }

    private static let workshop = ".verify-"

    /// Unpacks into `folder`, which is there and empty, and holds what came out against the header. Nothing of a tenant key is written anywhere.
    static func unpack(
        _ path: String, _ passphrase: SecretBytes, _ tenantKey: TenantKey?, into folder: String, doing: String
    ) throws -> (finding: BackupFinding, facts: BackupFiles.Facts) {
        let (header, facts, files, bytes) = try read(path, passphrase, tenantKey, into: folder, doing: doing)
        func finding(_ holds: Bool, _ sentence: String) -> (BackupFinding, BackupFiles.Facts) {
            (BackupFinding(header: header, name: facts.name, files: files, bytes: bytes, holds: holds, sentence: sentence), facts)
        }
        switch header.kind {
        case .installation: return finding(true, "the installation's files are whole")
        case .tenant:
            let place = TenantFolder(path: folder)
            let stated = try TenantKeys.facts(in: place, doing: doing)
            let keys: TenantKeys
            if let tenantKey, header.needsTenantKey {
                keys = try TenantKeys(opening: place, stated, under: tenantKey, doing: doing)
            } else {
                keys = try TenantKeys(plainIn: place, stated, doing: doing)
            }
            let store: TenantStore
            do { store = try TenantStore.open(at: place.database, checksPages: true, tools: .standard(dataKey: keys.dataKey)) } catch let error as StoreError where error.isDamage {
                return finding(false, error.description)
            }
            defer { try? store.close() }
            let (identity, scopes) = try store.read { (try $0.identity(), try $0.scopes()) }
            guard identity.id == header.tenant, keys.tenant == header.tenant, identity.epoch == header.epoch,
                scopes.map({ BackupHeader.Scope(id: $0.id, place: $0.place) }) == header.scopes
            else { return finding(false, "its header does not say what its database says") }
            let found = try TenantOffice.finding(on: store, keys, vault: place.attachments)
            return finding(found.holds, found.sentence)
        }
    }

    private static func read(
        _ path: String, _ passphrase: SecretBytes, _ tenantKey: TenantKey?, into folder: String?, doing: String
    ) throws(OperationFailure) -> (BackupHeader, BackupFiles.Facts, files: Int, bytes: Int) {
        do throws(BackupFault) {
            let reader = try BackupReader(path: path)
            try reader.unlock(passphrase, tenantKey)
            let facts = try BackupFiles.readFacts(reader)
            let (files, bytes) = try BackupFiles.unpack(reader, into: folder)
            return (reader.header, facts, files, bytes)
        } catch { throw error.failure(doing: doing) }
    }
}
