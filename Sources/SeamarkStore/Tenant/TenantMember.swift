public import SeamarkJournal

/// A person with a role in the tenant. Never removed: an inactive member's work stays theirs.
public struct TenantMember: Hashable, Sendable {
    public let id: Identifier
    public let name: String
    /// The role's word, as the model spells it.
    public let role: String
    public let isActive: Bool

    public init(id: Identifier, name: String, role: String, isActive: Bool = true) {
        self.id = id
        self.name = name
        self.role = role
        self.isActive = isActive
    }
}
