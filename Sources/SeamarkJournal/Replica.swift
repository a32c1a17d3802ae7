/// A device's copy of one scope: the confirmed state (exactly the log up to the cursor) and over it the device's own
/// changes that the log does not, or not yet, apply.
///
/// It is a fold over `ReplicaEvent`s and decides nothing by itself. What is shown is both parts together; the digest
/// covers the confirmed state alone. The executable model of these rules names the histories that break without them.
public struct Replica: Sendable {
    /// An own block of the present incarnation.
    public struct Sealed: Hashable, Sendable {
        public let first: UInt64
        public let end: StreamEnd
        public let changes: [Identifier]
    }

    public private(set) var stream: StreamName
    public private(set) var epoch: UInt64
    public private(set) var confirmed = ScopeState()
    /// Where reading of the log has come to.
    public private(set) var cursor = LogPlace.beginning
    /// The furthest place that a receipt or the log itself proved; shown to the server beside the cursor.
    public private(set) var mark = LogPlace.beginning
    /// The server's word on the furthest place of this epoch that it signed for.
    public private(set) var proof: PlaceProof?
    /// What came of differing digests, oldest first; the last few.
    public private(set) var repairs: [RepairNote] = []
    /// Own changes that are not yet sealed, oldest first.
    public private(set) var fresh: ArraySlice<Change> = []
    /// Own blocks of this incarnation, oldest first.
    public private(set) var blocks: [Sealed] = []
    /// The hashes of blocks that a receipt covers, or that were read from the log.
    public private(set) var receipted: Set<Hash256> = []
    /// Own changes that the confirmed state does not apply: waiting, or quarantined.
    public private(set) var overlay: [Identifier: Change] = [:]
    /// Every change that is known, by id.
    public private(set) var history: [Identifier: Change] = [:]
    /// Leaf hashes of the values that the log redacted: for ever, also when the log is read anew.
    public private(set) var barred: Set<Hash256> = []
    /// The leaf hashes that redactions of the overlay name: hidden already, deleted when the log applies them.
    private var hidden: [Identifier: Set<Hash256>] = [:]
    /// The overlay's changes by the records that they touch.
    private var touched: [Identifier: [Identifier]] = [:]

    public init(stream: StreamName, epoch: UInt64) {
        self.stream = stream
        self.epoch = epoch
    }

    public var scope: Identifier { stream.scope }

    /// The end of the stream as the device has sealed it.
    public var end: StreamEnd { blocks.last?.end ?? .beginning }

    /// Own blocks that no receipt covers, oldest first.
    public var waiting: [Sealed] { blocks.filter { !receipted.contains($0.end.hash) } }

    /// How many own changes no receipt covers.
    public var unsentCount: Int { fresh.count + waiting.reduce(0) { $0 + $1.changes.count } }

    /// Own changes of earlier incarnations that the log, as far as it was read, does not hold: a restored server lost them.
    /// The next incarnation takes them along. Oldest first.
    ///
    /// Not what this device holds without sensitive values that nobody redacted, since its role does not get them: sealed anew it would bar the way to
    /// the values that others hold. It is given back as it was (`HeldLog`), and the server keeps it until it comes whole.
    public var stranded: [Change] {
        let lacking = overlay.values.filter { confirmed.refused[$0.id] == nil && !isBare($0) }
        guard !lacking.isEmpty else { return [] }
        let present = Set(blocks.flatMap(\.changes)).union(fresh.map(\.id))
        return lacking.filter { !present.contains($0.id) }.sorted { ($0.stamp, $0.id) < ($1.stamp, $1.id) }
    }

    /// Does the log, as far as it was read, lack this change?
    public func isOutsideLog(_ change: Identifier) -> Bool { !confirmed.applied.contains(change) && confirmed.refused[change] == nil }

    /// Does this device know changes that the log, as far as it was read, lacks, with leaf hashes in the place of values? What the server was given of them it keeps
    /// outside the log, where no cursor says whether it still does; from a role that gets no values also what lacks nothing but redacted ones.
    public var knowsBareOutsideLog: Bool {
        // What the log holds is known here, and nearly always nothing else is.
        guard history.count > confirmed.applied.count + confirmed.refused.count else { return false }
        return history.values.contains { isOutsideLog($0.id) && $0.edits.contains { if case .withheld = $0.content { true } else { false } } }
    }

    private func isBare(_ change: Change) -> Bool {
        change.edits.contains { if case .withheld(let leaf) = $0.content { !barred.contains(leaf) } else { false } }
    }

    /// Does this incarnation hold `end`? The beginning is held always.
    public func holds(_ end: StreamEnd) -> Bool {
        end == .beginning || blocks.contains { $0.end == end }
    }

    /// The changes of an own block of this incarnation, by the block's hash.
    public func ownBlock(_ hash: Hash256) -> [Change]? {
        blocks.last { $0.end.hash == hash }?.changes.compactMap { history[$0] }
    }

    /// How many changes an own block of this incarnation has, by the block's hash.
    public func ownBlockCount(_ hash: Hash256) -> Int? {
        blocks.last { $0.end.hash == hash }?.changes.count
    }

    /// Takes the next event in. Events come from the device's own store, in the order in which they happened.
    public mutating func apply(_ event: ReplicaEvent, _ primitives: any Primitives) {
        switch event {
        case .began(let stream, let epoch):
            if epoch != self.epoch { proof = nil }
            let unsent = Self.inOrder(stranded + waiting.flatMap { $0.changes.compactMap { history[$0] } } + fresh)
            self.stream = stream
            self.epoch = epoch
            blocks = []
            fresh = unsent[...]
        case .captured(let change):
            fresh.append(change)
            remember(change, primitives)
        case .sealed(let block):
            for change in block.changes { remember(change, primitives) }
            if block.stream == stream {
                let sealed = block.changes.map(\.id)
                unseal(sealed)
                blocks.append(Sealed(first: block.first, end: block.end, changes: sealed))
            }
        case .receipted(let receipt):
            receipted.insert(receipt.block)
            prove(.receipt(receipt))
        case .learnt(let entry, let block):
            learn(entry, block, primitives)
        case .proven(let signed):
            prove(.place(signed))
        case .examined(let note, let state):
            repairs = (repairs + [note]).suffix(RepairNote.mostNotes)
            if let state { replaceConfirmed(by: state) }
        case .rebuilt(let epoch):
            self.epoch = epoch
            confirmed = ScopeState()
            cursor = .beginning
            mark = .beginning
            proof = nil
            // The receipts of another log prove nothing in this one.
            receipted = []
            for change in history.values where change.stamp.device == stream.device { putOver(change) }
        }
    }

    /// Each change once, behind those of them that its edits name: a block names changes of its own by their number only where they stand before. What
    /// was stranded may be older than what waits, and younger. Else as they were made, by the device's clock.
    package static func inOrder(_ changes: [Change]) -> [Change] {
        var left = Dictionary(changes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var ordered: [Change] = []
        ordered.reserveCapacity(left.count)
        // A stack of its own: a change may name a long row of others. Nothing names itself, be it by way of others: names are hashes.
        for first in left.values.sorted(by: { ($0.stamp, $0.id) < ($1.stamp, $1.id) }) {
            var open = [first]
            while let last = open.last {
                guard left[last.id] != nil else {
                    open.removeLast()
                    continue
                }
                let named = last.edits.lazy.flatMap { $0.supersedes + $0.witnessed }.map(\.change)
                if let before = named.compactMap({ left[$0] }).first(where: { $0.id != last.id }) {
                    open.append(before)
                } else {
                    ordered.append(last)
                    left[last.id] = nil
                    open.removeLast()
                }
            }
        }
        return ordered
    }

    /// Takes the server's word on a place in.
    private mutating func prove(_ word: PlaceProof) {
        guard word.epoch == epoch else { return }
        if word.place.position > mark.position { mark = word.place }
        if word.place.position >= proof?.place.position ?? 0 { proof = word }
    }

    /// Puts the state that the log's entries give in the place of another. What waits stays as it is: the overlay is what of one's own
    /// the state does not apply.
    private mutating func replaceConfirmed(by state: ScopeState) {
        confirmed = state
        for id in Array(overlay.keys) { takeOff(id) }
        for change in history.values where change.stamp.device == stream.device { putOver(change) }
    }

    /// Takes sealed changes from the fresh ones. They are the oldest, nearly always: then nothing that is left has to move.
    private mutating func unseal(_ sealed: [Identifier]) {
        if fresh.count >= sealed.count, zip(fresh, sealed).allSatisfy({ $0.id == $1 }) {
            fresh.removeFirst(sealed.count)
        } else {
            let sealed = Set(sealed)
            fresh.removeAll { sealed.contains($0.id) }
        }
        if fresh.isEmpty { fresh = [] }
    }

    private mutating func learn(_ entry: LogEntry, _ block: Block?, _ primitives: any Primitives) {
        cursor = LogPlace(position: cursor.position + 1, hash: entry.logHash(after: cursor.hash, primitives))
        if cursor.position > mark.position { mark = cursor }
        switch entry.content {
        case .block(let hash):
            receipted.insert(hash)
            let changes = block.map { ($0.withholding(barred, primitives) ?? $0).changes } ?? ownBlock(hash) ?? []
            for change in changes { remember(change, primitives) }
            confirmed.read(entry, changes: changes)
            for change in changes { takeOff(change.id) }
            for change in changes where confirmed.applied.contains(change.id) { redact(by: change, primitives) }
        case .release(let ids):
            confirmed.read(entry, changes: [])
            for id in ids { takeOff(id) }
            for id in ids where confirmed.applied.contains(id) { history[id].map { redact(by: $0, primitives) } }
        }
    }

    /// Lets go of the values that an applied change redacts, and bars their leaves.
    private mutating func redact(by redaction: Change, _ primitives: any Primitives) {
        let values = redaction.redacts
        guard !values.isEmpty else { return }
        barred.formUnion(values.map(\.leaf))
        for id in Set(values.map(\.edit.change)) {
            guard let known = history[id] else { continue }
            // It may be bare here already, where a later block brought it once more without its value; the state was made of the earlier one.
            let bare = known.withholding(barred, primitives) ?? known
            history[id] = bare
            if overlay[id] != nil { overlay[id] = bare }
            if let place = fresh.firstIndex(where: { $0.id == id }) { fresh[place] = bare }
            confirmed.withhold(barred, of: bare, primitives)
        }
    }

    /// Notes a change down, and puts it over the confirmed state if it is the device's own and not applied there.
    /// It may come once more, in another block of a copy of this store, and without values that are here.
    private mutating func remember(_ change: Change, _ primitives: any Primitives) {
        if let known = history.updateValue(change, forKey: change.id) {
            if let fuller = change.filled(from: known, primitives) { history[change.id] = fuller }
            return
        }
        if change.stamp.device == stream.device { putOver(change) }
    }

    private mutating func putOver(_ change: Change) {
        guard !confirmed.applied.contains(change.id), overlay.updateValue(change, forKey: change.id) == nil else { return }
        for record in change.records { touched[record, default: []].append(change.id) }
        let redacted = change.redacts
        if !redacted.isEmpty { hidden[change.id] = Set(redacted.map(\.leaf)) }
    }

    private mutating func takeOff(_ id: Identifier) {
        guard confirmed.applied.contains(id), let change = overlay.removeValue(forKey: id) else { return }
        hidden[id] = nil
        for record in change.records {
            touched[record]?.removeAll { $0 == id }
            if touched[record]?.isEmpty == true { touched[record] = nil }
        }
    }
}

// MARK: - What is shown

extension Replica {
    /// Leaves whose values are not shown: those that are redacted, and those that a redaction of the overlay names.
    public var concealedLeaves: Set<Hash256> { hidden.values.reduce(into: barred) { $0.formUnion($1) } }

    /// A record as people see it: `record` without the values that a redaction of the overlay names.
    public func shown(_ id: Identifier, _ primitives: any Primitives) -> RecordState? {
        let state = record(id)
        return hidden.isEmpty ? state : state?.withholding(concealedLeaves, primitives)
    }

    /// A record as this device holds it, confirmed and overlay together; nil where nobody known has said anything of it.
    public func record(_ id: Identifier) -> RecordState? {
        let base = confirmed.records[id]
        guard let changes = touched[id] else { return base }
        var shelf = OneRecord(id: id, state: base, applied: confirmed.applied)
        for change in changes.sorted() {
            guard let change = overlay[change] else { continue }
            _ = Merge.apply(change, received: nil, to: &shelf)
            shelf.alsoApplied.insert(change.id)
        }
        return shelf.state
    }

    /// The ids of all records that are shown, ascending.
    public var recordIDs: [Identifier] {
        touched.isEmpty ? confirmed.records.keys.sorted() : Set(confirmed.records.keys).union(touched.keys).sorted()
    }

    /// Keeps one record and lets the others of a change go by.
    private struct OneRecord: RecordShelf {
        let id: Identifier
        var state: RecordState?
        let applied: Set<Identifier>
        var alsoApplied: Set<Identifier> = []

        init(id: Identifier, state: RecordState?, applied: Set<Identifier>) {
            self.id = id
            self.state = state
            self.applied = applied
        }

        mutating func take(_ record: Identifier) -> RecordState? { record == id ? state : nil }
        mutating func put(_ state: RecordState, as record: Identifier) { if record == id { self.state = state } }
        func isApplied(_ change: Identifier) -> Bool { applied.contains(change) || alsoApplied.contains(change) }
    }
}
