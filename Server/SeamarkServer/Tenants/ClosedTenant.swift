internal import SeamarkCrypto
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTLS

/// A tenant whose store cannot be opened because of what its file holds. Its devices are known by its authority and turned away with a
/// reason; they keep their work, and the other tenants are served. Whoever comes to enrol is told what every unknown label is.
final class ClosedTenant: Sendable {
    let keys: TenantKeys
    let trust: TrustedAuthority
    let clock: WallClock

    init(opening folder: TenantFolder, under keyFolder: KeyFolder, clock: WallClock) throws {
        keys = try TenantKeys(opening: folder, under: keyFolder)
        trust = try keys.trust()
        self.clock = clock
    }

    /// What its devices hear.
    static let problem = Problem(
        .storeDamaged, "the server cannot read this tenant's store; nothing was stored, headquarters must restore it from a backup")
}

extension StoreError {
    /// The file is at fault, and no second try will find it otherwise.
    var isDamage: Bool {
        switch reason {
        case .missing, .notAStore, .otherTenant, .newerVersion, .damaged: true
        case .exists, .unknown, .taken, .busy, .full, .readOnly, .exhausted, .failed: false
        }
    }
}
