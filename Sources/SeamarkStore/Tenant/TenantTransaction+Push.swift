public import SeamarkJournal

extension TenantTransaction {
    /// Takes blocks in, in order; many connections' pushes may share one call, and with it one commit.
    ///
    /// For each: is it the connection's own; does the log hold it already; who may push, read here and now; does it fit its
    /// stream; then `judge` decides on each change, with the records as the changes before it leave them. Receipts are the
    /// caller's to sign, once the transaction has committed.
    public func push(_ pushes: [Push], judge: Judge) throws -> [PushOutcome] {
        try whole {
            var appending = Appending(self)
            let identity = try identity()
            let outcomes = try pushes.map { try take($0, &appending, identity, judge) }
            try appending.finish()
            return outcomes
        }
    }

    private func take(_ push: Push, _ appending: inout Appending, _ identity: TenantIdentity, _ judge: Judge) throws -> PushOutcome {
        let block = push.block
        guard push.epoch == 0 || push.epoch == identity.epoch else { return .refused(.otherEpoch, .beginning) }
        guard let scope = try appending.open(block.stream.scope) else { return .refused(.unknownScope, .beginning) }
        guard let device = try device(push.device), let member = try member(device.member) else {
            return .refused(.unknownDevice, .beginning)
        }
        guard block.stream.device == device.id, block.member == member.id else { return .refused(.foreignBlock, .beginning) }
        guard !device.awaitsConfirmation else { return .refused(.awaitsConfirmation, .beginning) }
        let stream = try scope.knownStream(block.stream)
        if let stream, let present = try appended(block.hash, scope: scope.id, stream: stream.key, first: block.first) {
            try scope.advance(over: block)
            return .present(present)
        }
        let end = stream?.end ?? .beginning
        guard block.isSigned(by: device.signingKey, primitives) else { return .refused(.badSignature, end) }
        if let refusal = try refusal(of: device, member, on: scope.key) {
            try quarantine(push, refusal, scope.key)
            return .quarantined(refusal)
        }
        guard max(block.schema, push.schema) >= identity.leastSchema else {
            try quarantine(push, .outdatedSchema, scope.key)
            return .quarantined(.outdatedSchema)
        }
        guard StreamEnd(number: block.first - 1, hash: block.previous) == end else {
            return .refused(block.first > end.number + 1 ? .gap : .fork, end)
        }
        return .appended(
            try appending.append(block, sensitive: push.sensitive, received: push.received, to: scope) { change in
                try judge(change, member) { id throws(StoreError) in try scope.records.look(at: id) }
            })
    }

    func refusal(of device: TenantDevice, _ member: TenantMember, on scope: Int64) throws(StoreError) -> Refusal? {
        if device.revoked != nil { return .deviceRevoked }
        guard member.isActive, try isStaffed(member.id, scope: scope) else { return .notStaffed }
        return nil
    }

    // MARK: Quarantine outside the log

    /// Keeps the changes that no log holds, outside log and stream. What came without its sensitive values gives way to what has them.
    func quarantine(_ push: Push, _ refusal: Refusal, _ scope: Int64) throws {
        let doing: StaticString = "putting changes into quarantine"
        var waiting: [Identifier] = []
        for change in push.block.changes where try changePlace(change.id) == nil {
            if let block = try quarantinedBlock(of: change.id) {
                guard refusal != .withoutSensitive, try isBare(quarantinedBlock: block) else { continue }
                // One that lacks as much changes nothing.
                guard try isMarkedBare(quarantinedBlock: block) || lackingLeaves(push.block, scope: scope).isEmpty else { continue }
                try remove(change.id, fromQuarantinedBlock: block)
            }
            waiting.append(change.id)
        }
        guard !waiting.isEmpty else { return }
        for change in push.block.changes { try noteKept(change, scope: scope) }
        let key = try quarantinedBlockKey(of: push, refusal, scope, doing: doing)
        for id in waiting {
            let row = try statement(.addQuarantinedChange, doing: doing)
            row.bind(id, at: 1)
            row.bind(key, at: 2)
            try row.run(doing: doing)
        }
    }

    private func quarantinedBlockKey(
        of push: Push, _ refusal: Refusal, _ scope: Int64, doing: StaticString
    ) throws -> Int64 {
        let known = try statement(.quarantinedBlockByHash, doing: doing)
        known.bind(push.block.hash, at: 1)
        do {
            defer { known.reset() }
            if try known.step(doing: doing) { return known.int(0) }
        }
        let (_, sensitive) = try withoutBarred(push.block, push.sensitive, scope: scope)
        let row = try statement(.addQuarantinedBlock, doing: doing)
        row.bind(push.block.hash, at: 1)
        row.bind(scope, at: 2)
        row.bind(push.device, at: 3)
        row.bind(Int64(refusal.rawValue), at: 4)
        row.bind(push.received, at: 5)
        row.bind(push.block.bytes, at: 6)
        row.bind(try SensitiveSealing.seal(sensitive, under: push.block.hash, tools), at: 7)
        try row.run(doing: doing)
        isQuarantineEmpty = false
        return lastKey
    }

    /// A change that enters the log leaves the quarantine outside it, and the last one takes its block along. A backup that held neither
    /// its entry nor the block releases no copy of it.
    func leaveQuarantine(_ id: Identifier, for entry: EntryKey) throws(StoreError) {
        guard !isQuarantineEmpty else { return }
        let doing: StaticString = "taking a change out of quarantine"
        guard let block = try quarantinedBlock(of: id) else { return }
        let postpone = try statement(.postponeRelease, doing: doing)
        postpone.bind(entry.position, at: 1)
        postpone.bind(entry.scope, at: 2)
        try postpone.run(doing: doing)
        try remove(id, fromQuarantinedBlock: block)
    }

    /// The last change that it is kept for takes its block along.
    private func remove(_ id: Identifier, fromQuarantinedBlock block: Int64) throws(StoreError) {
        let doing: StaticString = "taking a change out of quarantine"
        let remove = try statement(.removeQuarantinedChange, doing: doing)
        remove.bind(id, at: 1)
        try remove.run(doing: doing)
        let left = try statement(.quarantinedChangesLeft, doing: doing)
        left.bind(block, at: 1)
        let isEmpty: Bool
        do {
            defer { left.reset() }
            isEmpty = try left.step(doing: doing) && left.int(0) == 0
        }
        guard isEmpty else { return }
        let removeBlock = try statement(.removeQuarantinedBlock, doing: doing)
        removeBlock.bind(block, at: 1)
        try removeBlock.run(doing: doing)
    }

    /// Does it lack sensitive values that nobody redacted, as far as the log says: whatever it is kept for? What was redacted since it came lacks nothing any more:
    /// nobody has more of it.
    func isBare(quarantinedBlock key: Int64) throws -> Bool { try !lackingLeaves(ofQuarantinedBlock: key).isEmpty }

    /// The leaves of values that a quarantined block came without and that are not barred in its scope.
    func lackingLeaves(ofQuarantinedBlock key: Int64) throws -> [Hash256] {
        let block = try quarantinedBlockRow(key).block
        guard block.root != .zero else { return [] }
        return try lackingLeaves(block, scope: knownScope(block.stream.scope, doing: "looking for what a block lacks").key)
    }

    private func lackingLeaves(_ block: Block, scope: Int64) throws(StoreError) -> [Hash256] {
        guard block.root != .zero else { return [] }
        var lacking: [Hash256] = []
        for case .leaf(let leaf) in block.sensitiveParts where try !isBarred(leaf, scope: scope) { lacking.append(leaf) }
        return lacking
    }

    /// Is it kept because it came without its sensitive values, and for nothing else?
    private func isMarkedBare(quarantinedBlock key: Int64) throws(StoreError) -> Bool {
        let doing: StaticString = "looking a block up in quarantine"
        let row = try statement(.quarantinedBlock, doing: doing)
        row.bind(key, at: 1)
        defer { row.reset() }
        return try row.step(doing: doing) && row.int(3) == Int64(Refusal.withoutSensitive.rawValue)
    }

    func quarantinedBlock(of id: Identifier) throws(StoreError) -> Int64? {
        let doing: StaticString = "looking a change up in quarantine"
        let row = try statement(.quarantinedChange, doing: doing)
        row.bind(id, at: 1)
        defer { row.reset() }
        return try row.step(doing: doing) ? row.int(0) : nil
    }
}
