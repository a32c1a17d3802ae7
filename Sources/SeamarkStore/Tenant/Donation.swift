public import SeamarkJournal

/// Entries of an earlier life of a scope's log, which a device hands in. That this server once signed them was proven by whoever calls.
public struct Donation: Sendable {
    public enum Item: Sendable {
        /// A block with what the log once said of it.
        case block(Block, sensitive: [UInt8], verdicts: [Verdict], received: Int64)
        /// A block from one who may not read sensitive values, with hashes in their place: the log is not given it, since it would hold it for whole.
        case bare(Block, sensitive: [UInt8])
        case release([Identifier])
        /// A block that was kept outside the log, and goes there again for the same reason: from the store that this one takes the place of alone.
        case kept(Block, sensitive: [UInt8], Refusal, received: Int64)
    }

    /// The device at the other end of the connection; seldom the author. Nil where this server itself hands in what the store held that this one
    /// takes the place of: then nobody's standing is asked for.
    public let device: Identifier?
    public let scope: Identifier
    /// In the order in which the device learnt them.
    public let items: [Item]
    /// Milliseconds since 1970 by the server's clock.
    public let received: Int64

    public init(device: Identifier?, scope: Identifier, items: [Item], received: Int64) {
        self.device = device
        self.scope = scope
        self.items = items
        self.received = received
    }
}

/// What became of a donation.
public enum DonationOutcome: Hashable, Sendable {
    /// The log holds every whole block of it now, or the quarantine outside it a bare one. `unverified`: blocks that were passed over, because their author is not known here or did
    /// not sign them.
    case admitted(unverified: Int)
    /// What no log held is kept outside log and stream: the lost and found.
    case quarantined(Refusal, unverified: Int)
    case refused(PushProblem)
}
