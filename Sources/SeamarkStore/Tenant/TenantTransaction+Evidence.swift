internal import SeamarkCrypto
public import SeamarkJournal

/// Why an epoch is renewed.
public enum EpochRenewal: Hashable, Sendable {
    /// A restore command put an older copy back.
    case restored
    /// A device showed the server's signature for a place of the log, or for an attachment, that the store does not hold.
    case rolledBack(device: Identifier, scope: Identifier)
    /// The server's signing key was replaced.
    case otherKey
}

extension TenantStore {
    /// Renews the epoch and the incarnation of the server's own streams, with a line in the audit log: every device will hand in what
    /// this log lacks, and read it anew.
    ///
    /// - Returns: the new epoch.
    @discardableResult
    public func renewEpoch(because reason: EpochRenewal, at time: Int64) throws -> UInt64 {
        let (epoch, incarnation) = (try Randomness.word(), try Randomness.word())
        try write { try $0.renewEpoch(epoch, incarnation: incarnation, because: reason, at: time) }
        return epoch
    }
}

extension TenantTransaction {
    /// As `TenantStore.renewEpoch`, with the random numbers from the caller.
    public func renewEpoch(_ epoch: UInt64, incarnation: UInt64, because reason: EpochRenewal, at time: Int64) throws(StoreError) {
        try renewEpoch(epoch, incarnation: incarnation)
        switch reason {
        case .restored: try noteAct("epoch.renew", detail: "restored", at: time)
        case .otherKey: try noteAct("epoch.renew", detail: "another signing key", at: time)
        case .rolledBack(let device, let scope):
            try raise(.rolledBack, device: device, scope: scope, incarnation: 0, at: time)
            try noteAct("epoch.renew", detail: "rolled back \(scope) \(device)", at: time)
        }
    }

    /// What a device's word on where it stands came to.
    public enum Hearing: Hashable, Sendable {
        case held
        case renewed
        /// Of these scopes the log does not hold what the device says, and nothing proves that it ever did.
        case unproven([Identifier])
    }

    /// A device says where it stands. Where the store does not hold a place or an attachment of the present epoch that the server itself signed for,
    /// it was put back to an older copy without a word: the epoch is renewed to `next`, and an alarm raised. A device's mere word renews
    /// nothing; an alarm names it, one for all scopes that the store does not know. Where a younger stream of the device is known, two copies of its
    /// store are at work.
    public func hear(_ standings: [Standing], of device: Identifier, at time: Int64, next: (epoch: UInt64, incarnation: UInt64)) throws(StoreError) -> Hearing {
        let epoch = try identity().epoch
        for standing in standings {
            if try hasNewerStream(device, standing.scope, than: standing.incarnation) {
                let isFirst = try raise(.twoCopies, device: device, scope: standing.scope, incarnation: standing.incarnation, at: time)
                if isFirst { try noteAct("device.twoCopies", detail: "\(device) \(standing.scope)", at: time) }
            }
        }
        for standing in standings where standing.epoch == epoch {
            guard try lacksProven(of: standing) else { continue }
            try renewEpoch(next.epoch, incarnation: next.incarnation, because: .rolledBack(device: device, scope: standing.scope), at: time)
            return .renewed
        }
        var unproven: [Identifier] = []
        for standing in standings where standing.epoch == epoch {
            guard try lacksAny(of: standing) else { continue }
            unproven.append(standing.scope)
            let scope = try scope(standing.scope)?.id ?? .zero
            let isFirst = try raise(.unprovenClaim, device: device, scope: scope, incarnation: 0, at: time)
            if isFirst { try noteAct("device.unprovenClaim", detail: "\(device) \(scope)", at: time) }
        }
        return unproven.isEmpty ? .held : .unproven(unproven)
    }

    /// A device showed this server's own signatures for these scopes. An alarm names those of them that the store does not know, each once, whoever
    /// shows one afterwards.
    public func hear(ofScopes scopes: [Identifier], of device: Identifier, at time: Int64) throws(StoreError) {
        var told = Set(try alarms().filter { $0.kind == .unknownScope }.map(\.scope))
        for id in scopes {
            guard try scope(id) == nil, told.insert(id).inserted else { continue }
            try raise(.unknownScope, device: device, scope: id, incarnation: 0, at: time)
            try noteAct("engagement.unknown", detail: "\(id) \(device)", at: time)
        }
    }

    /// The tenant's authority certified this device of that member. Where the store does not know it, an alarm names it, once.
    public func hear(ofDevice device: Identifier, of member: Identifier, at time: Int64) throws(StoreError) {
        guard try self.device(device) == nil, try !hasHeard(ofUnknownDevice: device) else { return }
        try raise(.unknownDevice, device: device, scope: .zero, incarnation: 0, at: time)
        try noteAct("device.unknown", detail: "\(device) \(member)", at: time)
    }

    /// True for the first of its kind, device, scope and incarnation.
    @discardableResult
    func raise(
        _ kind: TenantAlarm.Kind, device: Identifier, scope: Identifier, incarnation: UInt64, at time: Int64
    ) throws(StoreError) -> Bool {
        let doing: StaticString = "raising an alarm"
        raised.append(TenantAlarm.Raised(kind: kind, device: device))
        let again = try statement(.repeatAlarm, doing: doing)
        again.bind(time, at: 1)
        again.bind(kind.rawValue, at: 2)
        again.bind(device, at: 3)
        again.bind(scope, at: 4)
        again.bind(incarnation, at: 5)
        try again.run(doing: doing)
        guard alteredRows == 0 else { return false }
        let row = try statement(.addAlarm, doing: doing)
        row.bind(kind.rawValue, at: 1)
        row.bind(device, at: 2)
        row.bind(scope, at: 3)
        row.bind(incarnation, at: 4)
        row.bind(time, at: 5)
        row.bind(time, at: 6)
        try row.run(doing: doing)
        return true
    }

    // MARK: Backups and departures

    /// A backup is about to be copied. The mark is later than that of the one before, also where the clock stepped back. From here on quarantine and attachments note what comes in at no earlier a time than that of the mark,
    /// whatever the clock says: what is older than that is in the copy.
    public func beginBackup(at time: Int64) throws(StoreError) -> BackupMark {
        let doing: StaticString = "beginning a backup"
        let row = try statement(.beginBackup, doing: doing)
        row.bind(time, at: 1)
        defer { row.reset() }
        guard try row.step(doing: doing) else { throw StoreError(.damaged, doing: doing, detail: "the file holds no tenant; verify the store") }
        return BackupMark(time: row.int(0))
    }

    /// A verified backup whose copy was made after `mark` holds the scope's log up to `position`, and what was in quarantine before the mark.
    ///
    /// - Parameter lost: when the first of the scope's attachments was received that it does not hold; nil where it holds all from before the mark.
    public func noteBackup(of scope: Identifier, through position: UInt64, lost: Int64? = nil, from mark: BackupMark) throws(StoreError) {
        let doing: StaticString = "noting a backup"
        _ = try knownScope(scope, doing: doing)
        let row = try statement(.noteBackup, doing: doing)
        row.bind(position, at: 1)
        row.bind(mark.time, at: 2)
        row.bind(min(mark.time, lost ?? mark.time), at: 3)
        row.bind(scope, at: 4)
        try row.run(doing: doing)
    }

    /// A member was removed from a scope. `releasingCopies`: its devices may destroy their copies when they have handed in everything,
    /// without waiting for a backup.
    public func noteDeparture(of member: Identifier, from scope: Identifier, releasingCopies: Bool, at time: Int64) throws(StoreError) {
        let doing: StaticString = "noting a departure"
        let (_, known) = try knownScope(scope, doing: doing)
        let row = try statement(.noteDeparture, doing: doing)
        row.bind(member, at: 1)
        row.bind(scope, at: 2)
        row.bind(known.place.position, at: 3)
        row.bind(releasingCopies ? 1 : Int64(0), at: 4)
        row.bind(time, at: 5)
        try row.run(doing: doing)
    }
}

/// Where a device says that it stands in one scope.
public struct Standing: Hashable, Sendable {
    public let scope: Identifier
    public let epoch: UInt64
    /// Its cursor, and the furthest place that a receipt proved to it.
    public let places: [LogPlace]
    public let incarnation: UInt64
    /// A place of `epoch` for which the device showed this server's own signature, verified by the caller.
    public let proven: LogPlace?
    /// The same for an attachment: the server's receipt of `epoch`.
    public let provenAttachment: AttachmentReceipt?

    public init(
        scope: Identifier, epoch: UInt64, places: [LogPlace], incarnation: UInt64, proven: LogPlace? = nil, provenAttachment: AttachmentReceipt? = nil
    ) {
        self.scope = scope
        self.epoch = epoch
        self.places = places
        self.incarnation = incarnation
        self.proven = proven
        self.provenAttachment = provenAttachment
    }
}

extension TenantSnapshot {
    /// Would hearing this alter nothing? Asked without holding up the writer.
    public func isOrdinary(_ standings: [Standing], of device: Identifier) throws(StoreError) -> Bool {
        let epoch = try identity().epoch
        for standing in standings {
            if try hasNewerStream(device, standing.scope, than: standing.incarnation) { return false }
            guard standing.epoch == epoch else { continue }
            if try lacksAny(of: standing) { return false }
            if try lacksProven(of: standing) { return false }
        }
        return true
    }

    /// An attachment that came again later went in between, and others perhaps with it; unless this store itself erased
    /// what the receipt was for.
    public func lacks(_ receipt: AttachmentReceipt) throws(StoreError) -> Bool {
        guard try attachment(receipt.attachment.hash, in: receipt.scope)?.received != receipt.received else { return false }
        let doing: StaticString = "looking a receipt up"
        let row = try statement(.formerReceipt, doing: doing)
        row.bind(receipt.scope, at: 1)
        row.bind(receipt.attachment.hash, at: 2)
        row.bind(receipt.received, at: 3)
        defer { row.reset() }
        return try !row.step(doing: doing)
    }

    fileprivate func lacksProven(of standing: Standing) throws(StoreError) -> Bool {
        if let place = standing.proven, try !contains(place, in: standing.scope) { return true }
        guard let receipt = standing.provenAttachment else { return false }
        return try lacks(receipt)
    }

    fileprivate func lacksAny(of standing: Standing) throws(StoreError) -> Bool {
        for place in standing.places where try !contains(place, in: standing.scope) { return true }
        return false
    }
}
