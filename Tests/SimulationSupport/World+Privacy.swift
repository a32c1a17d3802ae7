internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore
internal import SeamarkTestSupport

// What is said is taken back: redactions by members and by headquarters.
extension World {
    /// A member redacts all that a sensitive field of some record ever said, as far as the device knows.
    func redact(_ machine: Machine, _ dice: inout SplitMix64) throws {
        let state = try machine.device.state
        let open = state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement && state.scopes[$0]?.isWithdrawn == false }
        guard let scope = open[safe: Int(dice.next() % UInt64(max(1, open.count)))], let replica = state.replicas[scope] else { return }
        let concealed = replica.concealedLeaves
        var values: [(edit: Edit, redacted: Redaction.Redacted)] = []
        for change in replica.history.values.sorted(by: { ($0.stamp, $0.id) < ($1.stamp, $1.id) }) {
            for (index, edit) in change.edits.enumerated() {
                guard case .sensitive(let value) = edit.content else { continue }
                let leaf = SensitiveTree.leaf(value, SimulationPrimitives())
                if !concealed.contains(leaf) { values.append((edit, Redaction.Redacted(edit: change.name(index), leaf: leaf))) }
            }
        }
        guard let (meant, _) = values[safe: Int(dice.next() % UInt64(max(1, values.count)))], let number = meant.target.number,
            let field = Catalogue.type(meant.type)?.field(number)
        else { return }
        let those = values.filter { $0.edit.record == meant.record && $0.edit.target == meant.target }.map(\.redacted)
        let action = nextAction()
        let id = dice.identifier()
        do {
            let change = try machine.device.capture(in: scope) { _, _ in
                var editing = RecordEditing(record: id, type: Catalogue.redaction, state: nil) { .zero }
                editing.redact(
                    Array(those.prefix(Redaction.mostValues)), of: meant.record, field: field.key, reason: "asked for",
                    handle: "RD-\(machine.seat.letters)\(action)", at: machine.clock.now)
                return editing.edits
            }
            if let change { noteCapture(change, by: machine.seat.device, action: action) }
        } catch is Device.Refused {
            // The role does not allow it.
        }
    }

    /// Headquarters redacts all that some record ever said.
    func redactAtHeadquarters(_ scope: Identifier, _ dice: inout SplitMix64) throws {
        let record = Cast.record(Int(dice.next() % 8), in: scope)
        let words = Machine.Words(dice.next())
        let now = server.clock.now
        try server.administer { transaction in
            let values = try transaction.sensitiveValues(in: scope) { edit, _ in edit.record == record }
            try HeadquartersRedaction(transaction: transaction, signer: Cast.serverSigner, now: now) { words.next() }
                .redact(values, in: scope, reason: "asked for")
        }
    }
}
