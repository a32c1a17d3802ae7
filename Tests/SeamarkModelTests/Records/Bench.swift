import SeamarkJournal
import SeamarkModel

/// Hashes that differ where the bytes differ; nothing more is asked of them here.
struct CheapPrimitives: Primitives {
    func sha256(_ bytes: Span<UInt8>) -> Hash256 {
        var words: [UInt64] = [0xcbf2_9ce4_8422_2325, 0x9ae1_6a3b_2f90_404f, 0x1234_5678_9abc_def1, 0x0f0f_1e1e_2d2d_3c3c]
        for index in bytes.indices {
            for place in words.indices {
                words[place] = (words[place] ^ UInt64(bytes[index]) &+ UInt64(place)) &* 0x0000_0100_0000_01b3
                words[place] ^= words[place] >> 29
            }
        }
        return Hash256(words: (words[0], words[1], words[2], words[3]))
    }

    func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { true }
    func deflate(_ bytes: [UInt8]) -> [UInt8] { bytes }
    func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] { throw InflateError() }
}

/// A few people who write into one scope, and the records that come of it.
struct Bench {
    static let scope = Identifier(high: 0xe0, low: 1)
    let primitives = CheapPrimitives()
    var state = ScopeState()
    /// What was applied, in order.
    private(set) var changes: [Change] = []
    private var salts: UInt64 = 0
    private var time: Int64 = 1_773_700_000_000

    struct Person {
        let author: Author
        let device: Identifier
    }

    static let ana = Person(author: Author(member: Identifier(high: 1, low: 1), role: .consultant), device: Identifier(high: 9, low: 1))
    static let ben = Person(author: Author(member: Identifier(high: 1, low: 2), role: .consultant), device: Identifier(high: 9, low: 2))
    static let lea = Person(author: Author(member: Identifier(high: 1, low: 3), role: .lead), device: Identifier(high: 9, low: 3))
    static let headquarters = Person(
        author: Author(member: Identifier(high: 1, low: 4), role: .tenantAdmin, isHeadquarters: true), device: Identifier(high: 9, low: 4))

    func view(_ record: Identifier) -> RecordView? { state.records[record].map { RecordView(id: record, state: $0) } }

    var views: [RecordView] { state.records.keys.sorted().compactMap(view) }

    func references() -> References { References(views) }

    mutating func change(_ edits: [Edit], by person: Person, schema: UInt32 = Catalogue.version, at offset: Int64 = 0) -> Change {
        time += 1
        return Change(
            scope: Bench.scope, stamp: Stamp(time: time + offset, device: person.device), member: person.author.member, schema: schema, edits: edits,
            primitives: primitives)
    }

    func judge(_ change: Change, by person: Person) -> [Complaint] {
        Judgement.verdict(on: change, author: person.author, primitives: primitives) { state.records[$0] }
    }

    /// A draft against the state as it is now: what a device that has seen everything would start from.
    mutating func draft(_ record: Identifier, _ type: RecordType) -> Draft {
        salts += 1000
        var salt = salts
        let editing = RecordEditing(record: record, type: type, state: state.records[record]) {
            salt += 1
            return Identifier(high: 77, low: salt)
        }
        return Draft(editing, references: references())
    }

    /// The change that sets these keys from text.
    mutating func setting(
        _ record: Identifier, _ type: RecordType, handle: String? = nil, _ fields: [(String, String)], by person: Person = Bench.ana
    ) throws -> Change {
        var draft = draft(record, type)
        if state.records[record] == nil { draft.create(at: time, handle: handle) }
        for (key, text) in fields { try draft.set(key, text) }
        return change(try draft.finish(), by: person)
    }

    /// Applies a change that must be allowed.
    mutating func apply(_ change: Change) {
        changes.append(change)
        state.apply(change, received: change.stamp.time)
    }

    /// Two people say this and that of a field, and neither has seen the other.
    mutating func dispute(_ record: Identifier, _ type: RecordType, _ field: String, _ one: String, _ other: String) throws {
        let changes = [try setting(record, type, [(field, one)], by: Bench.ana), try setting(record, type, [(field, other)], by: Bench.ben)]
        for change in changes { apply(change) }
    }

    struct Refused: Error, CustomStringConvertible {
        let complaints: [Complaint]
        var description: String { complaints.map(\.description).joined(separator: "; ") }
    }

    /// Makes or edits a record, judged and applied.
    @discardableResult
    mutating func write(
        _ record: Identifier, _ type: RecordType, handle: String? = nil, _ fields: [(String, String)], by person: Person = Bench.ana
    ) throws -> Change {
        let change = try setting(record, type, handle: handle, fields, by: person)
        let complaints = judge(change, by: person)
        guard complaints.isEmpty else { throw Refused(complaints: complaints) }
        apply(change)
        return change
    }

    mutating func line(_ record: Identifier = Identifier(high: 40, low: 1), handle: String = "L1") throws {
        try write(record, Catalogue.leakageLine, handle: handle, [
            ("title", "premium freight"), ("category", "EXPEDITE"), ("amount.range", "380k/500k/720k"), ("amount.grade", "A"),
            ("amount.kind", "runRate"),
        ])
    }
}
