public import SeamarkJournal

extension TenantTransaction {
    /// Takes in entries that an earlier life of this log held, in their order: what a store lost when it was put back to an older copy
    /// comes back from its devices, whoever of them wrote it.
    ///
    /// A block keeps its verdicts and its time, except that *duplicate* is judged anew where the log lacks that change. What an earlier
    /// verdict or release accepted and the log now refuses is released by a new entry. Of a device that may not write here any more,
    /// what no log holds goes into quarantine; so does what came without its sensitive values, until it comes whole.
    ///
    /// - Parameters:
    ///   - earlierServerKeys: what the server's own blocks may be signed by besides.
    ///   - key: the signing key of a device, the server's own among them; nil for one that is not known.
    public func donate(
        _ donation: Donation, judge: Judge, earlierServerKeys: [[UInt8]] = [], key: (Identifier) throws -> [UInt8]?
    ) throws -> DonationOutcome {
        let server = ServerBlocks(of: try identity().author, earlierServerKeys)
        return try whole {
            var appending = Appending(self)
            guard let scope = try appending.open(donation.scope) else { return .refused(.unknownScope) }
            var refusal: Refusal?
            if let giver = donation.device {
                guard let device = try device(giver), let member = try member(device.member) else { return .refused(.unknownDevice) }
                guard !device.awaitsConfirmation else { return .refused(.awaitsConfirmation) }
                refusal = try self.refusal(of: device, member, on: scope.key)
            }
            var unverified = 0
            func isGenuine(_ block: Block) throws -> Bool {
                guard block.stream.scope == donation.scope, let key = try key(block.stream.device) else { return false }
                return block.isSigned(by: key, primitives) || server.isSignedEarlier(block, primitives)
            }
            func keep(_ block: Block, _ sensitive: [UInt8], _ refusal: Refusal) throws {
                guard try !isPresent(block, in: scope) else { return }
                try quarantine(Push(device: block.stream.device, block: block, sensitive: sensitive, received: donation.received), refusal, scope.key)
            }
            for item in donation.items {
                switch item {
                case .release(let ids):
                    if refusal == nil { try honour(ids, donation.received, &appending) }
                case .block(let block, let sensitive, let verdicts, let received):
                    guard verdicts.count == block.changes.count, try isGenuine(block) else {
                        unverified += 1
                        continue
                    }
                    if let refusal {
                        try keep(block, sensitive, refusal)
                        continue
                    }
                    try admit(block, sensitive, verdicts, received, to: scope, &appending, judge)
                    try honour(zip(block.changes, verdicts).filter { $1 == .accepted }.map(\.0.id), donation.received, &appending)
                case .bare(let block, let sensitive):
                    guard try isGenuine(block) else {
                        unverified += 1
                        continue
                    }
                    // Whoever hands it in: let in for another reason, it would bar the way to the values that others hold.
                    try keep(block, sensitive, .withoutSensitive)
                case .kept(let block, let sensitive, let reason, let received):
                    guard try isGenuine(block) else {
                        unverified += 1
                        continue
                    }
                    guard try !isPresent(block, in: scope) else { continue }
                    try quarantine(Push(device: block.stream.device, block: block, sensitive: sensitive, received: received), reason, scope.key)
                }
            }
            try appending.finish()
            return refusal.map { .quarantined($0, unverified: unverified) } ?? .admitted(unverified: unverified)
        }
    }

    private func isPresent(_ block: Block, in scope: OpenScope) throws -> Bool {
        guard let stream = try scope.knownStream(block.stream) else { return false }
        return try appended(block.hash, scope: scope.id, stream: stream.key, first: block.first) != nil
    }

    private func admit(
        _ block: Block, _ sensitive: [UInt8], _ verdicts: [Verdict], _ received: Int64, to scope: OpenScope, _ appending: inout Appending,
        _ judge: Judge
    ) throws {
        guard try !isPresent(block, in: scope) else { return try scope.advance(over: block) }
        var index = -1
        let author = try member(block.member)
        _ = try appending.append(block, sensitive: sensitive, received: received, to: scope) { change in
            // Changes come in order; those that the log holds are duplicates and are not asked about.
            while index < 0 || block.changes[index].id != change.id { index += 1 }
            guard verdicts[index] == .duplicate else { return verdicts[index] }
            guard let author else { return .refused(.notStaffed) }
            return try judge(change, author) { id throws(StoreError) in try scope.records.look(at: id) }
        }
    }

    /// Accepted or released once: accepted for ever.
    private func honour(_ ids: [Identifier], _ received: Int64, _ appending: inout Appending) throws {
        var waiting: [Identifier] = []
        for id in ids where try changePlace(id)?.isWaiting == true { waiting.append(id) }
        guard !waiting.isEmpty else { return }
        _ = try releaseRefused(waiting, received: received, &appending)
    }
}
