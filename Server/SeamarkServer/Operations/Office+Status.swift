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
    }

    public func status() throws -> Status {
        let tenants = try tenants().map { tenant in
            try self.tenant(tenant.name).store.read { snapshot in
                let scopes = try snapshot.scopes()
                let barred = try snapshot.barredCounts()
                let alarms = try snapshot.alarms()
                return TenantStatus(
                    name: tenant.name, members: try snapshot.members().count, devices: try snapshot.devices().count { $0.revoked == nil },
                    engagements: scopes.count { $0.kind == .engagement }, entries: scopes.reduce(0) { $0 &+ $1.place.position },
                    quarantined: try snapshot.quarantine().count, redacted: barred.values, barredArrivals: barred.arrivals,
                    rollbacks: alarms.filter { $0.kind == .rolledBack }.reduce(0) { $0 + Int(clamping: $1.count) },
                    copiedDevices: Set(alarms.filter { $0.kind == .twoCopies }.map(\.device)).count)
            }
        }
        return Status(
            address: installation.address, serverName: installation.serverName, pin: installation.pin,
            certificateUntil: installation.serverCertificate.notAfter * 1000, tenants: tenants,
            serving: ServingNote.read(from: directory))
    }
}
