internal import SeamarkJournal
internal import SeamarkModel
package import SeamarkProtocol
internal import SeamarkStore
internal import Synchronization

// Where a device stands, and what it gives back to a log that has lost something.
extension DeviceSession {
    /// The device said where it stands: kept for `device list`, and held against the logs. Where a log lacks what this server signed for in
    /// this epoch, the store was put back to an older copy, and its epoch has just been renewed; renewed it is told also where that happened since
    /// this device was greeted.
    package func note(_ status: Message.Status) throws -> ServerSession.NoteAnswer {
        schema.withLock { $0 = status.schema }
        let now = tenant.clock.now()
        let word = LastWord(status, at: now)
        said.withLock { $0 = word }
        tenant.note(word, of: name.device)
        if status.isWiped {
            try tenant.store.write { transaction in
                if try transaction.noteWiped(name.device, at: now) {
                    _ = try transaction.noteAct("device.wiped", detail: name.device.description, at: now)
                }
            }
            return .wiped
        }
        // Where one stands that waits is looked at once it is confirmed.
        guard try !tenant.store.read({ try MemberStanding(of: name, in: $0).awaitsConfirmation }) else { return .held }
        let (standings, isOrdinary, epoch, unknown) = try tenant.store.read { snapshot in
            let standings = try status.scopes.map { try standing($0, snapshot) }
            return (standings, try snapshot.isOrdinary(standings, of: name.device), try snapshot.identity().epoch, try unknownScopes(status, snapshot))
        }
        // Of these nothing can be taken in, and the device is told so when it tries: headquarters must hear of it.
        if !unknown.isEmpty { try tenant.store.write { try $0.hear(ofScopes: unknown, of: name.device, at: now) } }
        // Another device proved it first, between this one's greeting and its Status: without an answer it would wait for one.
        guard isGreeted(in: epoch) else { return .renewed }
        guard !isOrdinary else { return .held }
        let next = (try tenant.draw(), try tenant.draw())
        let (hearing, since) = try tenant.store.write { (try $0.hear(standings, of: name.device, at: now, next: next), try $0.identity().epoch) }
        guard isGreeted(in: since) else { return .renewed }
        return switch hearing {
        case .held: .held
        case .renewed: .renewed
        case .unproven(let scopes): .unproven(scopes)
        }
    }

    /// A block of so many changes has its receipt: what the device said that it had not sent of that scope is so much less, and headquarters is not left to
    /// fear for it. What it holds of other scopes is as it was.
    func handedIn(_ changes: Int, bytes: Int, of scope: Identifier) { heard { $0.handedIn(changes, bytes: bytes, of: scope) } }

    /// An attachment has its receipt: the same of what waits of these.
    func handedIn(_ attachment: Attachment, to scope: Identifier) { heard { $0.handedIn(attachment, to: scope) } }

    /// - Parameter alter: false where nothing altered.
    private func heard(_ alter: (inout LastWord) -> Bool) {
        said.withLock { said in
            guard var word = said, alter(&word) else { return }
            said = word
            tenant.note(word, of: name.device)
        }
    }

    /// Scopes that the store does not know, nobody has told of yet, and for which this device, which is no revoked one, shows this server's own signature,
    /// of whichever epoch.
    private func unknownScopes(_ status: Message.Status, _ snapshot: TenantSnapshot) throws -> [Identifier] {
        let key = tenant.signer.publicKey
        var unknown: [Identifier] = []
        for cursor in status.scopes {
            guard let proof = cursor.proof, proof.scope == cursor.scope, try snapshot.scope(cursor.scope) == nil else { continue }
            if proof.isSigned(by: key, tenant.primitives) { unknown.append(cursor.scope) }
        }
        guard !unknown.isEmpty, try !MemberStanding(of: name, in: snapshot).isRevoked else { return [] }
        let told = Set(try snapshot.alarms().filter { $0.kind == .unknownScope }.map(\.scope))
        return unknown.filter { !told.contains($0) }
    }

    /// With what this server itself signed for, of that scope and epoch, and nothing else that may be shown. A proof of what the store holds proves
    /// nothing: its signature is not looked at.
    private func standing(_ cursor: Message.ScopeCursor, _ snapshot: TenantSnapshot) throws -> Standing {
        let key = tenant.signer.publicKey
        var (place, attachment): (LogPlace?, AttachmentReceipt?)
        if let proof = cursor.proof, proof.scope == cursor.scope, proof.epoch == cursor.epoch, try !snapshot.contains(proof.place, in: cursor.scope),
            proof.isSigned(by: key, tenant.primitives)
        {
            place = proof.place
        }
        if let receipt = cursor.attachmentProof, receipt.scope == cursor.scope, receipt.epoch == cursor.epoch, try snapshot.lacks(receipt),
            receipt.isSigned(by: key, tenant.primitives)
        {
            attachment = receipt
        }
        return Standing(
            scope: cursor.scope, epoch: cursor.epoch, places: [cursor.cursor, cursor.mark], incarnation: cursor.incarnation, proven: place,
            provenAttachment: attachment)
    }

    /// What a key signed that was replaced counts where the log was put back to before that was done, and for no place that it did not reach then.
    /// A log that holds the place where that key ended lacks nothing that it signed: what is shown of it is there, or is a thief's.
    private func isOfLostLog(_ donation: Message.Donation, _ earlier: EarlierServerKey) throws -> Bool {
        let position: UInt64
        switch donation.proof {
        case .nothing: return false
        case .receipt(let receipt): position = receipt.place.position
        case .place(let signed): position = signed.place.position
        }
        guard let end = earlier.ends[donation.scope], position <= end.position else { return false }
        return try !tenant.store.read { try $0.contains(end, in: donation.scope) }
    }

    /// Takes in what an earlier life of a log held. Everything is looked at before anything is stored.
    package func donate(_ donation: Message.Donation) throws -> ServerSession.DonationAnswer {
        let primitives = tenant.primitives
        // What an earlier key proves and no lost log lacks is passed over, not refused: an honest device shows receipts of places that it has not
        // read up to, and cannot know that they are in the log.
        var isTaken = donation.isProven(by: [tenant.signer.publicKey], primitives)
        if !isTaken {
            if let earlier = tenant.earlier.first(where: { donation.isProven(by: [$0.key], primitives) }) {
                isTaken = try isOfLostLog(donation, earlier)
            } else if !donation.asksOnly {
                return .refused(Problem(.badDonation, "this server did not sign these entries"))
            }
        } else if let epoch = donation.proof.epoch, try !tenant.store.read({ try $0.mayHaveHad(epoch: epoch) }) {
            // This server has signed in an epoch that its log never had: files of before were copied back, and nobody said so.
            let next = (try tenant.draw(), try tenant.draw())
            let now = tenant.clock.now()
            if try tenant.store.write({ try $0.hear(ofEpoch: epoch, in: donation.scope, of: name.device, at: now, next: next) }) {
                return .refused(Problem(.epochRenewed, "the epoch was renewed; sync again"))
            }
        }
        var items: [Donation.Item] = []
        let standing = try tenant.store.read { try MemberStanding(of: name, in: $0) }
        guard !standing.awaitsConfirmation else { return .refused(Self.unconfirmed) }
        // Of a device that reads nothing any more it is the role that says what it was given.
        let isWithheld = standing.role.map(RoleTable.reading) == .withoutSensitive
        for item in isTaken ? donation.entries : [] {
            switch item.entry.content {
            case .release(let ids): items.append(.release(ids))
            case .block(let hash):
                guard let bytes = item.block else { continue }
                guard let parts = try? SensitivePart.decode(item.sensitive, primitives),
                    bytes.count + item.sensitive.count + 34 * parts.count <= Block.longest,
                    let block = try? Block.open(bytes, sensitive: parts, primitives), block.hash == hash, block.stream.scope == donation.scope,
                    block.changes.count == item.entry.verdicts.count
                else { return .refused(Problem(.badDonation, "a block of a donation is damaged or not the one that was signed for")) }
                // Whoever may not read sensitive values, or might not when it read this, gives back blocks without them: others hold them whole, or
                // nobody does any more.
                if isWithheld || item.isBare, parts.contains(where: \.isLeaf) {
                    items.append(.bare(block, sensitive: item.sensitive))
                    continue
                }
                items.append(.block(block, sensitive: item.sensitive, verdicts: item.entry.verdicts, received: item.entry.received))
            }
        }
        if !items.isEmpty {
            let given = Donation(device: name.device, scope: donation.scope, items: items, received: tenant.clock.now())
            let outcome = try tenant.store.write { transaction in
                var judge = StandardJudge(transaction)
                let keys = AuthorKeys(transaction, server: tenant.signer.publicKey)
                return try transaction.donate(
                    given, judge: { try judge.verdict($0, $1, $2) }, earlierServerKeys: tenant.earlier.map(\.key), key: { try keys.key(of: $0) })
            }
            switch outcome {
            case .admitted(let unverified), .quarantined(_, let unverified): if unverified > 0 { hasPassedOver.withLock { _ = $0.insert(donation.scope) } }
            case .refused(.awaitsConfirmation): return .refused(Self.unconfirmed)
            case .refused: return .refused(Problem(.unknownScope, "no such scope", of: donation.scope))
            }
        }
        return try tenant.store.read { snapshot in
            guard let scope = try snapshot.scope(donation.scope) else { return .refused(Problem(.unknownScope, "no such scope", of: donation.scope)) }
            let standing = try MemberStanding(of: name, in: snapshot)
            guard !standing.awaitsConfirmation else { return .refused(Self.unconfirmed) }
            let mayRead = try standing.mayRead(scope.kind) && snapshot.isStaffed(name.member, on: scope.id)
            let stream = StreamName(device: name.device, incarnation: donation.incarnation, scope: scope.id)
            // Whoever never was here is not told how far the log goes, and hands in all that it can prove.
            let knows = try mayRead || snapshot.hasDeparted(name.member, from: scope.id) || snapshot.streamEnds(ofDevice: name.device).contains { $0.0.scope == scope.id }
            let contains = try donation.known == .beginning || knows && snapshot.contains(donation.known, in: scope.id)
            let place = knows ? scope.place : .beginning
            return .donated(
                Message.Donated(
                    scope: scope.id, contains: contains, isLast: donation.isLast,
                    place: SignedPlace(epoch: try snapshot.identity().epoch, scope: scope.id, place: place, signer: tenant.signer),
                    end: Message.KnownStream(incarnation: donation.incarnation, end: try snapshot.streamEnd(stream)),
                    // What was passed over is kept nowhere here: the device's copy may be the last.
                    isCopyReleased: try donation.isLast && !mayRead && !standing.isRevoked && !hasPassedOver.withLock { $0.contains(scope.id) }
                        && snapshot.isCopyReleased(name.member, of: scope.id)))
        }
    }
}

/// Who signed: the server itself, a device of the table, or one that the directory knows and a store that went back does not.
struct AuthorKeys {
    let snapshot: TenantSnapshot
    let server: [UInt8]
    private let author: Identifier?
    private let shared: Identifier?

    init(_ snapshot: TenantSnapshot, server: [UInt8]) {
        self.snapshot = snapshot
        self.server = server
        author = try? snapshot.identity().author
        shared = try? snapshot.scopes().first { $0.kind == .shared }?.id
    }

    func key(of device: Identifier) throws -> [UInt8]? {
        if device == author { return server }
        if let known = try snapshot.device(device) { return known.signingKey }
        guard let shared, let record = try snapshot.record(device, in: shared), record.type == Catalogue.device.number else { return nil }
        return RecordView(id: device, state: record).value("signingKey")?.bytes
    }
}
