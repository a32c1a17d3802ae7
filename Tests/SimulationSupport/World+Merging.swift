internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore
internal import SeamarkTestSupport

// Duplicates that members merge, and merges that they take back, as the commands do. Both are ordinary changes: whoever does not know of one goes on with
// either record, merges the other way, or deletes one of the two.
extension World {
    /// Records of one type, by number, where nobody made another one of them.
    private static let twins = [(1, 5), (4, 6), (2, 7)]

    func merge(_ machine: Machine, _ dice: inout SplitMix64) throws {
        try makeTwins(machine, &dice)
        var known: [(scope: Identifier, first: Identifier, second: Identifier)] = []
        for replica in try workedOn(machine) {
            for (one, other) in Self.twins {
                let (first, second) = (Cast.record(one, in: replica.scope), Cast.record(other, in: replica.scope))
                if replica.record(first) != nil, replica.record(second) != nil { known.append((replica.scope, first, second)) }
            }
        }
        guard let (scope, first, second) = known[safe: Int(dice.next() % UInt64(max(1, known.count)))] else { return }
        let (kept, gone) = dice.chance(50) ? (first, second) : (second, first)
        let rest: RecordCapture.Taking = dice.chance(50) ? .keep : .gone
        var before: RecordState?
        let change = try decide(machine, scope, &dice) { capture in
            guard let one = capture.finder.view(kept), let other = capture.finder.view(gone) else { return [] }
            before = capture.finder.replica.record(gone)
            let isWrong = mistake == .mergesTheOtherWay
            return try capture.merging(isWrong ? other : one, isWrong ? one : other, rest: rest).edits
        }
        guard change != nil, let replica = try machine.device.state.replicas[scope] else { return }
        counts.merges += 1
        if view(gone, replica)?.reference("mergedInto") != kept { violate(.mismerged, "device \(machine.number) merged record \(gone) into \(kept), and it does not say so") }
        // One that stood for another, whom somebody withdrew since, is hidden from whoever merges.
        let survivor = merges(replica).survivor(of: gone)
        if survivor != kept, !schedule.hasPrivacy { violate(.mismerged, "device \(machine.number) merged record \(gone) into \(kept), and \(survivor) stands for it") }
        // It keeps all that it says, so that taking the merge back brings it back.
        for slot in before?.slots ?? [] where slot.target != .field(CommonField.mergedInto) && slot.target != .field(CommonField.mergeSaw) {
            if Set(replica.record(gone)?.heads(of: slot.target).map(\.name) ?? []) != Set(slot.heads.map(\.name)) {
                violate(.mismerged, "device \(machine.number) merged record \(gone) into \(kept), and \(slot.target) of it is no more what it was")
            }
        }
    }

    /// Most schedules are over before somebody happens to capture the second of two: who would merge captures what lacks of one pair.
    private func makeTwins(_ machine: Machine, _ dice: inout SplitMix64) throws {
        let open = try workedOn(machine)
        let (one, other) = Self.twins[Int(dice.next() % UInt64(Self.twins.count))]
        guard let replica = open[safe: Int(dice.next() % UInt64(max(1, open.count)))], try machine.device.orderedWipe == nil else { return }
        for record in [one, other].map({ Cast.record($0, in: replica.scope) }) where replica.record(record) == nil {
            try capture(record, machine, replica.scope, nextAction(), &dice, isToBeWiped: false)
        }
    }

    func unmerge(_ machine: Machine, _ dice: inout SplitMix64) throws {
        var merged: [(scope: Identifier, gone: Identifier)] = []
        for replica in try workedOn(machine) {
            for id in replica.recordIDs where view(id, replica)?.reference("mergedInto") != nil { merged.append((replica.scope, id)) }
        }
        guard let (scope, gone) = merged[safe: Int(dice.next() % UInt64(max(1, merged.count)))] else { return }
        let change = try decide(machine, scope, &dice) { capture in
            guard let record = capture.finder.view(gone) else { return [] }
            return try capture.unmerging(record).edits
        }
        guard change != nil, let replica = try machine.device.state.replicas[scope] else { return }
        counts.unmerges += 1
        let survivor = merges(replica).survivor(of: gone)
        if survivor != gone { violate(.mismerged, "device \(machine.number) took back that record \(gone) was merged, and \(survivor) stands for it still") }
    }

    /// The engagements that the device holds and its member is on.
    private func workedOn(_ machine: Machine) throws -> [Replica] {
        let state = try machine.device.state
        return state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement && state.scopes[$0]?.isWithdrawn == false }.compactMap { state.replicas[$0] }
    }

    private func view(_ id: Identifier, _ replica: Replica) -> RecordView? { replica.record(id).map { RecordView(id: id, state: $0) } }

    /// What a member decides of records that are there. Nil where there is nothing to it, or the device says at once why not: then nothing was captured.
    private func decide(_ machine: Machine, _ scope: Identifier, _ dice: inout SplitMix64, _ make: (RecordCapture) throws -> [Edit]) throws -> Change? {
        let action = nextAction()
        let words = Machine.Words(dice.next())
        do {
            let change = try machine.device.capture(in: scope) { state, _ in
                guard let finder = RecordFinder(state, scope: scope) else { return [] }
                return try make(RecordCapture(finder, identity: state.identity, now: machine.clock.now) { words.next() })
            }
            if let change { noteCapture(change, by: machine.seat.device, action: action) }
            return change
        } catch is Device.Refused {
            return nil
        } catch is RecordCapture.Failure {
            return nil
        }
    }

    /// With what is hidden of those who withdrew consent: it is merged all the same.
    private func merges(_ replica: Replica) -> Merges { Merges(replica.recordIDs.compactMap { view($0, replica) }) }
}
