public import SeamarkJournal

/// Who a device is, as its certificate says it in one URI: `seamark://tenant/ID/member/ID/device/ID`.
public struct DeviceName: Hashable, Sendable {
    public let tenant: Identifier
    public let member: Identifier
    public let device: Identifier

    public init(tenant: Identifier, member: Identifier, device: Identifier) {
        self.tenant = tenant
        self.member = member
        self.device = device
    }

    public var uri: String { "seamark://tenant/\(tenant)/member/\(member)/device/\(device)" }

    /// Reads `uri`; nil for anything else, including another spelling of the same ids.
    public init?(uri: String) {
        let parts = uri.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 8, let tenant = Identifier(String(parts[3])), let member = Identifier(String(parts[5])),
            let device = Identifier(String(parts[7]))
        else { return nil }
        self.init(tenant: tenant, member: member, device: device)
        guard Array(self.uri.utf8) == Array(uri.utf8) else { return nil }
    }
}
