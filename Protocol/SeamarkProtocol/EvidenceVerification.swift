public import SeamarkJournal

/// Judges a file of evidence, in whatever pieces it comes: bytes in, the first thing that does not hold out.
///
/// It believes the one authority whose hash it was given, and nothing that the file says of itself. What it keeps grows with the records of the
/// engagement, as on a device; of the file it holds one item at a time.
public struct EvidenceVerification: Sendable {
    /// What the reader knows already.
    public struct Trust: Sendable {
        /// SHA-256 of the tenant authority's certificate (DER).
        public let authority: Hash256
        public let primitives: any Primitives
        /// Did the authority with this certificate (DER) sign the message?
        public let isEndorsed: @Sendable (_ message: [UInt8], _ signature: [UInt8], _ authority: [UInt8]) -> Bool
        /// By scope, the places of its log that the reader has read itself, or has receipts for.
        public let remembered: [Identifier: Memory]
        /// The server's signing keys that the reader knows to be replaced. What one of them says counts where the reader remembers it.
        public let replacedKeys: Set<[UInt8]>

        public init(
            authority: Hash256, primitives: any Primitives, isEndorsed: @escaping @Sendable (_ message: [UInt8], _ signature: [UInt8], _ authority: [UInt8]) -> Bool,
            remembered: [Identifier: Memory] = [:], replacedKeys: Set<[UInt8]> = []
        ) {
            self.authority = authority
            self.primitives = primitives
            self.isEndorsed = isEndorsed
            self.remembered = remembered
            self.replacedKeys = replacedKeys
        }
    }

    /// Where a log was in one epoch, as somebody knows it who has read it. Of another epoch it says nothing.
    public struct Memory: Sendable {
        public let epoch: UInt64
        /// Log hashes by position.
        public let places: [UInt64: Hash256]
        /// The furthest place that was receipted, and when the server received it.
        public let furthest: (position: UInt64, received: Int64)?

        public init(epoch: UInt64, places: [UInt64: Hash256], furthest: (position: UInt64, received: Int64)? = nil) {
            self.epoch = epoch
            self.places = places
            self.furthest = furthest
        }
    }

    /// What was looked at.
    public struct Summary: Hashable, Sendable {
        public fileprivate(set) var entries = 0
        public fileprivate(set) var blocks = 0
        public fileprivate(set) var changes = 0
        public fileprivate(set) var releases = 0
        public fileprivate(set) var refused = 0
        /// Sensitive values that are here, and those of which the leaf hash is.
        public fileprivate(set) var values = 0
        public fileprivate(set) var withheld = 0
        public fileprivate(set) var authors: Set<Identifier> = []
        public fileprivate(set) var keys = 0
    }

    public private(set) var summary = Summary()
    public private(set) var head: EvidenceHead?
    public private(set) var finding: EvidenceFinding?
    /// What the log said at the position that the caller asked about.
    public private(set) var watched: (place: LogPlace, state: ScopeState)?

    public let trust: Trust
    private let watching: @Sendable (Identifier) -> UInt64?
    private var decoder = EvidenceDecoder()
    private var seal: EvidenceSeal
    private var items = 0
    private var isWhole = false
    private var shared = LogPlace.beginning
    private var log = LogPlace.beginning
    private var state = ScopeState()
    private var directory = EvidenceDirectory()
    private var chains = EvidenceChains()
    /// Where the item stands that is being looked at.
    private var present: EvidenceFinding.Place?
    /// The entries of the shared log are over.
    private var isInLog = false

    /// - Parameter watching: at which position of a scope's log the records are to be kept, for a report that was made there.
    public init(_ trust: Trust, watching: (@Sendable (_ scope: Identifier) -> UInt64?)? = nil) {
        self.trust = trust
        self.watching = watching ?? { _ in nil }
        seal = EvidenceSeal(trust.primitives)
    }

    /// Where the log stands that was read.
    public var place: LogPlace { log }
    public var records: Int { state.records.count }

    /// Takes what follows of the file. Nothing more is looked at once something does not hold.
    public mutating func append(_ bytes: [UInt8]) {
        guard finding == nil else { return }
        decoder.append(bytes)
        do throws(EvidenceFinding.Fault) {
            while let item = try next() {
                items += 1
                try take(item)
                seal.take(item)
            }
            if isWhole, decoder.pendingCount > 0 {
                items += 1
                throw .form
            }
        } catch { find(error) }
    }

    /// The file has no more bytes: nil where everything holds.
    public mutating func finish() -> EvidenceFinding? {
        if finding == nil, !isWhole {
            items += 1
            find(.truncated)
        }
        if finding == nil, let broken = chains.firstBroken { finding = broken }
        return finding
    }

    private mutating func next() throws(EvidenceFinding.Fault) -> EvidenceItem? {
        do throws(EvidenceDecoder.Malformed) { return try decoder.next() } catch {
            items += 1
            throw .form
        }
    }

    private mutating func find(_ fault: EvidenceFinding.Fault) { finding = EvidenceFinding(fault, item: items, place: present ?? following) }

    /// Where an item that never came, or is none, would stand.
    private var following: EvidenceFinding.Place {
        if head == nil { return .head }
        if isWhole { return .end }
        return isInLog ? .entry(log.position + 1) : .shared(shared.position + 1)
    }

    // MARK: Items

    private mutating func take(_ item: EvidenceItem) throws(EvidenceFinding.Fault) {
        present =
            switch item.kind {
            case .head: .head
            case .shared: .shared(shared.position + 1)
            case .entry: .entry(log.position + 1)
            case .end: .end
            }
        guard !isWhole, (item.kind == .head) == (items == 1), !(isInLog && item.kind == .shared) else { throw .form }
        switch item.kind {
        case .head: try take(head: item.content)
        case .shared: try takeShared(try entry(item))
        case .entry:
            try beginLog()
            try takeEntry(try entry(item))
        case .end:
            try beginLog()
            try takeEnd(item.content)
        }
        present = nil
    }

    private func entry(_ item: EvidenceItem) throws(EvidenceFinding.Fault) -> EvidenceEntry {
        do throws(DecodeError) { return try EvidenceEntry.read(item.content) } catch { throw .form }
    }

    private mutating func take(head bytes: [UInt8]) throws(EvidenceFinding.Fault) {
        let head: EvidenceHead
        do throws(DecodeError) { head = try EvidenceHead.read(bytes) } catch { throw .form }
        guard trust.primitives.sha256(head.authority.span) == trust.authority else { throw .authority }
        for key in head.serverKeys {
            let message = Message.ServerKey.message(tenant: head.tenant, epoch: key.epoch, device: key.device, key: key.key)
            guard trust.isEndorsed(message, key.signature, head.authority) else { throw .serverKey }
            directory.publish(key.key, of: key.device, byServer: true)
        }
        guard head.serverKeys[0].epoch == head.checkpoint.epoch else { throw .serverKey }
        guard head.checkpoint.isSigned(by: head.serverKeys[0].key, trust.primitives), head.word(on: head.scope) != nil, head.word(on: head.shared) != nil else {
            throw .checkpoint
        }
        self.head = head
    }

    /// The log itself begins, or is empty.
    private mutating func beginLog() throws(EvidenceFinding.Fault) {
        guard let head, !isInLog else { return }
        isInLog = true
        guard shared == head.word(on: head.shared)?.place else { throw .end }
    }

    /// What of an entry the logs have in common: its place in the log, and the server's signature for it.
    private func follow(_ entry: EvidenceEntry, after place: LogPlace, in scope: Identifier) throws(EvidenceFinding.Fault) -> LogPlace {
        guard let head, let word = head.word(on: scope) else { throw .form }
        let next = LogPlace(position: place.position + 1, hash: entry.logHash)
        guard next.position <= word.place.position else { throw .end }
        guard entry.entry.logHash(after: place.hash, trust.primitives) == next.hash else { throw .logHash }
        guard next.position < word.place.position || next == word.place else { throw .checkpoint }
        let message = EvidenceEntry.message(entry.entry, at: next, of: scope, epoch: head.checkpoint.epoch)
        guard trust.primitives.verifies(entry.signature, of: message, by: head.serverKeys[0].key) else { throw .receipt }
        return next
    }

    /// The block of an entry, whatever can be told of it alone.
    private func open(_ bytes: [UInt8], of entry: EvidenceEntry, in scope: Identifier, mayHoldValues: Bool) throws(EvidenceFinding.Fault) -> (Block, [SensitivePart]) {
        let (block, parts): (Block, [SensitivePart])
        do throws(DecodeError) {
            parts = try SensitivePart.read(plain: entry.sensitive)
            block = try Block.open(bytes, sensitive: parts, trust.primitives)
        } catch { throw .block }
        guard entry.entry.content == .block(block.hash) else { throw .block }
        guard mayHoldValues || !parts.contains(where: \.isValue) else { throw .values }
        guard block.stream.scope == scope else { throw .scope }
        guard block.changes.count == entry.entry.verdicts.count else { throw .verdicts }
        return (block, parts)
    }

    private mutating func takeShared(_ entry: EvidenceEntry) throws(EvidenceFinding.Fault) {
        guard let head else { throw .form }
        let next = try follow(entry, after: shared, in: head.shared)
        if let bytes = entry.block {
            let (block, _) = try open(bytes, of: entry, in: head.shared, mayHoldValues: false)
            // Only what the server sealed there itself counts.
            guard directory.isServer(block.stream.device) else { throw .author }
            try verify(block)
            summary.keys += directory.read(block, entry.entry.verdicts)
        }
        shared = next
    }

    private mutating func takeEntry(_ entry: EvidenceEntry) throws(EvidenceFinding.Fault) {
        guard let head else { throw .form }
        let next = try follow(entry, after: log, in: head.scope)
        if let memory = memory(of: head), let hash = memory.places[next.position], hash != next.hash { throw .remembered }
        // Whoever stole a key that was replaced signs whole logs with it. A place names no epoch: the one that was read anew is the same.
        if trust.replacedKeys.contains(head.serverKeys[0].key), trust.remembered[head.scope]?.places[next.position] != next.hash { throw .remembered }
        var changes: [Change] = []
        if case .block = entry.entry.content {
            guard let bytes = entry.block else { throw .block }
            let (block, parts) = try open(bytes, of: entry, in: head.scope, mayHoldValues: head.hasValues)
            try verify(block)
            guard chains.note(block, item: items, place: .entry(next.position)) else { throw .repeated }
            try judge(block, entry.entry.verdicts)
            changes = block.changes
            summary.blocks += 1
            summary.changes += changes.count
            summary.values += parts.count(where: \.isValue)
            summary.withheld += parts.count { !$0.isValue }
            summary.authors.insert(block.stream.device)
        } else {
            summary.releases += 1
        }
        state.read(entry.entry, changes: changes)
        log = next
        summary.entries += 1
        if next.position == watching(head.scope) { watched = (next, state) }
    }

    private func memory(of head: EvidenceHead) -> Memory? {
        trust.remembered[head.scope].flatMap { $0.epoch == head.checkpoint.epoch ? $0 : nil }
    }

    private func verify(_ block: Block) throws(EvidenceFinding.Fault) {
        let keys = directory.keys(of: block.stream.device)
        guard !keys.isEmpty else { throw .author }
        guard keys.contains(where: { block.isSigned(by: $0, trust.primitives) }) else { throw .signature }
    }

    /// A change counts once: a second time it is a duplicate, and nothing else is.
    private func judge(_ block: Block, _ verdicts: [Verdict]) throws(EvidenceFinding.Fault) {
        var here: Set<Identifier> = []
        for (change, verdict) in zip(block.changes, verdicts) {
            let isKnown = state.applied.contains(change.id) || state.refused[change.id] != nil || !here.insert(change.id).inserted
            guard (verdict == .duplicate) == isKnown else { throw .verdicts }
        }
    }

    private mutating func takeEnd(_ signature: [UInt8]) throws(EvidenceFinding.Fault) {
        guard let head, let word = head.word(on: head.scope), signature.count == 64 else { throw .form }
        guard log == word.place else { throw .end }
        guard state.digest == word.digest else { throw .digest }
        if let furthest = memory(of: head)?.furthest, furthest.position > log.position, furthest.received < head.checkpoint.time { throw .remembered }
        guard trust.primitives.verifies(signature, of: seal.message, by: head.serverKeys[0].key) else { throw .seal }
        summary.refused = state.refused.count
        isWhole = true
    }
}

extension SensitivePart {
    var isValue: Bool {
        switch self {
        case .value: true
        case .leaf: false
        }
    }
}
