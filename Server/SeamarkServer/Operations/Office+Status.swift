internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkProtocol
public import SeamarkStore

extension Office {
    /// What a data directory holds. Counts only.
    public struct Status: Sendable {
        public let address: String
        public let serverName: String
        public let pin: Hash256
        /// Milliseconds since 1970.
        public let certificateUntil: Int64
        public let tenants: [TenantStatus]
        /// What the running server, or the last one, counted; nil where none ever did.
        public let serving: ServingNote?
    }

    public struct TenantStatus: Sendable {
        public let name: ShortName
        /// Why the tenant's store cannot be read; nothing is counted then.
        public internal(set) var damage: String?
        /// What its devices are turned away with then (SPEC section 8).
        public var damageProblem: UInt32? { damage == nil ? nil : ClosedTenant.problem.code.rawValue }
        public internal(set) var members = 0
        /// Those that are not revoked.
        public internal(set) var devices = 0
        public internal(set) var engagements = 0
        /// Each of them, revoked ones too, with what it said when it was last heard.
        public internal(set) var each: [TenantOffice.Device] = []
        /// What rows in the logs name and nobody has handed in, by the device that named it.
        public internal(set) var attachmentsMissing: [Identifier: AttachmentsMissing] = [:]
        /// Where each log stands, and the digest of the state that it comes to.
        public internal(set) var scopes: [TenantScope] = []
        /// In all scopes.
        public internal(set) var entries: UInt64 = 0
        /// Changes that are kept and not applied.
        public internal(set) var quarantined = 0
        /// Sensitive values that were redacted, and how often one of them was brought again and not kept.
        public internal(set) var redacted = 0
        public internal(set) var barredArrivals = 0
        /// Rollbacks of the store that devices proved, and devices of which two copies are at work.
        public internal(set) var rollbacks = 0
        public internal(set) var copiedDevices = 0
        /// How often rows were found that were not what the log says; each time they were put right.
        public internal(set) var repairs = 0
        /// Bundles that were refused whole.
        public internal(set) var refusedBundles = 0
        /// Devices that compute another state from the same log, by their letters.
        public internal(set) var disputingDevices: [String] = []
        /// Devices that said they had read what the log does not hold, without the server's signature for it, by their letters.
        public internal(set) var unprovenDevices: [String] = []
        /// Devices whose invitation somebody tried to use once more, by their letters.
        public internal(set) var reusedInvitations: [String] = []
        /// Engagements that this server signed for, as a device showed, and its store does not know, by their ids.
        public internal(set) var unknownEngagements: [String] = []
        /// Devices that the tenant's authority certified and its store does not know, by their ids.
        public internal(set) var unknownDevices: [String] = []
        /// Devices that wait to be confirmed, by their letters.
        public internal(set) var waitingDevices: [String] = []
        /// The least schemas that may read and write.
        public internal(set) var leastSchemas: LeastSchemas?
    }

    private func status(of name: ShortName) throws -> TenantStatus {
        var status = TenantStatus(name: name)
        do {
            try tenant(name).store.read { snapshot in
                let scopes = try snapshot.scopes()
                let barred = try snapshot.barredCounts()
                let alarms = try snapshot.alarms()
                let devices = try snapshot.devices()
                func letters(_ kind: TenantAlarm.Kind) -> [String] {
                    Set(alarms.filter { $0.kind == kind }.map(\.device)).map { id in devices.first { $0.id == id }?.letters ?? id.description }.sorted()
                }
                func times(_ kind: TenantAlarm.Kind) -> Int { alarms.filter { $0.kind == kind }.reduce(0) { $0 + Int(clamping: $1.count) } }
                status.members = try snapshot.members().count
                status.devices = devices.count { $0.revoked == nil }
                status.engagements = scopes.count { $0.kind == .engagement }
                status.each = try TenantOffice.Device.all(snapshot)
                status.attachmentsMissing = try AttachmentsMissing.all(snapshot)
                status.scopes = scopes
                status.entries = scopes.reduce(0) { $0 &+ $1.place.position }
                status.quarantined = try snapshot.quarantine().count
                (status.redacted, status.barredArrivals) = (barred.values, barred.arrivals)
                (status.rollbacks, status.repairs) = (times(.rolledBack), times(.rowsRepaired))
                status.refusedBundles = try snapshot.count(ofAct: TenantOffice.refusedBundle)
                status.copiedDevices = letters(.twoCopies).count
                (status.disputingDevices, status.unprovenDevices) = (letters(.rulesDiffer), letters(.unprovenClaim))
                status.reusedInvitations = letters(.invitationReused)
                // A later backup may have brought them back.
                let (held, enrolled) = (Set(scopes.map(\.id)), Set(devices.map(\.id)))
                status.unknownEngagements = Set(alarms.filter { $0.kind == .unknownScope && !held.contains($0.scope) }.map(\.scope.description)).sorted()
                status.unknownDevices = Set(alarms.filter { $0.kind == .unknownDevice && !enrolled.contains($0.device) }.map(\.device.description)).sorted()
                status.waitingDevices = devices.filter(\.awaitsConfirmation).map(\.letters)
                status.leastSchemas = LeastSchemas(try snapshot.identity())
            }
            return status
        } catch let error as StoreError where error.isDamage { return TenantStatus(name: name, damage: error.description) }
    }

    public func status() throws -> Status {
        let tenants = try tenantNames().map { try status(of: $0) }
        return Status(
            address: installation.address, serverName: installation.serverName, pin: installation.pin,
            certificateUntil: installation.serverCertificate.notAfter * 1000, tenants: tenants,
            serving: ServingNote.read(from: directory))
    }
}
