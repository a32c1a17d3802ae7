import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore

/// One consultant's laptop at a `Meeting`: works by itself, and syncs when it is told to.
final class FieldLaptop {
    /// What stands for the tenant authority's signature.
    static let endorsement = [UInt8](repeating: 0xe1, count: 64)

    let identity: DeviceIdentity
    let key: SigningKey
    private let clock: Meeting.Clock
    private(set) var memory: MemoryDeviceStore
    private(set) var device: Device
    unowned var meeting: Meeting!

    init(_ identity: DeviceIdentity, _ key: SigningKey, _ clock: Meeting.Clock) throws {
        (self.identity, self.key, self.clock) = (identity, key, clock)
        memory = try MemoryDeviceStore(identity: identity)
        device = try Self.open(memory, clock)
    }

    private static func open(_ memory: MemoryDeviceStore, _ clock: Meeting.Clock) throws -> Device {
        let tools = DeviceTools(
            primitives: SystemPrimitives(), signer: { SigningKey(seed: $0) }, word: { try Randomness.word() },
            endorsement: { _ in { _, signature in signature == endorsement } })
        return Device(store: try memory.open(), tools: tools) { clock.tick() }
    }

    var name: DeviceName { DeviceName(tenant: identity.tenant, member: identity.member, device: identity.device) }

    /// Goes on with an older copy of its store.
    func putBack(_ copy: MemoryDeviceStore) throws {
        memory = copy
        device = try Self.open(copy, clock)
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
    func sync() throws -> SyncSession.Outcome {
        for _ in 0..<3 {
            do { return try Conversation(self).toTheEnd() } catch let failure as SyncRun.Failure {
                // The server has just found out that its log lacks something: it is given that now.
                guard case .sync(.epochRenewed) = failure.cause else { throw failure }
            }
        }
        throw Device.Refused.noSuchScope
    }

    /// A sync without a wire: what one says the other hears at once.
    private final class Conversation: SyncLine {
        private let laptop: FieldLaptop
        private let door: DeviceSession
        private var session = ServerSession()
        private var heard: [Message] = []
        private var isOver = false
        let bytesSent = 0
        let bytesReceived = 0

        init(_ laptop: FieldLaptop) {
            self.laptop = laptop
            door = DeviceSession(laptop.name, of: laptop.meeting.desk)
        }

        func toTheEnd() throws -> SyncSession.Outcome {
            let lock = try laptop.device.store.takeSyncLock()
            defer { withExtendedLifetime(lock) {} }
            var run = try SyncRun.begin(laptop.device, over: self)
            try perform(session.began())
            while true {
                guard let message = next() else {
                    try run.lineEnded()
                    preconditionFailure("a line that ends before the sync ends it")
                }
                guard let report = try run.take(message, then: next) else { continue }
                try run.end(nil)
                return report.outcome
            }
        }

        private func next() -> Message? { heard.isEmpty ? nil : heard.removeFirst() }

        func send(_ message: Message) throws { if !isOver { try perform(session.received(message)) } }

        func close() { isOver = true }

        private func perform(_ actions: [ServerSession.Action]) throws {
            for action in actions {
                switch action {
                case .prepareWelcome: try perform(session.welcomed(try door.welcome()))
                case .send(let message): heard.append(message)
                case .note(let status): try perform(session.noted(isHeld: try door.note(status)))
                case .donate(let donation): try perform(session.donated(try door.donate(donation)))
                case .pull(let pull): try perform(session.pulled(try door.pull(pull)))
                case .push(let push): try perform(session.pushed(try door.answer(toPush: push)))
                case .attachment: try perform(session.failed())
                case .close(let problem):
                    if let problem { heard.append(.problem(problem)) }
                    isOver = true
                }
            }
        }
    }
}
