public import SeamarkJournal

/// Who signs with which key: the server by the authority's word, devices by what the server sealed in the shared log (SPEC section 6).
struct EvidenceDirectory: Sendable {
    /// The record type of a device, and its field that holds the key.
    static let recordType: UInt32 = 3
    static let keyField: UInt32 = 11

    private var keys: [Identifier: [[UInt8]]] = [:]
    private var servers: Set<Identifier> = []

    mutating func publish(_ key: [UInt8], of device: Identifier, byServer: Bool = false) {
        if byServer { servers.insert(device) }
        keys[device, default: []].append(key)
    }

    func isServer(_ device: Identifier) -> Bool { servers.contains(device) }

    /// One that was published once goes on verifying what it signed.
    func keys(of device: Identifier) -> [[UInt8]] { keys[device] ?? [] }

    /// Takes the keys in that a block of the server publishes and the log has accepted; returns how many.
    mutating func read(_ block: Block, _ verdicts: [Verdict]) -> Int {
        var found = 0
        for (change, verdict) in zip(block.changes, verdicts) where verdict == .accepted {
            for (device, key) in change.publishedKeys {
                publish(key, of: device)
                found += 1
            }
        }
        return found
    }
}

extension Change {
    /// The signing keys of devices that it sets.
    public var publishedKeys: [(device: Identifier, key: [UInt8])] {
        edits.compactMap { edit in
            guard edit.type == EvidenceDirectory.recordType, edit.target == .field(EvidenceDirectory.keyField), case .open(let value) = edit.content,
                let key = value.bytes, key.count == 32
            else { return nil }
            return (edit.record, key)
        }
    }
}
