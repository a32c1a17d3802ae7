public import SeamarkCrypto
public import SeamarkJournal

/// What a tenant's store cannot do by itself.
public struct TenantTools: Sendable {
    public let primitives: any Primitives
    /// Seals sensitive values under the tenant's key.
    public let sealing: SealingKey
    /// A record as a JSON document for analysts. Sensitive values arrive withheld: no document can hold one.
    public let document: @Sendable (RecordState) -> [UInt8]

    /// What must follow from applied changes; nil for nothing.
    public let rule: (any TenantRule)?

    public init(
        primitives: any Primitives, sealing: SealingKey, rule: (any TenantRule)? = nil, document: @escaping @Sendable (RecordState) -> [UInt8]
    ) {
        self.rule = rule
        self.primitives = primitives
        self.sealing = sealing
        self.document = document
    }
}
