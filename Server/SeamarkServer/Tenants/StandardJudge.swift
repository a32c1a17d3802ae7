internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// The model's judgement of a device's changes, as a tenant's store asks for it. Lives as long as one transaction.
struct StandardJudge {
    private let snapshot: TenantSnapshot
    private var last: (scope: Identifier, kind: TenantScope.Kind?)?
    private var forms = FormsAtHand()

    init(_ snapshot: TenantSnapshot) { self.snapshot = snapshot }

    /// What a scope is. Changes of one block, and mostly of one transaction, are of one scope.
    private mutating func kind(of scope: Identifier) throws -> TenantScope.Kind? {
        if let last, last.scope == scope { return last.kind }
        let kind = try snapshot.scope(scope)?.kind
        last = (scope, kind)
        return kind
    }

    mutating func verdict(
        _ change: Change, _ member: TenantMember, _ lookup: (Identifier) throws(StoreError) -> RecordState?
    ) throws -> Verdict {
        // Devices write in engagements. The directory and what is published are headquarters' word.
        guard try kind(of: change.scope) == .engagement else { return .refused(.headquartersOnly) }
        // A role of a newer version may do nothing here; what it sends is kept in quarantine.
        guard let role = Role(key: member.role) else { return .refused(.roleForbids) }
        return try withoutActuallyEscaping(lookup) { lookup in
            var failure: StoreError?
            let author = Author(member: member.id, role: role)
            let complaints = Judgement.verdict(on: change, author: author, primitives: SystemPrimitives(), forms: &forms) { id in
                do throws(StoreError) { return try lookup(id) } catch {
                    failure = failure ?? error
                    return nil
                }
            }
            if let failure { throw failure }
            return complaints.first.map { .refused($0.refusal) } ?? .accepted
        }
    }
}
