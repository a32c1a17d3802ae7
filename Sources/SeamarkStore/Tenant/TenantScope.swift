public import SeamarkJournal

/// A scope and where its log stands.
public struct TenantScope: Hashable, Sendable {
    public enum Kind: Int64, Hashable, Sendable {
        case engagement = 1
        /// The frozen reports of an engagement.
        case published = 2
        /// Instruments and directory.
        case shared = 3
    }

    public let id: Identifier
    public let kind: Kind
    /// The engagement that a `published` scope belongs to.
    public let engagement: Identifier?
    public let place: LogPlace
    public let digest: ScopeDigest

    public init(id: Identifier, kind: Kind, engagement: Identifier? = nil, place: LogPlace = .beginning, digest: ScopeDigest = .zero) {
        self.id = id
        self.kind = kind
        self.engagement = engagement
        self.place = place
        self.digest = digest
    }
}
