internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkStore

// One checker for each invariant, asked when the quiet phase is over. They know from outside what was captured, and read the server's
// store and the devices' replicas; they share no code with the merge rule.
extension World {
    // MARK: Who holds what

    /// The log of a scope with its changes opened. Blocks are opened once in a schedule.
    private func log(_ scope: Identifier, _ snapshot: TenantSnapshot) throws -> [(entry: LogEntry, block: Block?)] {
        try snapshot.entries(of: scope, after: 0).map { stored in
            guard case .block(let hash) = stored.entry.content else { return (stored.entry, nil) }
            let key = OpenedBlock(hash: hash, sensitive: stored.sensitive)
            if let block = opened[key] { return (stored.entry, block) }
            let primitives = SimulationPrimitives()
            let block = try Block.open(stored.block, sensitive: SensitivePart.decode(stored.sensitive, primitives), primitives)
            opened[key] = block
            return (stored.entry, block)
        }
    }

    /// The changes that somebody holds: logs, quarantine, devices; a device also holds what it has read of others' work, and can give it back.
    func held(without absent: Machine? = nil) -> Set<Identifier> {
        var held: Set<Identifier> = []
        do {
            try server.store.read { snapshot in
                for scope in scopes where try hasBegun(scope, snapshot) {
                    for (_, block) in try log(scope, snapshot) { for change in block?.changes ?? [] { held.insert(change.id) } }
                }
                for change in try snapshot.quarantine() { held.insert(change.id) }
            }
            for machine in machines where machine !== absent {
                for replica in try machine.device.state.replicas.values { held.formUnion(replica.history.keys) }
            }
        } catch { fault("looking who holds what", error) }
        return held
    }

    func checkNothingLostOnTheWay() {
        let missing = living.subtracting(held())
        if let first = missing.min() { violate(.lost, "\(missing.count) changes are nowhere any more, among them \(first)") }
        checkNoAttachmentLost()
    }

    /// Does the machine hold work of others that is nowhere else any more?
    func isLastHolder(_ machine: Machine) -> Bool {
        let others = living.filter { captured[$0]?.device != machine.seat.device }
        return !others.subtracting(held(without: machine)).isEmpty
    }

    /// A device that goes on from an older copy of its store forks its streams wherever the server has more of them: it must say so.
    func noteForks(of machine: Machine) {
        untoldForks = untoldForks.filter { $0.machine != machine.number }
        // A copy in which a wipe had begun is wiped when it is opened.
        guard let device = machine.device else { return }
        do {
            let ends = try server.store.read { try $0.streamEnds(ofDevice: machine.seat.device) }
            for (scope, replica) in try device.state.replicas {
                if let end = ends.first(where: { $0.0 == replica.stream })?.1, !replica.holds(end) {
                    untoldForks.insert(Fork(machine: machine.number, scope: scope, incarnation: replica.stream.incarnation))
                }
            }
        } catch { fault("looking for forks", error) }
    }

    /// Of a fork that the server was put back behind, nobody can know any more.
    func forgetForks() {
        let known = untoldForks
        for machine in machines { noteForks(of: machine) }
        untoldForks.formIntersection(known)
    }

    /// A device that seals what it had captured before once more makes the very block that the server has: there was no fork.
    private func dissolveForks() throws {
        let ends = try server.store.read { snapshot in
            try Dictionary(uniqueKeysWithValues: machines.map { ($0.number, try snapshot.streamEnds(ofDevice: $0.seat.device)) })
        }
        for fork in untoldForks {
            guard let replica = try machines.first(where: { $0.number == fork.machine })?.device.state.replicas[fork.scope], replica.stream.incarnation == fork.incarnation,
                let end = ends[fork.machine]?.first(where: { $0.0 == replica.stream })?.1, replica.holds(end)
            else { continue }
            untoldForks.remove(fork)
        }
    }

    // MARK: At rest

    func checkAtRest() {
        do {
            try dissolveForks()
            try server.store.read { snapshot in
                for scope in scopes { try check(scope, snapshot) }
                if schedule.seed % 8 == 0 || schedule.hasPrivacy { try checkVerification(snapshot) }
                // Devices heal a log that went back; but it may only go back where somebody put it back.
                if counts.serverRestores == 0, try snapshot.alarms().contains(where: { $0.kind == .rolledBack }) {
                    violate(.faulted, "a device held a receipt for what the log does not hold, and nobody had put the server back")
                }
            }
            try server.store.read {
                try checkWipes($0)
                try checkRedemptions($0)
                try checkRollback($0)
            }
            if schedule.hasAttachments { try checkAttachments() }
        } catch { fault("reading the server's store at rest", error) }
        if let fork = untoldForks.min(by: { ($0.machine, $0.scope) < ($1.machine, $1.scope) }) {
            violate(.unreported, "device \(fork.machine) was restored, forked its stream of \(fork.scope), and told nobody")
        }
    }

    private func checkVerification(_ snapshot: TenantSnapshot) throws {
        let wrong = mistake == .misplacesAKey ? cast.seats[0].device : nil
        let keys = Dictionary(uniqueKeysWithValues: cast.seats.map { ($0.device, $0.device == wrong ? Cast.authority : $0.signer.publicKey) })
        if case .fails(let fault) = try snapshot.verify(keyOf: { $0 == Cast.author ? Cast.serverSigner.publicKey : keys[$0] }) {
            violate(.unverified, "\(fault)")
        }
    }

    /// What the log of a scope comes to, read without the merge rule.
    private struct Reading {
        var changes: [Identifier: Change] = [:]
        var applied: Set<Identifier> = []
        var refused: Set<Identifier> = []
        var blocks: Set<Hash256> = []
        /// The leaf hashes of what is redacted.
        var barred: Set<Hash256> = []
        /// Of values that the log lacks, by leaf hash: the change.
        var bare: [Hash256: Identifier] = [:]
    }

    private func check(_ id: Identifier, _ snapshot: TenantSnapshot) throws {
        guard let scope = try snapshot.scope(id) else {
            // Where headquarters was not told that an engagement began, nobody was on it.
            if begun.contains(id), !living.contains(where: { captured[$0]?.scope == id }) { return }
            return violate(.lost, "scope \(id) is gone")
        }
        let reading = try checkLog(id, snapshot)
        let quarantine = try snapshot.quarantine().filter { $0.scope == id }
        checkNothingLost(id, reading, quarantine)
        var records: [Identifier: RecordState] = [:]
        try snapshot.records(in: id) { records[$0] = $1 }
        checkHeads(reading, records)
        if schedule.hasPrivacy {
            try checkBarred(id, reading.barred, records, snapshot)
            checkWithdrawn(reading.applied.sorted().compactMap { reading.changes[$0] }, records)
        }
        checkValues(reading, quarantine)
        let lacking = try lackingValues(id, quarantine, snapshot)
        for machine in machines {
            guard try snapshot.device(machine.seat.device)?.revoked == nil, try snapshot.isStaffed(machine.seat.member, on: id) else { continue }
            let isAnalyst = try isAnalyst(machine.seat.member, snapshot)
            let kept = Set(quarantine.filter { $0.refusal == .withoutSensitive }.map(\.id))
            try check(machine, scope, isAnalyst ? records.mapValues(bare) : records, reading, isAnalyst: isAnalyst, keptBare: kept)
            if !isAnalyst { try checkHandsInValues(machine, id, lacking) }
        }
    }

    /// Signatures, and that nothing is applied twice.
    private func checkLog(_ id: Identifier, _ snapshot: TenantSnapshot) throws -> Reading {
        var reading = Reading()
        var actions: [Int: Identifier] = [:]
        func apply(_ change: Identifier) {
            if !reading.applied.insert(change).inserted { violate(.duplicated, "change \(change) is accepted twice") }
            guard let capture = captured[change] else { return }
            if let other = actions.updateValue(change, forKey: capture.action), other != change {
                violate(.duplicated, "one action of a member is applied as change \(other) and as change \(change)")
            }
        }
        for (entry, block) in try log(id, snapshot) {
            switch entry.content {
            case .release(let ids):
                for change in ids where reading.refused.remove(change) != nil { apply(change) }
            case .block(let hash):
                guard let block else { continue }
                reading.blocks.insert(hash)
                let isHeadquarters = block.stream.device == Cast.author
                let key = isHeadquarters ? Cast.serverSigner.publicKey : cast.seats.first { $0.device == block.stream.device }?.signer.publicKey
                if key.map({ !block.isSigned(by: $0, SimulationPrimitives()) }) ?? true {
                    violate(.unsigned, "block \(hash) is signed by no device that is known")
                }
                for (change, verdict) in zip(block.changes, entry.verdicts) {
                    // In engagements headquarters redacts, and says nothing else but, of those that begin, what they are.
                    let isRedaction = isHeadquarters && schedule.hasPrivacy && change.edits.allSatisfy { $0.type == Catalogue.redaction.number }
                    if !isRedaction, captured[change.id]?.device != block.stream.device {
                        violate(.unsigned, "change \(change.id) was never made on the device that signed it")
                    }
                    reading.changes[change.id] = change
                    for edit in change.edits { if case .withheld(let leaf) = edit.content { reading.bare[leaf] = change.id } }
                    switch verdict {
                    case .accepted: apply(change.id)
                    case .refused: reading.refused.insert(change.id)
                    case .duplicate: break
                    }
                }
            }
        }
        if schedule.hasPrivacy { reading.barred = Set(reading.applied.compactMap { reading.changes[$0] }.flatMap(\.redacts).map(\.leaf)) }
        counts.refusals += reading.refused.count
        return reading
    }

    private func checkNothingLost(_ id: Identifier, _ reading: Reading, _ quarantine: [QuarantinedChange]) {
        let kept = Set(quarantine.map(\.id))
        for change in living.sorted() where captured[change]?.scope == id {
            if !reading.applied.contains(change), !kept.contains(change) {
                violate(.lost, "change \(change) of device \(captured[change].map { "\($0.device.low)" } ?? "") is neither applied nor in quarantine")
            }
        }
        if let twice = reading.applied.intersection(kept).min() { violate(.duplicated, "change \(twice) is applied, and in quarantine") }
        for change in reading.refused.subtracting(kept).sorted() { violate(.unreported, "change \(change) was refused and the quarantine does not show it") }
        for change in quarantine where change.refusal.rawValue == 0 { violate(.unreported, "change \(change.id) is in quarantine without a reason") }
    }

    /// Sensitive values are in the log, or redacted: nobody who may not read them has let their change in without them.
    private func checkValues(_ reading: Reading, _ quarantine: [QuarantinedChange]) {
        // A redaction that was applied once may be refused when it is given back, and its value is gone.
        let redacted = Set(captured.values.flatMap(\.change.redacts).map(\.leaf)).union(reading.changes.values.flatMap(\.redacts).map(\.leaf))
        for (leaf, change) in reading.bare.sorted(by: { $0.key < $1.key }) where !redacted.contains(leaf) {
            violate(.lost, "change \(change) is in the log without its value \(leaf), which nobody redacted")
        }
        counts.bare += quarantine.count { $0.refusal == .withoutSensitive }
    }

    /// What headquarters keeps that lacks sensitive values of its own. A change that lacks none is kept beside one of its block that does, whole: a block is let in as
    /// one, and a device that holds no more of it has nothing to hand in.
    private func lackingValues(_ scope: Identifier, _ quarantine: [QuarantinedChange], _ snapshot: TenantSnapshot) throws -> [Identifier] {
        guard quarantine.contains(where: { $0.refusal == .withoutSensitive }) else { return [] }
        var lacking: [Identifier] = []
        try snapshot.heldChanges { held in
            if held.change.scope == scope, held.refusal == .withoutSensitive, Self.lacksValues(held.change) { lacking.append(held.change.id) }
        }
        return lacking
    }

    private static func lacksValues(_ change: Change) -> Bool { change.edits.contains { if case .withheld = $0.content { true } else { false } } }

    /// What headquarters has without its sensitive values no staffed device holds with them.
    private func checkHandsInValues(_ machine: Machine, _ scope: Identifier, _ lacking: [Identifier]) throws {
        guard let replica = try machine.device.state.replicas[scope] else { return }
        for id in lacking {
            guard let change = replica.history[id], !Self.lacksValues(change) else { continue }
            violate(.unsent, "device \(machine.number) holds change \(id) with its values, and headquarters has it without them")
        }
    }

    /// Every applied edit is a head, or named by an applied edit of the same target; never both, never neither.
    private func checkHeads(_ reading: Reading, _ records: [Identifier: RecordState]) {
        struct Place: Hashable {
            let record: Identifier
            let target: Target
            let name: EditName
        }
        var named: Set<Place> = []
        var heads: Set<Place> = []
        for change in reading.applied.compactMap({ reading.changes[$0] }) {
            for edit in change.edits { for name in edit.supersedes { named.insert(Place(record: edit.record, target: edit.target, name: name)) } }
        }
        for (record, state) in records {
            for slot in state.slots {
                for head in slot.heads { heads.insert(Place(record: record, target: slot.target, name: head.name)) }
                if slot.heads.count > 1 { counts.conflicts += 1 }
            }
        }
        for id in reading.applied.sorted() {
            guard let change = reading.changes[id] else { continue }
            for (index, edit) in change.edits.enumerated() {
                let place = Place(record: edit.record, target: edit.target, name: change.name(index))
                if heads.contains(place) == named.contains(place) {
                    violate(.lost, "edit \(index) of change \(id) is \(heads.contains(place) ? "a head although it was superseded" : "neither a head nor superseded")")
                }
            }
        }
        if heads.count > 0, let stray = heads.first(where: { !reading.applied.contains($0.name.change) }) {
            violate(.unsigned, "record \(stray.record) shows a head of no applied change")
        }
    }

    private func check(_ machine: Machine, _ scope: TenantScope, _ records: [Identifier: RecordState], _ reading: Reading, isAnalyst: Bool, keptBare: Set<Identifier>) throws {
        let who = "device \(machine.number), scope \(scope.id)"
        guard case .complete? = machine.ends.last else { return violate(.unconverged, "\(who): its last sync did not finish") }
        let state = try machine.device.state
        guard let replica = state.replicas[scope.id] else { return violate(.unconverged, "\(who): it is staffed and has no copy") }
        guard replica.cursor == scope.place else {
            return violate(.unconverged, "\(who): it has read to \(replica.cursor.position) of \(scope.place.position)")
        }
        if replica.confirmed.digest != scope.digest { violate(.diverged, "\(who): another digest") }
        // What a device read or wrote under another role it keeps.
        var shown = isAnalyst ? replica.confirmed.records.mapValues(bare) : replica.confirmed.records
        if mistake == .hidesAHead, let (id, state) = shown.min(by: { $0.key < $1.key }) {
            shown[id] = RecordState(type: state.type, slots: Array(state.slots.dropFirst()), early: state.early)
        }
        for id in Set(shown.keys).union(records.keys).sorted() where shown[id] != records[id] {
            violate(.diverged, "\(who): record \(id) is not what the server has")
        }
        let blocks = mistake == .overlooksBlocks ? [] : reading.blocks
        for block in replica.blocks where replica.receipted.contains(block.end.hash) && !blocks.contains(block.end.hash) {
            violate(.unfounded, "\(who): it has a receipt for block \(block.end.hash), and the log does not hold it")
        }
        try checkBarred(machine, replica, reading.barred)
        if replica.unsentCount > 0 { violate(.unsent, "\(who): \(replica.unsentCount) changes wait at rest") }
        // Of its own that it read back without the values headquarters says what became of it.
        for change in replica.overlay.keys.sorted() where replica.confirmed.refused[change] == nil && !keptBare.contains(change) {
            violate(.unreported, "\(who): change \(change) is neither applied nor said to be in quarantine")
        }
        if state.scopes[scope.id]?.isWithdrawn == true { violate(.unreported, "\(who): it is staffed and says that it is not") }
    }
}
