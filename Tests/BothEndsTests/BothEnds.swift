import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import SeamarkTestSupport
import Synchronization

/// A whole server and whole devices in one process: shipped stores, sessions and cryptography, and no network between them.
final class BothEnds {
    static let tenant = Identifier(high: 0x7e, low: 1)
    static let shared = Identifier(high: 0x5a, low: 1)
    static let scope = Identifier(high: 0x5c, low: 1)
    static let author = Identifier(high: 0x5e, low: 1)
    static let serverKey = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 0xee, count: 32)))
    private static let authority = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 0xca, count: 32)))

    /// A laptop of a lead.
    struct Laptop {
        let memory: MemoryDeviceStore
        var device: Device
        let name: DeviceName

        var replica: Replica {
            get throws { try device.state.replicas[BothEnds.scope] ?? Replica(stream: StreamName(device: name.device, incarnation: 0, scope: BothEnds.scope), epoch: 0) }
        }

        /// Ends the program and starts it again: everything is read from the store.
        mutating func reopen() throws { device = BothEnds.device(try memory.open()) }

        /// What people see: each record with the values of its heads.
        var view: [Identifier: [String]] {
            get throws {
                try Dictionary(
                    uniqueKeysWithValues: replica.views().map { view in
                        (view.id, view.state.slots.map { "\($0.target) \($0.heads.map { "\($0.content) \($0.effective)" })" })
                    })
            }
        }
    }

    let store: TenantStore
    private(set) var desk: TenantDesk
    /// With which the server signs, and with which it did.
    private(set) var signer = BothEnds.serverKey
    private var earlier: [EarlierServerKey] = []
    private let clock: @Sendable () -> Int64
    private(set) var laptops: [Laptop] = []
    /// Bytes of the last sync, both ways.
    private(set) var bytes = 0
    /// What was said in the last sync, by kind.
    private(set) var said: [Message] = []

    init(laptops count: Int, clock: @escaping @Sendable () -> Int64 = { 1_800_000_000_000 }) throws {
        let primitives = SystemPrimitives()
        let tools = TenantTools(
            primitives: primitives, sealing: try SealingKey(dataKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
        ) { state in
            var document: [UInt8] = []
            RecordView(id: .zero, state: state).write(to: &document, references: .none)
            return document
        }
        store = try TenantStore.inMemory(
            identity: TenantIdentity(id: Self.tenant, name: "Fictitious", schema: Catalogue.version, epoch: 1, author: Self.author, incarnation: 1), tools: tools)
        self.clock = clock
        desk = Self.desk(store, clock, Self.serverKey, [])
        try store.write { transaction in
            try transaction.addScope(Self.shared, kind: .shared)
            try transaction.addScope(Self.scope, kind: .engagement)
            var changes: [Change] = []
            for number in 0..<count {
                let name = Self.name(number)
                try transaction.addMember(TenantMember(id: name.member, name: "Member \(number)", role: Role.lead.key))
                for scope in [Self.shared, Self.scope] { try transaction.staff(name.member, on: scope) }
                let key = SigningKey(seed: Self.seed(number)).publicKey
                try transaction.addDevice(DeviceEnrolment(id: name.device, name: "Laptop", certificate: .zero, signingKey: key), of: name.member, at: 0)
                var editing = RecordEditing(record: name.device, type: Catalogue.device, state: nil) { .zero }
                editing.create(at: 1, handle: "DV-\(number)")
                for (key, value) in [("member", Value.id(name.member)), ("signingKey", .bytes(key)), ("letters", .text("A\(number)"))] { editing.set(key, value) }
                changes.append(
                    Change(
                        scope: Self.shared, stamp: Stamp(time: Int64(number) + 1, device: Self.author), member: Self.author, schema: Catalogue.version,
                        edits: editing.edits, primitives: primitives))
            }
            _ = try transaction.author(changes, in: Self.shared, by: Self.serverKey, received: 1)
        }
        for number in 0..<count {
            let name = Self.name(number)
            let memory = try MemoryDeviceStore(
                identity: DeviceIdentity(
                    tenant: Self.tenant, tenantName: "Fictitious", member: name.member, device: name.device, role: UInt32(Role.lead.rawValue),
                    letters: "A\(number)", serverHost: "127.0.0.1", serverPort: 1, serverName: "s", label: "l", installationAuthority: [1],
                    tenantAuthority: [1], certificate: [1], privateKey: Self.seed(number), signingSeed: Self.seed(number)))
            laptops.append(Laptop(memory: memory, device: Self.device(try memory.open()), name: name))
        }
    }

    /// Its desk for bundles, on another schedule.
    func desk(on schedule: @escaping TenantWriter.Schedule, endorsedBy other: SigningKey? = nil) -> TenantDesk {
        Self.desk(store, clock, signer, earlier, schedule, endorsedBy: other ?? Self.authority)
    }

    private static func desk(
        _ store: TenantStore, _ clock: @escaping @Sendable () -> Int64, _ key: SigningKey, _ earlier: [EarlierServerKey], _ schedule: @escaping TenantWriter.Schedule = { $0() },
        endorsedBy authority: SigningKey = BothEnds.authority
    ) -> TenantDesk {
        return TenantDesk(
            store: store, clock: WallClock { clock() }, primitives: SystemPrimitives(), signer: key, earlier: earlier, endorse: { message, _ in authority.sign(message) },
            schedule: schedule, noteContact: { _, _ in })
    }

    /// The server has another signing key from now on, in another epoch.
    func replaceServerKey() throws {
        let (epoch, scopes) = try store.read { (try $0.identity().epoch, try $0.scopes()) }
        try store.renewEpoch(because: .otherKey, at: 2)
        earlier.append(
            EarlierServerKey(
                epoch: epoch, key: signer.publicKey, ends: Dictionary(uniqueKeysWithValues: scopes.map { ($0.id, $0.place) }), farewell: Self.farewell(of: signer)))
        signer = try SigningKey.generate()
        desk = Self.desk(store, clock, signer, earlier)
    }

    /// The server greets with this key, and names no earlier one: it was put back, or is somebody else.
    func sign(with key: SigningKey) {
        signer = key
        desk = Self.desk(store, clock, key, [])
    }

    /// The tenant authority's word for a server key.
    static func endorsed(_ key: [UInt8], epoch: UInt64) -> Message.ServerKey {
        let message = Message.ServerKey.message(tenant: tenant, epoch: epoch, device: author, key: key)
        return Message.ServerKey(epoch: epoch, device: author, key: key, signature: authority.sign(message))
    }

    /// A key's own word that it signs no more.
    static func farewell(of key: SigningKey) -> [UInt8] { key.sign(ServerKeyStatement.farewell(tenant: tenant, key: key.publicKey)) }

    private static func name(_ number: Int) -> DeviceName {
        DeviceName(tenant: tenant, member: Identifier(high: 0x3e, low: UInt64(number) + 1), device: Identifier(high: 0xde, low: UInt64(number) + 1))
    }

    static func seed(_ number: Int) -> SecretBytes { SecretBytes(copying: [UInt8](repeating: UInt8(number + 1), count: 32)) }

    static func device(_ store: OpenDeviceStore, schema: UInt32 = Catalogue.version) -> Device {
        let authority = authority.publicKey
        let tools = DeviceTools(
            primitives: SystemPrimitives(), signer: { SigningKey(seed: $0) }, word: { try Randomness.word() },
            endorsement: { _ in { message, signature in SystemPrimitives().verifies(signature, of: message, by: authority) } })
        return Device(store: store, tools: tools, schema: schema, now: { 1_800_000_000_000 })
    }

    // MARK: Working

    /// A new seam, or another name for one that there is.
    @discardableResult
    func name(_ word: String, by laptop: Int, record: Identifier? = nil) throws -> Identifier {
        let id = try record ?? Identifier.timeOrdered(milliseconds: 1_800_000_000_000, dice: (Randomness.word(), Randomness.word()))
        try laptops[laptop].device.capture(in: Self.scope) { _, replica in
            var editing = RecordEditing(record: id, type: Catalogue.seam, state: replica.record(id)) { .zero }
            editing.create(at: 1_800_000_000_000, handle: "SM-" + word.map { $0 == " " ? "-" : String($0) }.joined())
            editing.set("name", .text(word))
            return editing.edits
        }
        return id
    }

    /// A change as a program of another version captures it: unjudged, and of its own schema.
    @discardableResult
    func capture(_ edits: [Edit], by laptop: Int, schema: UInt32) throws -> Change {
        try laptops[laptop].device.store.transaction { transaction in
            let identity = transaction.state.identity
            var clock = transaction.state.clock
            let change = Change(
                scope: Self.scope, stamp: clock.stamp(now: 1_800_000_000_000), member: identity.member, schema: schema, edits: edits,
                primitives: SystemPrimitives())
            try transaction.append(.replica(Self.scope, .captured(change)))
            return change
        }
    }

    func reopen(_ laptop: Int) throws { try laptops[laptop].reopen() }

    /// One sync, with further conversations where the epoch was renewed.
    ///
    /// - Parameter schema: what the device's program knows.
    @discardableResult
    func sync(_ laptop: Int, schema: UInt32 = Catalogue.version, tamper: @escaping (Message) -> Message = { $0 }) throws -> SyncRun.Report {
        try sync(laptop, laptops[laptop].device.store, schema: schema) { [tamper($0)] }
    }

    /// The same, with a store of the laptop's identity and a line that may say more, or less, than the server did.
    @discardableResult
    func sync(
        _ laptop: Int, _ store: OpenDeviceStore, schema: UInt32 = Catalogue.version, attachments: SyncRun.Attachments = .init(),
        attach: ((AttachmentMessage) -> AttachmentMessage)? = nil, hostile: @escaping (Message) -> [Message]
    ) throws -> SyncRun.Report {
        let lock = try store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        (bytes, said) = (0, [])
        var attempts = 3
        while true {
            let line = DirectLine(DeviceSession(laptops[laptop].name, of: desk), attach: attach, hostile)
            defer {
                bytes += line.bytesSent + line.bytesReceived
                said += line.said
            }
            var run = try SyncRun.begin(Self.device(store, schema: schema), over: line, attachments: attachments)
            line.begin()
            do {
                while true {
                    guard let first = try line.next() else {
                        try run.lineEnded()
                        continue
                    }
                    if let report = try run.take(first, then: { try line.next() }) {
                        try run.end(nil)
                        return report
                    }
                }
            } catch let failure as SyncRun.Failure {
                try run.end(failure)
                attempts -= 1
                guard case .sync(.epochRenewed) = failure.cause, attempts > 0 else { throw failure }
            }
        }
    }

    // MARK: Asking the server directly

    typealias Session = DeviceSession
    typealias Answer = ServerSession.ComparisonAnswer

    func session(of laptop: Int) -> Session { DeviceSession(laptops[laptop].name, of: desk) }

    static var serverPublicKey: [UInt8] { serverKey.publicKey }

    var serverScope: TenantScope { get throws { try store.read { try $0.knownScope } } }
}

extension TenantSnapshot {
    fileprivate var knownScope: TenantScope {
        get throws {
            guard let scope = try scope(BothEnds.scope) else { throw Lacking() }
            return scope
        }
    }
}

struct Lacking: Error {}

/// A clock that a test moves by hours. One thread reads and writes it; the lock is for the compiler.
final class Hours: Sendable {
    private let hours = Mutex<Int64>(0)
    var now: Int64 { 1_800_000_000_000 + hours.withLock(\.self) * 3_600_000 }
    func add(hours count: Int64) { hours.withLock { $0 += count } }
}

extension RecordEditing {
    mutating func set(_ key: String, _ value: Value) {
        guard let field = type.field(key: key) else { preconditionFailure("the catalogue has \(key)") }
        set(field, value)
    }
}
