package import SeamarkJournal
package import SeamarkStore

/// A block that waits for the tenant's writer, with the way back for what becomes of it.
package struct PendingPush: Sendable {
    let push: Push
    let answer: @Sendable (Result<Decision, any Error>) -> Void

    /// What the store decided on a block, as its transaction found the tenant.
    package struct Decision: Sendable {
        package let outcome: PushOutcome
        package let epoch: UInt64
        /// Where the server's copy of the block's stream ends.
        package let end: StreamEnd
    }

    /// Applies pushes that wait together in one transaction, so that they share one wait for the disk.
    struct Committer: Sendable {
        let store: TenantStore
        let committed: @Sendable () -> Void

        /// Answers each push only after the transaction is durable. If it fails, none was kept; each is tried alone then, so that one
        /// that cannot be stored does not take its neighbours with it.
        func commit(_ pushes: [PendingPush]) {
            do {
                let decisions = try store.write { transaction in
                    var judge = StandardJudge(transaction)
                    let outcomes = try transaction.push(pushes.map(\.push)) { try judge.verdict($0, $1, $2) }
                    let epoch = try transaction.identity().epoch
                    return try zip(pushes, outcomes).map { push, outcome in
                        Decision(outcome: outcome, epoch: epoch, end: try end(of: push.push.block, outcome, transaction))
                    }
                }
                committed()
                for (push, decision) in zip(pushes, decisions) { push.answer(.success(decision)) }
            } catch {
                guard pushes.count > 1 else { return pushes[0].answer(.failure(error)) }
                for push in pushes { commit([push]) }
            }
        }

        private func end(of block: Block, _ outcome: PushOutcome, _ snapshot: TenantSnapshot) throws -> StreamEnd {
            switch outcome {
            case .appended, .present: block.end
            case .quarantined: try snapshot.streamEnd(block.stream)
            case .refused(_, let end): end
            }
        }
    }
}
