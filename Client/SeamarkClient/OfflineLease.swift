public import SeamarkJournal

/// How long a device may show what it holds without having heard from headquarters.
///
/// Counted by the progress that the device's clock has been seen to make since the last contact. That never goes back: a clock that is
/// set back goes on from where it was put. A clock that is set forward by mistake counts as time, until the next contact begins the
/// lease anew. Times are milliseconds since 1970, spans milliseconds.
public struct OfflineLease: Hashable, Sendable {
    /// As long as a certificate serves: a device that stays in touch never comes to the end of either.
    public static let days: Int64 = 30
    private static let day: Int64 = 86_400_000

    /// Time that has passed since the contact, as far as it was seen; never negative.
    public private(set) var passed: Int64 = 0
    /// The device's clock when it was last looked at.
    public private(set) var seen: Int64

    /// Begins at a contact, of which the device's clock says that it is `now`.
    public init(now: Int64) { seen = now }

    /// The device's clock says `now`.
    public mutating func look(at now: Int64) {
        if now > seen {
            let (span, isLonger) = now.subtractingReportingOverflow(seen)
            let (sum, isMore) = passed.addingReportingOverflow(span)
            passed = isLonger || isMore ? .max : sum
        }
        seen = now
    }

    /// What is left of it when it was last looked at; none or negative where it is over.
    public var left: Int64 { Self.days * Self.day - passed }
    public var isOver: Bool { left <= 0 }
    /// Whole days.
    public var daysLeft: Int64 { max(0, left) / Self.day }

    // MARK: As a device keeps it

    public var value: Value { .group([Value.Member(1, .int(passed)), Value.Member(2, .int(seen))]) }

    /// Nil for anything that is no lease.
    public init?(_ value: Value?) {
        guard case .group(let members)? = value, members.count == 2, case .int(let passed) = members[0].value, case .int(let seen) = members[1].value,
            passed >= 0
        else { return nil }
        self.passed = passed
        self.seen = seen
    }
}
