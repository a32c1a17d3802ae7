import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkServer
import SeamarkStore

/// A tenant of members whose roles change, with records of every type, and devices whose signed blocks go through their sessions.
final class RoleBench {
    let ends: BothEnds
    let scopes: [Identifier]
    private let sessions: [DeviceSession]
    private let primitives = SystemPrimitives()
    private var streams: [StreamName: StreamEnd] = [:]
    private var number: UInt64 = 1

    /// - Parameter scopes: how many engagements, on which all are staffed.
    init(members: Int, scopes count: Int) throws {
        ends = try BothEnds(laptops: members)
        let scopes = (1...count).map { Identifier(high: 0x5c, low: 100 + UInt64($0)) }
        self.scopes = scopes
        sessions = (0..<members).map { [ends] in ends.session(of: $0) }
        for session in sessions {
            _ = try session.note(Message.Status(time: 1_800_000_000_000, software: "test", schema: Catalogue.version, scopes: []))
        }
        let people = ends.laptops.map(\.name.member)
        try ends.store.write { transaction in
            for scope in scopes {
                try transaction.addScope(scope, kind: .engagement)
                for member in people { try transaction.staff(member, on: scope) }
            }
        }
    }

    func member(_ index: Int) -> Identifier { ends.laptops[index].name.member }

    func setRole(_ role: Role, of index: Int) throws {
        let member = TenantMember(id: member(index), name: "Member \(index)", role: role.key)
        try ends.store.write { try $0.updateMember(member) }
        try ends.laptops[index].device.store.transaction { transaction in
            var identity = transaction.state.identity
            identity.role = UInt32(role.rawValue)
            try transaction.append(.identity(identity))
        }
    }

    private func next() -> UInt64 {
        number += 1
        return number
    }

    func fresh() -> Identifier { Identifier(high: 0x1d, low: next()) }

    /// A change by whomever, from a device of theirs, made now.
    func change(_ edits: [Edit], in scope: Identifier, member: Identifier, device: Identifier) -> Change {
        Change(
            scope: scope, stamp: Stamp(time: 1_800_000_000_000 + Int64(next()), device: device), member: member, schema: Catalogue.version, edits: edits,
            primitives: primitives)
    }

    /// The server's verdicts on a block of these changes that the member's device signed and sent.
    func push(_ groups: [[Edit]], in scope: Identifier, by index: Int) throws -> (changes: [Change], verdicts: [Verdict]) {
        let name = ends.laptops[index].name
        let changes = groups.map { change($0, in: scope, member: name.member, device: name.device) }
        let stream = StreamName(device: name.device, incarnation: 99, scope: scope)
        let block = Block.seal(changes, in: stream, after: streams[stream] ?? .beginning, by: SigningKey(seed: BothEnds.seed(index)), primitives)
        let session = sessions[index]
        let push = Message.Push(scope: scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, primitives), epoch: 0)
        let box = Box()
        session.push(.success(session.open(push))) { box.result = $0 }
        guard case .receipt(let receipt)? = try box.result.map({ session.answer(to: try $0.get()) }) else { throw NoReceipt() }
        streams[stream] = block.end
        return (changes, receipt.verdicts)
    }

    struct NoReceipt: Error {}

    /// One thread.
    private final class Box: @unchecked Sendable { var result: Result<DeviceSession.Pushed, any Error>? }

    /// Headquarters' own word, unjudged; in the name of `member`, who then owns what it makes.
    @discardableResult
    func settle(_ groups: [[Edit]], in scope: Identifier, for member: Identifier = BothEnds.author) throws -> [Change] {
        let changes = groups.map { change($0, in: scope, member: member, device: BothEnds.author) }
        try ends.store.write { _ = try $0.author(changes, in: scope, by: BothEnds.serverKey, received: 1_800_000_000_000) }
        return changes
    }

    func state(_ record: Identifier, in scope: Identifier) throws -> RecordState? { try ends.store.read { try $0.record(record, in: scope) } }

    /// The device's own answer to the same edits: the refusal of its first complaint, nil where it would capture them.
    func earlyAnswer(_ edits: [Edit], in scope: Identifier, by index: Int) throws -> Refusal? {
        do {
            try ends.laptops[index].device.judge([edits], in: scope)
            return nil
        } catch Device.Refused.complaints(let complaints) { return complaints.first?.refusal }
    }

    // MARK: Records of any type

    /// The edits that make a record of this type with everything that it must have, and its id.
    func making(_ type: RecordType, in scope: Identifier) -> (id: Identifier, edits: [Edit]) {
        var values: [UInt32: Value] = [:]
        for field in type.fields where field.isRequired && field.number >= 10 { values[field.number] = sample(field.kind) }
        if type === Catalogue.questionnaire { for (field, text) in [(10, "a"), (12, "1"), (13, "a"), (14, Self.form)] as [(UInt32, String)] { values[field] = .text(text) } }
        let id = type === Catalogue.engagement ? scope : DerivedIdentifiers.identifier(of: type, by: primitives) { values[$0] } ?? fresh()
        var editing = RecordEditing(record: id, type: type, state: nil) { .zero }
        editing.create(at: 1_800_000_000_000, handle: type.handlePrefix.map { "\($0)-X\(next())" })
        for field in type.fields { if let value = values[field.number] { editing.set(field, value) } }
        return (id, editing.edits)
    }

    /// A form of one question.
    static let form = #"""
        {"format":"seamark-questionnaire","version":1,"key":"a","edition":"1","title":"a","languages":["default"],"items":[{"name":"people","type":"integer","label":{"default":"How many?"},"constraint":". > 0"}],"lists":[]}
        """#

    private func sample(_ kind: FieldKind) -> Value {
        switch kind {
        case .text(let rule): .text(String(repeating: "A", count: rule.shortest))
        case .integer(let bounds), .money(let bounds), .duration(let bounds): .int(max(bounds.lowerBound, min(1, bounds.upperBound)))
        case .number(let bounds): .double(bounds.lowerBound)
        case .basisPoints, .score: .int(1)
        case .boolean: .bool(true)
        // Not the first: rules ask for more where it is chosen.
        case .choice(let choices): .int(min(2, Int64(choices.choices.count)))
        case .date: .int(20_000)
        case .time: .int(1_700_000_000_000)
        case .reference: .id(fresh())
        case .bytes(let count): .bytes([UInt8](repeating: 7, count: count))
        case .list(let kind, let count): .list((0..<count.lowerBound).map { _ in sample(kind) })
        case .group(let group): .group(group.members.filter(\.isRequired).map { Value.Member($0.number, sample($0.kind)) })
        case .threePoint(let kind): .group((1...3).map { Value.Member($0, sample(kind)) })
        case .points: .list([])
        }
    }

    /// Every type has this field, in which different values are a conflict.
    static let field = CommonField.mergedInto

    func edit(_ record: Identifier, _ type: RecordType, _ value: Identifier, naming heads: [EditName]) -> Edit {
        Edit(record: record, type: type.number, target: .field(Self.field), content: .open(.id(value)), supersedes: heads)
    }

    func life(_ record: Identifier, _ type: RecordType, _ isThere: Bool, over state: RecordState?) -> Edit {
        Edit(
            record: record, type: type.number, target: .life, content: .open(.bool(isThere)), supersedes: state?.heads(of: .life).map(\.name) ?? [],
            witnessed: isThere ? [] : state?.fieldHeadNames ?? [])
    }
}
