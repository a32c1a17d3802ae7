internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkStore

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
        public let members: Int
        /// Those that are not revoked.
        public let devices: Int
        public let engagements: Int
        /// In all scopes.
        public let entries: UInt64
        /// Changes that are kept and not applied.
        public let quarantined: Int
        /// Sensitive values that were redacted, and how often one of them was brought again and not kept.
        public let redacted: Int
        public let barredArrivals: Int
        /// Rollbacks of the store that devices proved, and devices of which two copies are at work.
        public let rollbacks: Int
        public let copiedDevices: Int
        /// How often rows were found that were not what the log says; each time they were put right.
        public let repairs: Int
        /// Devices that compute another state from the same log, by their letters.
        public let disputingDevices: [String]
        /// Devices that said they had read what the log does not hold, without the server's signature for it, by their letters.
        public let unprovenDevices: [String]
        /// The least schemas that may read and write.
        public let leastSchemas: LeastSchemas
    }

    public func status() throws -> Status {
        let tenants = try tenants().map { tenant in
            try self.tenant(tenant.name).store.read { snapshot in
                let scopes = try snapshot.scopes()
                let barred = try snapshot.barredCounts()
                let alarms = try snapshot.alarms()
                let devices = try snapshot.devices()
                func letters(_ kind: TenantAlarm.Kind) -> [String] {
                    Set(alarms.filter { $0.kind == kind }.map(\.device)).map { id in devices.first { $0.id == id }?.letters ?? id.description }.sorted()
                }
                func times(_ kind: TenantAlarm.Kind) -> Int { alarms.filter { $0.kind == kind }.reduce(0) { $0 + Int(clamping: $1.count) } }
                return TenantStatus(
                    name: tenant.name, members: try snapshot.members().count, devices: devices.count { $0.revoked == nil },
                    engagements: scopes.count { $0.kind == .engagement }, entries: scopes.reduce(0) { $0 &+ $1.place.position },
                    quarantined: try snapshot.quarantine().count, redacted: barred.values, barredArrivals: barred.arrivals,
                    rollbacks: times(.rolledBack), copiedDevices: letters(.twoCopies).count, repairs: times(.rowsRepaired),
                    disputingDevices: letters(.rulesDiffer), unprovenDevices: letters(.unprovenClaim),
                    leastSchemas: LeastSchemas(try snapshot.identity()))
            }
        }
        return Status(
            address: installation.address, serverName: installation.serverName, pin: installation.pin,
            certificateUntil: installation.serverCertificate.notAfter * 1000, tenants: tenants,
            serving: ServingNote.read(from: directory))
    }
}
