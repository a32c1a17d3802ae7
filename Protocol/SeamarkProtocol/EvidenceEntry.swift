public import SeamarkJournal

/// One entry of a log as evidence has it: verbatim, with the log hash after it and the server's signature for it.
public struct EvidenceEntry: Hashable, Sendable {
    public let entry: LogEntry
    public let logHash: Hash256
    /// The server's: of an entry with a block over its receipt, of a release over its place.
    public let signature: [UInt8]
    /// The block's bytes as its author sealed them. Of the shared log only blocks are here that say who signs with which key.
    public let block: [UInt8]?
    /// What travels beside the block, not deflated: deflating may be done in more ways than one.
    public let sensitive: [UInt8]

    public static let mostReleased = 1000

    public init(entry: LogEntry, logHash: Hash256, signature: [UInt8], block: [UInt8]?, sensitive: [UInt8]) {
        self.entry = entry
        self.logHash = logHash
        self.signature = signature
        self.block = block
        self.sensitive = sensitive
    }

    /// With the signature of `signer`.
    public init(_ entry: LogEntry, at place: LogPlace, of scope: Identifier, epoch: UInt64, block: [UInt8]?, sensitive: [SensitivePart], signer: any Signer) {
        self.init(
            entry: entry, logHash: place.hash, signature: signer.sign(Self.message(entry, at: place, of: scope, epoch: epoch)), block: block,
            sensitive: SensitivePart.plain(sensitive))
    }

    /// What the server signs for an entry.
    static func message(_ entry: LogEntry, at place: LogPlace, of scope: Identifier, epoch: UInt64) -> [UInt8] {
        switch entry.content {
        case .block(let block):
            Receipt(epoch: epoch, scope: scope, place: place, block: block, verdicts: entry.verdicts, received: entry.received, signature: []).message
        case .release: SignedPlace(epoch: epoch, scope: scope, place: place, signature: []).message
        }
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 256 + entry.verdicts.count + (block?.count ?? 0) + sensitive.count)
        entry.write(to: &writer)
        writer.hash(logHash)
        writer.raw(signature)
        writer.byte(block == nil ? 0 : 1)
        if let block {
            writer.blob(block)
            writer.blob(sensitive)
        }
        return writer.bytes
    }

    package static func read(_ bytes: [UInt8]) throws(DecodeError) -> EvidenceEntry {
        var reader = ByteReader(bytes)
        let entry = try LogEntry.read(from: &reader)
        if case .release(let ids) = entry.content, ids.count > mostReleased { throw DecodeError(.outOfBounds, reading: "count of released changes") }
        let logHash = try reader.hash()
        let signature = try reader.raw(64)
        let mark = try reader.byte()
        var block: [UInt8]?
        var sensitive: [UInt8] = []
        switch (mark, entry.content) {
        case (0, _): break
        case (1, .block):
            block = try reader.blob(atMost: Block.longest)
            sensitive = try reader.blob(atMost: Block.longestColumns)
        case _: throw DecodeError(.outOfBounds, reading: "whether a block follows")
        }
        try reader.finish()
        return EvidenceEntry(entry: entry, logHash: logHash, signature: signature, block: block, sensitive: sensitive)
    }
}
