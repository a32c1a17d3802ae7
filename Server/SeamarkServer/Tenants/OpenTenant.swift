internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTLS
internal import Synchronization

/// A tenant whose store is open: its keys, its store and its one writer.
///
/// Whoever holds one can reach this tenant and no other. The roster makes them; a connection gets one through the door.
final class OpenTenant: Sendable {
    let keys: TenantKeys
    let store: TenantStore
    let trust: TrustedAuthority
    let writer: TenantWriter
    let clock: WallClock
    private let contacts: Mutex<[Identifier: DeviceContact]>

    /// Opens the store in a tenant's folder. Refuses keys that others may read.
    init(opening folder: TenantFolder, clock: WallClock, register: ConnectionRegister? = nil) throws {
        let keys = try TenantKeys(opening: folder)
        let store = try TenantStore.open(at: folder.database, tools: .standard(dataKey: keys.dataKey))
        self.keys = keys
        self.store = store
        self.clock = clock
        trust = try TrustedAuthority(certificates: [keys.authority.certificate.der])
        contacts = Mutex([:])
        let committer = PendingPush.Committer(store: store) { register?.count { $0.pushTransactions += 1 } }
        writer = TenantWriter { committer.commit($0) }
    }

    /// The server's key of the present epoch, under the tenant authority's signature.
    func serverKey(_ identity: TenantIdentity) -> Message.ServerKey {
        let message = Message.ServerKey.message(
            tenant: identity.id, epoch: identity.epoch, device: identity.author, key: keys.signingKey.publicKey)
        return Message.ServerKey(
            epoch: identity.epoch, device: identity.author, key: keys.signingKey.publicKey, signature: keys.authority.key.sign(message))
    }

    // MARK: Contacts

    /// Remembers what a device said of itself; written with others, at latest after a minute.
    func note(_ contact: DeviceContact, of device: Identifier) { contacts.withLock { $0[device] = contact } }

    /// Writes what was remembered.
    func writeContacts() {
        let taken = contacts.withLock { contacts in
            defer { contacts = [:] }
            return contacts
        }
        guard !taken.isEmpty else { return }
        let store = store
        writer.submit(.alone {
            // Contact data are of no consequence: losing some must not disturb anybody's sync.
            try? store.write { transaction in
                for (device, contact) in taken.sorted(by: { $0.key < $1.key }) { try transaction.noteContact(contact, of: device) }
            }
        })
    }
}

extension TenantTools {
    static func standard(dataKey: SecretBytes) throws -> TenantTools {
        TenantTools(primitives: SystemPrimitives(), sealing: try SealingKey(dataKey: dataKey)) { state in
            var document: [UInt8] = []
            RecordView(id: .zero, state: state).write(to: &document, references: .none)
            return document
        }
    }
}
