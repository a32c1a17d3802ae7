/// The ids of records from a first to a last, both included.
public struct RecordRange: Hashable, Sendable {
    public let first: Identifier
    public let last: Identifier

    public init(first: Identifier, last: Identifier) {
        self.first = first
        self.last = last
    }

    public init(of record: Identifier) { self.init(first: record, last: record) }

    public static let all = RecordRange(first: .zero, last: Identifier(high: .max, low: .max))

    public func contains(_ record: Identifier) -> Bool { first <= record && record <= last }
}

/// A record by its id, and what its heads add to the scope's digest.
public struct RecordDigest: Hashable, Sendable {
    public let record: Identifier
    public let digest: ScopeDigest

    public init(record: Identifier, digest: ScopeDigest) {
        self.record = record
        self.digest = digest
    }
}

extension ScopeState {
    /// Of every record, ascending by id.
    public var recordDigests: [RecordDigest] {
        records.map { RecordDigest(record: $0, digest: ScopeDigest(of: $1)) }.sorted { $0.record < $1.record }
    }
}
