import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import Synchronization

/// One consultant's laptop at a `Meeting`: works by itself, and syncs when it is told to.
final class FieldLaptop {
    /// What stands for the tenant authority's signature.
    static let endorsement = [UInt8](repeating: 0xe1, count: 64)

    let identity: DeviceIdentity
    let key: SigningKey
    private let clock: Meeting.Clock
    private let lead = Lead()
    private(set) var memory: MemoryDeviceStore
    private(set) var device: Device
    unowned var meeting: Meeting!

    init(_ identity: DeviceIdentity, _ key: SigningKey, _ clock: Meeting.Clock) throws {
        (self.identity, self.key, self.clock) = (identity, key, clock)
        memory = try MemoryDeviceStore(identity: identity)
        device = try Self.open(memory, clock, lead)
    }

    /// By how much its clock is ahead, in milliseconds.
    private final class Lead: Sendable {
        let milliseconds = Mutex<Int64>(0)
    }

    func isAhead(days: Int64) { lead.milliseconds.withLock { $0 = days * 86_400_000 } }

    private static func open(_ memory: MemoryDeviceStore, _ clock: Meeting.Clock, _ lead: Lead) throws -> Device {
        let tools = DeviceTools(
            primitives: SystemPrimitives(), signer: { SigningKey(seed: $0) }, word: { try Randomness.word() },
            endorsement: { _ in { _, signature in signature == endorsement } })
        return Device(store: try memory.open(), tools: tools) { clock.tick() + lead.milliseconds.withLock { $0 } }
    }

    var name: DeviceName { DeviceName(tenant: identity.tenant, member: identity.member, device: identity.device) }

    /// Goes on with an older copy of its store.
    func putBack(_ copy: MemoryDeviceStore) throws {
        memory = copy
        device = try Self.open(copy, clock, lead)
    }

    // MARK: Work

    var finder: RecordFinder {
        get throws {
            guard let finder = RecordFinder(try device.state, scope: Meeting.scope) else { throw Device.Refused.noSuchScope }
            return finder
        }
    }

    func isStaffed() throws -> Bool { try meeting.store.read { try $0.isStaffed(identity.member, on: Meeting.scope) } }

    func record(_ name: String) throws -> RecordView { try finder.record(name) }

    @discardableResult
    func add(_ type: RecordType, _ words: String...) throws -> String {
        let assignments = try words.map { try Assignment($0) }
        return try device.capture(in: Meeting.scope) { try $0.adding(type, assignments) }.name
    }

    func set(_ name: String, _ words: String...) throws {
        let assignments = try words.map { try Assignment($0) }
        _ = try device.capture(in: Meeting.scope) { try $0.changing(try $0.finder.record(name), assignments) }
    }

    func delete(_ name: String) throws { _ = try device.capture(in: Meeting.scope) { try $0.deleting(try $0.finder.record(name)) } }

    func restore(_ name: String) throws { _ = try device.capture(in: Meeting.scope) { try $0.restoring(try $0.finder.record(name)) } }

    func resolve(_ name: String, _ field: String, _ choice: RecordCapture.Choice) throws {
        _ = try device.capture(in: Meeting.scope) { try $0.resolving(try $0.finder.record(name), field: field, choice) }
    }

    // MARK: What it shows

    func conflicts() throws -> [String] {
        let finder = try finder
        return finder.conflicts.map { "\(finder.name(of: $0.record.id)) \($0.key)" }.sorted()
    }

    /// The values on the sides of the only conflict.
    func sides() throws -> Set<String> {
        let finder = try finder
        guard finder.conflicts.count == 1 else { return [] }
        return Set(finder.conflicts[0].sides.map { side in
            guard let field = side.field, let value = side.value else { return "\(side.kind)" }
            return field.kind.text(of: value, references: finder.references)
        })
    }

    /// How many changes of a record this laptop knows of.
    func steps(of name: String) throws -> Int {
        let finder = try finder
        return History(of: try finder.record(name).id, in: finder.replica).steps.count
    }

    /// Every field of every record by its name, deletions, and conflicts; without ids, which chance makes.
    func picture() throws -> String {
        let finder = try finder
        return finder.all.map { record -> String in
            // The order of an overlap's lines is that of their ids.
            let shown = (record.type?.fields ?? []).filter { record.type !== Catalogue.overlap || ($0.key != "first" && $0.key != "second") }
            let fields = shown.map { field -> String in
                let values = field.isSet ? record.elements(field) : record.value(field.key).map { [$0] } ?? []
                return "\(field.key)=" + values.map { field.kind.text(of: $0, references: finder.references) }.sorted().joined(separator: "+")
            }
            let conflicts = record.conflicts.map { "\($0.target.number ?? 0)×\($0.heads.count)" }.sorted()
            return "\(record.handle ?? record.type?.label ?? "") \(record.isDeleted ? "deleted" : "there") \(fields) \(conflicts)"
        }.sorted().joined(separator: "\n")
    }

    // MARK: On the way

    /// Each of these in a block of its own, sealed and not sent.
    func blocks(_ actions: (FieldLaptop) throws -> Void...) throws -> [Block] {
        for action in actions {
            try action(self)
            try device.seal(Meeting.scope)
        }
        return try finder.replica.waiting.compactMap { try device.store.block($0.end.hash, of: Meeting.scope) }
    }

    @discardableResult
    func sync() throws -> SyncSession.Outcome { try WirelessSync.run(device, DeviceSession(name, of: meeting.desk)).outcome }
}
