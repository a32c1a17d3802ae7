internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
public import SeamarkStore

extension TenantOffice {
    public struct Device: Sendable {
        public let device: TenantDevice
        public let member: String
        /// Two copies of its store were heard.
        public let hasTwoCopies: Bool
        /// It computes other records from the same log than this server does.
        public let computesOtherwise: Bool
        /// Its changes that are kept and not applied.
        public let quarantined: Int
        /// What it said of each engagement that it holds and headquarters does not, by the engagements' ids; those in which that is nothing are left out.
        public let unsent: [Unsent]

        public struct Unsent: Sendable {
            public let scope: Identifier
            /// Its short name.
            public let engagement: String
            public let work: UnsentWork
        }

        static func all(_ snapshot: TenantSnapshot) throws -> [Device] {
            let directory = try Directory(snapshot)
            let quarantined = try snapshot.quarantine().reduce(into: [Identifier: Int]()) { $0[$1.device, default: 0] += 1 }
            let alarms = try snapshot.alarms()
            let unsent = try snapshot.unsentWork()
            return try snapshot.devices().map { device in
                let held = (unsent[device.id] ?? []).map { one in
                    Unsent(scope: one.scope, engagement: directory.handle(ofEngagement: one.scope) ?? one.scope.description, work: one.work)
                }
                return Device(
                    device: device, member: directory.handle(of: device.member) ?? device.member.description, hasTwoCopies: try snapshot.hasTwoCopies(device.id),
                    computesOtherwise: alarms.contains { $0.kind == .rulesDiffer && $0.device == device.id }, quarantined: quarantined[device.id] ?? 0,
                    unsent: held)
            }
        }
    }

    public func devices() throws -> [Device] { try store.read { try Device.all($0) } }

    /// A device, named by its letters or its id.
    public func device(_ device: String) throws -> TenantDevice {
        try store.read { try find(device, doing: "looking for a device", $0) }
    }

    /// Revokes a device, named by its letters or its id. A running server ends its connections within a second.
    public func revoke(_ device: String) throws -> TenantDevice {
        let now = clock.now()
        return try store.write { transaction in
            try revoke(find(device, doing: "revoking a device", transaction), at: now, transaction)
        }
    }

    /// Revokes a device and orders it to destroy what it holds, at its next contact and after it has handed in what it can. A second order
    /// changes nothing, and none is ever taken back.
    public func wipe(_ device: String) throws -> TenantDevice {
        let now = clock.now()
        return try store.write { transaction in
            let found = try find(device, doing: "ordering a device wiped", transaction)
            let revoked = found.revoked == nil ? try revoke(found, at: now, transaction) : found
            guard revoked.wipe == nil else { return revoked }
            try transaction.orderWipe(of: found.id, at: now)
            _ = try transaction.noteAct("device.wipe", detail: found.id.description, at: now)
            return try transaction.device(found.id) ?? revoked
        }
    }

    /// An order that another copy of this tenant's store holds, and what came of it, hold here too. False where the device is not known
    /// here, or all of that was.
    func takeOver(_ order: WipeOrder, to id: Identifier) throws -> Bool {
        let now = clock.now()
        return try store.write { transaction in
            guard let device = try transaction.device(id), device.wipe != order else { return false }
            if device.revoked == nil { _ = try revoke(device, at: now, transaction) }
            if device.wipe == nil {
                try transaction.orderWipe(of: id, at: order.ordered)
                _ = try transaction.noteAct("device.wipe", detail: id.description, at: now)
            }
            if let time = order.wiped, try transaction.noteWiped(id, at: time) {
                _ = try transaction.noteAct("device.wiped", detail: id.description, at: now)
            }
            return true
        }
    }

    /// Confirms a device, named by its letters or its id, by the words that it shows. Wrong ones are refused, and counted; the device goes on waiting.
    public func confirm(_ device: String, words: String) throws -> TenantDevice {
        let doing = "confirming a device"
        let typed = try Self.words(typed: words, doing: doing)
        let now = clock.now()
        let (found, isRight) = try store.write { transaction -> (TenantDevice, Bool) in
            let found = try find(device, doing: doing, transaction)
            guard found.revoked == nil else {
                throw OperationFailure(.badInput, doing: doing, wrong: "this device is revoked", remedy: "invite its member anew")
            }
            guard found.awaitsConfirmation else {
                throw OperationFailure(.badInput, doing: doing, wrong: "this device does not wait to be confirmed", remedy: "see seamark-server device list")
            }
            let own = DeviceWords(tenant: keys.tenant, device: found.id, signingKey: found.signingKey, SystemPrimitives())
            guard own == typed else {
                _ = try transaction.noteWrongWords(found.id)
                _ = try transaction.noteAct("device.wrongWords", detail: found.id.description, at: now)
                return (found, false)
            }
            _ = try transaction.confirmDevice(found.id, at: now)
            let confirmed = try transaction.device(found.id) ?? found
            try Headquarters(transaction, keys: keys, now: now).publish(device: confirmed)
            _ = try transaction.noteAct("device.confirm", detail: found.id.description, at: now)
            return (confirmed, true)
        }
        guard isRight else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "these are not the words of this device; it goes on waiting, and the try is in the audit log",
                remedy: "have the words read from the laptop itself once more; if they differ still, the device is not that laptop: revoke it")
        }
        return found
    }

    private func find(_ device: String, doing: String, _ snapshot: TenantSnapshot) throws -> TenantDevice {
        let all = try snapshot.devices()
        guard let found = all.first(where: { $0.letters == device || $0.id.description == device }) else {
            throw OperationFailure(
                .notFound, doing: doing, wrong: "there is none of the letters or id '\(OperationFailure.repeated(device))'",
                remedy: OperationFailure.remedy("see seamark-server device list", device, among: all.map(\.letters)))
        }
        return found
    }

    private func revoke(_ device: TenantDevice, at now: Int64, _ transaction: TenantTransaction) throws -> TenantDevice {
        try transaction.revokeDevice(device.id, at: now)
        guard let revoked = try transaction.device(device.id) else { return device }
        try Headquarters(transaction, keys: keys, now: now).publish(device: revoked)
        if device.revoked == nil { _ = try transaction.noteAct("device.revoke", detail: device.id.description, at: now) }
        return revoked
    }
}
