internal import GRDB
public import SeamarkJournal

/// A tenant's store while it is written. Everything that one closure does is durable together, or not at all.
public final class TenantTransaction: TenantSnapshot {
    /// Set as soon as an operation fails half-way: then nothing of the transaction may be kept, whatever the closure does
    /// with the error.
    private(set) var failure: (any Error)?

    /// The scopes, by their keys, of which values were barred and still lie in the tables.
    var owesErasure: Set<Int64> = []
    /// Values were deleted that must leave no trace in the files.
    var hasErased = false
    /// Attachments were erased whose bytes still lie in the vault.
    var erasesAttachments = false
    /// Alarms of this transaction, for whoever is to be told once it is committed.
    var raised: [TenantAlarm.Raised] = []
    /// Whether any value is barred; nil as long as nobody asked.
    var knowsBarred: Bool?
    /// Applied changes that the tenant's rule must follow.
    var concerned: [Change] = []
    /// Whether somebody withdrew consent, by scope, as far as asked.
    var withdrawnScopes: [Int64: Bool] = [:]

    /// Something of what people decided was written: the hash over it is due.
    private(set) var altersDecisions = false
    /// Before that they were not as the hash over them says: it stays as it is, so that verifying goes on finding the damage.
    private(set) var foundDecisionsDamaged = false

    override func statement(_ query: Query, doing: StaticString) throws(StoreError) -> PreparedStatement {
        if query.altersDecisions, !altersDecisions {
            altersDecisions = true
            foundDecisionsDamaged = try !decisionsHold()
        }
        return try super.statement(query, doing: doing)
    }

    /// Does `body` whole, or dooms the transaction.
    func whole<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            failure = failure ?? error
            throw error
        }
    }

    /// The key of the row that was inserted last.
    var lastKey: Int64 { database.lastInsertedRowID }

    /// How many rows the statement that ran last altered.
    var alteredRows: Int { database.changesCount }

    /// Asked once: a transaction that finds the quarantine outside the logs empty need not look again, until it adds to it.
    lazy var isQuarantineEmpty: Bool = (try? hasQuarantinedBlocks()) == false

    private func hasQuarantinedBlocks() throws(StoreError) -> Bool {
        let row = try statement(.quarantinedBlocks, doing: "looking at the quarantine")
        defer { row.reset() }
        return try row.step(doing: "looking at the quarantine")
    }

    // MARK: Scopes and identity

    /// Throws `taken` when there is a scope of this id.
    public func addScope(_ id: Identifier, kind: TenantScope.Kind, engagement: Identifier? = nil) throws(StoreError) {
        let doing: StaticString = "adding a scope"
        guard try scopeRow(id) == nil else { throw StoreError(.taken, doing: doing, detail: "there is a scope of this id") }
        let row = try statement(.addScope, doing: doing)
        row.bind(id, at: 1)
        row.bind(kind.rawValue, at: 2)
        if let engagement { row.bind(engagement, at: 3) } else { row.bindNull(at: 3) }
        row.bind(Hash256.zero, at: 4)
        row.bind(ScopeDigest.zero.bytes, at: 5)
        try row.run(doing: doing)
    }

    /// Writes into a new file whose it is.
    func found(_ identity: TenantIdentity) throws(StoreError) {
        let doing: StaticString = "creating a store"
        let row = try statement(.found, doing: doing)
        row.bind(identity.id, at: 1)
        row.bind(identity.name, at: 2)
        row.bind(Int64(identity.schema), at: 3)
        row.bind(identity.epoch, at: 4)
        row.bind(identity.author, at: 5)
        row.bind(identity.incarnation, at: 6)
        try row.run(doing: doing)
    }

    /// After a restore: receipts from here on are of another epoch, and the server's own streams start anew.
    public func renewEpoch(_ epoch: UInt64, incarnation: UInt64) throws(StoreError) {
        try take(formerEpochs: FormerEpochs(epochs: [identity().epoch], expectsOthers: false))
        let row = try statement(.renewEpoch, doing: "renewing the epoch")
        row.bind(epoch, at: 1)
        row.bind(incarnation, at: 2)
        try row.run(doing: "renewing the epoch")
    }

    // MARK: The audit log

    @discardableResult
    public func noteAct(_ act: String, detail: String, at time: Int64) throws(StoreError) -> AuditEntry {
        let doing: StaticString = "writing the audit log"
        let last = try statement(.lastAudit, doing: doing)
        var number: Int64 = 1
        var previous = Hash256.zero
        do {
            defer { last.reset() }
            if try last.step(doing: doing) {
                number = last.int(0) + 1
                previous = try last.hash(1, doing: doing)
            }
        }
        let hash = AuditEntry.hash(after: previous, number: number, time: time, act: act, detail: detail, primitives)
        let row = try statement(.addAudit, doing: doing)
        row.bind(number, at: 1)
        row.bind(time, at: 2)
        row.bind(act, at: 3)
        row.bind(detail, at: 4)
        row.bind(hash, at: 5)
        try row.run(doing: doing)
        return AuditEntry(number: number, time: time, act: act, detail: detail, hash: hash)
    }
}
