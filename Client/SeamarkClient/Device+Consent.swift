import SeamarkJournal
import SeamarkModel

extension Device {
    /// Nothing more is captured of what somebody said who withdrew consent. (What a device captures that does not know of it is hidden
    /// everywhere, and redacted by the server.)
    static func refuseWithdrawn(_ groups: [[Edit]], over replica: Replica) throws(Refused) {
        let spoken = Withdrawals.spoken
        let isSpoken = groups.contains { $0.contains { edit in edit.target != .life && spoken.contains { $0.number == edit.type } } }
        guard isSpoken else { return }
        let asked = [Catalogue.person.number, Catalogue.interview.number]
        let withdrawals = Withdrawals(replica.recordIDs.filter { id in replica.record(id).map { asked.contains($0.type) } == true }.compactMap { replica.view($0) })
        guard !withdrawals.isEmpty else { return }
        for edits in groups {
            var seen: Set<Identifier> = []
            for edit in edits where edit.target != .life && seen.insert(edit.record).inserted {
                guard let type = spoken.first(where: { $0.number == edit.type }) else { continue }
                let shown = replica.view(edit.record)
                /// What the record says once the edits are applied.
                func ids(_ key: String) -> [Identifier] {
                    guard let number = type.field(key: key)?.number else { return [] }
                    if let new = edits.last(where: { $0.record == edit.record && $0.target == .field(number) }) { return new.content.value?.id.map { [$0] } ?? [] }
                    return shown?.reference(key).map { [$0] } ?? []
                }
                let (persons, interviews) = (ids("person"), ids("interview"))
                guard withdrawals.conceals(persons: persons, interviews: interviews) else { continue }
                let meant = persons + interviews.flatMap { replica.view($0)?.references("persons") ?? [] }
                let person = meant.first(where: withdrawals.includes)
                throw .consentWithdrawn(person.flatMap { replica.view($0)?.handle } ?? "")
            }
        }
    }
}
