internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore

/// Takes in and gives out the bytes of one tenant's attachments, one request after the other on a queue of its own, so that waiting for its
/// disk holds up no block.
///
/// Every request is judged anew, in the store as it is then: the member is staffed on the scope and reads everything there, and an accepted
/// record of that scope names the hash, which is not redacted there. A device that was revoked hands in, and is given nothing. A scope holds an attachment only once its bytes were handed in **in that scope**: a record that
/// names a guessed hash gives its author nothing, and what other scopes hold neither shortens an upload nor counts in its answer.
final class AttachmentDesk: Sendable {
    private let schedule: TenantWriter.Schedule
    private let vault: AttachmentVault
    private let store: TenantStore
    private let limits: AttachmentLimits
    private let signer: any Signer
    private let clock: WallClock

    /// - Parameter schedule: what its work runs on, one after the other.
    init(
        vault: AttachmentVault, store: TenantStore, limits: AttachmentLimits = AttachmentLimits(), signer: any Signer, clock: WallClock,
        schedule: @escaping TenantWriter.Schedule = TenantWriter.ownQueue("seamark.tenant.attachments", isUrgent: false)
    ) {
        self.schedule = schedule
        self.vault = vault
        self.store = store
        self.limits = limits
        self.signer = signer
        self.clock = clock
        schedule {
            vault.expire()
            // A server that was ended between erasing an attachment and removing its file left the file.
            try? Self.dropErased(vault, store)
        }
    }

    /// Runs `body` after what was submitted before.
    func submit(_ body: @escaping @Sendable () -> Void) { schedule(body) }

    /// Returns when everything submitted before is done.
    func finish() async {
        await withCheckedContinuation { continuation in schedule { continuation.resume() } }
    }

    /// Removes the files of attachments that this process has erased, after what was submitted before. Failing leaves them to the next start:
    /// nobody is given them.
    func dropErased() {
        let (vault, store) = (vault, store)
        guard store.takesErasedAttachments() else { return }
        schedule { try? Self.dropErased(vault, store) }
    }

    static func dropErased(_ vault: AttachmentVault, _ store: TenantStore) throws { try vault.drop(store.read { try $0.erasedAttachments() }) }

    // MARK: Handing in

    func answer(to offer: AttachmentMessage.Offer, of name: DeviceName) throws -> AttachmentMessage {
        switch try standing(of: offer, for: name) {
        case .refused(let code): return .refused(.init(scope: offer.scope, hash: offer.attachment.hash, code: code, limit: limit(of: code)))
        case .whole(let receipt): return .held(.init(receipt))
        case .open(let held):
            // At its end already: the last chunk was kept, and the power went before the whole was compared.
            if held == offer.attachment.size { return try finish(offer, of: name) }
            return .held(.init(scope: offer.scope, hash: offer.attachment.hash, held: held))
        }
    }

    /// `offer`: the one that the chunk belongs to, with the chunk's length checked.
    func answer(to chunk: AttachmentMessage.Chunk, of offer: AttachmentMessage.Offer, by name: DeviceName) throws -> AttachmentMessage {
        func refused(_ code: Problem.Code, held: Int = 0) -> AttachmentMessage {
            .refused(.init(scope: offer.scope, hash: offer.attachment.hash, code: code, held: held, limit: limit(of: code)))
        }
        let held: Int
        switch try standing(of: offer, for: name) {
        // An offer that was refused opens nothing for its chunks.
        case .refused(let code): return refused(code)
        // Another device of the scope was faster.
        case .whole(let receipt): return .held(.init(receipt))
        case .open(let count): held = count
        }
        if held == offer.attachment.size { return try finish(offer, of: name) }
        guard chunk.offset <= held else { return refused(.chunkOutOfOrder, held: held) }
        // A chunk that came before is answered and not written again.
        guard chunk.offset == held else { return .held(.init(scope: offer.scope, hash: offer.attachment.hash, held: held)) }
        do {
            try vault.append(chunk.bytes, at: chunk.offset, of: offer.attachment, by: offer.scope)
        } catch {
            guard error.reason == .full else { throw error }
            return refused(.noRoomForAttachment, held: held)
        }
        let reached = held + chunk.bytes.count
        guard reached == offer.attachment.size else { return .held(.init(scope: offer.scope, hash: offer.attachment.hash, held: reached)) }
        return try finish(offer, of: name)
    }

    /// The half upload has come to its end. Its bytes are under their hash, durably, before the database says that the scope holds them;
    /// and who may hand it in is asked once more, in the transaction that says so.
    private func finish(_ offer: AttachmentMessage.Offer, of name: DeviceName) throws -> AttachmentMessage {
        func refused(_ code: Problem.Code) -> AttachmentMessage { .refused(.init(scope: offer.scope, hash: offer.attachment.hash, code: code)) }
        // Nothing comes between this and the transaction below but a change of staffing: this desk is the only one that adds attachments.
        guard try store.read({ try !isOver(offer.attachment, offer.scope, $0) }) else {
            try vault.discard(offer.attachment, by: offer.scope)
            return refused(.attachmentOverQuota)
        }
        guard try vault.finish(offer.attachment, by: offer.scope) else { return refused(.attachmentMismatch) }
        let now = clock.now()
        let receipt: AttachmentReceipt? = try store.write { transaction in
            guard try names(offer.attachment.hash, size: offer.attachment.size, offer.record, in: offer.scope, for: name, transaction) else { return nil }
            try transaction.addAttachment(offer.attachment, to: offer.scope, received: now)
            guard let stored = try transaction.attachment(offer.attachment.hash, in: offer.scope) else { return nil }
            return try self.receipt(stored, offer.scope, transaction)
        }
        guard let receipt else { return refused(.noSuchAttachment) }
        return .held(.init(receipt))
    }

    /// What goes with a refusal of that number: how large one may be.
    private func limit(of code: Problem.Code) -> Int? { code == .attachmentTooLarge ? min(limits.largest, Attachment.largest) : nil }

    /// Where an offer, or a chunk of it, stands now.
    private enum Standing {
        case refused(Problem.Code)
        case whole(AttachmentReceipt)
        /// May be handed in; so many bytes are held.
        case open(held: Int)
    }

    private func standing(of offer: AttachmentMessage.Offer, for name: DeviceName) throws -> Standing {
        let attachment = offer.attachment
        guard attachment.size <= limits.largest else { return .refused(.attachmentTooLarge) }
        var receipt: AttachmentReceipt?
        let refusal = try store.read { snapshot -> Problem.Code? in
            guard try names(attachment.hash, size: attachment.size, offer.record, in: offer.scope, for: name, snapshot) else { return .noSuchAttachment }
            if let stored = try snapshot.attachment(attachment.hash, in: offer.scope), !stored.isErased, stored.attachment == attachment {
                receipt = try self.receipt(stored, offer.scope, snapshot)
                return nil
            }
            return try isOver(attachment, offer.scope, snapshot) ? .attachmentOverQuota : nil
        }
        if let refusal { return .refused(refusal) }
        // A file may be gone although the database knows it: then it is handed in again.
        if let receipt, try vault.holds(attachment) { return .whole(receipt) }
        let held = try vault.held(attachment, by: offer.scope)
        if held == 0 {
            vault.expire()
            let taken = try store.read { try $0.attachmentTotals().bytes } + vault.halfUploadBytes()
            guard taken + attachment.size <= limits.tenantBytes else { return .refused(.attachmentOverQuota) }
        }
        // Refused before it goes up, not when the disk is full of half of it.
        if let room = vault.room(), attachment.size - held > room - limits.reserve { return .refused(.noRoomForAttachment) }
        return .open(held: held)
    }

    // MARK: Giving out

    func answer(to wanted: AttachmentMessage.Wanted, of name: DeviceName) throws -> AttachmentMessage {
        func refused(_ code: Problem.Code) -> AttachmentMessage { .refused(.init(scope: wanted.scope, hash: wanted.hash, code: code)) }
        var stored: StoredAttachment?
        let mayRead = try store.read { snapshot -> Bool in
            guard try names(wanted.hash, size: nil, wanted.record, in: wanted.scope, for: name, snapshot) else { return false }
            stored = try snapshot.attachment(wanted.hash, in: wanted.scope)
            return true
        }
        guard mayRead else { return refused(.noSuchAttachment) }
        guard let stored, !stored.isErased, try vault.holds(stored.attachment) else { return refused(.attachmentNotHere) }
        guard stored.attachment.chunkLength(at: wanted.offset) != nil else { return refused(.chunkOfWrongLength) }
        let bytes = try vault.read(wanted.offset, of: stored.attachment)
        return .chunk(.init(scope: wanted.scope, hash: wanted.hash, offset: wanted.offset, bytes: bytes))
    }

    // MARK: Who may

    /// May the device be given what the scope holds, or hand it in where `size` is told; and does a record there, as the log leaves it, name the hash? A
    /// deleted one too: it may be restored, and the device that is to hand in its bytes may be taken off before that.
    private func names(
        _ hash: Hash256, size: Int?, _ record: Identifier, in scope: Identifier, for name: DeviceName, _ snapshot: TenantSnapshot
    ) throws -> Bool {
        let standing = try DeviceSession.MemberStanding(of: name, in: snapshot)
        guard try snapshot.scope(scope)?.kind == .engagement, try mayReach(scope, name, standing, handsIn: size != nil, snapshot),
            let state = try snapshot.record(record, in: scope),
            state.type == Catalogue.evidence.number,
            state.heads(of: .field(EvidenceField.hash)).contains(where: { $0.content.value == .bytes(hash.bytes) }),
            try !snapshot.isBarred(Redaction.leaf(ofAttachment: hash, namedBy: record, SystemPrimitives()), in: scope)
        else { return false }
        guard let size else { return true }
        return state.heads(of: .field(EvidenceField.size)).contains { $0.content.value == .int(Int64(size)) }
    }

    /// Whoever works there. And, to hand in, a device that was revoked, where it worked: an accepted row says which bytes they are, whoever brings them.
    private func mayReach(
        _ scope: Identifier, _ name: DeviceName, _ standing: DeviceSession.MemberStanding, handsIn: Bool, _ snapshot: TenantSnapshot
    ) throws -> Bool {
        if try snapshot.isStaffed(name.member, on: scope), standing.reading == .everything { return true }
        guard handsIn, standing.isRevoked, standing.role.map(RoleTable.reading) == .everything else { return false }
        return try snapshot.isStaffed(name.member, on: scope) || snapshot.streamEnds(ofDevice: name.device).contains { $0.0.scope == scope }
    }

    private func isOver(_ attachment: Attachment, _ scope: Identifier, _ snapshot: TenantSnapshot) throws -> Bool {
        if try snapshot.attachment(attachment.hash, in: scope)?.isErased == false { return false }
        let own = try snapshot.attachmentTotals(of: scope)
        let all = try snapshot.attachmentTotals()
        return own.count >= limits.engagementCount || own.bytes + attachment.size > limits.engagementBytes
            || all.count >= limits.tenantCount || all.bytes + attachment.size > limits.tenantBytes
    }

    private func receipt(_ stored: StoredAttachment, _ scope: Identifier, _ snapshot: TenantSnapshot) throws -> AttachmentReceipt {
        AttachmentReceipt(
            epoch: try snapshot.identity().epoch, scope: scope, attachment: stored.attachment, received: stored.received, signer: signer)
    }
}
