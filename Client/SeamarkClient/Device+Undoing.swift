public import SeamarkJournal
import SeamarkModel
import SeamarkStore

extension Device {
    /// Takes back this member's newest step that still stands, durably unless `isTrial`: a second call goes one step further. `isRedo` takes back the
    /// newest of these. Nil where there is nothing to take back. Of a newest step that cannot be taken back there are no edits, and `left` says why:
    /// nothing older is touched in its place, since nobody meant that. The next call goes on behind it, and behind those next to it of which nothing
    /// can be taken back either, for as long as they cannot.
    public func takeBack(in scope: Identifier, isRedo: Bool, isTrial: Bool) throws -> RecordCapture.TakenBack? {
        var taken: RecordCapture.TakenBack?
        func edits(_ state: DeviceState) throws -> [[Edit]] {
            taken = try newest(state, scope, isRedo: isRedo)
            return taken.flatMap { $0.edits.isEmpty ? nil : [$0.edits] } ?? []
        }
        if isTrial {
            try judge(try edits(state), in: scope)
        } else {
            try captureAll(in: scope, noting: { state, changes in
                guard let taken, !changes.isEmpty else { return nil }
                var undoings = Undoings(state.settings[.undoings])
                for change in changes { undoings.note(change.id, took: taken.change.id, isRedo: isRedo) }
                return .setting(.undoings, undoings.value)
            }, { state, _ in try edits(state) })
            if let stuck = taken?.stuck, taken?.edits.isEmpty == true {
                try store.transaction { transaction in
                    var undoings = Undoings(transaction.state.settings[.undoings])
                    undoings.pass(stuck)
                    try transaction.append(.setting(.undoings, undoings.value))
                }
            }
        }
        return taken
    }

    private func newest(_ state: DeviceState, _ scope: Identifier, isRedo: Bool) throws -> RecordCapture.TakenBack? {
        guard let finder = RecordFinder(state, scope: scope), let replica = state.replicas[scope] else { throw Refused.noSuchScope }
        let undoings = Undoings(state.settings[.undoings])
        let changes: [Change]
        if isRedo {
            changes = undoings.open.compactMap(finder.change)
        } else {
            let taken = undoings.taken
            changes = replica.history.values.filter {
                $0.member == state.identity.member && replica.confirmed.refused[$0.id] == nil && !taken.contains($0.id) && undoings.isStep($0.id)
            }.sorted { ($0.stamp, $0.id) > ($1.stamp, $1.id) }.map { finder.change($0.id) ?? $0 }
        }
        let passed = Set(undoings.passed)
        var stuck: RecordCapture.TakenBack?
        let others = OthersWork(finder, than: state.identity.member)
        for change in changes {
            // Of a sensitive value that is written again, a salt each; of a set, no more than it names.
            let capture = try RecordCapture(finder, identity: state.identity, now: now(), salts: change.edits.count + 1)
            var back = capture.takingBack(change, undoings, others)
            if back.edits.isEmpty, back.left.isEmpty { continue }
            if !back.edits.isEmpty, !allows(back.edits, state, scope, replica) {
                back.edits = []
                back.left.append("What it wrote may not be changed any more.")
            }
            guard back.edits.isEmpty else {
                stuck?.next = change
                return stuck ?? back
            }
            // Told of before.
            if stuck == nil, passed.contains(change.id) { continue }
            stuck = stuck ?? back
            stuck?.stuck.append(change.id)
            if stuck?.stuck.count == Undoings.most { break }
        }
        return stuck
    }

    /// Would they be taken?
    private func allows(_ edits: [Edit], _ state: DeviceState, _ scope: Identifier, _ replica: Replica) -> Bool {
        guard let edits = try? Self.whole(edits, over: replica) else { return false }
        var clock = state.clock
        let change = Change(scope: scope, stamp: clock.stamp(now: now()), member: state.identity.member, schema: schema, edits: edits, primitives: primitives)
        return Judgement.verdict(on: change, author: author(state.identity), primitives: primitives) { replica.record($0) }.isEmpty
    }
}
