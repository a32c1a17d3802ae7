public import SeamarkJournal

/// A device's word that the rows of some ranges are not what the log says, with the digests that it computed itself.
public struct RowDispute: Hashable, Sendable {
    public let device: Identifier
    public let scope: Identifier
    public let ranges: [RecordRange]
    public let digests: [ScopeDigest]

    public init(device: Identifier, scope: Identifier, ranges: [RecordRange], digests: [ScopeDigest]) {
        self.device = device
        self.scope = scope
        self.ranges = ranges
        self.digests = digests
    }
}

extension TenantSnapshot {
    /// Is a row of the disputed ranges, or the scope's digest, not what the log says? Asked without holding up the writer.
    public func isWrong(_ dispute: RowDispute, _ reckoning: Reckoning) throws(StoreError) -> Bool {
        guard reckoning.wrong.isEmpty else { return true }
        let total = try sums(of: [.all], in: dispute.scope, list: 0)[0].digest
        return try scope(dispute.scope)?.digest != total
    }
}

extension TenantTransaction {
    /// Puts right whatever rows of the disputed ranges, and whatever digest of the scope, are not what the log says: a device can make
    /// nothing else of it. What the log gives and the device computes otherwise is left, and an alarm names the device: their programs differ.
    ///
    /// - Returns: what the log gives of each range, and how many records were put right.
    public func settle(_ dispute: RowDispute, at time: Int64) throws -> (digests: [ScopeDigest], repaired: Int) {
        try whole {
            let doing: StaticString = "repairing records"
            let reckoning = try reckon(dispute.ranges, in: dispute.scope)
            let (key, scope) = try knownScope(dispute.scope, doing: doing)
            let records = StoredRecords(self, scope: key)
            // Values whose record's row is lost would belong to the next one that gets its key.
            if !reckoning.wrong.isEmpty {
                try statement(.removeStraySensitive, doing: doing).run(doing: doing)
                hasErased = true
            }
            for id in reckoning.wrong {
                for query in [Query.removeSensitiveOfRecord, .removeRecord] {
                    let row = try statement(query, doing: doing)
                    row.bind(key, at: 1)
                    row.bind(id, at: 2)
                    try row.run(doing: doing)
                }
                if let state = reckoning.state.records[id] { records.write(state, as: id) }
            }
            try records.writeBack()
            let digest = try sums(of: [.all], in: dispute.scope, list: 0)[0].digest
            if digest != scope.digest {
                let row = try statement(.moveScope, doing: doing)
                row.bind(scope.place.position, at: 1)
                row.bind(scope.place.hash, at: 2)
                row.bind(digest.bytes, at: 3)
                row.bind(key, at: 4)
                try row.run(doing: doing)
            }
            if !reckoning.wrong.isEmpty || digest != scope.digest {
                try raise(.rowsRepaired, device: dispute.device, scope: dispute.scope, incarnation: 0, at: time)
                let names = reckoning.wrong.prefix(8).map { " \($0)" }.joined()
                try noteAct("rows.repair", detail: "\(dispute.scope) \(dispute.device) \(reckoning.wrong.count)\(names)", at: time)
            }
            if reckoning.digests != dispute.digests { try noteRulesDiffer(dispute, at: time) }
            return (reckoning.digests, reckoning.wrong.count)
        }
    }

    /// The rows are what the log says, and the device computes others.
    public func noteRulesDiffer(_ dispute: RowDispute, at time: Int64) throws(StoreError) {
        let isFirst = try raise(.rulesDiffer, device: dispute.device, scope: dispute.scope, incarnation: 0, at: time)
        if isFirst { try noteAct("rows.dispute", detail: "\(dispute.scope) \(dispute.device)", at: time) }
    }
}
