internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

// How long sensitive values are kept: agreed once, and kept by the running server.
extension TenantOffice {
    public struct RetentionStanding: Sendable {
        /// Nil where everything is kept until somebody redacts it.
        public let days: Int64?
        /// By engagement, as it is called: sensitive values that are due.
        public let due: [(engagement: String, values: Int)]
        /// The schedule waits for somebody to look at the clock: its last sign is of then. Milliseconds since 1970.
        public let silentSince: Int64?

        public var values: Int { due.reduce(0) { $0 + $1.values } }
    }

    /// What is agreed, and what is due now. Reads only.
    ///
    /// - Parameter days: as if so much were agreed.
    public func retention(ifDays days: Int64? = nil) throws -> RetentionStanding {
        let now = clock.now()
        return try store.read { snapshot in
            let agreed = try Retention(of: snapshot)
            guard let retention = days.map(Retention.init(days:)) ?? agreed else { return RetentionStanding(days: nil, due: [], silentSince: nil) }
            let directory = try Directory(snapshot)
            var due: [(engagement: String, values: Int)] = []
            for scope in try snapshot.scopes() where scope.kind == .engagement {
                let count = try retention.due(in: scope.id, snapshot, at: now).count
                if count > 0 { due.append((directory.engagements.first { $0.id == scope.id }?.handle ?? scope.id.description, count)) }
            }
            let sign = try Retention.lastSign(snapshot)
            let isSilent = agreed != nil && now - sign > Retention.mostSilentDays * Retention.day
            return RetentionStanding(days: retention.days, due: due, silentSince: isSilent ? sign : nil)
        }
    }

    /// Agrees how long sensitive values are kept; nil for ever. The running server redacts what is due within a day.
    public func setRetention(days: Int64?) throws {
        let now = clock.now()
        try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let identity = try transaction.identity()
            try headquarters.write(Catalogue.tenant, identity.id, in: headquarters.shared) { $0.set("retentionDays", days.map(Value.int) ?? .absent) }
            try transaction.noteAct("retention.set", detail: days.map { "\($0) days" } ?? "for ever", at: now)
        }
    }

    /// Redacts what is due now, however long ago the schedule left a sign: somebody looked at the clock. Returns what was due.
    public func applyRetention() throws -> RetentionStanding {
        let standing = try retention()
        guard standing.days != nil else {
            throw OperationFailure(
                .badInput, doing: "redacting what was kept for long enough", wrong: "nothing is agreed for this tenant",
                remedy: "agree on it first: seamark-server retention set DAYS")
        }
        let retention = try store.read { try Retention(of: $0) }
        _ = try retention?.redact(store, signer: keys.signingKey, at: clock.now())
        // A sign of life also where nothing was due.
        if standing.values == 0 { try Retention.look(store, at: clock.now()) }
        return standing
    }
}
