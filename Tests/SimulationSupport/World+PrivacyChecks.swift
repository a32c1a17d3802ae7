internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

// What was redacted is nowhere, and what somebody said who withdrew consent is not at headquarters.
extension World {
    /// Every place of the server's store where a sensitive value of the scope may lie.
    func checkBarred(_ scope: Identifier, _ barred: Set<Hash256>, _ records: [Identifier: RecordState], _ snapshot: TenantSnapshot) throws {
        counts.redactions += barred.count
        guard !barred.isEmpty else { return }
        func check(_ content: Content, _ where: String) {
            if let leaf = leaf(of: content), barred.contains(leaf) { violate(.barred, "the server holds the redacted value \(leaf) in \(`where`)") }
        }
        for stored in try snapshot.entries(of: scope, after: 0) where !stored.sensitive.isEmpty {
            for part in try SensitivePart.decode(stored.sensitive, SimulationPrimitives()) {
                if case .value(let value) = part { check(.sensitive(value), "entry \(stored.place.position)") }
            }
        }
        for (id, state) in records.sorted(by: { $0.key < $1.key }) {
            for head in state.slots.flatMap(\.heads) { check(head.content, "record \(id)") }
        }
        try snapshot.heldChanges { held in
            if held.change.scope == scope { for edit in held.change.edits { check(edit.content, "quarantine") } }
        }
    }

    /// Everything that a device holds which has read the redaction: what it shows, what it knows, and what lies in its store.
    func checkBarred(_ machine: Machine, _ replica: Replica, _ barred: Set<Hash256>) throws {
        guard !barred.isEmpty else { return }
        func check(_ content: Content, _ where: String) {
            if let leaf = leaf(of: content), barred.contains(leaf) {
                violate(.barred, "device \(machine.number) holds the redacted value \(leaf) in \(`where`)")
            }
        }
        for (_, change) in replica.history.sorted(by: { $0.key < $1.key }) { for edit in change.edits { check(edit.content, "change \(change.id)") } }
        for id in replica.recordIDs { for head in replica.record(id)?.slots.flatMap(\.heads) ?? [] { check(head.content, "record \(id)") } }
        try machine.device.store.forEachEvent(of: replica.scope) { event in
            switch event {
            case .captured(let change): for edit in change.edits { check(edit.content, "the row of a captured change") }
            case .sealed(let block), .learnt(_, let block?): for edit in block.changes.flatMap(\.edits) { check(edit.content, "the row of a block") }
            case .began, .receipted, .learnt(_, nil), .proven, .examined, .rebuilt: break
            }
        }
    }

    /// Quotes that name somebody who withdrew, by any change that counts or waits, say nothing at headquarters.
    func checkWithdrawn(_ changes: [Change], _ records: [Identifier: RecordState]) {
        guard let consent = Catalogue.person.field(key: "consent"), let person = Catalogue.quote.field(key: "person") else { return }
        var withdrawn: Set<Identifier> = []
        for edit in changes.flatMap(\.edits) where edit.type == Catalogue.person.number && edit.target == .field(consent.number) {
            if edit.content.value.flatMap({ Consent($0) })?.state == .withdrawn { withdrawn.insert(edit.record) }
        }
        guard !withdrawn.isEmpty else { return }
        for (id, state) in records.sorted(by: { $0.key < $1.key }) where state.type == Catalogue.quote.number {
            guard state.heads(of: .field(person.number)).contains(where: { $0.content.value?.id.map(withdrawn.contains) == true }) else { continue }
            if state.slots.flatMap(\.heads).contains(where: { leaf(of: $0.content) != nil }) {
                violate(.barred, "the server holds words of quote \(id), and who said them has withdrawn consent")
            }
        }
    }

    /// Of a value that is there; nil where nothing is, or its hash alone.
    func leaf(of content: Content) -> Hash256? {
        guard case .sensitive(let value) = content else { return nil }
        return SensitiveTree.leaf(value, SimulationPrimitives())
    }
}
