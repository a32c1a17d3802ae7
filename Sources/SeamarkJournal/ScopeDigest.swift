/// A 128-bit sum over all heads of a scope: equal states have equal digests, and each head is added or removed on its own.
///
/// The name of a head commits to record, field and value (its change id is a hash of them), so the digest adds up mixed
/// names. It finds faults, not attackers: what an attacker might alter is covered by chains and signatures.
public struct ScopeDigest: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static let zero = ScopeDigest(high: 0, low: 0)

    /// What one record adds: the sum over its heads.
    public init(of record: RecordState) {
        self = .zero
        for slot in record.slots { for head in slot.heads { add(head.name) } }
    }

    public mutating func add(_ name: EditName) { self.add(ScopeDigest.element(name)) }

    public mutating func subtract(_ name: EditName) { self.subtract(ScopeDigest.element(name)) }

    public mutating func subtract(_ other: ScopeDigest) {
        let (difference, borrow) = low.subtractingReportingOverflow(other.low)
        low = difference
        high = high &- other.high &- (borrow ? 1 : 0)
    }

    public mutating func add(_ other: ScopeDigest) {
        let (sum, carry) = low.addingReportingOverflow(other.low)
        low = sum
        high = high &+ other.high &+ (carry ? 1 : 0)
    }

    /// What one head adds (`Protocol/SPEC.md`, "Digest").
    static func element(_ name: EditName) -> ScopeDigest {
        let high = mix(name.change.high &+ (UInt64(name.index) &+ 1) &* 0x9e37_79b9_7f4a_7c15)
        return ScopeDigest(high: high, low: mix(name.change.low ^ high))
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

extension ScopeDigest: CustomStringConvertible {
    /// Thirty-two lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(of: bytes) }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed64(high)
        writer.fixed64(low)
        return writer.bytes
    }

    /// Nil unless `bytes` holds exactly sixteen.
    public init?(bytes: [UInt8]) {
        guard let id = Identifier(bytes: bytes) else { return nil }
        self.init(high: id.high, low: id.low)
    }
}
