internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

// How long sensitive values are kept, and attachments where that was chosen too: agreed once, and kept by the running server.
extension TenantOffice {
    public struct RetentionStanding: Sendable {
        /// Nil where everything is kept until somebody redacts it.
        public let days: Int64?
        /// Are attachments meant too?
        public let includesAttachments: Bool
        /// By engagement, as it is called: sensitive values and attachments that are due.
        public let due: [(engagement: String, values: Int, attachments: Int)]
        /// The schedule waits for somebody to look at the clock: its last sign is of then. Milliseconds since 1970.
        public let silentSince: Int64?

        public var values: Int { due.reduce(0) { $0 + $1.values } }
        public var attachments: Int { due.reduce(0) { $0 + $1.attachments } }
    }

    /// What is agreed, and what is due now. Reads only.
    ///
    /// - Parameters:
    ///   - days: as if so much were agreed.
    ///   - attachments: then of attachments too.
    public func retention(ifDays days: Int64? = nil, attachments: Bool = false) throws -> RetentionStanding {
        let now = clock.now()
        return try store.read { snapshot in
            let agreed = try Retention(of: snapshot)
            guard let retention = days.map({ Retention(days: $0, attachments: attachments) }) ?? agreed else {
                return RetentionStanding(days: nil, includesAttachments: false, due: [], silentSince: nil)
            }
            let directory = try Directory(snapshot)
            var due: [(engagement: String, values: Int, attachments: Int)] = []
            for scope in try snapshot.scopes() where scope.kind == .engagement {
                let values = try retention.due(in: scope.id, snapshot, at: now).count
                let attachments = try retention.dueAttachments(in: scope.id, snapshot, at: now).count
                guard values + attachments > 0 else { continue }
                due.append((directory.engagements.first { $0.id == scope.id }?.handle ?? scope.id.description, values, attachments))
            }
            let sign = try Retention.lastSign(snapshot)
            let isSilent = agreed != nil && now - sign > Retention.mostSilentDays * Retention.day
            return RetentionStanding(days: retention.days, includesAttachments: retention.attachments, due: due, silentSince: isSilent ? sign : nil)
        }
    }

    /// Agrees how long sensitive values are kept; nil for ever. The running server redacts what is due within a day.
    ///
    /// - Parameter attachments: whether attachments are kept no longer either. Not saying so keeps them, whatever was agreed before.
    public func setRetention(days: Int64?, attachments: Bool = false) throws {
        let now = clock.now()
        try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let identity = try transaction.identity()
            func write(_ days: Value) throws { try headquarters.write(Catalogue.tenant, identity.id, in: headquarters.shared) { $0.set("retentionDays", days) } }
            // Each choice is a change of its own, also of the same days: its act names that.
            if days != nil, try Retention(of: transaction)?.days == days { try write(.absent) }
            try write(days.map(Value.int) ?? .absent)
            let change = try transaction.record(identity.id, in: headquarters.shared).flatMap(Retention.choice)?.name.change
            try transaction.noteAct(Retention.setAct, detail: Retention.detail(days, withAttachmentsBy: attachments ? change : nil), at: now)
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
        try dropErasedAttachments()
        // A sign of life also where nothing was due.
        if standing.values + standing.attachments == 0 { try Retention.look(store, at: clock.now()) }
        return standing
    }
}
