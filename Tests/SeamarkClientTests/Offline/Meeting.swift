import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore
import SeamarkTestSupport
import Synchronization
import Testing

/// Consultants who work without a network and meet at headquarters: stores, syncs and sessions as they are shipped, real cryptography, and a
/// server's store; only the wire between them is missing, so that each block may arrive when a test says.
final class Meeting {
    static let scope = Identifier(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0001)
    static let shared = Identifier(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0002)
    private static let tenant = Identifier(high: 0x0190_0000_0000_7003, low: 0x8000_0000_0000_0003)
    private static let author = Identifier(high: 0x0190_0000_0000_7004, low: 0x8000_0000_0000_0004)

    /// Moves on by a second whenever somebody looks at it, so that what was done in turn has times in turn.
    final class Clock: Sendable {
        private let time = Mutex<Int64>(1_800_000_000_000)
        func tick() -> Int64 {
            time.withLock { time in
                time += 1000
                return time
            }
        }

        func pass(days: Int64) { time.withLock { $0 += days * 86_400_000 } }
    }

    let clock = Clock()
    private(set) var store: TenantStore
    private(set) var desk: TenantDesk
    private let signer: SigningKey
    private let people: [String: FieldLaptop]

    var alice: FieldLaptop { person("alice") }
    /// Alice's second laptop.
    var aliceAtHome: FieldLaptop { person("alice at home") }
    var bob: FieldLaptop { person("bob") }
    var cara: FieldLaptop { person("cara") }
    /// Who decides at headquarters.
    var lead: FieldLaptop { person("lead") }

    private func person(_ name: String) -> FieldLaptop {
        guard let laptop = people[name] else { preconditionFailure("nobody is called \(name)") }
        return laptop
    }

    init() throws {
        let signer = try SigningKey.generate()
        let tools = TenantTools(primitives: SystemPrimitives(), sealing: try SealingKey(dataKey: try Randomness.secret(32))) { _ in [] }
        let store = try TenantStore.inMemory(
            identity: TenantIdentity(id: Self.tenant, name: "Harbour (fictitious)", schema: Catalogue.version, epoch: 1, author: Self.author, incarnation: 1),
            tools: tools)
        let clock = clock
        var people: [String: FieldLaptop] = [:]
        let roles = [("alice", 1, Role.consultant), ("alice at home", 1, .consultant), ("bob", 2, .consultant), ("cara", 3, .consultant), ("lead", 4, .lead)]
        try store.write { transaction in
            try transaction.addScope(Self.shared, kind: .shared)
            try transaction.addScope(Self.scope, kind: .engagement)
            var changes: [Change] = []
            for (number, (name, member, role)) in roles.enumerated() {
                let member = Identifier(high: 0x0190_0000_0000_7005, low: 0x8000_0000_0000_0000 | UInt64(member))
                if try transaction.member(member) == nil {
                    try transaction.addMember(TenantMember(id: member, name: name, role: role.key))
                    for scope in [Self.shared, Self.scope] { try transaction.staff(member, on: scope) }
                }
                let id = Identifier(high: 0x0190_0000_0000_7006, low: 0x8000_0000_0000_0001 + UInt64(number))
                let key = try SigningKey.generate()
                let enrolled = try transaction.addDevice(
                    DeviceEnrolment(id: id, name: name, certificate: .zero, signingKey: key.publicKey), of: member, at: 0)
                changes.append(Self.directoryEntry(of: id, member, key, letters: enrolled.letters, number))
                people[name] = try FieldLaptop(
                    DeviceIdentity(
                        tenant: Self.tenant, tenantName: "Harbour (fictitious)", member: member, device: id, role: UInt32(role.rawValue),
                        letters: enrolled.letters, serverHost: "127.0.0.1", serverPort: 7440, serverName: "harbour", label: "00",
                        installationAuthority: [1], tenantAuthority: [1], certificate: [1], privateKey: SecretBytes(copying: [1]), signingSeed: key.seed),
                    key, clock)
            }
            _ = try transaction.author(changes, in: Self.shared, by: signer, received: 1)
        }
        self.people = people
        self.signer = signer
        self.store = store
        desk = Self.desk(store, signer, clock)
        for laptop in people.values { laptop.meeting = self }
    }

    private static func directoryEntry(of device: Identifier, _ member: Identifier, _ key: SigningKey, letters: String, _ number: Int) -> Change {
        var editing = RecordEditing(record: device, type: Catalogue.device, state: nil) { .zero }
        editing.create(at: 1, handle: "DV-\(letters)")
        editing.set("member", .id(member))
        editing.set("signingKey", .bytes(key.publicKey))
        editing.set("letters", .text(letters))
        return Change(
            scope: shared, stamp: Stamp(time: Int64(number) + 1, device: author), member: author, schema: Catalogue.version, edits: editing.edits,
            primitives: SystemPrimitives())
    }

    private static func desk(_ store: TenantStore, _ signer: SigningKey, _ clock: Clock) -> TenantDesk {
        TenantDesk(
            store: store, clock: WallClock { clock.tick() }, primitives: SystemPrimitives(), signer: signer, endorse: { _, _ in FieldLaptop.endorsement },
            schedule: { $0() }, noteContact: { _, _ in })
    }

    // MARK: At headquarters

    /// The server's machine goes on with another copy of its store, and says nothing of it.
    func putBack(_ copy: TenantStore) {
        store = copy
        desk = Self.desk(copy, signer, clock)
    }

    func staff(_ laptop: FieldLaptop, _ isStaffed: Bool) throws {
        try store.write { transaction in
            if isStaffed { try transaction.staff(laptop.identity.member, on: Self.scope) } else { try transaction.unstaff(laptop.identity.member, from: Self.scope) }
        }
    }

    func setRole(_ role: Role, of laptop: FieldLaptop) throws {
        try store.write { try $0.updateMember(TenantMember(id: laptop.identity.member, name: "renamed", role: role.key)) }
    }

    /// Everybody has read an observation of Alice's that says `words`, Cara as an analyst; its name, and the server's store of before. Alice's second laptop
    /// has not synced.
    func readByAnAnalyst(_ words: String) throws -> (note: String, before: TenantStore) {
        try setRole(.analyst, of: cara)
        try sync(alice, bob, cara, lead)
        let before = try store.copyInMemory()
        let note = try alice.add(Catalogue.observation, "text=\(words)")
        for _ in 0..<2 { try sync(alice, bob, cara, lead) }
        #expect(try cara.record(note).isWithheld("text"))
        return (note, before)
    }

    /// Lets everything in that is in quarantine.
    func release() throws {
        try store.write { transaction in
            _ = try transaction.release(try transaction.quarantine().map(\.id), received: clock.tick())
        }
    }

    func quarantined() throws -> Int { try store.read { try $0.quarantine().count } }

    /// Where the log of the engagement stands.
    func place() throws -> LogPlace { try #require(try store.read { try $0.scope(Self.scope) }).place }

    /// A block arrives by itself: nil when it gets a receipt, otherwise the number that it is refused with.
    @discardableResult
    func deliver(_ block: Block, from laptop: FieldLaptop) throws -> Problem.Code? {
        let push = Message.Push(scope: Self.scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, SystemPrimitives()))
        switch try DeviceSession(laptop.name, of: desk).answer(toPush: push) {
        case .receipt: return nil
        case .refused(let refusal): return refusal.code
        }
    }

    // MARK: Everybody

    func sync(_ laptops: FieldLaptop...) throws { for laptop in laptops { try laptop.sync() } }

    /// Everybody hands in and reads until there is nothing left to do, and then all hold the same as the server, digest by digest.
    func rest(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let all = [alice, aliceAtHome, bob, cara, lead].filter { (try? $0.isStaffed()) == true }
        for _ in 0..<2 { for laptop in all { try laptop.sync() } }
        let digest = try #require(try store.read { try $0.scope(Self.scope) }, sourceLocation: sourceLocation).digest
        for laptop in all {
            #expect(try laptop.finder.replica.confirmed.digest == digest, "the digests differ", sourceLocation: sourceLocation)
            #expect(try laptop.finder.replica.unsentCount == 0, "\(laptop.identity.letters) holds something back", sourceLocation: sourceLocation)
        }
        #expect(Set(try all.map { try $0.picture() }).count == 1, "they see different things", sourceLocation: sourceLocation)
        let keys = Dictionary(uniqueKeysWithValues: people.values.map { ($0.identity.device, $0.key.publicKey) })
        let verification = try store.read { try $0.verify { $0 == Self.author ? self.signer.publicKey : keys[$0] } }
        guard case .holds = verification else {
            Issue.record("the server's store does not verify: \(verification)", sourceLocation: sourceLocation)
            return
        }
    }

    /// The fields in conflict, as "name field", on every laptop that is on the engagement.
    func conflicts(_ expected: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        for laptop in [alice, bob, cara, lead] where try laptop.isStaffed() {
            #expect(try laptop.conflicts() == expected.sorted(), sourceLocation: sourceLocation)
        }
    }

    /// Everybody reads this of the record called `name`.
    func everybody(_ name: String, sourceLocation: SourceLocation = #_sourceLocation, _ reads: (RecordView) throws -> Bool) throws {
        for laptop in [alice, bob, cara, lead] where try laptop.isStaffed() {
            #expect(try reads(try laptop.record(name)), "\(name) at \(laptop.identity.letters)", sourceLocation: sourceLocation)
        }
    }

    /// Plays a story once for every order in which these people may hand in, and everybody must see the same whatever the order.
    ///
    /// - Parameters:
    ///   - known: done by Alice, and known to everybody; the names of what it made.
    ///   - offline: what is done without a network.
    ///   - then: looks at it when everybody has handed in and read.
    static func inEveryOrder(
        of people: [(Meeting) -> FieldLaptop], known: (FieldLaptop) throws -> [String] = { _ in [] }, offline: (Meeting, [String]) throws -> Void,
        then: (Meeting, [String]) throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var pictures: Set<String> = []
        try withEveryPermutation(of: people) { order in
            let meeting = try Meeting()
            try meeting.rest(sourceLocation: sourceLocation)
            let names = try known(meeting.alice)
            try meeting.rest(sourceLocation: sourceLocation)
            try offline(meeting, names)
            for person in order { try person(meeting).sync() }
            try meeting.rest(sourceLocation: sourceLocation)
            pictures.insert(try meeting.lead.picture())
            try then(meeting, names)
            try meeting.rest(sourceLocation: sourceLocation)
        }
        #expect(pictures.count == 1, "who handed in first made a difference", sourceLocation: sourceLocation)
    }
}

extension RecordEditing {
    /// Sets a field by its key.
    mutating func set(_ key: String, _ value: Value) {
        guard let field = type.field(key: key) else { preconditionFailure("\(type.key) has no field \(key)") }
        set(field, value)
    }
}
