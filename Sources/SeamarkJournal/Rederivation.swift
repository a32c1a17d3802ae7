/// A scope's state computed anew from the log entries that a device holds, and nothing else: what counts as evidence when device and
/// server differ.
///
/// It is a fold over the events of the scope's replica. Whoever uses it holds `place` against a place that the server vouches for: the log
/// hash names every entry, verdict and time before it.
public struct Rederivation: Sendable {
    public private(set) var state = ScopeState()
    public private(set) var places: [LogPlace] = [.beginning]
    /// The first entry that speaks of a block which is not there, or of another one; the state is worth nothing then.
    public private(set) var missing: UInt64?
    /// Changes of own blocks, which entries name by hash alone.
    private var own: [Hash256: [Change]] = [:]

    public init() {}

    public var place: LogPlace { places[places.count - 1] }

    /// Takes the next event of the scope's replica in.
    public mutating func note(_ event: ReplicaEvent, _ primitives: any Primitives) {
        switch event {
        case .began, .captured, .receipted, .proven, .examined: return
        case .sealed(let block): own[block.hash] = block.changes
        case .learnt(let entry, let block):
            places.append(LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, primitives)))
            switch entry.content {
            case .release: state.read(entry, changes: [])
            case .block(let hash):
                guard block == nil || block?.hash == hash, let changes = block?.changes ?? own[hash], changes.count == entry.verdicts.count else {
                    missing = missing ?? place.position
                    return
                }
                state.read(entry, changes: changes)
            }
        case .rebuilt:
            state = ScopeState()
            places = [.beginning]
            missing = nil
        }
    }
}
