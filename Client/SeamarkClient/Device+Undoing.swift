public import SeamarkJournal
import SeamarkModel
import SeamarkStore

extension Device {
    /// So many undone steps are remembered as such; an older one counts as not undone.
    static let mostUndoings = 500

    /// Takes back this member's newest step that still stands, durably unless `isTrial`: a second call goes one step further. `isRedo` takes back the
    /// newest of these. Nil where there is nothing to take back.
    public func takeBack(in scope: Identifier, isRedo: Bool, isTrial: Bool) throws -> RecordCapture.TakenBack? {
        var taken: RecordCapture.TakenBack?
        func edits(_ state: DeviceState) throws -> [[Edit]] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
            let capture = try RecordCapture(finder, identity: state.identity, now: now())
            let pairs = Self.undoings(state)
            if isRedo {
                taken = pairs.reversed().lazy.compactMap { pair in finder.change(pair.undoing).map(capture.takingBack) }.first { !$0.edits.isEmpty }
            } else {
                let passed = Set(pairs.flatMap { [$0.undoing, $0.undone] })
                taken = capture.takingBackNewest { !passed.contains($0) }
            }
            return taken.map { [$0.edits] } ?? []
        }
        if isTrial {
            try judge(try edits(state), in: scope)
        } else {
            try captureAll(in: scope, noting: { state, changes in
                guard let taken else { return nil }
                var pairs = Self.undoings(state).filter { !isRedo || $0.undoing != taken.change.id }
                if !isRedo { pairs += changes.map { ($0.id, taken.change.id) } }
                return .setting(.undoings, .list(pairs.suffix(Self.mostUndoings).flatMap { [.id($0.undoing), .id($0.undone)] }))
            }, { state, _ in try edits(state) })
        }
        return taken
    }

    /// Which change took which back, the oldest first.
    private static func undoings(_ state: DeviceState) -> [(undoing: Identifier, undone: Identifier)] {
        let ids = state.settings[.undoings]?.list?.compactMap(\.id) ?? []
        return stride(from: 0, to: ids.count - 1, by: 2).map { (ids[$0], ids[$0 + 1]) }
    }
}
