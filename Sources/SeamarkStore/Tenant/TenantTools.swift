public import SeamarkCrypto
public import SeamarkJournal

/// What a tenant's store cannot do by itself.
public struct TenantTools: Sendable {
    public let primitives: any Primitives
    /// Seals sensitive values under the tenant's key.
    public let sealing: SealingKey
    /// A record as a JSON document for analysts. Sensitive values arrive withheld: no document can hold one.
    public let document: @Sendable (RecordState) -> [UInt8]

    public init(primitives: any Primitives, sealing: SealingKey, document: @escaping @Sendable (RecordState) -> [UInt8]) {
        self.primitives = primitives
        self.sealing = sealing
        self.document = document
    }
}
