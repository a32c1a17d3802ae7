internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

extension Office {
    /// As the tenant's office verifies it; a store that cannot be opened is a finding too.
    public func verify(_ name: ShortName) throws -> TenantOffice.Finding {
        do {
            return try tenant(name).verify()
        } catch let error as StoreError where error.isDamage { return TenantOffice.Finding(holds: false, sentence: error.description) }
    }
}

extension TenantOffice {
    /// What verifying a tenant's store came to.
    public struct Finding: Sendable {
        public let holds: Bool
        public let sentence: String
    }

    /// Recomputes everything that follows from the logs. The server's own blocks are held against its key file; a device's against the
    /// key that it enrolled with.
    public func verify() throws -> Finding { try Self.finding(on: store, keys) }

    static func finding(on store: TenantStore, _ keys: TenantKeys) throws -> Finding {
        let verification = try store.read { snapshot in
            let author = try snapshot.identity().author
            return try snapshot.verify { device in
                try device == author ? keys.signingKey.publicKey : snapshot.device(device)?.signingKey
            }
        }
        switch verification {
        case .holds(let entries, let changes, let records):
            return Finding(holds: true, sentence: "everything holds: \(entries) entries, \(changes) changes, \(records) records")
        case .fails(let fault): return Finding(holds: false, sentence: fault.description)
        }
    }
}
