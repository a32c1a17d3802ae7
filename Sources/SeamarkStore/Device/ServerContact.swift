internal import SeamarkJournal

/// How the last conversation with the server went: what `status` shows and what leases and skew are reckoned from.
public struct ServerContact: Hashable, Sendable {
    public enum Outcome: UInt8, Hashable, Sendable {
        case complete = 1
        /// It was cut; what was acknowledged stays so.
        case interrupted = 2
        /// The server would not have this device (revoked, expired, too old).
        case refused = 3
        case unreachable = 4
    }

    public let outcome: Outcome
    /// By this device's clock: milliseconds since 1970.
    public let time: Int64
    /// By the server's clock, where it said so.
    public let serverTime: Int64?

    public init(outcome: Outcome, time: Int64, serverTime: Int64? = nil) {
        self.outcome = outcome
        self.time = time
        self.serverTime = serverTime
    }

    /// How far the server's clock is ahead of this device's: milliseconds.
    public var skew: Int64? { serverTime.map { $0 &- time } }

    func write(to writer: inout ByteWriter) {
        writer.byte(outcome.rawValue)
        writer.signed(time)
        writer.byte(serverTime == nil ? 0 : 1)
        if let serverTime { writer.signed(serverTime) }
    }

    static func read(from reader: inout ByteReader) throws -> ServerContact {
        guard let outcome = Outcome(rawValue: try reader.byte()) else { throw DeviceStoreError.newerVersion }
        let time = try reader.signed()
        return ServerContact(outcome: outcome, time: time, serverTime: try reader.byte() != 0 ? try reader.signed() : nil)
    }
}
