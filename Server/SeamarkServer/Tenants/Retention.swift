internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// How long a tenant's sensitive values are kept, and which are due.
///
/// A value is kept for so many days from when the server first received it, whatever laptops' clocks say of when it was captured; then it is
/// redacted like any other, by headquarters, with its reason. Sensitive values of engagements fall under it: names, contacts, notes, quotes,
/// rationales and summaries, in every edit that ever held one and in quarantine. The firm's own members do not.
struct Retention {
    let days: Int64

    init(days: Int64) { self.days = days }

    static let day: Int64 = 86_400_000
    /// What others read in a redaction that the schedule made.
    static let reason = "kept for as long as was agreed"
    /// The schedule redacts nothing where it left no sign within so many days: the clock is then more likely wrong than the server so long off, and
    /// what is redacted never comes back. It leaves one every half of that, in the audit log.
    static let mostSilentDays: Int64 = 60
    /// So many values in one transaction.
    static let mostTogether = 2000

    /// Nil where the tenant keeps everything until somebody redacts it.
    init?(of snapshot: TenantSnapshot) throws {
        let identity = try snapshot.identity()
        guard let shared = try snapshot.scopes().first(where: { $0.kind == .shared }),
            let state = try snapshot.record(identity.id, in: shared.id),
            let days = RecordView(id: identity.id, state: state).integer("retentionDays")
        else { return nil }
        self.days = days
    }

    /// What was received before this time is due: milliseconds since 1970.
    func cutoff(at now: Int64) -> Int64 { now - days * Self.day }

    /// A scope's values that are due, those first that came first.
    ///
    /// - Parameter most: no more than so many, and those that belong to the same block.
    func due(in scope: Identifier, _ snapshot: TenantSnapshot, at now: Int64, atMost most: Int = .max) throws -> [TenantSnapshot.SensitiveHold] {
        let cutoff = cutoff(at: now)
        var found: [TenantSnapshot.SensitiveHold] = []
        var seen: Set<Redaction.Redacted> = []
        try snapshot.forEachChange(in: scope, onlySensitive: true) { change, received in
            guard received < cutoff, found.count < most else { return }
            for hold in snapshot.sensitiveValues(of: change, where: { _, _ in true }) where seen.insert(hold.redacted).inserted { found.append(hold) }
        }
        return found
    }

    /// When somebody last agreed on something, or the schedule left a sign. Nothing else counts: a clock that is wrong stamps everything.
    static func lastSign(_ snapshot: TenantSnapshot) throws -> Int64 {
        try snapshot.audit().last { $0.act.hasPrefix("retention.") }?.time ?? 0
    }

    /// What one round of the schedule came to.
    enum Round: Hashable {
        /// Nothing is agreed, or nothing is due.
        case nothing
        case redacted(Int)
        /// The last sign is that old. Somebody must look at the clock and redact by hand.
        case silent(since: Int64)
    }

    /// Redacts what is due by the server's own schedule.
    static func keepSchedule(of store: TenantStore, signer: any Signer, at now: Int64) throws -> Round {
        let (retention, sign) = try store.read { (try Retention(of: $0), try lastSign($0)) }
        guard let retention else { return .nothing }
        guard now - sign <= mostSilentDays * day else { return .silent(since: sign) }
        let count = try retention.redact(store, signer: signer, at: now)
        if now - sign > mostSilentDays / 2 * day { try store.write { _ = try $0.noteAct("retention.look", detail: "\(count)", at: now) } }
        return count > 0 ? .redacted(count) : .nothing
    }

    /// Redacts all that is due, a part in each transaction. Returns how many values.
    func redact(_ store: TenantStore, signer: any Signer, at now: Int64) throws -> Int {
        var count = 0
        for scope in try store.read({ try $0.scopes() }) where scope.kind == .engagement {
            // Looked for beside the writer first: most days nothing is due.
            while try store.read({ try due(in: scope.id, $0, at: now, atMost: 1) }).isEmpty == false {
                count += try store.write { transaction in
                    let values = try due(in: scope.id, transaction, at: now, atMost: Self.mostTogether)
                    try transaction.noteAct("retention.redact", detail: "\(scope.id) \(values.count)", at: now)
                    try HeadquartersRedaction(transaction: transaction, signer: signer, now: now).redact(values, in: scope.id, reason: Self.reason)
                    return values.count
                }
            }
        }
        return count
    }
}
