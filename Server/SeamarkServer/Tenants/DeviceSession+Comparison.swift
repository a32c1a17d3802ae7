internal import SeamarkJournal
package import SeamarkProtocol
internal import SeamarkStore

// What the rows of a scope are, held against a device's own computation. Whoever may read a scope may compare it, and no more than
// `ComparisonAllowance` says.
extension DeviceSession {
    /// Digests over ranges of the rows, whatever the scope's own digest says.
    package func compare(_ compare: Message.Compare) throws -> ServerSession.ComparisonAnswer {
        let now = tenant.clock.now()
        guard tenant.allowance.begin(name.device, at: now) else { return .refused(Self.usedUp(compare.scope)) }
        var cost: Int?
        defer { tenant.allowance.end(cost, by: name.device, at: now) }
        return try tenant.store.read { snapshot in
            if let problem = try refusal(of: compare.scope, compare.epoch, in: snapshot) { return .refused(problem) }
            guard let scope = try snapshot.scope(compare.scope) else { return .refused(Problem(.unknownScope, "no such scope", of: compare.scope)) }
            let sums = try snapshot.sums(of: compare.ranges, in: compare.scope, list: Int(compare.list))
            cost = sums.reduce(0) { $0 + $1.count }
            let answers = sums.map { DigestBisection.Answer(count: UInt64($0.count), digest: $0.digest, records: $0.records) }
            return .compared(Message.Compared(scope: compare.scope, place: scope.place, answers: answers))
        }
    }

    /// The device computes other records from the same log: they are computed here as well, from the log and nothing else, and rows that say
    /// otherwise are put right. The log is read beside the writer; it waits only where there is something to write.
    package func settle(_ dispute: Message.Dispute) throws -> ServerSession.ComparisonAnswer {
        let now = tenant.clock.now()
        guard tenant.allowance.begin(name.device, at: now) else { return .refused(Self.usedUp(dispute.scope)) }
        var cost: Int?
        defer { tenant.allowance.end(cost, by: name.device, at: now) }
        let claim = RowDispute(
            device: name.device, scope: dispute.scope, ranges: dispute.claims.map(\.range), digests: dispute.claims.map(\.digest))
        func answer(_ snapshot: TenantSnapshot, _ digests: [ScopeDigest], _ repaired: Int) throws -> ServerSession.ComparisonAnswer {
            guard let scope = try snapshot.scope(dispute.scope) else { return .refused(Problem(.unknownScope, "no such scope", of: dispute.scope)) }
            return .settled(
                Message.Settled(
                    scope: dispute.scope, place: scope.place, digests: scope.place == dispute.place ? digests : [], repaired: UInt64(repaired)))
        }
        enum Finding { case answer(ServerSession.ComparisonAnswer), wrong, rulesDiffer([ScopeDigest]) }
        let finding: Finding = try tenant.store.read { snapshot in
            if let problem = try refusal(of: dispute.scope, dispute.epoch, in: snapshot) { return .answer(.refused(problem)) }
            guard try snapshot.scope(dispute.scope)?.place == dispute.place else { return try .answer(answer(snapshot, [], 0)) }
            let reckoning = try snapshot.reckon(claim.ranges, in: claim.scope)
            cost = reckoning.changes
            if try snapshot.isWrong(claim, reckoning) { return .wrong }
            return try reckoning.digests == claim.digests ? .answer(answer(snapshot, reckoning.digests, 0)) : .rulesDiffer(reckoning.digests)
        }
        switch finding {
        case .answer(let answer): return answer
        case .rulesDiffer(let digests):
            return try tenant.store.write { transaction in
                try transaction.noteRulesDiffer(claim, at: now)
                return try answer(transaction, digests, 0)
            }
        case .wrong:
            return try tenant.store.write { transaction in
                guard try transaction.scope(dispute.scope)?.place == dispute.place else { return try answer(transaction, [], 0) }
                let (digests, repaired) = try transaction.settle(claim, at: now)
                return try answer(transaction, digests, repaired)
            }
        }
    }

    private static func usedUp(_ scope: Identifier) -> Problem {
        Problem(.comparisonsUsedUp, "this device has had enough compared for an hour, or has something compared just now; sync again later", of: scope)
    }

    private func refusal(of scope: Identifier, _ epoch: UInt64, in snapshot: TenantSnapshot) throws -> Problem? {
        let identity = try snapshot.identity()
        guard try readable(scope, in: snapshot) != nil, mayRead(identity) else { return Problem(.unknownScope, "no such scope for this member", of: scope) }
        guard epoch == identity.epoch else { return Problem(.epochRenewed, "the epoch was renewed; sync again", of: scope) }
        return nil
    }
}
