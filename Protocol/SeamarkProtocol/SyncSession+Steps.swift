public import SeamarkJournal

// What the device says next.
extension SyncSession {
    /// Says what to do next, given the replicas as they are now; empty when it is the server's turn.
    public mutating func advance(_ replicas: [Identifier: Replica], weight: Weight = { _, _ in 0 }, unsent: Measure = { _ in nil }) -> [Action] {
        guard case .running = state, let welcome else { return [] }
        isResting = false
        (planned, shortfall) = (0, nil)
        for id in order {
            // One scope after the other, `shared` first: it holds the keys by which the server knows the authors of the rest.
            guard let scope = work[id], scope.recovery == nil else { return [] }
            let actions = compare(scope, replicas[id], welcome)
            if !actions.isEmpty { return actions }
            if budget != nil, shortfall != nil { return finish() }
        }
        if !isStatusSent {
            isStatusSent = true
            return [.send(.status(status(replicas, unsent)))]
        }
        if let id = shortLog, let replica = replicas[id] {
            guard budget == nil else {
                leaveWhole()
                return finish()
            }
            return check(id, replica)
        }
        var actions: [Action] = []
        for id in order {
            guard let replica = replicas[id] else { continue }
            actions += pushing(id, replica, replicas, weight)
        }
        if !actions.isEmpty { return actions }
        actions = handingIn(replicas)
        if !actions.isEmpty { return actions }
        if let pull = pulling(replicas) { return pull }
        let isIdle = work.values.allSatisfy { $0.inFlight.isEmpty && !$0.isPulling }
        guard isIdle else { return [] }
        // Behind every log: nothing waits for what the server may hold already, where a line breaks in the midst of it again and again.
        if let offer = offering(replicas) { return offer }
        guard !staysOpen else {
            isResting = true
            return []
        }
        return finish()
    }

    private mutating func finish() -> [Action] {
        if let blockRefused { return fail(.blockRefused(blockRefused)) }
        state = .done
        outcome.shortfall = shortfall
        return [.finish(outcome)]
    }

    /// The server takes this program's work into quarantine.
    var isTooOldToWrite: Bool { device.schema < welcome?.leastSchema ?? 0 }
    /// The server tells this program nothing.
    var isTooOldToRead: Bool { device.schema < welcome?.leastReadSchema ?? 0 }

    func status(_ replicas: [Identifier: Replica], _ unsent: Measure) -> Message.Status {
        let scopes = order.compactMap { replicas[$0] }.map { replica in
            // Where the log stands as this device has read it there is nothing to prove.
            let agrees = work[replica.scope]?.status.place == replica.mark
            return Message.ScopeCursor(
                scope: replica.scope, epoch: replica.epoch, cursor: replica.cursor, mark: replica.mark,
                incarnation: replica.stream.incarnation, unsent: UInt64(replica.unsentCount), proof: agrees ? nil : replica.proof,
                attachmentProof: attachmentReceipts[replica.scope].flatMap { $0.epoch == replica.epoch ? $0 : nil }, work: unsent(replica))
        }
        return Message.Status(time: now, software: device.software, schema: device.schema, scopes: scopes)
    }

    mutating func pushing(_ id: Identifier, _ replica: Replica, _ replicas: [Identifier: Replica], _ weight: Weight) -> [Action] {
        // Where the member is not staffed, or the program too old to write, everything is handed in; otherwise a stream that is held waits.
        guard var scope = work[id], !scope.isHeld || !scope.status.staffed || isTooOldToWrite, !scope.isUnknown, !scope.isLost, !scope.isRefused,
            scope.status.kind == .engagement
        else { return [] }
        let room = Self.mostInFlight - scope.inFlight.count
        guard room > 0 else { return [] }
        let waiting = replica.blocks.filter { $0.first > scope.pushedThrough.number }.prefix(room)
        // A block is sent as soon as it is sealed, so that the server works on it while the next is made.
        if waiting.isEmpty { return replica.fresh.isEmpty ? [] : seal(id, replicas) }
        let next = affordable(waiting, of: id, replicas, weight)
        guard let last = next.last else { return [] }
        let hashes = next.map(\.end.hash)
        scope.inFlight += hashes
        scope.pushedThrough = last.end
        work[id] = scope
        return [.push(scope: id, blocks: hashes)]
    }

    /// One scope after the other, `shared` first, each when its own pushes are answered.
    mutating func pulling(_ replicas: [Identifier: Replica]) -> [Action]? {
        // One pull at a time: a problem does not say which scope's pull it answers.
        guard !isTooOldToRead, !work.values.contains(where: \.isPulling) else { return nil }
        // With a budget nothing comes down before all has gone up that is to.
        if budget != nil, work.values.contains(where: { !$0.inFlight.isEmpty }) { return nil }
        if work.values.contains(where: { $0.examination?.isWaiting == true }) { return [] }
        if refresh == .due, let shared, let replica = replicas[shared] {
            guard let pull = pull(shared, replica, replicas) else { return nil }
            refresh = .asked
            return pull
        }
        for id in order {
            guard let scope = work[id], let replica = replicas[id], scope.status.staffed, welcome?.revoked != true else { continue }
            guard scope.inFlight.isEmpty else {
                if scope.status.kind == .shared { return nil }
                continue
            }
            // After a push the digest is not known: asked for, even where receipts have told every entry.
            if replica.cursor.position < scope.place.position || replica.cursor == scope.place && scope.digest == nil {
                if let pull = pull(id, replica, replicas) { return pull }
                // There is no room. The keys come first, or the rest could not be believed.
                if scope.status.kind == .shared { return nil }
                continue
            }
            if replica.cursor.position > scope.place.position || replica.cursor.hash != scope.place.hash {
                return fail(.logDiffers(scope: id, position: scope.place.position))
            }
            if let digest = scope.digest, let actions = examine(id, replica, digest) { return actions }
            // All of the log is read: what of the device's own it lacks, and no block of this incarnation holds, goes into a new one.
            if scope.status.kind == .engagement, !scope.isHeld, !scope.isRefused, !scope.hasTakenStranded, !replica.stranded.isEmpty {
                work[id]?.hasTakenStranded = true
                return renumber(id)
            }
        }
        return nil
    }

    private mutating func pull(_ id: Identifier, _ replica: Replica, _ replicas: [Identifier: Replica]) -> [Action]? {
        guard let most = mostEntryBytes(of: id, replicas) else { return nil }
        work[id]?.isPulling = true
        work[id]?.mostEntryBytes = most
        return [
            .send(
                .pull(
                    Message.Pull(
                        scope: id, cursor: replica.cursor, credit: Self.credit, ownIncarnation: replica.stream.incarnation,
                        epoch: welcome?.epoch ?? 0, atMost: UInt32(most))))
        ]
    }
}
