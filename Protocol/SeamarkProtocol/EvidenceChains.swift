import SeamarkJournal

/// The streams of a log, block by block: each goes on where another ended. What came before may stand further on in the log, where a server
/// that was put back got it handed in later; so chains are judged when all is read.
struct EvidenceChains: Sendable {
    private var ends: [StreamName: [Hash256: UInt64]] = [:]
    private var following: [(stream: StreamName, before: StreamEnd, item: Int, place: EvidenceFinding.Place)] = []

    /// False where the log holds the block already.
    mutating func note(_ block: Block, item: Int, place: EvidenceFinding.Place) -> Bool {
        guard ends[block.stream, default: [:]].updateValue(block.last, forKey: block.hash) == nil else { return false }
        if block.first > 1 { following.append((block.stream, StreamEnd(number: block.first - 1, hash: block.previous), item, place)) }
        return true
    }

    /// The first block that does not go on where another of its stream ended.
    var firstBroken: EvidenceFinding? {
        for (stream, before, item, place) in following {
            guard let number = ends[stream]?[before.hash] else { return EvidenceFinding(.gap, item: item, place: place) }
            if number != before.number { return EvidenceFinding(.chain, item: item, place: place) }
        }
        return nil
    }
}
