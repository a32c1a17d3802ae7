public import SeamarkJournal

/// Who made a change, as the tenant's directory says it at that moment.
public struct Author: Hashable, Sendable {
    public let member: Identifier
    public let role: Role
    /// The server's own signed changes: what only headquarters may write.
    public let isHeadquarters: Bool

    public init(member: Identifier, role: Role, isHeadquarters: Bool = false) {
        self.member = member
        self.role = role
        self.isHeadquarters = isHeadquarters
    }

    var isLead: Bool { isHeadquarters || role == .lead }
}
