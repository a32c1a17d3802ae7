internal import SeamarkJournal
internal import SeamarkStore

/// A block that waits for the tenant's writer, with the way back for its outcome.
struct PendingPush: Sendable {
    let push: Push
    let answer: @Sendable (Result<PushOutcome, any Error>) -> Void

    /// Applies pushes that wait together in one transaction, so that they share one wait for the disk.
    struct Committer: Sendable {
        let store: TenantStore
        let committed: @Sendable () -> Void

        /// Answers each push only after the transaction is durable. If it fails, none was kept; each is tried alone then, so that one
        /// that cannot be stored does not take its neighbours with it.
        func commit(_ pushes: [PendingPush]) {
            do {
                let outcomes = try store.write { transaction in
                    var judge = StandardJudge(transaction)
                    return try transaction.push(pushes.map(\.push)) { try judge.verdict($0, $1, $2) }
                }
                committed()
                for (push, outcome) in zip(pushes, outcomes) { push.answer(.success(outcome)) }
            } catch {
                guard pushes.count > 1 else { return pushes[0].answer(.failure(error)) }
                for push in pushes { commit([push]) }
            }
        }
    }
}
