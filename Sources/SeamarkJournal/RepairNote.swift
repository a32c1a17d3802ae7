/// What came of it when a device and its server had read the same log and held different states: who was wrong, and in what.
///
/// A device keeps the last of them. Nothing here decides anything but whether the same standing disagreement is examined again.
public struct RepairNote: Hashable, Sendable {
    public enum Finding: UInt64, Hashable, Sendable {
        /// The device's state was not what its own log entries say; it is now.
        case deviceWasWrong = 1
        /// The server's rows were not what its log says; it computed them anew.
        case serverWasWrong = 2
        /// Each end computes its own state from the same log: their programs differ.
        case bothStand = 3
    }

    public let finding: Finding
    /// The log that both had read, up to here.
    public let place: LogPlace
    /// Milliseconds since 1970 by the device's clock.
    public let time: Int64
    /// How many records were wrong, or are in dispute as far as the ranges tell.
    public let count: Int
    /// Some of them, ascending, with the digest of what was held.
    public let records: [RecordDigest]
    /// The server's digest less the device's, as it stays; zero where they agree.
    public let difference: ScopeDigest

    /// Records that are named in one note.
    public static let mostRecords = 16
    /// Notes that a device shows of one scope.
    public static let mostNotes = 16

    public init(finding: Finding, place: LogPlace, time: Int64, count: Int, records: [RecordDigest], difference: ScopeDigest = .zero) {
        self.finding = finding
        self.place = place
        self.time = time
        self.count = count
        self.records = Array(records.prefix(Self.mostRecords))
        self.difference = difference
    }
}
