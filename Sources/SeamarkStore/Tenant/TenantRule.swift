public import SeamarkJournal

/// What must follow from some changes in the very transaction that applies them, whichever way they came: a push, a release, a donation.
public protocol TenantRule: Sendable {
    /// Must `follow` look at this change? Asked of every change that a log applies, and of those that go into quarantine.
    ///
    /// - Parameter hasWithdrawn: consent was withdrawn by somebody in this scope before, or somebody was erased (`TenantTransaction.noteWithdrawn`).
    func concerns(_ change: Change, hasWithdrawn: Bool) -> Bool

    /// Called once at the end of the transaction with the changes that it `concerns`, in the order in which they came. Those
    /// in quarantine say nothing that counts (`TenantSnapshot.change`, `isApplied`).
    func follow(_ changes: [Change], in transaction: TenantTransaction) throws
}

extension TenantTransaction {
    /// Called for every change that a log applies.
    func noteApplied(_ change: Change, scope: Int64) throws(StoreError) {
        try bar(by: change, scope: scope)
        try noteKept(change, scope: scope)
    }

    /// Called as well for changes that are kept and not applied: what they say is kept too.
    func noteKept(_ change: Change, scope: Int64) throws(StoreError) {
        guard let rule = tools.rule else { return }
        if rule.concerns(change, hasWithdrawn: try hasWithdrawn(scope)) { concerned.append(change) }
    }

    /// Lets the rule follow what was applied; what that applies in turn does not concern it again.
    func followRule() throws {
        guard let rule = tools.rule, !concerned.isEmpty else { return }
        let changes = concerned
        try whole { try rule.follow(changes, in: self) }
        concerned = []
    }

    private func hasWithdrawn(_ scope: Int64) throws(StoreError) -> Bool {
        if let known = withdrawnScopes[scope] { return known }
        let doing: StaticString = "looking for withdrawn consent"
        let row = try statement(.withdrawnPersons, doing: doing)
        row.bind(scope, at: 1)
        defer { row.reset() }
        let any = try row.step(doing: doing)
        withdrawnScopes[scope] = any
        return any
    }

    /// Notes that somebody in this scope withdrew consent, or was erased: from now on what is said there concerns the rule.
    public func noteWithdrawn(_ person: Identifier, in scope: Identifier) throws {
        let doing: StaticString = "noting withdrawn consent"
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(.addWithdrawnPerson, doing: doing)
        row.bind(key, at: 1)
        row.bind(person, at: 2)
        try row.run(doing: doing)
        withdrawnScopes[key] = true
    }
}
