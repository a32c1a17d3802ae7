internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// How long a tenant's sensitive values are kept, and which are due.
///
/// A value is kept for so many days from when the server first received it, whatever laptops' clocks say of when it was captured; then it is
/// redacted like any other, by headquarters, with its reason. Sensitive values of engagements fall under it: names, contacts, notes, quotes,
/// rationales, references and summaries, in every edit that ever held one and in quarantine. The firm's own members do not. Attachments do where the
/// tenant chose that too: they are evidence, and nothing brings back what a report rests on.
struct Retention {
    let days: Int64
    /// Are attachments kept no longer either?
    let attachments: Bool

    init(days: Int64, attachments: Bool = false) {
        self.days = days
        self.attachments = attachments
    }

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
        attachments = try Self.includesAttachments(state, snapshot)
    }

    static let setAct = "retention.set"

    /// What the chain of acts says of a choice. Where attachments are meant too, it names the change that wrote the days.
    static func detail(_ days: Int64?, withAttachmentsBy change: Identifier?) -> String {
        guard let days else { return "for ever" }
        return change.map { "\(days) days with attachments \($0)" } ?? "\(days) days"
    }

    /// The head of the tenant's days that is the only one.
    static func choice(_ state: RecordState) -> Head? {
        guard let field = Catalogue.tenant.field(key: "retentionDays") else { return nil }
        let heads = state.heads(of: .field(field.number))
        return heads.count == 1 ? heads[0] : nil
    }

    /// Only where the last choice says so, and these are the days that it wrote: where the log or the chain of acts was put back to before the other,
    /// nobody chose for what stands there now, and attachments are kept.
    private static func includesAttachments(_ state: RecordState, _ snapshot: TenantSnapshot) throws -> Bool {
        guard let choice = choice(state), let days = choice.content.value?.int, let last = try snapshot.audit().last(where: { $0.act == setAct }) else { return false }
        return last.detail == detail(days, withAttachmentsBy: choice.name.change)
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

    /// A scope's attachments that are due: for each what is to be redacted, which is every row of evidence that names it.
    ///
    /// The server holds its bytes, received them so long ago, and so every change by which a row names them: what a colleague attaches again is kept anew,
    /// and what no laptop has handed in yet is not due, however old its row.
    ///
    /// - Parameter goOn: asked at each change that is looked at; throws to end it.
    func dueAttachments(
        in scope: Identifier, _ snapshot: TenantSnapshot, at now: Int64, goOn: () throws -> Void = {}
    ) throws -> [[TenantSnapshot.SensitiveHold]] {
        guard attachments else { return [] }
        let cutoff = cutoff(at: now)
        var named: [Hash256: [TenantSnapshot.SensitiveHold]] = [:]
        try snapshot.records(in: scope, ofType: Catalogue.evidence.number) { id, state in
            for head in state.heads(of: .field(EvidenceField.hash)) {
                guard let hash = head.content.value?.bytes.flatMap({ Hash256(bytes: $0) }) else { continue }
                let leaf = Redaction.leaf(ofAttachment: hash, namedBy: id, SystemPrimitives())
                guard try !snapshot.isBarred(leaf, in: scope) else { continue }
                named[hash, default: []].append(
                    TenantSnapshot.SensitiveHold(
                        record: id, type: Catalogue.evidence.number, target: .field(EvidenceField.hash), redacted: Redaction.Redacted(edit: head.name, leaf: leaf)))
            }
        }
        for hash in named.keys.sorted() {
            let held = try snapshot.attachment(hash, in: scope)
            if held.map({ $0.isErased || $0.received >= cutoff }) ?? true { named[hash] = nil }
        }
        guard !named.isEmpty else { return [] }
        let naming = Set(named.values.flatMap { $0 }.map(\.redacted.edit))
        var early: Set<EditName> = []
        try snapshot.forEachChange(in: scope, receivedBefore: cutoff) { change, _ in
            try goOn()
            for index in change.edits.indices where naming.contains(change.name(index)) { early.insert(change.name(index)) }
        }
        return named.sorted { $0.key < $1.key }.map(\.value).filter { $0.allSatisfy { early.contains($0.redacted.edit) } }
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

    /// Redacts all that is due, a part in each transaction. Returns how many values, and rows that named attachments. The files of those are for the
    /// caller to take from the vault.
    func redact(_ store: TenantStore, signer: any Signer, at now: Int64, goOn: () throws -> Void = {}) throws -> Int {
        var count = 0
        while case let part = try store.write({ try redactPart($0, signer: signer, at: now, goOn: goOn) }), part > 0 { count += part }
        return count
    }

    private func isAnyDue(_ snapshot: TenantSnapshot, at now: Int64, goOn: () throws -> Void) throws -> Bool {
        for scope in try snapshot.scopes() where scope.kind == .engagement {
            if try !due(in: scope.id, snapshot, at: now, atMost: 1, goOn: goOn).isEmpty { return true }
            if try !dueAttachments(in: scope.id, snapshot, at: now, goOn: goOn).isEmpty { return true }
        }
        return false
    }

    private func redactPart(_ transaction: TenantTransaction, signer: any Signer, at now: Int64, goOn: () throws -> Void) throws -> Int {
        for scope in try transaction.scopes() where scope.kind == .engagement {
            var values = try due(in: scope.id, transaction, at: now, atMost: Self.mostTogether, goOn: goOn)
            var detail = "\(scope.id) \(values.count)"
            if values.isEmpty {
                let due = try dueAttachments(in: scope.id, transaction, at: now, goOn: goOn).prefix(Self.mostTogether)
                values = due.flatMap { $0 }
                detail = "\(scope.id) \(due.count) attachments"
            }
            guard !values.isEmpty else { continue }
            try transaction.noteAct("retention.redact", detail: detail, at: now)
            try HeadquartersRedaction(transaction: transaction, signer: signer, now: now).redact(values, in: scope.id, reason: Self.reason)
            return values.count
        }
        return 0
    }
}
