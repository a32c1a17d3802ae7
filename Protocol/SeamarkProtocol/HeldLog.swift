public import SeamarkJournal

/// What a device can give back to a server whose log has lost something: every entry that it learnt, of the present log and of former
/// ones, in the order in which it learnt them, with the server's signatures that prove them.
///
/// It is a fold over the events of one scope's replica and holds no blocks. An entry is given once; a block that came with other verdicts
/// in another life of the log is another entry, since what any of them accepted stays accepted.
public struct HeldLog: Sendable {
    /// Entries that one signature proves.
    private struct Stretch: Sendable {
        let before: Hash256
        var entries: [LogEntry]
        let proof: Message.Donation.Proof
    }

    /// What makes two entries the same. Times differ where an entry was given back, and are no reason to give it again.
    private struct Key: Hashable {
        let content: LogEntry.Content
        let verdicts: [Verdict]
        init(_ entry: LogEntry) {
            content = entry.content
            verdicts = entry.verdicts
        }
    }

    private let scope: Identifier
    private var stretches: [Stretch] = []
    /// The present log as far as it was read.
    private var entries: [LogEntry] = []
    private var places: [LogPlace] = [.beginning]
    /// Where the entries begin that nothing has proven yet.
    private var provenThrough = 0
    /// Places of receipts: each proves its own entry, and nothing before it.
    private var receiptPlaces: Set<LogPlace> = []

    public init(scope: Identifier) { self.scope = scope }

    /// Takes the next event of the scope's replica in.
    public mutating func note(_ event: ReplicaEvent, _ primitives: any Primitives) {
        switch event {
        case .began, .captured, .sealed, .examined: return
        case .receipted(let receipt):
            stretches.append(Stretch(before: .zero, entries: [receipt.entry], proof: .receipt(receipt)))
            receiptPlaces.insert(receipt.place)
        case .learnt(let entry, _):
            let last = places[places.count - 1]
            places.append(LogPlace(position: last.position + 1, hash: entry.logHash(after: last.hash, primitives)))
            entries.append(entry)
            // One's own work is given with its receipt. Were it in the next stretch too, that would grow with each block, until no donation held it.
            if provenThrough == entries.count - 1, receiptPlaces.contains(places[places.count - 1]) { provenThrough = entries.count }
        case .proven(let signed):
            guard signed.place == places.last, provenThrough < entries.count else { return }
            stretches.append(
                Stretch(before: places[provenThrough].hash, entries: Array(entries[provenThrough...]), proof: .place(signed)))
            provenThrough = entries.count
        case .rebuilt:
            entries = []
            places = [.beginning]
            provenThrough = 0
        }
    }

    /// A donation without its blocks: those of `wanted` entries are to be put in.
    public struct Outline: Sendable {
        public let before: Hash256
        public let entries: [LogEntry]
        public let proof: Message.Donation.Proof
        /// Indices of entries that the server may lack, ascending; the others are links.
        public let wanted: [Int]
    }

    /// What the server may lack that holds `known` places: everything but what lies on the present log up to one of them.
    public func outlines(known: [LogPlace]) -> [Outline] {
        var held = lying(known)
        var outlines: [Outline] = []
        for stretch in stretches where stretch.entries.count <= Message.Donation.mostEntries {
            var wanted: [Int] = []
            for (index, entry) in stretch.entries.enumerated() where held.insert(Key(entry)).inserted { wanted.append(index) }
            guard !wanted.isEmpty else { continue }
            outlines.append(Outline(before: stretch.before, entries: stretch.entries, proof: stretch.proof, wanted: wanted))
        }
        return outlines
    }

    /// What lies on the present log up to one of these places. A place is found by its position: the log is read without gaps.
    private func lying(_ known: [LogPlace]) -> Set<Key> {
        let through = known.filter { $0.position < UInt64(places.count) && places[Int($0.position)] == $0 }.map(\.position).max() ?? 0
        return Set(entries[..<Int(through)].map(Key.init))
    }

    /// The donations of a scope, one at a time to `send`, the last of them marked so. Returns how many entries could not be given since they fit no
    /// donation: of them this device may be the last holder.
    ///
    /// - Parameters:
    ///   - known: places that the server's log holds.
    ///   - barred: the leaf hashes of what the log redacted, as far as the device has read it: other leaves stand for values that it never had.
    ///   - isOutsideLog: of a change; where it is given, only blocks that lack values, redacted or not, are handed in, of changes that the log lacks.
    ///   - block: a block that the device holds, with its sensitive parts; nil where it holds none of this hash.
    @discardableResult
    public func donate(
        known: [LogPlace], incarnation: UInt64, barred: Set<Hash256>, bareOnly isOutsideLog: ((Identifier) -> Bool)? = nil, _ primitives: any Primitives,
        block: (Hash256) throws -> Block?, send: (Message.Donation) throws -> Void
    ) throws -> Int {
        var passedOver = 0
        let outlines = outlines(known: known)
        for outline in outlines {
            var wanted = outline.wanted[...]
            if let isOutsideLog {
                wanted = try outline.wanted.filter { index in
                    guard case .block(let hash) = outline.entries[index].content, let held = try block(hash) else { return false }
                    return held.sensitiveParts.contains(where: \.isLeaf) && held.changes.contains { isOutsideLog($0.id) }
                }[...]
            }
            let bare = outline.entries.map { Message.Entry(entry: $0, block: nil, sensitive: []) }
            let links = outline.entries.reduce(400) { $0 + Self.size(of: $1) }
            while !wanted.isEmpty {
                var entries = bare
                var room = Self.mostBytes - links
                var count = 0
                for index in wanted {
                    guard case .block(let hash) = outline.entries[index].content, let held = try block(hash) else {
                        count += 1
                        continue
                    }
                    let parts = held.sensitiveParts
                    let sensitive = SensitivePart.encode(parts, primitives)
                    let isBare = Self.isBare(parts, barred)
                    let size = held.bytes.count + sensitive.count + 16
                    // What fits no frame together with its links cannot be proven; no answer to a pull was ever that large.
                    guard size + links < FrameDecoder.longestPayload - 1000 else {
                        count += 1
                        passedOver += 1
                        continue
                    }
                    guard size <= room || room == Self.mostBytes - links else { break }
                    room -= size
                    count += 1
                    entries[index] = Message.Entry(entry: outline.entries[index], block: held.bytes, sensitive: sensitive, isBare: isBare)
                }
                wanted = wanted.dropFirst(count)
                try send(
                    Message.Donation(
                        scope: scope, before: outline.before, entries: entries, proof: outline.proof, incarnation: incarnation, isLast: false))
            }
        }
        try send(Message.Donation(scope: scope, incarnation: incarnation, isLast: true))
        return passedOver + tooLong(beside: outlines, known)
    }

    /// Do values lack that nobody redacted?
    private static func isBare(_ parts: [SensitivePart], _ barred: Set<Hash256>) -> Bool {
        parts.contains { if case .leaf(let leaf) = $0 { !barred.contains(leaf) } else { false } }
    }

    /// Entries of stretches that no donation holds, and that nothing else gives.
    private func tooLong(beside outlines: [Outline], _ known: [LogPlace]) -> Int {
        let tooLong = stretches.filter { $0.entries.count > Message.Donation.mostEntries }
        guard !tooLong.isEmpty else { return 0 }
        let given = lying(known).union(outlines.flatMap { outline in outline.wanted.map { Key(outline.entries[$0]) } })
        return tooLong.flatMap(\.entries).count { !given.contains(Key($0)) }
    }

    /// Bytes of one donation, a little less than a frame.
    private static let mostBytes = 1_000_000

    private static func size(of entry: LogEntry) -> Int {
        switch entry.content {
        case .block: 60 + entry.verdicts.count * 2
        case .release(let ids): 20 + ids.count * 18
        }
    }
}
