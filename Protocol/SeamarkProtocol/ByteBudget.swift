public import SeamarkJournal

/// How many bytes one sync may move, both ways together, counted on the connection: TLS and all that it carries, without TCP's and IP's headers.
///
/// Nothing is begun that does not fit with its whole answer. What is counted beyond that is what a server says unasked (a problem) and
/// the farewell of both sides: a sync moves no more than `limit` and `slack`.
public struct ByteBudget: Equatable, Sendable {
    /// Bytes beyond the limit that a sync may come to.
    public static let slack = 1024
    /// Kept for the farewell of both sides.
    static let farewell = 128
    /// A TLS record's own bytes, and how many it carries at most.
    private static let (recordOverhead, record) = (22, 16_384)

    public let limit: Int
    /// What has passed so far, and what answers may still take that whoever holds the budget asked for elsewhere.
    public var spent: Int

    public init(limit: Int, spent: Int = 0) {
        self.limit = limit
        self.spent = spent
    }

    /// What the handshake, the greeting and the Status take, at most, where the greeting names so many scopes with a stream or two in each:
    /// what a budget must be above to be of any use.
    ///
    /// - Parameter proofs: what the Status may say of what the device has read; a receipt names each change of its block. One of an attachment is
    ///   reckoned with each scope.
    public static func opening(scopes: Int, proofs: [PlaceProof]) -> Int {
        let verdicts = proofs.reduce(0) { sum, proof in
            switch proof {
            case .receipt(let receipt): sum + receipt.verdicts.count
            case .place: sum
            }
        }
        return 8192 + 704 * scopes + 256 * proofs.count + 4 * verdicts
    }

    /// What a certificate costs that has expired, at most: a connection that is refused, and one to the enrolment door.
    public static let renewal = 8192

    /// What is left while answers of so many bytes are due.
    public func room(owed: Int) -> Int { max(0, limit - spent - owed - Self.farewell) }

    /// What a frame of so many bytes takes on the connection, at most.
    static func cost(ofFrame bytes: Int) -> Int { bytes + recordOverhead * (bytes / record + 2) }

    /// How many bytes a frame may have to take no more than `room` on the connection; negative where none may.
    static func frame(within room: Int) -> Int {
        let most = room - 2 * recordOverhead
        return most - recordOverhead * (max(0, most) / record)
    }

    /// What the answer to a push takes: a receipt that names each change, or a refusal.
    static func answer(toChanges count: Int) -> Int { cost(ofFrame: 256 + 4 * count) }

    /// What a pull takes, and its answer at the least.
    static let pull = cost(ofFrame: 192)
    static let leastEntries = 512
}

/// Why a sync with a budget did not do everything.
public enum Shortfall: Equatable, Sendable {
    /// There was no room for the next step, which takes so many bytes with its answer; of several the first in their order. How much the
    /// next entry takes is known once it was asked for.
    case bytes(Int)
    /// What is left is not done in parts: giving back what a server's log lost, handing in an engagement that the member left, or
    /// finding out which records differ.
    case notInParts

    /// There was no room for a step of so many bytes; the farewell wants its room too.
    static func lacking(_ cost: Int) -> Shortfall { .bytes(cost + ByteBudget.farewell) }

    /// The one that matters more: as long as bytes are what lacks, another sync helps.
    public static func both(_ one: Shortfall?, _ other: Shortfall?) -> Shortfall? {
        switch (one, other) {
        case (.bytes?, _): one
        case (_, .bytes?): other
        case (.notInParts?, _), (nil, _): one ?? other
        }
    }
}
