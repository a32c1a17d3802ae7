public import SeamarkJournal

/// What an administrator must hear of: it is counted in `status` and stays until somebody has looked into it.
public struct TenantAlarm: Hashable, Sendable {
    public enum Kind: Int64, Hashable, Sendable {
        /// A device proved that the store had been put back to an older copy; the server renewed its epoch.
        case rolledBack = 1
        /// Two incarnations of one device's stream are at work: its store was restored beside its original, or copied.
        case twoCopies = 2
        /// Rows were not what the log says, as a device's own computation showed; they were computed anew.
        case rowsRepaired = 3
        /// A device computes another state from the same log: its program or the server's is wrong.
        case rulesDiffer = 4
        /// A device said that it had read what the log does not hold, and did not show the server's signature for it.
        case unprovenClaim = 5
        /// Somebody tried the invitation that this device was enrolled with once more: one of the two is not whom it was made for.
        case invitationReused = 6
        /// A device showed this server's own signature for a scope that the store does not know: it was put back to before the scope began, and what
        /// was receipted there is on laptops alone.
        case unknownScope = 7
        /// A device came with a certificate of the tenant's authority, and the store does not know it: it was put back to before the device enrolled.
        case unknownDevice = 8
    }

    /// One that was raised just now, for the first time or once more.
    public struct Raised: Hashable, Sendable {
        public let kind: Kind
        public let device: Identifier
    }

    public let kind: Kind
    public let device: Identifier
    public let scope: Identifier
    /// The first and the last time: milliseconds since 1970.
    public let first: Int64
    public let last: Int64
    public let count: Int64
}

/// When a backup began: milliseconds since 1970 by the server's clock, and later than the one before.
public struct BackupMark: Hashable, Sendable {
    public let time: Int64
}

/// How far a scope lies in a verified backup.
public struct ScopeBackup: Hashable, Sendable {
    /// Of its log; 0 for none.
    public let position: UInt64
    /// What was put into quarantine before this time is in it too: milliseconds since 1970.
    public let time: Int64
    /// Attachments that were received before this time are in one; 0 for none.
    public let attachmentsTime: Int64
}

extension TenantSnapshot {
    /// Oldest first.
    public func alarms() throws(StoreError) -> [TenantAlarm] {
        let doing: StaticString = "reading alarms"
        let row = try statement(.alarms, doing: doing)
        defer { row.reset() }
        var alarms: [TenantAlarm] = []
        while try row.step(doing: doing) {
            guard let kind = TenantAlarm.Kind(rawValue: row.int(0)) else { continue }
            alarms.append(
                TenantAlarm(
                    kind: kind, device: try row.identifier(1, doing: doing), scope: try row.identifier(2, doing: doing), first: row.int(3),
                    last: row.int(4), count: row.int(5)))
        }
        return alarms
    }

    /// Was an alarm raised for this device that the store does not know?
    public func hasHeard(ofUnknownDevice device: Identifier) throws(StoreError) -> Bool { try hasAlarm(.unknownDevice, of: device) }

    public func hasTwoCopies(_ device: Identifier) throws(StoreError) -> Bool { try hasAlarm(.twoCopies, of: device) }

    func hasAlarm(_ kind: TenantAlarm.Kind, of device: Identifier) throws(StoreError) -> Bool {
        let doing: StaticString = "reading alarms"
        let row = try statement(.alarmsOfDevice, doing: doing)
        row.bind(kind.rawValue, at: 1)
        row.bind(device, at: 2)
        defer { row.reset() }
        return try row.step(doing: doing)
    }

    /// How far the scope lies in a verified backup; position 0 for none.
    public func backedUp(_ scope: Identifier) throws(StoreError) -> ScopeBackup {
        let doing: StaticString = "reading what is backed up"
        let row = try statement(.backedUp, doing: doing)
        row.bind(scope, at: 1)
        defer { row.reset() }
        guard try row.step(doing: doing) else { return ScopeBackup(position: 0, time: 0, attachmentsTime: 0) }
        return ScopeBackup(position: row.word(0), time: row.int(1), attachmentsTime: row.int(2))
    }

    /// May the member's devices destroy their copies of a scope that it was removed from? An administrator said so, or a verified backup
    /// holds the log as it was when the member left, and the blocks and attachments that were handed in beside it.
    public func isCopyReleased(_ member: Identifier, of scope: Identifier) throws(StoreError) -> Bool {
        let doing: StaticString = "reading what is backed up"
        let row = try statement(.departure, doing: doing)
        row.bind(member, at: 1)
        row.bind(scope, at: 2)
        let position: UInt64
        do {
            defer { row.reset() }
            guard try row.step(doing: doing) else { return false }
            if row.int(1) != 0 { return true }
            position = row.word(0)
        }
        let backup = try backedUp(scope)
        guard backup.position >= max(position, 1) else { return false }
        let newer = try statement(.handedInSince, doing: doing)
        newer.bind(scope, at: 1)
        newer.bind(backup.time, at: 2)
        newer.bind(backup.attachmentsTime, at: 3)
        defer { newer.reset() }
        return try !newer.step(doing: doing)
    }

    /// Was the member removed from the scope? False where it is staffed again, or never was.
    public func hasDeparted(_ member: Identifier, from scope: Identifier) throws(StoreError) -> Bool {
        let doing: StaticString = "reading departures"
        let row = try statement(.departure, doing: doing)
        row.bind(member, at: 1)
        row.bind(scope, at: 2)
        defer { row.reset() }
        return try row.step(doing: doing)
    }

    /// Does the store know a stream of this device and scope that began after that of `incarnation`?
    func hasNewerStream(_ device: Identifier, _ scope: Identifier, than incarnation: UInt64) throws(StoreError) -> Bool {
        let doing: StaticString = "comparing incarnations"
        let row = try statement(.newerStream, doing: doing)
        row.bind(device, at: 1)
        row.bind(scope, at: 2)
        row.bind(incarnation, at: 3)
        defer { row.reset() }
        return try row.step(doing: doing)
    }
}
