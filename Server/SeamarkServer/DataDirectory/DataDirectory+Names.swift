internal import SeamarkModel
internal import SeamarkStore

// What shells complete: names that lie in the directory, as far as whoever presses the key may read it. No key is read, nothing is written, and where
// something cannot be read there are no names.
extension DataDirectory {
    /// Who or what of a tenant is named.
    public enum Named: CaseIterable, Sendable {
        case member, engagement, device
    }

    public var tenantNames: [String] { ((try? tenantFolders()) ?? []).map { $0.name.text } }

    /// - Parameter tenant: whose; nil for the only one that there is.
    public func names(of named: Named, in tenant: String?) -> [String] {
        let all = tenantNames
        guard let tenant = tenant ?? (all.count == 1 ? all[0] : nil), let name = ShortName(tenant),
            let glance = try? TenantGlance(
                at: self.tenant(name).database, memberType: Catalogue.member.number, engagementType: Catalogue.engagement.number)
        else { return [] }
        return switch named {
        case .member: glance.members.compactMap(Self.handle)
        case .engagement: glance.engagements.compactMap(Self.handle)
        case .device: glance.devices.filter { $0.utf8.allSatisfy { (65...90).contains($0) } }
        }
    }

    /// What a record's document calls it; nil for what is no short name, which no shell is given.
    private static func handle(_ document: String) -> String? {
        (try? JSONParser.parse(document))?["handle"]?.text.flatMap { ShortName($0)?.text }
    }
}
