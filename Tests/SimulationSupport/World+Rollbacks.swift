internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkStore

// A server that is put back without a word is found out by whoever holds its word for what it lacks now.
extension World {
    /// The laptops that can prove the last rollback, and how many acts the log of headquarters had then.
    struct Rollback {
        /// By number, with the words that each holds.
        var machines: [Int: [PlaceProof]]
        let acts: Int
    }

    /// The server goes on from another copy. Of an earlier rollback nobody can know any more whether it was noticed.
    func noteRollback(isAnnounced: Bool) {
        rollback = nil
        guard !isAnnounced else { return }
        do {
            try server.store.read { snapshot in
                let present = try snapshot.identity().epoch
                var able: [Int: [PlaceProof]] = [:]
                for machine in machines {
                    guard let replicas = try machine.device?.state.replicas else { continue }
                    let words = try replicas.compactMap { id, replica -> PlaceProof? in
                        guard let word = replica.proof, try snapshot.isStaffed(machine.seat.member, on: id) else { return nil }
                        return try word.epoch == present ? snapshot.contains(word.place, in: id) ? nil : word : snapshot.mayHaveHad(epoch: word.epoch) ? nil : word
                    }
                    if !words.isEmpty { able[machine.number] = words }
                }
                guard !able.isEmpty else { return }
                rollback = Rollback(machines: able, acts: try snapshot.audit().count)
                counts.provableRollbacks += 1
            }
        } catch where server.hasTrouble {} catch { fault("looking who can prove a rollback", error) }
    }

    /// A laptop goes on from another copy of its store: what it could prove it may be able to prove no more.
    func forgetWord(of machine: Machine) { rollback?.machines[machine.number] = nil }

    /// At rest one of them has come.
    func checkRollback(_ snapshot: TenantSnapshot) throws {
        guard let rollback else { return }
        let came = try machines.contains { machine in
            guard let words = rollback.machines[machine.number], case .complete? = machine.ends.last, try snapshot.device(machine.seat.device)?.revoked == nil else { return false }
            // What others gave back with its time and verdicts is the very log again: then nothing is lacking that it could have shown.
            guard try words.contains(where: { try !snapshot.contains($0.place, in: $0.scope) }) else { return false }
            // Of engagements that began meanwhile it needs to be on those of its own words alone.
            let needed = Set((0..<schedule.scopes).map(Cast.scope)).union(words.map(\.scope))
            return try needed.allSatisfy { try snapshot.isStaffed(machine.seat.member, on: $0) }
        }
        guard came else { return }
        let isNoticed = try snapshot.audit().dropFirst(rollback.acts).contains { $0.act == "epoch.renew" && $0.detail.hasPrefix("rolled back") }
        if !isNoticed { violate(.unreported, "files of the server were copied back, a laptop that could prove it has synced, and nobody was told") }
    }
}
