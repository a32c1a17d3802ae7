internal import SeamarkCrypto
package import SeamarkJournal
internal import SeamarkModel
package import SeamarkStore
internal import Synchronization

/// Where somebody withdraws consent, headquarters redacts what their quotes, answers and checks say, in the transaction that applies the
/// withdrawal; and what a device that did not know of it hands in later, in the transaction that applies that. Of somebody who was erased it so redacts
/// whatever comes later, as the erasure did with what was there.
package struct ConsentRule: TenantRule {
    private let signer: any Signer
    private let clock: WallClock
    /// Random words, for the ids of redactions.
    private let draw: @Sendable () throws -> UInt64
    /// Scopes of which everything was looked at since this was made.
    private let looked = Looked()

    private final class Looked: Sendable {
        let scopes = Mutex<Set<Identifier>>([])
        /// Of which everything about erased persons was looked at.
        let erased = Mutex<Set<Identifier>>([])
        /// In which nobody had been erased. Whoever is erased later is noted with those who withdrew, which the transaction itself knows.
        let calm = Mutex<Set<Identifier>>([])
    }

    package init(signer: any Signer, clock: WallClock, draw: @escaping @Sendable () throws -> UInt64 = { try Randomness.word() }) {
        self.signer = signer
        self.clock = clock
        self.draw = draw
    }

    static let reason = "consent was withdrawn"

    private static let consent = number(Catalogue.person, "consent")
    private static let persons = number(Catalogue.interview, "persons")
    private static let carriedFrom = number(Catalogue.interview, "carriedFrom")
    private static let spokenTypes = Withdrawals.spoken.map(\.number)

    private static func number(_ type: RecordType, _ key: String) -> UInt32 { type.field(key: key)?.number ?? 0 }

    package func concerns(_ change: Change, hasWithdrawn: Bool) -> Bool {
        // Whatever it says may be about somebody who was erased; whether anybody was is looked up once the transaction is at its end.
        if hasWithdrawn || !looked.calm.withLock({ $0.contains(change.scope) }) { return true }
        return change.edits.contains { Self.isWithdrawal($0) || Self.forbidsRecording($0) || Self.redactsBytes($0) }
    }

    /// May it matter to those who withdrew consent?
    private static func concernsConsent(_ change: Change) -> Bool {
        change.edits.contains {
            isWithdrawal($0) || forbidsRecording($0) || redactsBytes($0) || spokenTypes.contains($0.type) || shiftsWords($0) || touchesEvidence($0)
        }
    }

    /// Somebody agreed to something, and not to being recorded.
    private static func forbidsRecording(_ edit: Edit) -> Bool {
        edit.type == Catalogue.person.number && edit.target == .field(consent)
            && edit.content.value.flatMap { Consent($0) }.map { $0.state == .given && !$0.scope.contains(.audio) } == true
    }

    private static let redactedField = number(Catalogue.redaction, "field")
    private static let hashKey = Catalogue.evidence.field(EvidenceField.hash)?.key ?? ""

    /// Does it redact the bytes that a row of evidence names?
    private static func redactsBytes(_ edit: Edit) -> Bool {
        edit.type == Redaction.recordType && edit.target == .field(redactedField) && edit.content.value == .text(hashKey)
    }

    private static let evidenceFields = Dictionary(
        Catalogue.types.compactMap { type in type.field(key: "evidence").map { (type.number, $0.number) } }) { first, _ in first }

    private static func touchesEvidence(_ edit: Edit) -> Bool {
        if edit.type == Catalogue.evidence.number { return true }
        guard case .element(let field, _) = edit.target else { return false }
        return evidenceFields[edit.type] == field
    }

    private static func isWithdrawal(_ edit: Edit) -> Bool {
        edit.type == Catalogue.person.number && edit.target == .field(consent) && edit.content.value.flatMap { Consent($0) }?.state == .withdrawn
    }

    /// May words that were somebody else's become those of a person who withdrew?
    private static func shiftsWords(_ edit: Edit) -> Bool {
        let number = edit.target.number
        switch edit.type {
        case Catalogue.person.number: return number == CommonField.mergedInto
        case Catalogue.interview.number: return number == persons || number == CommonField.mergedInto || number == carriedFrom
        case Catalogue.answer.number: return number == self.number(Catalogue.answer, "person")
        case Catalogue.quote.number: return number == self.number(Catalogue.quote, "person")
        case Catalogue.quickCheck.number: return number == self.number(Catalogue.quickCheck, "person")
        case Catalogue.formAnswer.number: return number == self.number(Catalogue.formAnswer, "person")
        case _: return false
        }
    }

    package func follow(_ changes: [Change], in transaction: TenantTransaction) throws {
        var scopes: [Identifier] = []
        for change in changes where !scopes.contains(change.scope) { scopes.append(change.scope) }
        for scope in scopes {
            let made = changes.filter { $0.scope == scope }
            let spoken = made.filter(Self.concernsConsent)
            if !spoken.isEmpty { try followConsent(spoken, scope, transaction) }
            try followErasures(made, scope, transaction)
        }
    }

    private static let erasedReason = "it came after an erasure"

    /// Of a person who was erased nothing sensitive stays, whenever it came and whoever wrote it, and no bytes of theirs alone.
    private func followErasures(_ changes: [Change], _ scope: Identifier, _ transaction: TenantTransaction) throws {
        let erased = try ErasedPersons.all(in: scope, transaction)
        guard !erased.isEmpty else { return looked.calm.withLock { _ = $0.insert(scope) } }
        let made = Set(changes.map(\.id))
        /// Does it put a record that was there before with another person, interview or row of evidence?
        func moves(_ edit: Edit) throws -> Bool {
            guard Self.namesARecord(edit), let state = try transaction.record(edit.record, in: scope) else { return false }
            return !state.slots.allSatisfy { $0.heads.allSatisfy { made.contains($0.name.change) } }
        }
        let isFirst = looked.erased.withLock { $0.insert(scope).inserted }
        // An earlier program erased and did not note it. Where the commit fails, what comes goes on being looked at: the scope is not calm.
        if isFirst { for person in erased { try transaction.noteWithdrawn(person, in: scope) } }
        let looksAtAll = try isFirst || changes.contains { try $0.edits.contains(where: moves) }
        guard looksAtAll || changes.contains(where: { $0.edits.contains { Self.isSensitive($0) || Self.touchesEvidence($0) } }) else { return }
        var values: [HeadquartersRedaction.Found] = []
        var seen: Set<HeadquartersRedaction.Found> = []
        for person in erased {
            let holding = try PersonHolding(of: person, in: scope, transaction)
            var found = try HeadquartersRedaction.bytes(of: holding.ownEvidence, in: scope, transaction)
            if looksAtAll {
                found += try holding.sensitiveValues(transaction)
            } else {
                // What was there before was looked at then, and nothing was moved since.
                for change in changes { found += transaction.sensitiveValues(of: change) { edit, _ in holding.includes(edit.record) } }
            }
            for value in found where try !transaction.isBarred(value.redacted.leaf, in: scope) && seen.insert(value).inserted { values.append(value) }
        }
        try HeadquartersRedaction(transaction: transaction, signer: signer, now: clock.now(), draw: draw).redact(values, in: scope, reason: Self.erasedReason)
    }

    private static func isSensitive(_ edit: Edit) -> Bool { if case .sensitive = edit.content { true } else { false } }

    private static func namesARecord(_ edit: Edit) -> Bool {
        switch edit.target {
        case .life: false
        case .element(_, let element): namesARecord(element)
        case .field: edit.content.value.map(namesARecord) ?? false
        }
    }

    private static func namesARecord(_ value: Value) -> Bool {
        switch value {
        case .id: true
        case .list(let values): values.contains(where: namesARecord)
        case .group(let members): members.contains { namesARecord($0.value) }
        case .absent, .bool, .int, .double, .text, .bytes, .unknown: false
        }
    }

    private func followConsent(_ changes: [Change], _ scope: Identifier, _ transaction: TenantTransaction) throws {
        // By a device, or once more after the log was put back.
        if changes.contains(where: { $0.edits.contains(where: Self.redactsBytes) }) { try HeadquartersRedaction.eraseAttachments(in: scope, transaction) }
        var people: [RecordView] = []
        try transaction.records(in: scope, ofType: Catalogue.person.number) { people.append(RecordView(id: $0, state: $1)) }
        for person in people where person.consent?.state == .withdrawn { try transaction.noteWithdrawn(person.id, in: scope) }
        let hasWithdrawn = people.contains { $0.consent?.state == .withdrawn }
        let forbidsRecording = changes.contains { $0.edits.contains(where: Self.forbidsRecording) }
        guard hasWithdrawn || forbidsRecording else { return }
        var interviews: [RecordView] = []
        try transaction.records(in: scope, ofType: Catalogue.interview.number) { interviews.append(RecordView(id: $0, state: $1)) }
        let withdrawals = Withdrawals(people + interviews)
        /// Is it hidden by what the log says of its record, or by what the change itself says, which may wait in quarantine?
        func isHidden(_ edit: Edit, _ change: Change) throws -> Bool {
            guard Self.spokenTypes.contains(edit.type), let type = Catalogue.type(edit.type) else { return false }
            func ids(_ key: String) -> [Identifier] {
                let number = type.field(key: key)?.number ?? 0
                return change.edits.filter { $0.record == edit.record && $0.target == .field(number) }.compactMap { $0.content.value?.id }
            }
            if let state = try transaction.record(edit.record, in: scope), withdrawals.conceals(RecordView(id: edit.record, state: state)) { return true }
            return withdrawals.conceals(persons: ids("person"), interviews: ids("interview"))
        }
        var values: [HeadquartersRedaction.Found] = []
        let made = Set(changes.map(\.id))
        /// What these very changes say alone moves nobody's earlier words.
        func isNew(_ edit: Edit) throws -> Bool {
            guard Self.spokenTypes.contains(edit.type) else { return false }
            return try transaction.record(edit.record, in: scope)?.slots.allSatisfy { $0.heads.allSatisfy { made.contains($0.name.change) } } ?? true
        }
        // Once since the program started everything is looked at: what an earlier program's rule did not know was left then. A commit that fails after
        // this leaves it to the next start, or to the next withdrawal.
        let isFirst = hasWithdrawn && looked.scopes.withLock { $0.insert(scope).inserted }
        let movesWords = try changes.contains { try $0.edits.contains { try Self.isWithdrawal($0) || Self.shiftsWords($0) && !isNew($0) } }
        if isFirst || movesWords {
            values = try transaction.sensitiveValues(in: scope, where: isHidden)
        } else {
            // Only what is new is looked at here: what was there before was looked at then, or when consent was withdrawn or words were moved.
            for change in changes { values += try transaction.sensitiveValues(of: change, where: isHidden) }
            values = try values.filter { try !transaction.isBarred($0.redacted.leaf, in: scope) }
        }
        if isFirst || movesWords || forbidsRecording || changes.contains(where: { $0.edits.contains(where: Self.touchesEvidence) }) {
            values += try evidence(of: people + interviews, scope, withdrawals, forbidsRecording: forbidsRecording, transaction)
        }
        try HeadquartersRedaction(transaction: transaction, signer: signer, now: clock.now(), draw: draw).redact(values, in: scope, reason: Self.reason)
    }

    /// The bytes of evidence that are hidden, and recordings of people who just forbade them; empty where nothing was ever attached.
    private func evidence(
        of people: [RecordView], _ scope: Identifier, _ withdrawals: Withdrawals, forbidsRecording: Bool, _ transaction: TenantTransaction
    ) throws -> [HeadquartersRedaction.Found] {
        var rows: [RecordView] = []
        try transaction.records(in: scope, ofType: Catalogue.evidence.number) { rows.append(RecordView(id: $0, state: $1)) }
        guard rows.contains(where: { $0.value("sha256") != nil }) else { return [] }
        var holders: [RecordView] = []
        for type in Self.evidenceFields.keys.sorted() { try transaction.records(in: scope, ofType: type) { holders.append(RecordView(id: $0, state: $1)) } }
        var hidden = withdrawals.evidence(among: rows + holders)
        if forbidsRecording { hidden.formUnion(Withdrawals.unrecorded(people).recordings(among: rows + holders)) }
        return try HeadquartersRedaction.bytes(of: rows.filter { hidden.contains($0.id) }, in: scope, transaction)
    }
}
