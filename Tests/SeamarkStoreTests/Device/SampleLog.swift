import SeamarkCrypto
import SeamarkJournal
import SeamarkStore

/// A server's log of one scope, cut down to what a device sees of it; and a colleague who writes to it.
struct SampleLog {
    private(set) var entries: [(entry: LogEntry, block: Block?)] = []
    private(set) var place = LogPlace.beginning
    private var known: Set<Identifier> = []
    private(set) var refused: [Identifier] = []
    private let signer = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 9, count: 32)))
    private var colleagueEnd = StreamEnd.beginning
    var epoch: UInt64 = 1

    /// Judges a block, appends it, and gives the receipt. `refuses` says which changes go into quarantine.
    mutating func take(_ block: Block, at time: Int64, refuses: (Change) -> Bool = { _ in false }) -> Receipt {
        let verdicts: [Verdict] = block.changes.map { change in
            guard known.insert(change.id).inserted else { return .duplicate }
            guard refuses(change) else { return .accepted }
            refused.append(change.id)
            return .refused(.roleForbids)
        }
        append(LogEntry(content: .block(block.hash), verdicts: verdicts, received: time), block)
        return Receipt(
            epoch: epoch, scope: block.stream.scope, place: place, block: block.hash, verdicts: verdicts, received: time, signer: signer)
    }

    mutating func release(at time: Int64) {
        guard !refused.isEmpty else { return }
        append(LogEntry(content: .release(refused), verdicts: [], received: time), nil)
        refused = []
    }

    mutating func colleagueWrites(_ changes: [Change], at time: Int64) {
        let block = Block.seal(
            changes, in: Sample.stream(5, by: Sample.otherDevice), after: colleagueEnd, by: signer, Sample.primitives)
        colleagueEnd = block.end
        _ = take(block, at: time)
    }

    private mutating func append(_ entry: LogEntry, _ block: Block?) {
        entries.append((entry, block))
        place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, Sample.primitives))
    }

    /// What a device at `cursor` reads next.
    func events(after cursor: LogPlace, atMost count: Int = .max) -> [DeviceEvent] {
        entries.dropFirst(Int(cursor.position)).prefix(count).map { .replica(Sample.scope, .learnt($0.entry, $0.block)) }
    }
}
