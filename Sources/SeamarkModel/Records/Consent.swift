public import SeamarkJournal

/// What an interviewee agreed to. The state goes one way, none < given < withdrawn, and withdrawn wins over everything:
/// consenting again needs a new person record.
///
/// Concurrent consents join: state by the greater, scope by what both allow, and method, time and recorder from the head
/// whose state is stricter (the one shown first among equals). The join does not depend on the order.
public struct Consent: Hashable, Sendable {
    public enum State: Int64, Comparable, Sendable {
        case none = 1
        case given, withdrawn

        public static func < (left: State, right: State) -> Bool { left.rawValue < right.rawValue }
    }

    /// What was agreed to, as a bit set.
    public struct Scope: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let quotes = Scope(rawValue: 1)
        public static let role = Scope(rawValue: 2)
        public static let audio = Scope(rawValue: 4)
        public static let recontact = Scope(rawValue: 8)
    }

    enum Member {
        static let state: UInt32 = 1
        static let method: UInt32 = 2
        static let at: UInt32 = 3
        static let scope: UInt32 = 4
        static let recordedBy: UInt32 = 5
    }

    public let state: State
    public let scope: Scope
    /// Number in `written, verbal, electronic`.
    public let method: Int64?
    /// Milliseconds since 1970.
    public let at: Int64?
    public let recordedBy: Identifier?

    public init(state: State, scope: Scope = [], method: Int64? = nil, at: Int64? = nil, recordedBy: Identifier? = nil) {
        self.state = state
        self.scope = scope
        self.method = method
        self.at = at
        self.recordedBy = recordedBy
    }

    /// Nil for a value that is no consent. A state of a newer version counts as withdrawn: the strict reading.
    public init?(_ value: Value) {
        guard case .int(let state)? = value.member(Member.state) else { return nil }
        self.state = State(rawValue: state) ?? .withdrawn
        var scope: Scope = []
        for element in value.member(Member.scope)?.list ?? [] {
            if let number = element.int, (1...4).contains(number) { scope.insert(Scope(rawValue: 1 << UInt8(number - 1))) }
        }
        self.scope = scope
        method = value.member(Member.method)?.int
        at = value.member(Member.at)?.int
        recordedBy = value.member(Member.recordedBy)?.id
    }

    public var value: Value {
        var members = [Value.Member(Member.state, .int(state.rawValue))]
        if let method { members.append(Value.Member(Member.method, .int(method))) }
        if let at { members.append(Value.Member(Member.at, .int(at))) }
        let numbers = (0..<4).filter { scope.rawValue >> $0 & 1 == 1 }.map { Value.int(Int64($0) + 1) }
        if !numbers.isEmpty { members.append(Value.Member(Member.scope, .list(numbers))) }
        if let recordedBy { members.append(Value.Member(Member.recordedBy, .id(recordedBy))) }
        return .group(members)
    }

    // How a quote is attributed, as the catalogue numbers it: the stricter the greater. Nobody is named: consent knows no such scope.
    static let roleOk: Int64 = 2
    static let unattributed: Int64 = 3

    /// The least strict attribution of a quote that this agrees to.
    var loosestAttribution: Int64 { scope.contains(.role) ? Self.roleOk : Self.unattributed }

    /// The join with a head that is shown after this one.
    public func joined(_ later: Consent) -> Consent {
        let stricter = later.state > state ? later : self
        return Consent(
            state: stricter.state, scope: scope.intersection(later.scope),
            method: stricter.method, at: stricter.at, recordedBy: stricter.recordedBy)
    }

    /// May somebody who saw `old` say this? The state does not go back, and once given the scope only narrows.
    func mayFollow(_ old: Consent) -> Bool {
        state >= old.state && (old.state == .none || scope.isSubset(of: old.scope))
    }
}
