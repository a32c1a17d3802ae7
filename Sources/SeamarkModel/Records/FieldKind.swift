/// What a field may hold, with its bounds. Every check, message, form and document follows from this one description.
public indirect enum FieldKind: Sendable {
    case text(TextRule)
    case integer(ClosedRange<Int64>)
    /// Finite, both bounds included.
    case number(ClosedRange<Double>)
    /// Hundredths of the engagement's currency, whatever the currency. Stored as `int`.
    case money(ClosedRange<Int64>)
    /// Hundredths of a percent, 0 up to the bound.
    case basisPoints(Int64)
    /// 0 controlled … 4 severe.
    case score
    case boolean
    /// One of a list with stable numbers; stored as `int`.
    case choice(Choices)
    /// Days since 1970-01-01; stored as `int`.
    case date
    /// Milliseconds since 1970; stored as `int`.
    case time
    /// Seconds; stored as `int`.
    case duration(ClosedRange<Int64>)
    /// The id of a record of one of these types.
    case reference([RecordTypeNumber])
    /// Exactly so many bytes.
    case bytes(Int)
    /// At least and at most so many, in order.
    case list(FieldKind, ClosedRange<Int>)
    case group(GroupDefinition)
    /// low ≤ likely ≤ high of a kind that is `money`, `number`, `basisPoints` or `duration`. A group of the members 1, 2, 3.
    case threePoint(FieldKind)
    /// Points to domains or seams, 1…100 each and at most 100 together. A list of groups (1: what, 2: points) ascending by what.
    case points(PointsOf)

    /// What points are given to.
    public enum PointsOf: Sendable {
        /// Domains, by their code in the instrument.
        case domains
        /// Seams, by id.
        case seams
    }
}

/// The stable number of a record type. Numbers are never reused (`Catalogue`).
public typealias RecordTypeNumber = UInt32

/// Bounds of a text. Length counts Unicode scalars. Texts ought to arrive in Unicode form NFC, and the client composes what is captured; that is not
/// checked here, because the check needs tables of its own and a text that is not composed harms nobody: it only compares as different.
public struct TextRule: Sendable {
    public let shortest: Int
    public let longest: Int
    /// Names stay on one line and hold no character that turns the direction of what follows.
    public let isName: Bool
    /// Letters, digits, `-`, `_`, `.` and `@` only.
    public let isCode: Bool

    public init(shortest: Int = 1, longest: Int, isName: Bool = true, isCode: Bool = false) {
        self.shortest = shortest
        self.longest = longest
        self.isName = isName
        self.isCode = isCode
    }
}

extension FieldKind {
    /// A name: 1 to 120 characters on one line.
    static let name = FieldKind.text(TextRule(longest: 120))
    /// A line of words, up to 300 characters.
    static let line = FieldKind.text(TextRule(longest: 300))
    /// Up to 8,000 characters on any number of lines.
    static let narrative = FieldKind.text(TextRule(longest: 8000, isName: false))
    /// Up to 2,000 characters.
    static let quote = FieldKind.text(TextRule(longest: 2000, isName: false))
    /// A short code such as `L-B014` or `D2`.
    static let code = FieldKind.text(TextRule(longest: 40, isCode: true))
    static let anyMoney = FieldKind.money(-FieldKind.mostMoney...FieldKind.mostMoney)
    static let positiveMoney = FieldKind.money(0...FieldKind.mostMoney)
    /// A thousand million million of the main unit is beyond every company and leaves room for sums in `Int64`.
    static let mostMoney: Int64 = 10_000_000_000_000_000
    static let amount = FieldKind.number(0...1e15)
}

/// The members of a group: one atomic value, never mixed from two authors.
public struct GroupDefinition: Sendable {
    /// Ascending by number.
    public let members: [GroupMember]
    /// What must hold among the members.
    public let rules: [GroupRule]

    public init(_ members: [GroupMember], rules: [GroupRule] = []) {
        precondition(zip(members, members.dropFirst()).allSatisfy { $0.number < $1.number }, "members ascend by number")
        self.members = members
        self.rules = rules
    }

    public func member(_ number: UInt32) -> GroupMember? { members.first { $0.number == number } }
    public func member(key: String) -> GroupMember? { members.first { $0.key == key } }
}

/// One member of a group: its number and key are stable for ever.
public struct GroupMember: Sendable {
    public let number: UInt32
    public let key: String
    public let kind: FieldKind
    public let isRequired: Bool
    /// A time of what happened: it never lies in the future (`FutureTimes`).
    public let isPast: Bool
    /// Written no more: records of before hold it.
    public let isRetired: Bool

    public init(_ number: UInt32, _ key: String, _ kind: FieldKind, required: Bool = false, past: Bool = false, retired: Bool = false) {
        self.number = number
        self.key = key
        self.kind = kind
        isRequired = required
        isPast = past
        isRetired = retired
    }
}

/// A rule among the members of one group. Rules inside a group are refusals, since a group is written whole by one author;
/// rules between fields or records are findings.
public enum GroupRule: Sendable {
    /// Exactly one of these members is given.
    case exactlyOne([UInt32])
    /// Exactly one of these members is given, or none where the last is.
    case exactlyOneOrElse([UInt32], UInt32)
    /// These members are given if, and only if, member `when` is the choice `is`.
    case onlyWhen(UInt32, is: Int64, [UInt32])
    /// Those given do not fall from one to the next.
    case ascending([UInt32])
    /// The units of the factors in this member multiply to money a year (`FactorUnit`).
    case unitsGiveMoneyPerYear(UInt32)
    /// The amount of a line has a price that can be computed with (`LinePrice`).
    case hasAPrice
    /// The choices in this list ascend, each once: it stands for a set, and equal sets are equal values.
    case ascendingChoices(UInt32)
}
