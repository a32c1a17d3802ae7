/// What `--json` writes: each has a page of its own in `Documentation/Schema`, and its name stands in the document.
///
/// A number rises when a member goes or means something else; a new member is no new version.
enum JSONSchema: String, CaseIterable {
    case status, act, authority, bundle, device, engagement, evidence, member, person, publication, release, restore, retention, roles, schemas, snapshot, tenant, verification
    case auditCheck = "audit-check"
    case authorityReplacement = "authority-replacement"
    case backup
    case backupCheck = "backup-check"
    case quarantined
    case quarantinedChange = "quarantined-change"
    case signingKey = "signing-key"
    case fileVerification = "file-verification"

    /// Their times are ISO 8601 in the second version; they were milliseconds.
    private static let second: Set<JSONSchema> = [.status, .act, .authority, .authorityReplacement, .backup, .backupCheck, .bundle, .device, .quarantined, .quarantinedChange, .restore, .tenant]

    var version: Int { Self.second.contains(self) ? 2 : 1 }
    /// `seamark-server.status/2`.
    var name: String { "seamark-server.\(rawValue)/\(version)" }

    /// The same document as `seamark snapshot compare --json`, byte for byte.
    static let snapshotComparison = "seamark.snapshot-comparison/1"
}
