import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// A device in memory, with a directory and one engagement, and a server's log that hands everything to everybody.
struct Laptop {
    static let scope = Identifier(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0001)
    static let shared = Identifier(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0002)

    let device: Device
    let member: Identifier
    let memory: MemoryDeviceStore

    /// - Parameter letters: also what tells the devices and members apart.
    init(_ letters: String, role: Role = .consultant, now: Int64 = 1_800_000_000_000) throws {
        let number = letters.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let id = Identifier(high: 0x0190_0000_0000_7003, low: 0x8000_0000_0001_0000 + number)
        let person = Identifier(high: 0x0190_0000_0000_7004, low: 0x8000_0000_0002_0000 + number)
        member = person
        memory = try MemoryDeviceStore(
            identity: DeviceIdentity(
                tenant: Identifier(high: 1, low: 1), tenantName: "Harbour (fictitious)", member: person, device: id, role: UInt32(role.rawValue),
                letters: letters, serverHost: "127.0.0.1", serverPort: 7440, serverName: "harbour", label: "00", installationAuthority: [1],
                tenantAuthority: [1], certificate: [1], privateKey: SecretBytes(copying: [1]), signingSeed: try Randomness.secret(32)))
        device = Device(store: try memory.open()) { now }
        try device.store.transaction { transaction in
            for (scope, kind) in [(Self.scope, DeviceScope.Kind.engagement), (Self.shared, .shared)] {
                try transaction.append(.scopeAdded(DeviceScope(id: scope, kind: kind, name: "")))
                try transaction.append(.replica(scope, .began(StreamName(device: id, incarnation: number, scope: scope), epoch: 1)))
            }
            // The directory knows this member.
            var editing = RecordEditing(record: person, type: Catalogue.member, state: nil) { Identifier(high: 7, low: 7) }
            editing.create(at: now, handle: "m-" + letters.lowercased())
            if let name = Catalogue.member.field(key: "name") { editing.set(name, .text("Member \(letters) (fictitious)")) }
            let change = Change(
                scope: Self.shared, stamp: Stamp(time: now, device: id), member: person, schema: Catalogue.version, edits: editing.edits,
                primitives: SystemPrimitives())
            try transaction.append(.replica(Self.shared, .captured(change)))
        }
    }

    var finder: RecordFinder {
        get throws {
            guard let finder = RecordFinder(try device.state, scope: Self.scope) else { preconditionFailure("a laptop holds its engagement") }
            return finder
        }
    }

    func record(_ name: String) throws -> RecordView { try finder.record(name) }

    @discardableResult
    func add(_ type: RecordType, _ words: String...) throws -> String {
        let assignments = try words.map { try Assignment($0) }
        return try device.capture(in: Self.scope) { try $0.adding(type, assignments) }.name
    }

    func set(_ name: String, _ words: String...) throws {
        let assignments = try words.map { try Assignment($0) }
        _ = try device.capture(in: Self.scope) { try $0.changing(try $0.finder.record(name), assignments) }
    }

    func delete(_ name: String) throws {
        _ = try device.capture(in: Self.scope) { try $0.deleting(try $0.finder.record(name)) }
    }

    /// Each hands in what is new, in this order, and the server says `verdict` to it; then everybody has read everything. Those who only
    /// read keep what they have for later.
    static func exchange(_ laptops: Laptop..., onlyReading: [Laptop] = [], verdict: Verdict = .accepted) throws {
        try exchange(laptops, onlyReading: onlyReading) { _ in verdict }
    }

    /// As `exchange`, with a verdict on each change.
    static func exchange(_ laptops: [Laptop], onlyReading: [Laptop] = [], judging verdict: (Change) -> Verdict) throws {
        for author in laptops {
            try author.device.seal(scope)
            guard let replica = try author.device.state.replicas[scope] else { continue }
            for sealed in replica.waiting {
                guard let block = try author.device.store.block(sealed.end.hash, of: scope) else { continue }
                let entry = LogEntry(content: .block(block.hash), verdicts: block.changes.map(verdict), received: 1_900_000_000_000)
                for reader in laptops + onlyReading {
                    let isOwn = reader.member == author.member
                    try reader.device.store.transaction { try $0.append(.replica(scope, .learnt(entry, isOwn ? nil : block))) }
                }
            }
        }
    }
}
