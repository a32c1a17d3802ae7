public import SeamarkJournal

/// An administrative act, chained to the one before it.
public struct AuditEntry: Hashable, Sendable {
    public let number: Int64
    /// Milliseconds since 1970.
    public let time: Int64
    /// A short stable word: `member.add`, `device.revoke`.
    public let act: String
    public let detail: String
    public let hash: Hash256

    static func hash(after previous: Hash256, number: Int64, time: Int64, act: String, detail: String, _ primitives: any Primitives) -> Hash256 {
        var writer = ByteWriter()
        writer.text("seamark-audit-1")
        writer.hash(previous)
        writer.signed(number)
        writer.signed(time)
        writer.text(act)
        writer.text(detail)
        return primitives.sha256(writer.bytes.span)
    }
}

extension AuditEntry {
    /// An act as it was written down elsewhere. Nil where its hash is not that of an act which follows the one with the hash `previous`.
    public init?(
        number: Int64, time: Int64, act: String, detail: String, hash: Hash256, after previous: Hash256, _ primitives: any Primitives
    ) {
        guard Self.hash(after: previous, number: number, time: time, act: act, detail: detail, primitives) == hash else { return nil }
        self.init(number: number, time: time, act: act, detail: detail, hash: hash)
    }
}
