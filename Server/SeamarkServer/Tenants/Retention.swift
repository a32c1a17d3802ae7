internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// How long a tenant's sensitive values are kept, and which are due.
///
/// A value is kept for so many days from when the server first received it, whatever laptops' clocks say of when it was captured; then it is
/// redacted like any other, by headquarters, with its reason. Sensitive values of engagements fall under it: names, contacts, notes, quotes,
/// rationales, references and summaries, in every edit that ever held one and in quarantine. The firm's own members do not.
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
    func cutoff(at now: Int64) -> Int64 { now - min(max(0, days), 36_500) * Self.day }

    /// A scope's values that are due, those first that came first.
    ///
    /// - Parameters:
    ///   - most: no more than so many, and those that belong to the same change.
    ///   - goOn: asked at each change that is looked at; throws to end it.
    func due(
        in scope: Identifier, _ snapshot: TenantSnapshot, at now: Int64, atMost most: Int = .max, goOn: () throws -> Void = {}
    ) throws -> [TenantSnapshot.SensitiveHold] {
        var found: [TenantSnapshot.SensitiveHold] = []
        var seen: Set<Redaction.Redacted> = []
        try snapshot.forEachChange(in: scope, onlySensitive: true, receivedBefore: cutoff(at: now)) { change, _ in
            try goOn()
            guard found.count < most else { return }
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

    /// Redacts what is due by the server's own schedule. What is not due is found beside the writer, which the devices' work goes on using.
    ///
    /// - Parameter goOn: asked all the while; throws to end it.
    static func keepSchedule(of store: TenantStore, signer: any Signer, at now: Int64, goOn: () throws -> Void = {}) throws -> Round {
        let (retention, sign) = try store.read { (try Retention(of: $0), try lastSign($0)) }
        guard let retention else { return .nothing }
        guard now - sign <= mostSilentDays * day else { return .silent(since: sign) }
        var count = 0
        if try store.read({ try retention.isAnyDue($0, at: now, goOn: goOn) }) { count = try retention.redact(store, signer: signer, at: now, goOn: goOn) }
        if count == 0, now - sign > mostSilentDays / 2 * day { try Self.look(store, at: now) }
        return count > 0 ? .redacted(count) : .nothing
    }

    /// Leaves a sign in the audit log that somebody looked, and that nothing was due.
    static func look(_ store: TenantStore, at now: Int64) throws { _ = try store.write { try $0.noteAct("retention.look", detail: "", at: now) } }

    /// Redacts all that is due, a part in each transaction. Returns how many values.
    func redact(_ store: TenantStore, signer: any Signer, at now: Int64, goOn: () throws -> Void = {}) throws -> Int {
        var count = 0
        while case let part = try store.write({ try redactPart($0, signer: signer, at: now, goOn: goOn) }), part > 0 { count += part }
        return count
    }

    private func isAnyDue(_ snapshot: TenantSnapshot, at now: Int64, goOn: () throws -> Void) throws -> Bool {
        for scope in try snapshot.scopes() where scope.kind == .engagement {
            if try !due(in: scope.id, snapshot, at: now, atMost: 1, goOn: goOn).isEmpty { return true }
        }
        return false
    }

    private func redactPart(_ transaction: TenantTransaction, signer: any Signer, at now: Int64, goOn: () throws -> Void) throws -> Int {
        for scope in try transaction.scopes() where scope.kind == .engagement {
            let values = try due(in: scope.id, transaction, at: now, atMost: Self.mostTogether, goOn: goOn)
            guard !values.isEmpty else { continue }
            try transaction.noteAct("retention.redact", detail: "\(scope.id) \(values.count)", at: now)
            try HeadquartersRedaction(transaction: transaction, signer: signer, now: now).redact(values, in: scope.id, reason: Self.reason)
            return values.count
        }
        return 0
    }
}
