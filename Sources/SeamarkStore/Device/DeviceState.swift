public import SeamarkJournal

/// What a device's events add up to: who it is, which scopes it follows, its copy of each, settings and contacts.
///
/// A pure fold: equal events give equal states, in whichever process they are read. Rows that a later one made needless are
/// deleted from the store, and the fold of what is left is the same.
public struct DeviceState: Sendable {
    private var storedIdentity: DeviceIdentity?
    public private(set) var scopes: [Identifier: DeviceScope] = [:]
    public private(set) var replicas: [Identifier: Replica] = [:]
    public private(set) var settings: [DeviceSetting: Value] = [:]
    public private(set) var lastContact: ServerContact?
    public private(set) var lastComplete: ServerContact?
    public private(set) var checkpoint: Checkpoint?
    private var lastStamp: Int64 = .min

    init() {}

    /// A state before its first event; a store that is open has one.
    var isEmpty: Bool { storedIdentity == nil }

    public var identity: DeviceIdentity {
        guard let storedIdentity else { preconditionFailure("an open store has an identity") }
        return storedIdentity
    }

    /// Gives the next stamp; it has seen every stamp that this device gave.
    public var clock: DeviceClock { DeviceClock(device: identity.device, last: lastStamp) }

    /// The scopes, ascending by id.
    public var scopeIDs: [Identifier] { scopes.keys.sorted() }

    /// Own changes that no receipt covers, over all scopes.
    public var unsentCount: Int { replicas.values.reduce(0) { $0 + $1.unsentCount } }

    /// Does the event fit on what is there? An event that does not is a mistake of ours, or damage.
    func accepts(_ event: DeviceEvent) -> Bool {
        switch event {
        case .identity, .scopeAdded, .scopeLeft, .contact, .checkpoint, .setting: return true
        case .replica(let scope, let event):
            // The scope itself may be told of later: its row is written anew when its name changes.
            if case .began(let stream, _) = event { return stream.scope == scope }
            guard let replica = replicas[scope] else { return false }
            switch event {
            case .began, .examined, .rebuilt: return true
            case .proven(let signed): return signed.scope == scope
            case .captured(let change): return change.scope == scope
            case .sealed(let block):
                guard block.stream.scope == scope else { return false }
                let end = replica.end
                return block.stream != replica.stream || block.first == end.number &+ 1 && block.previous == end.hash
            case .receipted(let receipt): return receipt.scope == scope
            case .learnt(let entry, let block):
                guard let block else { return true }
                return entry.content == .block(block.hash) && block.stream.scope == scope && entry.verdicts.count == block.changes.count
            }
        }
    }

    /// Takes the next event in, which fits.
    mutating func apply(_ event: DeviceEvent, _ primitives: any Primitives) {
        switch event {
        case .identity(let identity): storedIdentity = identity
        case .scopeAdded(let scope): scopes[scope.id] = scope
        case .scopeLeft(let scope):
            scopes[scope] = nil
            replicas[scope] = nil
            if settings[.currentScope] == .id(scope) { settings[.currentScope] = nil }
        case .replica(let scope, let event):
            if case .began(let stream, let epoch) = event, replicas[scope] == nil {
                replicas[scope] = Replica(stream: stream, epoch: epoch)
            }
            replicas[scope]?.apply(event, primitives)
            remember(event, of: replicas[scope]?.stream.device)
        case .contact(let contact):
            lastContact = contact
            if contact.outcome == .complete { lastComplete = contact }
        case .checkpoint(let checkpoint): self.checkpoint = checkpoint
        case .setting(let setting, let value): settings[setting] = value == .absent ? nil : value
        }
    }

    /// Notes the greatest stamp of this device: a restored store learns its own later ones back from the log.
    private mutating func remember(_ event: ReplicaEvent, of device: Identifier?) {
        switch event {
        case .captured(let change):
            if change.stamp.device == device { lastStamp = max(lastStamp, change.stamp.time) }
        case .sealed(let block), .learnt(_, let block?):
            guard block.stream.device == device else { return }
            for change in block.changes { lastStamp = max(lastStamp, change.stamp.time) }
        case .learnt(_, nil), .began, .receipted, .proven, .examined, .rebuilt: break
        }
    }
}
