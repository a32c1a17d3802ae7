public import SeamarkJournal

extension Message {
    /// Entries of an earlier life of a scope's log, which a device hands in because the server's log lacks them or may lack them, with
    /// the server's own signature that they were in it.
    public struct Donation: Equatable, Sendable {
        /// What the server once signed.
        public enum Proof: Equatable, Sendable {
            /// Nothing is handed in: the device only asks, or says that it is done.
            case nothing
            /// Of the last entry; no chain is needed.
            case receipt(Receipt)
            /// The place after the last entry, to which the log hash leads over all of them.
            case place(SignedPlace)

            /// In which it was signed; nil for nothing.
            public var epoch: UInt64? {
                switch self {
                case .nothing: nil
                case .receipt(let receipt): receipt.epoch
                case .place(let signed): signed.epoch
                }
            }
        }

        public let scope: Identifier
        /// A place that the device knows; the answer says whether the log holds it.
        public let known: LogPlace
        /// The log hash before the first entry.
        public let before: Hash256
        /// In the order of their log. One whose block's bytes are not here is a link of the proof and nothing else.
        public let entries: [Entry]
        public let proof: Proof
        /// Of the device's stream whose end the answer names.
        public let incarnation: UInt64
        /// The device has no more to hand in.
        public let isLast: Bool

        /// It hands nothing in: a question, perhaps with the server's word on an epoch that the server may have lost.
        public var asksOnly: Bool {
            entries.isEmpty || entries.count == 1 && entries[0].block == nil && { if case .block = entries[0].entry.content { true } else { false } }()
        }

        public init(
            scope: Identifier, known: LogPlace = .beginning, before: Hash256 = .zero, entries: [Entry] = [], proof: Proof = .nothing,
            incarnation: UInt64, isLast: Bool
        ) {
            self.scope = scope
            self.known = known
            self.before = before
            self.entries = entries
            self.proof = proof
            self.incarnation = incarnation
            self.isLast = isLast
        }

        /// Entries in one donation.
        public static let mostEntries = 2000

        /// Did this server sign that these entries were in its log? An entry whose block's bytes came is held against them by whoever opens it.
        public func isProven(by keys: [[UInt8]], _ primitives: any Primitives) -> Bool {
            switch proof {
            case .nothing: return entries.isEmpty
            case .receipt(let receipt):
                return receipt.scope == scope && entries.count == 1 && entries[0].entry == receipt.entry
                    && keys.contains { receipt.isSigned(by: $0, primitives) }
            case .place(let signed):
                guard signed.scope == scope else { return false }
                let hash = entries.reduce(before) { $1.entry.logHash(after: $0, primitives) }
                return hash == signed.place.hash && keys.contains { signed.isSigned(by: $0, primitives) }
            }
        }
    }

    /// What became of a donation.
    public struct Donated: Equatable, Sendable {
        public let scope: Identifier
        /// Does the log hold the place that was asked for?
        public let contains: Bool
        public let isLast: Bool
        /// Where the log stands now, with what was handed in.
        public let place: SignedPlace
        /// Where the server's copy of the device's stream ends now.
        public let end: KnownStream
        /// The member is no longer staffed, and the device may destroy its copy.
        public let isCopyReleased: Bool

        public init(
            scope: Identifier, contains: Bool, isLast: Bool, place: SignedPlace, end: KnownStream, isCopyReleased: Bool
        ) {
            self.scope = scope
            self.contains = contains
            self.isLast = isLast
            self.place = place
            self.end = end
            self.isCopyReleased = isCopyReleased
        }
    }
}
