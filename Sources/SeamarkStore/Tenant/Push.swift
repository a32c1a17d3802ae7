public import SeamarkJournal

/// A block that a device hands in.
public struct Push: Sendable {
    /// The device at the other end of the connection.
    public let device: Identifier
    /// Opened with its sensitive parts. Its signature is checked by the store, against the key in its own table.
    public let block: Block
    /// The bytes that travelled beside the block.
    public let sensitive: [UInt8]
    /// Milliseconds since 1970 by the server's clock.
    public let received: Int64
    /// The epoch that the device knows; 0 if it does not say.
    public let epoch: UInt64
    /// The schema of the program that hands it in, where it said so: an updated one may hand in what an older one sealed.
    public let schema: UInt32

    public init(device: Identifier, block: Block, sensitive: [UInt8], received: Int64, epoch: UInt64 = 0, schema: UInt32 = 0) {
        self.device = device
        self.block = block
        self.sensitive = sensitive
        self.received = received
        self.epoch = epoch
        self.schema = schema
    }
}

/// What the log says of a block: all that a receipt needs, once the transaction is durable.
public struct Appended: Hashable, Sendable {
    public let scope: Identifier
    public let place: LogPlace
    public let block: Hash256
    public let verdicts: [Verdict]
    public let received: Int64

    public init(scope: Identifier, place: LogPlace, block: Hash256, verdicts: [Verdict], received: Int64) {
        self.scope = scope
        self.place = place
        self.block = block
        self.verdicts = verdicts
        self.received = received
    }
}

public enum PushOutcome: Hashable, Sendable {
    /// A new entry.
    case appended(Appended)
    /// The log held the block already; this is its entry.
    case present(Appended)
    /// Kept outside log and stream; the device holds this stream until it is released, pushed while staffed, or left.
    case quarantined(Refusal)
    /// Nothing was kept. The end is the server's, of the block's stream.
    case refused(PushProblem, StreamEnd)
}

/// Why a block was not kept.
public enum PushProblem: Hashable, Sendable {
    /// Earlier blocks of the stream are missing: send again from the stream's end.
    case gap
    /// The stream goes on otherwise here: the device's store was restored or cloned, and needs a new incarnation.
    case fork
    /// The store has no such scope.
    case unknownScope
    /// The store has no such device.
    case unknownDevice
    /// The block is of another device or member than the connection's.
    case foreignBlock
    case badSignature
    /// The epoch was renewed: the device must compare anew before it pushes.
    case otherEpoch
    /// Headquarters has not confirmed the device.
    case awaitsConfirmation
}

/// Decides on one change: the change, who makes it, and a way to look records up as they are before it.
public typealias Judge = (Change, TenantMember, (Identifier) throws(StoreError) -> RecordState?) throws -> Verdict
