public import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore

// Work that leaves on a stick: a push in a file, sealed to the tenant, and the receipts that come back in another.
extension Device {
    public enum BundleFailure: Error, Sendable {
        case fault(BundleFault)
        /// This device has not learnt yet what to seal to.
        case noKey
        /// The reply is genuine neither by its maker's signature nor by its receipts.
        case forged

        /// Its number in `SPEC.md` section 8; nil where nothing is wrong with the bundle.
        public var problem: UInt32? {
            switch self {
            case .fault(let fault): fault.problem
            case .noKey: nil
            case .forged: BundleFault.forged
            }
        }
    }

    public struct BundleExport: Sendable {
        public let blocks: Int
        public let changes: Int
        public let byteCount: Int
    }

    /// What a reply brought.
    public struct BundleReply: Sendable {
        /// Changes that got their receipt now.
        public internal(set) var acknowledged = 0
        /// Changes that have none, because the server keeps them in quarantine outside its log.
        public internal(set) var held = 0
        /// Changes that the server did not take.
        public internal(set) var refused = 0
        /// Changes whose receipts are of another life of the server: a sync sorts that out.
        public internal(set) var ofAnotherEpoch = 0
    }

    /// Opens the replies to this device's bundles. Derived from the signing seed, so that any copy of the store can.
    private func replyKey(_ identity: DeviceIdentity) -> AgreementKey {
        AgreementKey(
            privateBytes: HKDF.sha256(secret: identity.signingSeed, salt: identity.device.bytes, info: Array("seamark bundle reply key 1".utf8), count: 32))
    }

    /// Writes everything that no receipt covers, of all engagements, into a new file at `path`. Nil, and no file, when there is nothing.
    /// The outbox stays as it is: only receipts empty it.
    public func exportBundle(to path: String) throws -> BundleExport? {
        let lock = try store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        try store.refresh()
        let identity = try state.identity
        guard identity.bundleKey.count == 32 else { throw BundleFailure.noKey }
        for id in try state.scopeIDs { try seal(id) }
        let waiting = try state.scopeIDs.compactMap { id in try state.replicas[id].map { (id, $0.waiting) } }
        guard waiting.contains(where: { !$0.1.isEmpty }) else { return nil }
        do {
            let writer = try BundleWriter(path: path, kind: .push, to: identity.bundleKey)
            let statement = BundleStatement(
                tenant: identity.tenant, member: identity.member, device: identity.device, made: now(), link: replyKey(identity).publicKey)
            try writer.write(statement.signed(by: tools.signer(identity.signingSeed), header: Digest.sha256(writer.header.bytes)))
            var (blocks, changes) = (0, 0)
            for (scope, sealed) in waiting {
                for one in sealed {
                    guard let block = try store.block(one.end.hash, of: scope) else { throw DeviceStoreError.damagedFile }
                    let push = Message.Push(scope: scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, primitives))
                    try writer.write(Message.push(push).frame)
                    blocks += 1
                    changes += one.changes.count
                }
            }
            try writer.finish()
            return BundleExport(blocks: blocks, changes: changes, byteCount: writer.byteCount)
        } catch let fault as BundleFault { throw BundleFailure.fault(fault) }
    }

    /// How many changes a bundle would hold; it is refused here as it would be there.
    public func foreseeBundle() throws -> Int {
        guard try state.identity.bundleKey.count == 32 else { throw BundleFailure.noKey }
        return try state.unsentCount
    }

    /// Takes in the receipts of a reply, in one transaction, after all of it has proved genuine. The outbox forgets what they cover, and
    /// nothing else; what has its receipt already is passed over.
    ///
    /// - Parameter isTrial: prove it and count, and forget nothing.
    public func importReply(from path: String, isTrial: Bool = false) throws -> BundleReply {
        let lock = try store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        try store.refresh()
        let identity = try state.identity
        do {
            let reader = try BundleReader(path: path, kind: .reply, for: replyKey(identity))
            var events: [DeviceEvent] = []
            let reply = try read(reader, identity, into: &events)
            if !events.isEmpty, !isTrial { try store.transaction { try $0.append(events) } }
            return reply
        } catch {
            let failure: any Error = (error as? BundleFault).map(BundleFailure.fault) ?? error
            if !isTrial, let number = (failure as? BundleFailure)?.problem { note(Problem.Code(rawValue: number)) }
            throw failure
        }
    }

    private func read(_ reader: BundleReader, _ identity: DeviceIdentity, into events: inout [DeviceEvent]) throws -> BundleReply {
        let isEndorsed = try tools.endorsement(identity)
        let header = Digest.sha256(reader.header.bytes)
        var replicas = try state.replicas
        var decoder = BundleDecoder()
        var key: Message.ServerKey?
        var reply = BundleReply()
        while let part = try reader.next() {
            decoder.append(part)
            while let message = try Self.message(&decoder) {
                guard let known = key else {
                    guard case .welcome(let welcome) = message, let statement = decoder.statement else { throw BundleFault.damaged }
                    let server = welcome.serverKey
                    guard statement.tenant == identity.tenant, statement.device == identity.device,
                        isEndorsed(Message.ServerKey.message(tenant: identity.tenant, epoch: server.epoch, device: server.device, key: server.key), server.signature),
                        try !state.replacedServerKeys.contains(server.key), statement.isSigned(decoder.signature, by: server.key, header: header, primitives)
                    else { throw BundleFailure.forged }
                    key = server
                    continue
                }
                switch message {
                case .receipt(let receipt):
                    guard receipt.epoch == known.epoch, receipt.isSigned(by: known.key, primitives) else { throw BundleFailure.forged }
                    take(receipt, &replicas, &reply, &events)
                case .pushRefused(let refusal):
                    let count = replicas[refusal.scope]?.ownBlockCount(refusal.block) ?? 0
                    switch refusal.code {
                    case .notStaffed, .deviceRevoked, .outdatedSchema: reply.held += count
                    case _: reply.refused += count
                    }
                case _: throw BundleFault.damaged
                }
            }
        }
        guard decoder.isWhole, key != nil else { throw BundleFault.damaged }
        return reply
    }

    private func take(_ receipt: Receipt, _ replicas: inout [Identifier: Replica], _ reply: inout BundleReply, _ events: inout [DeviceEvent]) {
        // A block that this incarnation does not hold was renumbered since: a sync tells what became of it.
        guard let replica = replicas[receipt.scope], let count = replica.ownBlockCount(receipt.block), count == receipt.verdicts.count,
            !replica.receipted.contains(receipt.block)
        else { return }
        guard replica.epoch == receipt.epoch else {
            reply.ofAnotherEpoch += count
            return
        }
        var told = [ReplicaEvent.receipted(receipt)]
        // As in a sync: a receipt of the very next entry tells all that the entry says.
        if receipt.place.position == replica.cursor.position &+ 1, receipt.entry.logHash(after: replica.cursor.hash, primitives) == receipt.place.hash {
            told.append(.learnt(receipt.entry, nil))
        }
        for event in told {
            replicas[receipt.scope]?.apply(event, primitives)
            events.append(.replica(receipt.scope, event))
        }
        reply.acknowledged += count
    }

    private static func message(_ decoder: inout BundleDecoder) throws(BundleFault) -> Message? {
        do throws(Problem) { return try decoder.next() } catch { throw .damaged }
    }
}
