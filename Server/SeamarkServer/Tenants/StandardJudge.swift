internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// The model's judgement of one change, as a tenant's store asks for it.
enum StandardJudge {
    static func verdict(
        _ change: Change, _ member: TenantMember, _ lookup: (Identifier) throws(StoreError) -> RecordState?
    ) throws -> Verdict {
        // A role of a newer version may do nothing here; what it sends is kept in quarantine.
        guard let role = Role(key: member.role) else { return .refused(.roleForbids) }
        return try withoutActuallyEscaping(lookup) { lookup in
            var failure: StoreError?
            let complaints = Judgement.verdict(on: change, author: Author(member: member.id, role: role)) { id in
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
