internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkStore

extension TenantOffice {
    /// The recovery text of the tenant key, with an act in the audit log: every copy on paper has to be destroyed with the tenant.
    public func recoveryText() throws -> String {
        _ = try store.write { try $0.noteAct(Self.keyShown, detail: Hexadecimal.text(of: keys.tenantKey.check), at: clock.now()) }
        return keys.tenantKey.text
    }

    static let keyShown = "key.show"
}

extension Office {
    /// Puts the key of a tenant that is here back into the key folder.
    ///
    /// - Parameter key: the key of the tenant with this id, from its recovery text.
    public func putKeyBack(_ name: ShortName, key: (Identifier) throws -> TenantKey) throws {
        let doing = "putting the key of the tenant \(name.text) back"
        let folder = directory.tenant(name)
        guard try PrivateFile.exists(folder.facts) else { throw Self.noTenant(name) }
        let facts = try TenantKeys.facts(in: folder, doing: doing)
        guard let check = facts.keyCheck else {
            throw OperationFailure(.badInput, doing: doing, wrong: "it has none yet", remedy: "run any verb on the tenant: that makes one")
        }
        let key = try key(facts.tenant)
        guard key.check == check else {
            throw OperationFailure(.notPermitted, doing: doing, wrong: "this is the recovery text of another key", remedy: "use that of this tenant")
        }
        try installation.keyFolder.keep(key)
        let office = try tenant(name)
        defer { try? office.store.close() }
        _ = try office.store.write { try $0.noteAct("key.putBack", detail: Hexadecimal.text(of: check), at: clock.now()) }
    }
}
