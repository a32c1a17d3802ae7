public import SeamarkJournal

extension Message {
    /// Asks for digests over ranges of the records of a scope.
    public struct Compare: Equatable, Sendable {
        public let scope: Identifier
        public let epoch: UInt64
        /// At most `DigestBisection.mostRanges`.
        public let ranges: [RecordRange]
        /// A range of at most so many records is answered record by record; at most `mostListed`.
        public let list: UInt32

        public static let mostListed: UInt32 = 32

        public init(scope: Identifier, epoch: UInt64, ranges: [RecordRange], list: UInt32 = UInt32(DigestBisection.listed)) {
            self.scope = scope
            self.epoch = epoch
            self.ranges = ranges
            self.list = list
        }
    }

    public struct Compared: Equatable, Sendable {
        public let scope: Identifier
        /// Where the log stands whose state this is.
        public let place: LogPlace
        /// One for each range, in order.
        public let answers: [DigestBisection.Answer]

        public init(scope: Identifier, place: LogPlace, answers: [DigestBisection.Answer]) {
            self.scope = scope
            self.place = place
            self.answers = answers
        }
    }

    /// The device's state, computed anew from the log up to a place, is another one than the server's in these ranges.
    public struct Dispute: Equatable, Sendable {
        /// A range and what the device computed of it.
        public struct Claim: Hashable, Sendable {
            public let range: RecordRange
            public let digest: ScopeDigest

            public init(range: RecordRange, digest: ScopeDigest) {
                self.range = range
                self.digest = digest
            }
        }

        public let scope: Identifier
        public let epoch: UInt64
        public let place: LogPlace
        /// At most `DigestBisection.mostFound`; none where all ranges agree and only the digest over everything does not.
        public let claims: [Claim]

        public init(scope: Identifier, epoch: UInt64, place: LogPlace, claims: [Claim]) {
            self.scope = scope
            self.epoch = epoch
            self.place = place
            self.claims = claims
        }
    }

    /// What the server computed anew from its log.
    public struct Settled: Equatable, Sendable {
        public let scope: Identifier
        public let place: LogPlace
        /// One for each claim, in order; none where the log has moved on, or is not at the place of the dispute.
        public let digests: [ScopeDigest]
        /// So many records were not what the server's log says, and are now.
        public let repaired: UInt64

        public init(scope: Identifier, place: LogPlace, digests: [ScopeDigest], repaired: UInt64) {
            self.scope = scope
            self.place = place
            self.digests = digests
            self.repaired = repaired
        }
    }
}
