public import SeamarkJournal

/// An entry as it is relayed.
public struct StoredEntry: Hashable, Sendable {
    public let place: LogPlace
    public let entry: LogEntry
    /// The block's bytes as its author sealed them; empty for a release.
    public let block: [UInt8]
    /// What travels beside the block.
    public let sensitive: [UInt8]
}

/// One change and what the log says of it.
public struct StoredChange: Sendable {
    public let change: Change
    public let scope: Identifier
    public let position: UInt64
    public let index: Int
    public let block: Hash256
    public let verdict: Verdict
    /// True as well when it was refused and then released.
    public let isApplied: Bool
    public let received: Int64
}

/// A change that is kept and not applied.
public struct QuarantinedChange: Hashable, Sendable {
    public let id: Identifier
    public let scope: Identifier
    public let device: Identifier
    public let refusal: Refusal
    public let received: Int64
    /// Its place in the log; nil for one that was kept outside.
    public let position: UInt64?
}
