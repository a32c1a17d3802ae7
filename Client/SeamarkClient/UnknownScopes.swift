public import SeamarkJournal
import SeamarkProtocol
public import SeamarkStore

// A server that was put back to before an engagement began does not know it. What was receipted there is on laptops alone then, and what waits has no
// way in: that is noted down, so that `status` says it until a server knows the engagement again.

extension DeviceState {
    /// The scopes that the server did not know when it was last asked.
    public var unknownScopes: Set<Identifier> { Set(settings[.unknownScopes]?.list?.compactMap(\.id) ?? []) }
}

extension Replica {
    /// Changes of it that were with the server once, as far as this device has heard: its own, and others' that it has read.
    public var changesOnceReceipted: Int { max(0, history.count - unsentCount) }
}

extension SyncRun {
    /// Notes down which scopes the server says it does not know. One of which it said nothing stays as it was noted.
    func noteUnknownScopes() throws {
        let known: Set<Identifier>, unknown: Set<Identifier>
        do {
            let state = try device.state
            known = state.unknownScopes
            unknown = Set(state.replicas.keys.filter { session.isUnknown($0) ?? known.contains($0) })
        }
        guard unknown != known else { return }
        try device.store.transaction { try $0.append(.setting(.unknownScopes, unknown.isEmpty ? .absent : .list(unknown.sorted().map(Value.id)))) }
    }
}
