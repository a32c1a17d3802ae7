public import SeamarkJournal

/// What a report was made from and by: what the caller knows and the records do not say.
public struct ReportProvenance: Hashable, Sendable {
    /// The state of the log, as the server's checkpoint says it. Texts, because the report prints them and compares nothing.
    public struct Checkpoint: Hashable, Sendable {
        public struct Scope: Hashable, Sendable {
            public var scope: Identifier
            /// For people: the engagement's handle, `shared`.
            public var name: String
            public var position: UInt64
            /// Hexadecimal.
            public var logHash: String
            /// Hexadecimal.
            public var digest: String

            public init(scope: Identifier, name: String, position: UInt64, logHash: String, digest: String) {
                self.scope = scope
                self.name = name
                self.position = position
                self.logHash = logHash
                self.digest = digest
            }
        }

        /// Hexadecimal.
        public var epoch: String
        public var scopes: [Scope]

        public init(epoch: String, scopes: [Scope]) {
            self.epoch = epoch
            self.scopes = scopes
        }
    }

    /// Such as `seamark-server 0.1.0`.
    public var software: String
    /// Milliseconds since 1970; nil prints no time, so that the same records give the same bytes.
    public var madeAt: Int64?
    /// Nil on a device: its own changes may not be in any log yet, and the report says so.
    public var checkpoint: Checkpoint?

    public init(software: String, madeAt: Int64? = nil, checkpoint: Checkpoint? = nil) {
        self.software = software
        self.madeAt = madeAt
        self.checkpoint = checkpoint
    }
}
