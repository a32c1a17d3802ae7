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
    let attachments: AttachmentDesk?
    private let bundles: (tenant: Identifier, key: [UInt8])?
    /// What its devices may have compared.
    let allowance = ComparisonAllowance()
    let renewals = RenewalAllowance()
    let handIns = HandInAllowance()
    /// Signs receipts and headquarters' blocks.
    let signer: any Signer
    /// The keys that the signer's took the place of.
    let earlier: [EarlierServerKey]
    /// The tenant authority's signature. While one takes over from another: of the one that signed when the device's certificate was issued.
    private let endorse: @Sendable (_ message: [UInt8], _ issued: Int64) -> [UInt8]
    /// Random words, for a new epoch.
    let draw: @Sendable () throws -> UInt64
    private let noteContact: @Sendable (LastWord, Identifier) -> Void

    /// - Parameters:
    ///   - attachments: where the bytes of attachments lie.
    ///   - bundles: the X25519 key that devices seal bundles to.
    ///   - schedule: what the writer's transactions run on, one after the other; and the work on attachments.
    ///   - committed: told after each transaction of pushes.
    package init(
        store: TenantStore, clock: WallClock, primitives: any Primitives, signer: any Signer, earlier: [EarlierServerKey] = [],
        endorse: @escaping @Sendable (_ message: [UInt8], _ issued: Int64) -> [UInt8], attachments vault: AttachmentVault? = nil, limits: AttachmentLimits = AttachmentLimits(),
        bundles: (tenant: Identifier, key: [UInt8])? = nil, schedule: TenantWriter.Schedule? = nil,
        committed: @escaping @Sendable () -> Void = {}, draw: @escaping @Sendable () throws -> UInt64 = { try Randomness.word() },
        noteContact: @escaping @Sendable (LastWord, Identifier) -> Void
    ) {
        self.store = store
        self.clock = clock
        self.primitives = primitives
        self.signer = signer
        self.earlier = earlier
        self.endorse = endorse
        self.draw = draw
        self.noteContact = noteContact
        attachments = vault.map { vault in
            AttachmentDesk(
                vault: vault, store: store, limits: limits, signer: signer, clock: clock,
                schedule: schedule ?? TenantWriter.ownQueue("seamark.tenant.attachments", isUrgent: false))
        }
        self.bundles = bundles
        let attachments = attachments
        let committer = PendingPush.Committer(store: store) {
            attachments?.dropErased()
            committed()
        }
        writer = TenantWriter(schedule: schedule ?? TenantWriter.ownQueue()) { committer.commit($0) }
    }

    /// What devices seal bundles to, under the tenant authority's signature; nil where no bundles are taken.
    func bundleKey(issued: Int64) -> Message.BundleKey? {
        bundles.map { tenant, key in Message.BundleKey(key: key, signature: endorse(Message.BundleKey.message(tenant: tenant, key: key), issued)) }
    }

    /// The server's key of the present epoch, under the tenant authority's signature.
    ///
    /// - Parameter issued: when the certificate of the device that it is for was: milliseconds since 1970.
    func serverKey(_ identity: TenantIdentity, issued: Int64) -> Message.ServerKey { serverKey(identity) { endorse($0, issued) } }

    private func serverKey(_ identity: TenantIdentity, by endorse: (_ message: [UInt8]) -> [UInt8]) -> Message.ServerKey {
        let message = Message.ServerKey.message(tenant: identity.id, epoch: identity.epoch, device: identity.author, key: signer.publicKey)
        return Message.ServerKey(epoch: identity.epoch, device: identity.author, key: signer.publicKey, signature: endorse(message))
    }

    /// The keys that this one took the place of, each for the last epoch in which it signed, under the tenant authority's signature.
    func earlierKeys(_ identity: TenantIdentity, issued: Int64) -> [Message.ServerKey] {
        earlier.map { earlier in
            let message = Message.ServerKey.message(tenant: identity.id, epoch: earlier.epoch, device: identity.author, key: earlier.key)
            return Message.ServerKey(epoch: earlier.epoch, device: identity.author, key: earlier.key, signature: endorse(message, issued), farewell: earlier.farewell)
        }
    }

    /// The order to wipe a device, signed for it; nil where there is none. One that was carried out stands for copies of the device's store.
    func wipeOrder(to device: TenantDevice, _ identity: TenantIdentity, issued: Int64) -> Message.WipeOrder? {
        wipeOrder(to: device, identity, by: { endorse($0, issued) }, ([], []))
    }

    /// - Parameters:
    ///   - endorse: signs as the tenant authority that the device believes, or that `lead` leads it to.
    ///   - lead: for a device that slept through the end of the authority that it knows.
    func wipeOrder(
        to device: TenantDevice, _ identity: TenantIdentity, by endorse: (_ message: [UInt8]) -> [UInt8], _ lead: (authority: [UInt8], words: [[UInt8]])
    ) -> Message.WipeOrder? {
        device.wipe.map {
            Message.WipeOrder(
                to: device.id, of: identity.id, ordered: $0.ordered, serverKey: serverKey(identity, by: endorse), signer: signer, authority: lead.authority,
                words: lead.words)
        }
    }

    /// Remembers what a device said of itself.
    func note(_ word: LastWord, of device: Identifier) { noteContact(word, device) }
}
