/// What a member is in a tenant. Raw values are the stable numbers of `Choices.role` and of the wire.
public enum Role: Int64, CaseIterable, Hashable, Sendable {
    case consultant = 1
    case lead, analyst, clientViewer, tenantAdmin

    /// As in JSON and on the command line.
    public var key: String { Choices.role.key(rawValue) ?? "" }

    public init?(key: String) {
        guard let number = Choices.role.number(key), let role = Role(rawValue: number) else { return nil }
        self = role
    }
}

/// What a role gets to see.
public enum Reading: String, Hashable, Sendable {
    /// All records of the engagements the member is staffed on, and the shared scope.
    case everything
    /// The same without sensitive values (names, narrative, quotes): their leaf hashes travel instead.
    case withoutSensitive
    /// The directory of the shared scope.
    case directory
    /// Published reports alone.
    case published
}
