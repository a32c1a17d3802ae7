internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

// A member whose role sees more than it did has what was withheld until then read anew. That is noted with the new role, since the sync that
// hears of it may be cut before it has read anything.

/// Does the role of the first number see sensitive values that the other withholds?
func sees(more role: UInt32, than former: UInt32) -> Bool {
    func reading(_ number: UInt32) -> Reading? { Role(rawValue: Int64(number)).map(RoleTable.reading) }
    return reading(former) == .withoutSensitive && reading(role) == .everything
}

extension DeviceState {
    /// The scopes that are still to be read anew.
    var readsAgain: Set<Identifier> { Set(settings[.readsAgain]?.list?.compactMap(\.id) ?? []) }
}

extension DeviceTransaction {
    func readsAgain(_ alter: (inout Set<Identifier>) -> Void) throws {
        let known = state.readsAgain
        var scopes = known
        alter(&scopes)
        guard scopes != known else { return }
        try append(.setting(.readsAgain, scopes.isEmpty ? .absent : .list(scopes.sorted().map(Value.id))))
    }
}
