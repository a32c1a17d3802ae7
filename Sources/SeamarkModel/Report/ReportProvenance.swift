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

    /// Such as `seamark-server 0.1.0`.
    public var software: String
    /// Milliseconds since 1970; nil prints no time, so that the same records give the same bytes.
    public var madeAt: Int64?
    /// Nil on a device: its own changes may not be in any log yet, and the report says so.
    public var checkpoint: SignedCheckpoint?

    public init(software: String, madeAt: Int64? = nil, checkpoint: SignedCheckpoint? = nil) {
        self.software = software
        self.madeAt = madeAt
        self.checkpoint = checkpoint
    }
}
