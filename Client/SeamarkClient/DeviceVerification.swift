import SeamarkCrypto
public import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// Proves offline what the device holds: every chain, signature, receipt, log hash and digest is computed anew.
///
/// Blocks are read from the disk byte for byte; opening one computes its hash, the hashes of its changes and the root over its sensitive
/// values. Nothing that was computed before is believed.
public struct DeviceVerification: Sendable {
    /// Something that does not hold. The first of a scope says where it begins.
    public struct Finding: Hashable, Sendable {
        public enum Problem: Hashable, Sendable {
            /// An own block does not follow the one before it.
            case brokenChain(number: UInt64)
            case badSignature(number: UInt64)
            /// No key is known for the device that wrote a block.
            case unknownAuthor(Identifier)
            /// The server did not sign this receipt.
            case forgedReceipt(position: UInt64)
            /// A receipt names another log than the one that was read.
            case otherLog(position: UInt64)
            /// An entry speaks of a block that is not there.
            case missingBlock(position: UInt64)
            case wrongCursor
            case wrongDigest
            /// The server's signed word on its state does not fit what was read at that place.
            case checkpointDiffers
        }

        public let scope: Identifier
        public let problem: Problem
    }

    /// What was looked at in one scope.
    public struct Scope: Sendable {
        public let id: Identifier
        public internal(set) var blocks = 0
        public internal(set) var changes = 0
        public internal(set) var receipts = 0
        /// Receipts of an epoch that has passed, whose log may be another one since.
        public internal(set) var earlierReceipts = 0
        public internal(set) var entries = 0
        public internal(set) var releases = 0
        public internal(set) var records = 0
        public internal(set) var heads = 0
        public internal(set) var digest = ScopeDigest.zero
        public internal(set) var position: UInt64 = 0
    }

    public private(set) var scopes: [Scope] = []
    public private(set) var findings: [Finding] = []

    /// What the walk through the events remembers of one scope.
    private struct Walk {
        var scope: Scope
        var own: [StreamName: StreamEnd] = [:]
        var receipts: [Receipt] = []
        var log = Rederivation()
    }

    /// Reads the whole store anew. Throws what reading it throws: a damaged row names itself.
    public init(_ device: Device) throws {
        let state = try device.state
        let primitives = device.primitives
        let ownKey = SigningKey(seed: state.identity.signingSeed).publicKey
        let serverKey = state.identity.serverSigningKey
        // What a key that was replaced has signed goes on verifying.
        let serverKeys = [serverKey] + state.replacedServerKeys.filter { $0 != serverKey }
        let shared = state.scopes.values.first { $0.kind == .shared }.flatMap { state.replicas[$0.id] }
        var walks: [Identifier: Walk] = [:]
        var findings: [Finding] = []
        func find(_ scope: Identifier, _ problem: Finding.Problem) { findings.append(Finding(scope: scope, problem: problem)) }

        func look(at block: Block, in scope: Identifier, _ walk: inout Walk) {
            walk.scope.blocks += 1
            walk.scope.changes += block.changes.count
            let author = block.stream.device
            let keys: [[UInt8]] =
                if author == state.identity.device {
                    [ownKey]
                } else if let key = shared?.view(author)?.value("signingKey")?.bytes {
                    [key]
                } else {
                    serverKeys
                }
            if !keys.contains(where: { block.isSigned(by: $0, primitives) }) {
                find(scope, keys == serverKeys ? .unknownAuthor(author) : .badSignature(number: block.first))
            }
        }

        try device.store.forEachEvent { _, event in
            guard case .replica(let id, let event) = event else {
                if case .scopeLeft(let id) = event { walks[id] = nil }
                return
            }
            var walk = walks.removeValue(forKey: id) ?? Walk(scope: Scope(id: id))
            defer { walks[id] = walk }
            walk.log.note(event, primitives)
            switch event {
            case .began, .captured, .proven, .examined: return
            case .sealed(let block):
                let end = walk.own[block.stream] ?? .beginning
                if block.first != end.number &+ 1 || block.previous != end.hash { find(id, .brokenChain(number: block.first)) }
                walk.own[block.stream] = block.end
                look(at: block, in: id, &walk)
            case .receipted(let receipt): walk.receipts.append(receipt)
            case .learnt(let entry, let block):
                walk.scope.entries += 1
                if case .release = entry.content { walk.scope.releases += 1 }
                if let block { look(at: block, in: id, &walk) }
                if let position = walk.log.missing, position == walk.log.place.position { find(id, .missingBlock(position: position)) }
            case .rebuilt:
                walk.scope.entries = 0
                walk.scope.releases = 0
            }
        }
        for id in state.scopeIDs {
            guard let replica = state.replicas[id] else { continue }
            var walk = walks[id] ?? Walk(scope: Scope(id: id))
            for receipt in walk.receipts {
                guard receipt.epoch == replica.epoch else {
                    walk.scope.earlierReceipts += 1
                    // Its log may be another one since; that the server signed it can be told all the same.
                    if !serverKeys.contains(where: { receipt.isSigned(by: $0, primitives) }) { find(id, .forgedReceipt(position: receipt.place.position)) }
                    continue
                }
                walk.scope.receipts += 1
                let position = receipt.place.position
                if !receipt.isSigned(by: serverKey, primitives) {
                    find(id, .forgedReceipt(position: position))
                } else if position < UInt64(walk.log.places.count), walk.log.places[Int(position)] != receipt.place {
                    find(id, .otherLog(position: position))
                }
            }
            if walk.log.place != replica.cursor { find(id, .wrongCursor) }
            // The digest from the heads themselves, not from what was kept along the way.
            var digest = ScopeDigest.zero
            for record in walk.log.state.records.values {
                for slot in record.slots {
                    for head in slot.heads {
                        digest.add(head.name)
                        walk.scope.heads += 1
                    }
                }
            }
            walk.scope.records = walk.log.state.records.count
            walk.scope.digest = digest
            walk.scope.position = walk.log.place.position
            if walk.log.missing == nil, digest != replica.confirmed.digest || digest != walk.log.state.digest { find(id, .wrongDigest) }
            if let checkpoint = state.checkpoint, checkpoint.epoch == replica.epoch,
                let word = checkpoint.scopes.first(where: { $0.scope == id })
            {
                let position = word.place.position
                let differs = position < UInt64(walk.log.places.count) && walk.log.places[Int(position)] != word.place
                if !checkpoint.isSigned(by: serverKey, primitives) || differs || position == walk.scope.position && word.digest != digest {
                    find(id, .checkpointDiffers)
                }
            }
            scopes.append(walk.scope)
        }
        self.findings = findings
    }
}
