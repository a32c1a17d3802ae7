public import SeamarkJournal

/// Whose store it is, and as whom the server writes in it. Kept in the file: a file that was moved still knows its tenant.
public struct TenantIdentity: Hashable, Sendable {
    public let id: Identifier
    public let name: String
    /// The version of the record types that the server writes.
    public let schema: UInt32
    /// Sixty-four random bits; renewed whenever the store is restored.
    public let epoch: UInt64
    /// The device that stands for the server as an author.
    public let author: Identifier
    /// The incarnation of the author's streams; renewed with the epoch.
    public let incarnation: UInt64
    /// The least schema that may write: an older device's work is kept in quarantine.
    public let leastSchema: UInt32
    /// The least schema that may read; never more than may write.
    public let leastReadSchema: UInt32

    public init(
        id: Identifier, name: String, schema: UInt32, epoch: UInt64, author: Identifier, incarnation: UInt64, leastSchema: UInt32 = 1,
        leastReadSchema: UInt32 = 1
    ) {
        self.id = id
        self.name = name
        self.schema = schema
        self.epoch = epoch
        self.author = author
        self.incarnation = incarnation
        self.leastSchema = leastSchema
        self.leastReadSchema = leastReadSchema
    }
}
