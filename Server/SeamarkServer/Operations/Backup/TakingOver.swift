internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

extension Restoring {
    /// What became of what the replaced store held beyond the backup.
    public struct TakenOver: Sendable {
        /// How many entries its logs held that the backup's lack.
        public internal(set) var entriesAhead: UInt64 = 0
        /// How many of them the restored logs hold now.
        public internal(set) var entries: UInt64 = 0
        /// Engagements, and what they publish, that the backup does not know: they are here again, and nobody is staffed on them.
        public internal(set) var scopes = 0
        /// Changes that its quarantine kept outside the logs, and the restored one keeps now for the same reason.
        public internal(set) var quarantined = 0
        /// Values that were redacted since and are redacted here too.
        public internal(set) var redactions = 0
        /// What could not be taken over, and lies in the replaced store alone.
        public internal(set) var left: [Left] = []

        /// Is there anything of it that the restored store now has?
        public var isAny: Bool { entries > 0 || scopes > 0 || quarantined > 0 || redactions > 0 }
    }

    /// Something of the replaced store that could not be taken over.
    public struct Left: Sendable {
        public enum Kind: String, Sendable {
            case entries, quarantined, redactions
        }

        public let kind: Kind
        /// Entries, changes or values.
        public let count: UInt64
        /// The engagement's short name, or the scope's id; nil where that is not known.
        public let engagement: String?
        /// Its first place in the replaced log; nil for what lies outside it.
        public let position: UInt64?
        /// The block; nil where it is none, or cannot be read.
        public let block: Hash256?
        public let reason: String
    }
}

/// Hands what a store held that is being replaced, and that the backup in its place lacks, to the restored one: the entries of its logs with their
/// verdicts and times, as a device gives them back, what its quarantine kept outside them, and its redactions.
///
/// Only reads the replaced store. What of it cannot be read, or is not what its own log or its author's signature says, is counted and named, and costs
/// the rest nothing. The restored store is a draft yet: whoever is cut off here begins anew.
final class TakingOver {
    private let former: TenantStore
    private let scopes: [TenantScope]
    private let office: TenantOffice
    private let now: Int64
    private let primitives = SystemPrimitives()
    private var names: [Identifier: String] = [:]
    private(set) var done = Restoring.TakenOver()

    /// - Parameters:
    ///   - scopes: of the replaced store.
    ///   - office: of the restored one, in its new epoch.
    init(from former: TenantStore, _ scopes: [TenantScope], to office: TenantOffice, at now: Int64) {
        self.former = former
        // The directory first: it says by which keys devices sign that the backup does not know.
        self.scopes = scopes.filter { $0.kind == .shared } + scopes.filter { $0.kind == .engagement } + scopes.filter { $0.kind == .published }
        self.office = office
        self.now = now
    }

    static let reason = "redacted before a backup was restored"
    static let erasedReason = "erased before a backup was restored"
    /// Bytes of entries that are in memory together, and share a transaction.
    private static let bytesTogether = 1 << 20
    /// So many blocks of the quarantine share one.
    private static let blocksTogether = 16
    /// After so many entries of one log that cannot be read the rest of it is given up.
    private static let mostUnread = 100

    func run() throws {
        if let directory = try? former.read({ try Directory($0) }) { for engagement in directory.engagements { names[engagement.id] = engagement.handle } }
        let barred = try office.store.read { snapshot in
            try scopes.map { scope in try snapshot.scope(scope.id) == nil ? Set<Hash256>() : snapshot.barredLeaves(in: scope.id) }
        }
        try addScopes()
        for scope in scopes { try takeEntries(of: scope) }
        try takeQuarantine()
        for (scope, before) in zip(scopes, barred) {
            try takeRedactions(of: scope.id, beyond: before)
            try takeErasures(of: scope.id)
        }
        try office.dropErasedAttachments()
        guard done.isAny || !done.left.isEmpty else { return }
        let left = done.left.reduce(UInt64(0)) { $0 &+ $1.count }
        let detail = "\(done.entries) entries \(done.scopes) scopes \(done.quarantined) quarantined \(done.redactions) redactions \(left) left"
        try office.store.write { _ = try $0.noteAct("tenant.takeOver", detail: detail, at: now) }
    }

    private func leave(_ kind: Restoring.Left.Kind, _ count: UInt64, of scope: Identifier?, at position: UInt64? = nil, block: Hash256? = nil, _ reason: String) {
        done.left.append(
            Restoring.Left(kind: kind, count: count, engagement: scope.map { names[$0] ?? $0.description }, position: position, block: block, reason: reason))
    }

    /// Engagements of after the backup are made under their own ids, or what laptops hold of them would have no way in.
    private func addScopes() throws {
        done.scopes = try office.store.write { transaction -> Int in
            var count = 0
            for scope in scopes where try transaction.scope(scope.id) == nil {
                try transaction.addScope(scope.id, kind: scope.kind, engagement: scope.engagement)
                if scope.kind == .engagement { count += 1 }
            }
            return count
        }
    }

    // MARK: Entries

    /// An entry of the replaced log, ready to be handed in.
    private struct Lacking {
        let item: Donation.Item
        /// Nil for a release.
        let block: Block?
        let position: UInt64
    }

    private static let notWritten = "it is not what was written"
    private static let missing = "it is missing there"
    private static let notSigned = "its author is not known here, or did not sign it"

    private func takeEntries(of scope: TenantScope) throws {
        let (place, isWhole) = try office.store.read { (try $0.scope(scope.id)?.place ?? LogPlace.beginning, try $0.contains(scope.place, in: scope.id)) }
        guard !isWhole else { return }
        // A log that is no continuation of the backup's is read from its beginning: what the backup holds too is passed over.
        let continues = (try? former.read { try $0.contains(place, in: scope.id) }) == true
        var end: LogPlace? = continues ? place : LogPlace.beginning
        var position = end?.position ?? 0
        var unread = 0
        while position < scope.place.position {
            switch portion(of: scope.id, after: position) {
            case .success(let entries):
                guard let last = entries.last, last.place.position > position else {
                    return leaveRest(of: scope, after: position, Self.missing)
                }
                try take(entries, of: scope.id, after: end, continues)
                position = last.place.position
                end = last.place
            case .failure(let error):
                unread += 1
                guard unread < Self.mostUnread else { return leaveRest(of: scope, after: position, "\(error)") }
                position += 1
                end = nil
                done.entriesAhead += 1
                leave(.entries, 1, of: scope.id, at: position, "\(error)")
            }
        }
    }

    private func leaveRest(of scope: TenantScope, after position: UInt64, _ reason: String) {
        let count = scope.place.position - position
        done.entriesAhead += count
        leave(.entries, count, of: scope.id, at: position + 1, reason)
    }

    /// The next entries; where one of several cannot be read, the first alone.
    private func portion(of scope: Identifier, after position: UInt64) -> Result<[StoredEntry], any Error> {
        let several: Result<[StoredEntry], any Error> = Result { try former.read { try $0.entries(of: scope, after: position, credit: Self.bytesTogether) } }
        if case .success = several { return several }
        return Result { try former.read { try $0.entries(of: scope, after: position, atMost: 1) } }
    }

    /// - Parameter end: where the log stood before the first of them; nil where that is not known.
    private func take(_ entries: [StoredEntry], of scope: Identifier, after end: LogPlace?, _ continues: Bool) throws {
        var lacking: [Lacking] = []
        var end = end
        for stored in entries {
            if let before = end, stored.place.position > before.position + 1 {
                let count = stored.place.position - before.position - 1
                done.entriesAhead += count
                leave(.entries, count, of: scope, at: before.position + 1, Self.missing)
                end = nil
            }
            let isChained = end.map { stored.entry.logHash(after: $0.hash, primitives) == stored.place.hash } ?? true
            end = stored.place
            guard isChained, let one = opened(stored, of: scope) else {
                done.entriesAhead += 1
                leave(.entries, 1, of: scope, at: stored.place.position, Self.notWritten)
                continue
            }
            lacking.append(one)
        }
        try give(lacking, of: scope, continues)
    }

    private func opened(_ stored: StoredEntry, of scope: Identifier) -> Lacking? {
        switch stored.entry.content {
        case .release(let ids): return Lacking(item: .release(ids), block: nil, position: stored.place.position)
        case .block(let hash):
            guard let parts = try? SensitivePart.decode(stored.sensitive, primitives), let block = try? Block.open(stored.block, sensitive: parts, primitives),
                block.hash == hash, block.stream.scope == scope, block.changes.count == stored.entry.verdicts.count
            else { return nil }
            let item = Donation.Item.block(block, sensitive: stored.sensitive, verdicts: stored.entry.verdicts, received: stored.entry.received)
            return Lacking(item: item, block: block, position: stored.place.position)
        }
    }

    /// One transaction for all, or, where they do not go in together, one for each.
    private func give(_ entries: [Lacking], of scope: Identifier, _ continues: Bool) throws {
        guard !entries.isEmpty else { return }
        let found: (ahead: UInt64, left: [Lacking])
        do {
            found = try office.store.write { transaction -> (ahead: UInt64, left: [Lacking]) in
                func isLacking(_ one: Lacking) throws -> Bool {
                    guard let block = one.block else { return continues }
                    return try transaction.appended(block.hash, stream: block.stream, first: block.first) == nil
                }
                let lacking = try entries.filter(isLacking)
                try donate(entries.map(\.item), of: scope, transaction)
                return (ahead: UInt64(lacking.count), left: try lacking.filter { try $0.block != nil && isLacking($0) })
            }
        } catch let error as StoreError where error.reason == .damaged || error.reason == .unknown {
            guard entries.count == 1 else {
                for one in entries { try give([one], of: scope, continues) }
                return
            }
            done.entriesAhead += 1
            return leave(.entries, 1, of: scope, at: entries[0].position, block: entries[0].block?.hash, "\(error)")
        }
        done.entriesAhead += found.ahead
        done.entries += found.ahead - UInt64(found.left.count)
        for one in found.left { leave(.entries, 1, of: scope, at: one.position, block: one.block?.hash, Self.notSigned) }
    }

    private func donate(_ items: [Donation.Item], of scope: Identifier, _ transaction: TenantTransaction) throws {
        var judge = StandardJudge(transaction)
        let keys = AuthorKeys(transaction, server: office.keys.signingKey.publicKey)
        _ = try transaction.donate(
            Donation(device: nil, scope: scope, items: items, received: now), judge: { try judge.verdict($0, $1, $2) },
            earlierServerKeys: office.keys.earlier.map(\.key), key: { try keys.key(of: $0) })
    }

    // MARK: The quarantine

    private func takeQuarantine() throws {
        let numbers: [Int64]
        do { numbers = try former.read { try $0.keptBlocks() } } catch { return leave(.quarantined, 1, of: nil, "\(error)") }
        for start in stride(from: 0, to: numbers.count, by: Self.blocksTogether) {
            var blocks: [TenantSnapshot.KeptBlock] = []
            for number in numbers[start..<min(start + Self.blocksTogether, numbers.count)] {
                do { blocks.append(try former.read { try $0.keptBlock(number) }) } catch { leave(.quarantined, 1, of: nil, "\(error)") }
            }
            try keep(blocks)
        }
    }

    private func keep(_ blocks: [TenantSnapshot.KeptBlock]) throws {
        guard !blocks.isEmpty else { return }
        let counts = try office.store.write { transaction -> [(lacking: Int, left: Int)] in
            let author = try transaction.identity().author
            return try blocks.map { kept -> (lacking: Int, left: Int) in
                let block = kept.block
                let lacking = try kept.changes.filter { try !transaction.isHeld($0) }
                // Of a member that nobody knows here nothing could ever be released.
                let isKnown = try block.stream.device == author || transaction.member(block.member) != nil
                if isKnown, try transaction.scope(block.stream.scope) != nil {
                    try donate([.kept(block, sensitive: kept.sensitive, kept.refusal, received: kept.received)], of: block.stream.scope, transaction)
                }
                return (lacking: lacking.count, left: try lacking.count { try !transaction.isHeld($0) })
            }
        }
        for (kept, count) in zip(blocks, counts) {
            done.quarantined += count.lacking - count.left
            if count.left > 0 { leave(.quarantined, UInt64(count.left), of: kept.block.stream.scope, block: kept.block.hash, Self.notSigned) }
        }
    }

    // MARK: Redactions

    /// Most came with the entries that made them. What is barred there and not here is redacted anew, as headquarters.
    private func takeRedactions(of scope: Identifier, beyond before: Set<Hash256>) throws {
        let barred: Set<Hash256>
        do { barred = try former.read { try $0.barredLeaves(in: scope) } } catch { return leave(.redactions, 1, of: scope, "\(error)") }
        let since = barred.subtracting(before)
        guard !since.isEmpty else { return }
        let taken = try office.store.write { transaction -> Int in
            try redact(since.subtracting(transaction.barredLeaves(in: scope)), in: scope, transaction)
            let taken = since.intersection(try transaction.barredLeaves(in: scope)).count
            if taken > 0 { _ = try transaction.noteAct("redaction.takeOver", detail: "\(scope) \(taken)", at: now) }
            return taken
        }
        done.redactions += taken
        let left = since.count - taken
        if left > 0 { leave(.redactions, UInt64(left), of: scope, "nothing here says which values they are; where a laptop brings one of them, redact it again") }
    }

    /// Who was erased since the backup stays so: what laptops bring about them later goes as it comes.
    private func takeErasures(of scope: Identifier) throws {
        let erased: [Identifier]
        do { erased = try former.read { try ErasedPersons.all(in: scope, $0) } } catch { return leave(.redactions, 1, of: scope, "\(error)") }
        guard !erased.isEmpty else { return }
        try office.store.write { transaction in
            for person in Set(erased).subtracting(try ErasedPersons.all(in: scope, transaction)).sorted() {
                try ErasedPersons.note(person, in: scope, at: now, transaction)
            }
        }
    }

    private func redact(_ leaves: Set<Hash256>, in scope: Identifier, _ transaction: TenantTransaction) throws {
        guard !leaves.isEmpty else { return }
        var values = try transaction.sensitiveValues(in: scope) { edit, _ in
            SensitiveTree.leaf(of: edit.content, primitives).map { leaves.contains($0) } ?? false
        }
        var rows: [RecordView] = []
        try transaction.records(in: scope, ofType: Catalogue.evidence.number) { rows.append(RecordView(id: $0, state: $1)) }
        values += try HeadquartersRedaction.bytes(of: rows, in: scope, transaction).filter { leaves.contains($0.redacted.leaf) }
        try HeadquartersRedaction(transaction: transaction, signer: office.keys.signingKey, now: now).redact(values, in: scope, reason: Self.reason)
    }
}
