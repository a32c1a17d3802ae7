import SeamarkCrypto
public import SeamarkJournal
import SeamarkModel
public import SeamarkStore

extension Device {
    /// Judges edits as `captureAll` would, without storing anything: for trials (`--dry-run`).
    public func judge(_ groups: [[Edit]], in scope: Identifier) throws {
        let state = try self.state
        guard let standing = state.scopes[scope], standing.takesCaptures, var replica = state.replicas[scope] else { throw Refused.noSuchScope }
        try Self.refuseWithdrawn(groups, over: replica)
        let author = author(state.identity)
        var clock = state.clock
        for edits in groups where !edits.isEmpty {
            let composed = ComposedText.composed(edits, over: replica)
            guard !composed.isEmpty else { continue }
            let edits = try Self.whole(composed, over: replica)
            let change = Change(
                scope: scope, stamp: clock.stamp(now: now()), member: state.identity.member, schema: schema, edits: edits,
                primitives: primitives)
            let complaints = Judgement.verdict(on: change, author: author, primitives: SystemPrimitives()) { replica.record($0) }
            guard complaints.isEmpty else { throw Refused.complaints(complaints) }
            replica.apply(.captured(change), primitives)
        }
    }

    /// One action on one record, captured durably unless `isTrial`.
    ///
    /// - Parameters:
    ///   - noting: what the device remembers of it besides, in the same transaction.
    ///   - make: runs inside the transaction, so that nothing another command wrote meanwhile is missed.
    public func capture(
        in scope: Identifier, isTrial: Bool = false, noting: (DeviceState, [Change]) -> DeviceEvent? = { _, _ in nil }, _ make: (RecordCapture) throws -> RecordCapture.Result
    ) throws -> RecordCapture.Result {
        var result: RecordCapture.Result?
        func edits(_ state: DeviceState) throws -> [Edit] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
            let made = try make(try RecordCapture(finder, identity: state.identity, now: now()))
            result = made
            return made.edits
        }
        if isTrial {
            try judge([try edits(state)], in: scope)
        } else {
            try captureAll(in: scope, noting: noting) { state, _ in
                let edits = try edits(state)
                return edits.isEmpty ? [] : [edits]
            }
        }
        guard let result else { preconditionFailure("a capture that succeeds was made") }
        return result
    }
}

extension DeviceScope {
    /// Does the server take what a device writes here?
    var takesCaptures: Bool { kind == .engagement && !isWithdrawn }
}
