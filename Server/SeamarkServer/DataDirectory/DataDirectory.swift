/// Where a server keeps everything, and under which names. It holds paths; it opens nothing.
///
/// ```
/// DATA/                       0700
///   installation/             0700
///     settings.json           the server's fixed random name; the address that invitations carry
///     authority.key, .pem     the installation authority: signs this server's certificate and nothing else
///     successor.pem           while it is being replaced: the next authority, which signs already, and the present one's word for it
///     finishing.pem           the same, once the one that it replaces is being destroyed
///     former.pins             the pins of those that were replaced
///     server.pem              the server's key and certificate, at most 90 days, renewed by the running server
///   tenants/NAME/             0700  one folder a tenant: move it, and the tenant has moved
///     tenant.json             its id and its label
///     data/tenant.sqlite      its database (and SQLite's companions)
///     data/attachments/       0700  the bytes of its attachments, sealed, under keyed hashes
///     keys/                   0700  wrapped under the tenant key, which lies elsewhere: a copy of all this is useless without it
///       authority.wrapped     the tenant authority's key: signs this tenant's devices and server keys
///       authority.pem         its certificate
///       successor.wrapped     while it is being replaced: the next authority, and the present one's word for it
///       finishing.wrapped     the same, once the one that it replaces is being destroyed
///       words.pem             what those that were replaced said of who takes over
///       signing.wrapped       the server's Ed25519 key for this tenant
///       replacing.wrapped     while that is being replaced: the next one, and the epoch that it begins
///       earlier.wrapped       the public halves of those that were replaced, and where the logs stood then
///       data.wrapped          seals what is sensitive in the database, and attachments
///   replaced/                 0700  what restores found in a tenant's place; deleted by nothing but the tenant's shredding
///   shredded/ID.json          0700  that a tenant was shredded here, when and by whom
/// DATA.keys/                  0700  the key folder, here or where `init --keys` says; in no backup
///   ID.key                    the tenant key of the tenant of that id
/// ```
/// All files have mode 0600. A server refuses to start when others may read its keys. Earlier versions kept `authority.key`, `signing.key` and
/// `data.key` unwrapped: the first opening wraps them, then overwrites and removes the plain ones.
public struct DataDirectory: Hashable, Sendable {
    public let path: String
    /// The key folder, where somebody says so; nil for where `init` recorded it, or `DATA.keys`.
    let keys: String?

    public init(_ path: String, keys: String? = nil) {
        self.path = Self.trimmed(path)
        self.keys = keys.map(Self.trimmed)
    }

    private static func trimmed(_ path: String) -> String {
        var path = path.isEmpty ? "." : path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    var installation: String { path + "/installation" }
    var settings: String { installation + "/settings.json" }
    var authorityKey: String { installation + "/authority.key" }
    var authorityCertificate: String { installation + "/authority.pem" }
    var server: String { installation + "/server.pem" }
    var successor: String { installation + "/successor.pem" }
    var finishing: String { installation + "/finishing.pem" }
    var formerPins: String { installation + "/former.pins" }
    var tenants: String { path + "/tenants" }
    var replaced: String { path + "/replaced" }
    var shredded: String { path + "/shredded" }
    /// What the running server, or the last one, counted.
    var counts: String { path + "/counts.json" }

    func tenant(_ name: ShortName) -> TenantFolder { TenantFolder(path: tenants + "/" + name.text) }

    /// The folders of all tenants, by name.
    func tenantFolders() throws(OperationFailure) -> [(name: ShortName, folder: TenantFolder)] {
        var found: [(name: ShortName, folder: TenantFolder)] = []
        for text in try PrivateFile.names(in: tenants) {
            // A folder without its tenant.json is one that is being made, or was never finished.
            guard let name = ShortName(text), try PrivateFile.exists(tenant(name).facts) else { continue }
            found.append((name, tenant(name)))
        }
        return found
    }
}

/// Where one tenant's files are.
struct TenantFolder: Hashable, Sendable {
    let path: String

    /// How folders in it begin that a backup works in: its copy of the database must not outlast it, nor the tenant.
    static let workshop = ".work-"

    var facts: String { path + "/tenant.json" }
    var data: String { path + "/data" }
    var database: String { data + "/tenant.sqlite" }
    var attachments: String { data + "/attachments" }
    var keys: String { path + "/keys" }
    var authorityCertificate: String { keys + "/authority.pem" }

    var finishing: String { keys + "/finishing.wrapped" }
    var words: String { keys + "/words.pem" }

    func wrapped(_ role: TenantKey.Role) -> String { "\(keys)/\(role.rawValue).wrapped" }

    /// Where an earlier version kept it as it is.
    func plain(_ role: TenantKey.Role) -> String { "\(keys)/\(role.rawValue).key" }
}

/// What an administrator calls a tenant, member or engagement: 1 to 40 letters in lower case, digits and inner hyphens. It can
/// be a folder's name everywhere and needs no quoting.
public struct ShortName: Hashable, Comparable, Sendable {
    public let text: String

    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func isWord(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        guard (1...40).contains(bytes.count), let first = bytes.first, let last = bytes.last, isWord(first), isWord(last),
            bytes.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    /// As `init`, with the reason.
    public init(checking text: String, for what: String) throws(OperationFailure) {
        guard let name = ShortName(text) else {
            throw OperationFailure(
                .badInput, doing: "naming \(what)", wrong: "a short name is 1 to 40 of a-z, 0-9 and inner hyphens",
                remedy: "choose another, such as halden or site-two")
        }
        self = name
    }

    public static func < (left: ShortName, right: ShortName) -> Bool { left.text < right.text }
}
