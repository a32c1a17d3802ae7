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
        /// Why the tenant's store cannot be read; nothing is counted then.
        public internal(set) var damage: String?
        public internal(set) var members = 0
        /// Those that are not revoked.
        public internal(set) var devices = 0
        public internal(set) var engagements = 0
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
    }

    private func status(of name: ShortName) throws -> TenantStatus {
        var status = TenantStatus(name: name)
        do {
            try tenant(name).store.read { snapshot in
                let scopes = try snapshot.scopes()
                let barred = try snapshot.barredCounts()
                let alarms = try snapshot.alarms()
                status.members = try snapshot.members().count
                status.devices = try snapshot.devices().count { $0.revoked == nil }
                status.engagements = scopes.count { $0.kind == .engagement }
                status.entries = scopes.reduce(0) { $0 &+ $1.place.position }
                status.quarantined = try snapshot.quarantine().count
                (status.redacted, status.barredArrivals) = (barred.values, barred.arrivals)
                status.rollbacks = alarms.filter { $0.kind == .rolledBack }.reduce(0) { $0 + Int(clamping: $1.count) }
                status.copiedDevices = Set(alarms.filter { $0.kind == .twoCopies }.map(\.device)).count
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
