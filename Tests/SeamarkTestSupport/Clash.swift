public import SeamarkJournal

/// Makes changes with few records, fields and values, so that they meet.
public struct Clash: Sendable {
    public static let scope = Identifier(high: 0x5c, low: 1)
    /// The type of all records.
    public static let type: UInt32 = 1

    public var dice: SplitMix64
    private let primitives: any Primitives

    public init(seed: UInt64, _ primitives: any Primitives) {
        dice = SplitMix64(seed: seed)
        self.primitives = primitives
    }

    public static func device(_ number: Int) -> Identifier { Identifier(high: 0xd0, low: UInt64(number)) }
    public static func record(_ number: Int) -> Identifier { Identifier(high: 0x7ec, low: UInt64(number)) }

    /// A change of a device that sees `records`: one to three edits of one of `recordCount` records, each naming what it sees, or part of it.
    public mutating func change(
        by device: Int, at time: Int64, seeing records: (Identifier) -> RecordState?, of recordCount: Int = 2, scope: Identifier = scope
    ) -> Change {
        var edits: [Edit] = []
        var targets: Set<Target> = []
        for _ in 0...(dice.next() % 3) {
            let record = Self.record(Int(dice.next() % UInt64(recordCount)))
            let target = self.target()
            guard targets.insert(target).inserted || dice.chance(20) else { continue }
            let state = records(record)
            let seen = (state?.heads(of: target) ?? []).map(\.name)
            // Most see all heads, some only one, some none: late values, and conflicts.
            let names = dice.chance(70) ? seen : dice.chance(50) ? Array(seen.prefix(1)) : []
            switch target {
            case .life:
                let isPresent = dice.chance(50)
                edits.append(
                    Edit(
                        record: record, type: Self.type, target: .life, content: .open(.bool(isPresent)), supersedes: names,
                        witnessed: isPresent ? [] : state?.fieldHeadNames ?? []))
            case .element:
                edits.append(Edit(record: record, type: Self.type, target: target, content: .open(.bool(dice.chance(60))), supersedes: names))
            case .field:
                edits.append(Edit(record: record, type: Self.type, target: target, content: content(), supersedes: names))
            }
        }
        return Change(
            scope: scope, stamp: Stamp(time: time, device: Self.device(device)), member: Identifier(high: 0x3e, low: UInt64(device)), schema: 1,
            edits: edits, primitives: primitives)
    }

    /// One of: life, two fields, two elements of a set.
    public mutating func target() -> Target {
        switch dice.next() % 6 {
        case 0: .life
        case 1, 2: .field(1)
        case 3: .field(2)
        case 4: .element(3, .text("a"))
        case _: .element(3, .text("b"))
        }
    }

    private mutating func content() -> Content {
        let value = Value.int(Int64(dice.next() % 3))
        return dice.chance(15) ? .sensitive(SensitiveValue(salt: dice.identifier(), value: value)) : .open(value)
    }

    /// A value of any kind, a few levels deep.
    public mutating func value(depth: Int = 0) -> Value {
        switch dice.next() % (depth < 3 ? 12 : 9) {
        case 0: return .absent
        case 1: return .bool(dice.chance(50))
        case 2: return .int([0, 1, -1, .max, .min, Int64(bitPattern: dice.next())].randomElement(using: &dice) ?? 0)
        case 3: return .number([0, -0.0, 1.5, -1e308, .infinity, Double(bitPattern: dice.next())].randomElement(using: &dice) ?? 0) ?? .double(0.25)
        case 4: return .text(["", "a", "é", "e\u{301}", "日本", String(repeating: "x", count: 200), "\u{0}"].randomElement(using: &dice) ?? "")
        case 5: return .bytes((0..<(dice.next() % 5)).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
        case 6: return .id(dice.identifier())
        case 7: return .unknown(kind: [16, 17, 300, .max].randomElement(using: &dice) ?? 16, [1, 2, 3])
        case 8: return .int(Int64(dice.next() % 3))
        case 9, 10: return .list((0..<(dice.next() % 4)).map { _ in value(depth: depth + 1) })
        case _: return .group((0..<(dice.next() % 3)).map { Value.Member([1, 7, .max][Int($0)], value(depth: depth + 1)) })
        }
    }
}
