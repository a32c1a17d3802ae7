internal import SeamarkCrypto
package import SeamarkJournal
internal import SeamarkProtocol
package import SeamarkStore

/// All that the session of a device needs of its tenant: the store and its one writer, the clock, and who signs.
///
/// Whoever holds one can reach this tenant and no other. `OpenTenant` has one with the system's cryptography; a simulation makes its own.
package struct TenantDesk: Sendable {
    package let store: TenantStore
    package let writer: TenantWriter
    package let clock: WallClock
    let primitives: any Primitives
    /// The bytes of attachments; nil where a simulation keeps none.
    var attachments: AttachmentDesk?
    /// What devices seal bundles to; nil where a simulation takes none.
    var bundleKey: Message.BundleKey?
    /// What its devices may have compared.
    let allowance = ComparisonAllowance()
    /// Signs receipts and headquarters' blocks.
    let signer: any Signer
    /// The tenant authority's signature.
    private let endorse: @Sendable ([UInt8]) -> [UInt8]
    /// Random words, for a new epoch.
    let draw: @Sendable () throws -> UInt64
    private let noteContact: @Sendable (DeviceContact, Identifier) -> Void

    /// - Parameters:
    ///   - schedule: what the writer's transactions run on, one after the other.
    ///   - committed: told after each transaction of pushes.
    package init(
        store: TenantStore, clock: WallClock, primitives: any Primitives, signer: any Signer,
        endorse: @escaping @Sendable ([UInt8]) -> [UInt8], schedule: TenantWriter.Schedule? = nil,
        committed: @escaping @Sendable () -> Void = {}, draw: @escaping @Sendable () throws -> UInt64 = { try Randomness.word() },
        noteContact: @escaping @Sendable (DeviceContact, Identifier) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.primitives = primitives
        self.signer = signer
        self.endorse = endorse
        self.draw = draw
        self.noteContact = noteContact
        let committer = PendingPush.Committer(store: store, committed: committed)
        writer = TenantWriter(schedule: schedule ?? TenantWriter.ownQueue()) { committer.commit($0) }
    }

    /// The server's key of the present epoch, under the tenant authority's signature.
    func serverKey(_ identity: TenantIdentity) -> Message.ServerKey {
        let message = Message.ServerKey.message(tenant: identity.id, epoch: identity.epoch, device: identity.author, key: signer.publicKey)
        return Message.ServerKey(epoch: identity.epoch, device: identity.author, key: signer.publicKey, signature: endorse(message))
    }

    /// Remembers what a device said of itself.
    func note(_ contact: DeviceContact, of device: Identifier) { noteContact(contact, device) }
}
