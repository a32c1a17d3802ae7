public import SeamarkJournal
public import SeamarkStore

/// What a device knows of its own work that the server keeps and does not apply: compared before and after a sync, it tells what went into
/// quarantine and what was let out.
public struct QuarantineWatch: Sendable {
    /// An own change in quarantine.
    public struct Held: Sendable {
        public let change: Change
        public let scope: Identifier
        /// Nil where the server keeps the whole block aside, until headquarters decides.
        public let refusal: Refusal?
    }

    /// What brought a change out of quarantine, as far as a device can tell.
    public enum Way: CaseIterable, Hashable, Sendable {
        /// Headquarters released it.
        case letIn
        /// The server takes this laptop's work again, as of a member who is back on an engagement, and it was sent once more. Nobody released anything.
        case sentAgain
        /// One or the other: this sync sent some, and the log had others already.
        case either
    }

    /// By scope, then in the order in which they were made.
    public let held: [Held]
    private let ids: Set<Identifier>

    public init(_ state: DeviceState) {
        let isRevoked = state.settings[.isRevoked] == .bool(true)
        // What the server has no place for it keeps nowhere.
        let unknown = state.unknownScopes
        var held: [Held] = []
        for scope in state.scopeIDs {
            guard let replica = state.replicas[scope], let standing = state.scopes[scope], standing.kind == .engagement else { continue }
            var own = replica.confirmed.refused.values.filter { $0.change.stamp.device == replica.stream.device }
                .map { Held(change: $0.change, scope: scope, refusal: $0.refusal) }
            if isRevoked || standing.isWithdrawn, !unknown.contains(scope) {
                for block in replica.waiting {
                    own += block.changes.compactMap { replica.history[$0] }.map { Held(change: $0, scope: scope, refusal: nil) }
                }
            }
            held += own.sorted { $0.change.stamp < $1.change.stamp }
        }
        self.held = held
        ids = Set(held.map(\.change.id))
    }

    /// Those of now that were not there `before`.
    public func new(since before: QuarantineWatch) -> [Held] { held.filter { !before.ids.contains($0.change.id) } }

    /// Which way one went that is applied now.
    ///
    /// - Parameters:
    ///   - own: what became of this device's own work in the same sync.
    ///   - sent: changes that the sync sent and that got their receipts.
    public static func way(of released: Held, _ own: OwnChanges.News, sent: Int) -> Way {
        // One that the log holds and refused is applied by a release alone.
        guard released.refusal == nil else { return .letIn }
        return own.arrived == 0 ? .sentAgain : sent == 0 ? .letIn : .either
    }

    /// Those of `before` that are applied now.
    public func released(since before: QuarantineWatch, _ state: DeviceState) -> [Held] {
        before.held.filter { state.replicas[$0.scope]?.confirmed.applied.contains($0.change.id) == true }
    }
}
