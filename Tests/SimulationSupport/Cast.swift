internal import SeamarkClient
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore
internal import SeamarkTestSupport

/// Who takes part: one tenant with four engagements, six members and eight devices. A schedule uses the first few of each. Two laptops more have not enrolled
/// when a schedule begins, and engagements with higher numbers have not begun.
///
/// The same in every schedule, so it is made once and copied.
final class Cast: Sendable {
    struct Seat: Sendable {
        let device: Identifier
        let member: Identifier
        let role: Role
        let signer: SimulationSigner
        let seed: SecretBytes
        let letters: String
    }

    static let mostDevices = 8
    /// Their seats come after those of the others.
    static let mostNewcomers = 2
    static let mostScopes = 4

    /// 2026-01-01, so that years may pass both ways: when all devices enrolled and every schedule begins.
    static let began: Int64 = 1_767_225_600_000
    static let tenant = Identifier(high: 0x7e, low: 1)
    static let shared = Identifier(high: 0x5a, low: 1)
    static let author = Identifier(high: 0x5e, low: 1)
    static let serverSigner = SimulationSigner(seed: [UInt8](repeating: 0xee, count: 32))
    static let authority = [UInt8](repeating: 0xca, count: 32)
    /// Seals what lies on the server.
    static let dataKey = SecretBytes(copying: [UInt8](repeating: 7, count: 32))

    /// Opens the bundles of the tenant's devices.
    static let bundleKey = AgreementKey(privateBytes: SecretBytes(copying: [UInt8](repeating: 9, count: 32)))

    /// Of the invitation that a device was enrolled with: what is said, and how the server remembers it.
    static func token(_ number: Int) -> (bytes: [UInt8], hash: Hash256) {
        let bytes = [UInt8](repeating: UInt8(number), count: 16)
        return (bytes, SimulationPrimitives().sha256(bytes.span))
    }

    static func scope(_ number: Int) -> Identifier { Identifier(high: 0x5c, low: UInt64(number) + 1) }
    static func member(_ number: Int) -> Identifier { Identifier(high: 0x3e, low: UInt64(number) + 1) }
    static func device(_ number: Int) -> Identifier { Identifier(high: 0xde, low: UInt64(number) + 1) }
    /// A record of an engagement that everybody writes.
    static func record(_ number: Int, in scope: Identifier) -> Identifier {
        Identifier(high: 0x0190_0000_0000_7000 | scope.low, low: 0x8000_0000_0000_0000 | UInt64(number))
    }

    /// Whose device is whose: the second and the third are one member's, and so are the first and the eighth. Newcomers are further laptops of members who
    /// take part in every schedule.
    private static let owners = [0, 1, 1, 2, 3, 4, 5, 0, 1, 0]
    private static let roles: [Role] = [.lead, .consultant, .consultant, .consultant, .lead, .consultant]

    let seats: [Seat]
    /// The tenant before anybody was staffed on an engagement.
    let disk: ServerDisk
    /// The devices when they have just enrolled, in the order of the seats.
    let laptops: [DeviceDisk]

    init() throws {
        seats = (0..<Self.mostDevices + Self.mostNewcomers).map { number in
            let seed = [UInt8](repeating: UInt8(number + 1), count: 32)
            return Seat(
                device: Self.device(number), member: Self.member(Self.owners[number]), role: Self.roles[Self.owners[number]],
                signer: SimulationSigner(seed: seed), seed: SecretBytes(copying: seed),
                letters: String(UnicodeScalar(UInt8(65 + number))))
        }
        let enrolled = Array(seats.prefix(Self.mostDevices))
        disk = try ServerDisk(
            of: TenantIdentity(id: Self.tenant, name: "Fictitious", schema: Catalogue.version, epoch: 1, author: Self.author, incarnation: 1),
            tools: Self.tools(rule: nil)
        ) { try Self.fill($0, enrolled, SimulationPrimitives()) }
        laptops = try seats.map { try DeviceDisk(of: Self.identity($0)) }
    }

    private static func fill(_ store: TenantStore, _ seats: [Seat], _ primitives: SimulationPrimitives) throws {
        try store.write { transaction in
            try transaction.addScope(shared, kind: .shared)
            for number in 0..<mostScopes { try transaction.addScope(scope(number), kind: .engagement) }
            for number in roles.indices {
                try transaction.addMember(TenantMember(id: member(number), name: "Member \(number)", role: roles[number].key))
                try transaction.staff(member(number), on: shared)
            }
            var changes: [Change] = []
            for (number, seat) in seats.enumerated() {
                let token = token(number)
                try transaction.addInvitation(token: token.hash, member: seat.member, made: began, expires: began + 1)
                let enrolment = DeviceEnrolment(id: seat.device, name: "Device \(number)", certificate: .zero, signingKey: seat.signer.publicKey)
                guard case .redeemed = try transaction.redeem(token.hash, for: enrolment, at: began) else { preconditionFailure("it is redeemed for the first time") }
                changes.append(listing(seat, at: Int64(number) + 1, primitives))
            }
            _ = try transaction.author(changes, in: shared, by: serverSigner, received: 1)
        }
    }

    /// What headquarters writes of a device into the directory.
    static func listing(_ seat: Seat, at time: Int64, _ primitives: SimulationPrimitives) -> Change {
        var editing = RecordEditing(record: seat.device, type: Catalogue.device, state: nil) { .zero }
        editing.create(at: 1, handle: "DV-\(seat.letters)")
        for (key, value) in [
            ("member", Value.id(seat.member)), ("signingKey", .bytes(seat.signer.publicKey)), ("letters", .text(seat.letters)),
        ] {
            guard let field = Catalogue.device.field(key: key) else { preconditionFailure("the catalogue has \(key)") }
            editing.set(field, value)
        }
        return Change(
            scope: shared, stamp: Stamp(time: time, device: author), member: author, schema: Catalogue.version, edits: editing.edits, primitives: primitives)
    }

    static func tools(rule: (any TenantRule)?) throws -> TenantTools {
        TenantTools(primitives: SimulationPrimitives(), sealing: try SealingKey(dataKey: dataKey), rule: rule) { state in
            var document: [UInt8] = []
            RecordView(id: .zero, state: state).write(to: &document, references: .none)
            return document
        }
    }

    static func identity(_ seat: Seat) -> DeviceIdentity {
        DeviceIdentity(
            tenant: tenant, tenantName: "Fictitious", member: seat.member, device: seat.device, role: UInt32(seat.role.rawValue),
            letters: seat.letters, serverHost: "127.0.0.1", serverPort: 1, serverName: "s", label: "l", installationAuthority: [1],
            tenantAuthority: authority, certificate: [1], privateKey: seat.seed, signingSeed: seat.seed)
    }
}
