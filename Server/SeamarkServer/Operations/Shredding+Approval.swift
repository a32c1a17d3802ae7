internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkModel
public import SeamarkProtocol
internal import SeamarkStore

/// Who says, beside the operator, that a tenant may go.
public enum ShreddingAuthority: Sendable {
    case approved(ShredApproval)
    /// Nobody: the reason stays in the note. For a tenant of which no lead's or administrator's device is left, or whose store cannot be read.
    case alone(reason: String)
}

extension Shredding {
    static let request = "shred.request"
    /// How long a request may be answered: a day.
    static let longestMilliseconds: Int64 = 86_400_000

    /// Notes in the tenant's audit log that it is to be shredded, with where its logs stand. The act's hash is what a second person signs.
    public func request(_ name: ShortName) throws -> Hash256 {
        let tenant = try office.tenant(name)
        defer { try? tenant.store.close() }
        return try tenant.store.write { transaction in
            var standing = ByteWriter()
            standing.fixed64(try transaction.identity().epoch)
            for scope in try transaction.scopes() {
                standing.identifier(scope.id)
                standing.varint(scope.place.position)
                standing.hash(scope.place.hash)
            }
            return try transaction.noteAct(Self.request, detail: Digest.sha256(standing.bytes).description, at: office.clock.now()).hash
        }
    }

    /// Who approved, as the note says it; throws where nobody may have.
    func approver(of authority: ShreddingAuthority, _ name: ShortName, doing: String) throws -> String {
        switch authority {
        case .alone(let reason): return "nobody: \(reason)"
        case .approved(let approval):
            func refusal(_ wrong: String) -> OperationFailure {
                OperationFailure(
                    .notPermitted, doing: doing, wrong: wrong,
                    remedy: "have a lead or an administrator of the tenant approve: seamark-server tenant shred \(name.text) --request says how")
            }
            let tenant = try office.tenant(name)
            defer { try? tenant.store.close() }
            return try tenant.store.read { snapshot in
                guard let device = try snapshot.device(approval.device), device.revoked == nil, !device.awaitsConfirmation else { throw refusal("the approval is of no device that is enrolled and not revoked, nor waits to be confirmed") }
                guard let member = try snapshot.member(device.member), member.isActive, let role = Role(key: member.role), role == .lead || role == .tenantAdmin else {
                    throw refusal("the approval is not of a lead or an administrator of the tenant")
                }
                let now = office.clock.now()
                let requests = try snapshot.audit().filter { $0.act == Self.request && (0...Self.longestMilliseconds).contains(now - $0.time) }
                guard requests.contains(where: { approval.isSigned(by: device.signingKey, request: $0.hash, tenant: tenant.keys.tenant, SystemPrimitives()) }) else {
                    throw refusal("the approval is of no request of the last day for this tenant, or is not as the device signed it")
                }
                return "\(member.id) \(role.key), device \(device.letters)"
            }
        }
    }
}
