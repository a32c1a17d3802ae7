public import SeamarkJournal

/// What a report was made from and by: what the caller knows and the records do not say.
public struct ReportProvenance: Hashable, Sendable {
    /// The server's signed word on the state of every log when the report was made, with what it takes to check it: whoever has the report's JSON can
    /// hold it against the log (`ReportClaim`).
    public struct SignedCheckpoint: Hashable, Sendable {
        public var checkpoint: Checkpoint
        /// The scopes that the report was made from, as people call them: the engagement's handle, `shared`.
        public var names: [Name]
        public var serverKey: ServerKeyStatement
        /// The tenant authority's signature over `serverKey`.
        public var endorsement: [UInt8]
        /// SHA-256 of the tenant authority's certificate.
        public var authority: Hash256

        public struct Name: Hashable, Sendable {
            public var scope: Identifier
            public var name: String

            public init(scope: Identifier, name: String) {
                self.scope = scope
                self.name = name
            }
        }

        public init(checkpoint: Checkpoint, names: [Name], serverKey: ServerKeyStatement, endorsement: [UInt8], authority: Hash256) {
            self.checkpoint = checkpoint
            self.names = names
            self.serverKey = serverKey
            self.endorsement = endorsement
            self.authority = authority
        }

        func name(of scope: Identifier) -> String? { names.first { $0.scope == scope }?.name }
    }

    /// A place of the log that the report is of, where that is not the present one.
    public struct Frozen: Hashable, Sendable {
        public var scope: Identifier
        public var place: LogPlace
        /// Days since 1970.
        public var day: Int64
        /// What makes the same bytes again behind `--as-of`: a snapshot's handle, a position, or a day.
        public var asOf: String
        /// Nil where somebody asked for a place or a day.
        public var snapshot: Snapshot?
        /// The handle of whoever froze it.
        public var author: String?
        /// Only what client viewers may read is in it (`EngagementReport.forViewers`).
        public var isForViewers = false

        public init(scope: Identifier, place: LogPlace, day: Int64, asOf: String, snapshot: Snapshot?, author: String?) {
            self.scope = scope
            self.place = place
            self.day = day
            self.asOf = asOf
            self.snapshot = snapshot
            self.author = author
        }
    }

    /// A report that a laptop made of its own copy: it is nobody's word but that laptop's.
    public struct Preview: Hashable, Sendable {
        /// Changes in it that headquarters has not received.
        public var unsent: Int
        /// The place of headquarters' log that the copy has reached.
        public var position: UInt64

        public init(unsent: Int, position: UInt64) {
            self.unsent = unsent
            self.position = position
        }
    }

    /// Changes that headquarters keeps in quarantine, for one reason: they are in no figure.
    public struct Quarantined: Hashable, Sendable {
        public var changes: Int
        /// Why, in words of ours.
        public var reason: String

        public init(changes: Int, reason: String) {
            self.changes = changes
            self.reason = reason
        }
    }

    /// What waits in quarantine when the report is made; empty where that is not known, as on a device, and of an earlier time.
    public var quarantined: [Quarantined] = []
    /// Such as `seamark-server 0.1.0`.
    public var software: String
    /// Milliseconds since 1970; nil prints no time, so that the same records give the same bytes.
    public var madeAt: Int64?
    /// Nil on a device: its own changes may not be in any log yet, and the report says so.
    public var checkpoint: SignedCheckpoint?
    /// Nil for a report of the engagement as it stands.
    public var frozen: Frozen?
    /// Nil for a report of headquarters.
    public var preview: Preview?

    public init(
        software: String, madeAt: Int64? = nil, checkpoint: SignedCheckpoint? = nil, frozen: Frozen? = nil, preview: Preview? = nil, quarantined: [Quarantined] = []
    ) {
        self.quarantined = quarantined
        self.software = software
        self.madeAt = madeAt
        self.checkpoint = checkpoint
        self.frozen = frozen
        self.preview = preview
    }
}
