import SeamarkJournal

// What the server said: the greeting, receipts, refusals, entries.
extension SyncSession {
    mutating func greeted(by welcome: Message.Welcome, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        guard welcome.leastVersion <= Message.version, welcome.version >= Message.leastVersion else { return fail(.noCommonVersion) }
        guard welcome.serverKey.epoch == welcome.epoch, knowledge.isGenuine(welcome.serverKey) else { return fail(.forgedServerKey) }
        guard !knowledge.replacedKeys.contains(welcome.serverKey.key) else { return fail(.replacedServerKey) }
        guard welcome.earlierKeys.allSatisfy(knowledge.isGenuine) else { return fail(.forgedServerKey) }
        if let order = welcome.wipe {
            guard welcome.revoked, order.isMeant(for: device.id, of: device.tenant, knowledge) else { return fail(.forgedOrder) }
        }
        var welcome = welcome
        outcome.mustBeWiped = device.mustBeWiped || welcome.wipe != nil
        // A server that was put back may have forgotten.
        if outcome.mustBeWiped { welcome.revoked = true }
        self.welcome = welcome
        outcome.revoked = welcome.revoked
        outcome.hasTwoCopies = welcome.hasTwoCopies
        outcome.isTooOldToRead = isTooOldToRead
        outcome.isBehind = device.schema < welcome.schema
        // Nothing would be taken: all of it stays here until headquarters has confirmed the device.
        outcome.awaitsConfirmation = welcome.awaitsConfirmation && !welcome.revoked
        guard !outcome.awaitsConfirmation else {
            state = .running
            return [.adopt(welcome)]
        }
        for scope in welcome.scopes where scope.kind != nil && work[scope.scope] == nil {
            work[scope.scope] = Work(status: scope, pushedThrough: .beginning, place: scope.place, digest: scope.digest)
        }
        // The greeting leaves a scope out where the member is not staffed and the device has no stream: what the device holds of it is
        // handed in all the same, into quarantine.
        for id in replicas.keys where !welcome.scopes.contains(where: { $0.scope == id }) {
            let status = Message.ScopeStatus(scope: id, kind: .engagement, staffed: false, place: .beginning, digest: .zero, streams: [])
            work[id] = Work(status: status, pushedThrough: .beginning, place: status.place, digest: nil)
        }
        order = work.values.sorted {
            ($0.status.kind == .shared ? 0 : 1, $0.status.scope) < ($1.status.kind == .shared ? 0 : 1, $1.status.scope)
        }.map(\.status.scope)
        state = .running
        return [.adopt(welcome)]
    }

    mutating func accepted(_ receipt: Receipt, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        guard var scope = work[receipt.scope], let key = welcome?.serverKey, scope.inFlight.first == receipt.block else {
            return fail(.unexpected("a receipt for a block that was not sent"))
        }
        guard receipt.epoch == key.epoch, receipt.isSigned(by: key.key, knowledge.primitives) else { return fail(.forgedReceipt) }
        let count = replicas[receipt.scope]?.ownBlockCount(receipt.block) ?? 0
        guard receipt.verdicts.count == count else { return fail(.unexpected("a receipt with another number of verdicts than changes")) }
        scope.inFlight.removeFirst()
        if scope.inFlight.isEmpty { scope.isLost = false }
        if receipt.place.position > scope.place.position {
            scope.place = receipt.place
            scope.digest = nil
        }
        var events = [ReplicaEvent.receipted(receipt)]
        if let replica = replicas[receipt.scope], mayLearn(receipt, scope, replica, knowledge) {
            events.append(.learnt(receipt.entry, nil))
            scope.learnt = receipt.place
        }
        work[receipt.scope] = scope
        outcome.pushedBlocks += 1
        outcome.pushedChanges += count
        outcome.quarantined += receipt.verdicts.count { if case .refused = $0 { true } else { false } }
        return [.store(scope: receipt.scope, events: events)]
    }

    /// A receipt says all that the log's entry says. Where it is the very next entry, and the log hash bears that out, there is no need
    /// to pull it.
    func mayLearn(_ receipt: Receipt, _ scope: Work, _ replica: Replica, _ knowledge: Knowledge) -> Bool {
        let cursor = scope.learnt ?? replica.cursor
        return scope.status.staffed && welcome?.revoked == false && replica.epoch == receipt.epoch && !scope.isPulling
            && receipt.place.position == cursor.position &+ 1
            && receipt.entry.logHash(after: cursor.hash, knowledge.primitives) == receipt.place.hash
    }

    mutating func refused(_ refusal: Message.PushRefusal, _ replicas: [Identifier: Replica]) -> [Action] {
        guard var scope = work[refusal.scope], scope.inFlight.first == refusal.block else {
            return fail(.unexpected("a refusal of a block that was not sent"))
        }
        scope.inFlight.removeFirst()
        switch refusal.code {
        case .notStaffed, .deviceRevoked:
            // The server keeps the block in quarantine; until somebody decides, the stream waits.
            scope.isHeld = true
            if !outcome.held.contains(refusal.scope) { outcome.held.append(refusal.scope) }
        case .unknownScope where !scope.status.staffed:
            // A server restored from before the scope began: there is nowhere to put the work, and other scopes must not wait for it.
            scope.isHeld = true
            work[refusal.scope] = scope
            hasNoPlace(for: refusal.scope)
            return []
        case .outdatedSchema:
            scope.isHeld = true
            outcome.isOutdated = true
        case .epochRenewed: return fail(.epochRenewed)
        case .awaitsConfirmation: return fail(.server(Problem(.awaitsConfirmation, "the device must be confirmed by its words", of: refusal.scope)))
        case .streamGap where scope.isRefused, .streamFork where scope.isRefused:
            // What was sent behind a block that was not taken.
            break
        case .streamGap, .streamFork:
            // What was sent after it is refused for the same reason; look again when all answers are in.
            scope.isLost = !scope.inFlight.isEmpty
            if scope.inFlight.isEmpty {
                scope.renumberings += 1
                guard scope.renumberings <= 5 else { return fail(.streamRefused) }
                guard let replica = replicas[refusal.scope] else { return fail(.streamRefused) }
                if replica.stream.incarnation == refusal.end.incarnation, replica.holds(refusal.end.end) {
                    scope.pushedThrough = refusal.end.end
                } else {
                    work[refusal.scope] = scope
                    return renumber(refusal.scope)
                }
            }
        case _:
            // The block stays here, and its stream waits: the server would take none behind it. Nothing of that keeps other scopes back; the sync is told to
            // have failed when all else is said. Who watches would never come to that end, and a copy that is to be left must not be taken for handed in.
            guard !isWatching, scope.status.staffed else { return fail(.blockRefused(refusal.code)) }
            scope.isRefused = true
            blockRefused = blockRefused ?? refusal.code
        }
        work[refusal.scope] = scope
        return []
    }

    mutating func learnt(_ message: Message.Entries, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        guard var scope = work[message.scope], scope.isPulling, let replica = replicas[message.scope],
            message.after == replica.cursor.position
        else { return fail(.unexpected("entries that were not asked for")) }
        scope.isPulling = false
        scope.learnt = nil
        var events: [ReplicaEvent] = []
        events.reserveCapacity(message.entries.count)
        var hash = replica.cursor.hash
        var position = message.after
        var changes = 0
        for item in message.entries {
            position += 1
            do {
                let block = try open(item, of: message.scope, replica, knowledge)
                changes += item.entry.verdicts.count
                events.append(.learnt(item.entry, block))
            } catch {
                // A block of this very incarnation that the device does not hold: another copy of its store sealed it, just now.
                if error == .missingBlock, scope.renumberings < 5 {
                    scope.renumberings += 1
                    work[message.scope] = scope
                    return renumber(message.scope)
                }
                if error == .unknownAuthor, refresh == .none, let shared, message.scope != shared {
                    // Somebody enrolled after `shared` was pulled: it is pulled again, then this.
                    refresh = .due
                    work[message.scope] = scope
                    return []
                }
                return fail(.badEntry(scope: message.scope, position: position, error))
            }
            hash = item.entry.logHash(after: hash, knowledge.primitives)
        }
        // What was asked for may be shorter than the next entry.
        let isTooShort = scope.mostEntryBytes > 0 && message.nextAtMost > scope.mostEntryBytes
        guard position <= message.place.position, !message.entries.isEmpty || position == message.place.position || isTooShort else {
            return fail(.unexpected("an answer without entries where the log goes on"))
        }
        scope.leastEntryBytes = message.entries.isEmpty ? Int(message.nextAtMost) : 0
        if position == message.place.position, hash != message.place.hash { return fail(.logDiffers(scope: message.scope, position: position)) }
        if !message.entries.isEmpty, !message.signature.isEmpty, let welcome {
            let signed = SignedPlace(
                epoch: welcome.epoch, scope: message.scope, place: LogPlace(position: position, hash: hash), signature: message.signature)
            guard signed.isSigned(by: welcome.serverKey.key, knowledge.primitives) else { return fail(.forgedReceipt) }
            events.append(.proven(signed))
        }
        // News that came meanwhile may have said more.
        if message.place.position >= scope.place.position {
            scope.place = message.place
            scope.digest = message.digest
        }
        work[message.scope] = scope
        if message.scope == shared, refresh == .asked { refresh = message.entries.isEmpty ? .asked : .none }
        outcome.pulledEntries += message.entries.count
        outcome.pulledChanges += changes
        return events.isEmpty ? [] : [.store(scope: message.scope, events: events)]
    }

    /// Looks at one entry's block before it is believed. Nil for a release and for an own block that the device holds.
    func open(
        _ item: Message.Entry, of scope: Identifier, _ replica: Replica, _ knowledge: Knowledge
    ) throws(SyncProblem.Entry) -> Block? {
        guard case .block(let hash) = item.entry.content else { return nil }
        guard let bytes = item.block else {
            guard let count = replica.ownBlockCount(hash), count == item.entry.verdicts.count else { throw .missingBlock }
            return nil
        }
        let block: Block
        do {
            block = try Block.open(bytes, sensitive: try SensitivePart.decode(item.sensitive, knowledge.primitives), knowledge.primitives)
        } catch {
            throw .damaged(error)
        }
        guard block.hash == hash, block.stream.scope == scope, block.changes.count == item.entry.verdicts.count else { throw .notTheBlock }
        let author = block.stream.device
        var keys = ([welcome?.serverKey].compactMap(\.self) + (welcome?.earlierKeys ?? [])).filter { $0.device == author }.map(\.key)
        if keys.isEmpty, let key = knowledge.signingKey(author) { keys = [key] }
        guard !keys.isEmpty else { throw .unknownAuthor }
        guard keys.contains(where: { block.isSigned(by: $0, knowledge.primitives) }) else { throw .badSignature }
        return block
    }
}
