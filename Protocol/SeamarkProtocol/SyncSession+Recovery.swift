import SeamarkJournal

// What is settled before anything is pushed or pulled: is the log the one that this device has read, and the stream the one that it has
// written? And what a device does that is not staffed any more: it hands everything in.
extension SyncSession {
    mutating func compare(_ scope: Work, _ replica: Replica?, _ welcome: Message.Welcome) -> [Action] {
        let id = scope.status.scope
        guard let replica else {
            guard !welcome.revoked, scope.status.staffed, !isTooOldToRead else { return [] }
            return [.add(scope: id, kind: scope.status.kind ?? .engagement, epoch: welcome.epoch)]
        }
        // What was read without what the member's role sees by now is read anew, but behind the Status: until that is said, what this device has
        // read proves what a server has lost that was put back.
        let mustReadAgain = readsAgain.contains(id) && scope.status.staffed && isStatusSent && shortLog == nil && (!isTooOldToRead || !scope.hasDonated)
        guard !scope.isCompared || mustReadAgain else { return [] }
        // A renewed epoch is another log, even where it holds the cursor: what it lacks is handed in, then it is read from its beginning.
        // A program that may not read keeps what it has read until it may.
        if scope.status.staffed, replica.epoch != welcome.epoch || scope.mustRecover || mustReadAgain, !isTooOldToRead || !scope.hasDonated {
            guard budget == nil else {
                leaveWhole()
                return []
            }
            work[id]?.isCompared = false
            return ask(id, replica)
        }
        if replica.epoch == welcome.epoch, !scope.hasDonated, !scope.mustRecover, isBehind(scope, replica) {
            // The server's log has lost what it once signed. It will see that from the Status and renew its epoch, or want a better proof.
            shortLog = id
        }
        let known = scope.streamEnd ?? scope.status.streams.first { $0.incarnation == replica.stream.incarnation }?.end ?? .beginning
        guard replica.holds(known) else { return renumber(id) }
        work[id]?.isCompared = true
        work[id]?.pushedThrough = known
        return []
    }

    /// Does the server's log end before what this device has seen of it, or differ there?
    private func isBehind(_ scope: Work, _ replica: Replica) -> Bool {
        // A scope that the greeting did not name has no place to compare.
        guard welcome?.scopes.contains(where: { $0.scope == scope.status.scope }) == true else { return false }
        return [replica.mark, replica.cursor].contains {
            $0.position > scope.place.position || $0.position == scope.place.position && $0.hash != scope.place.hash
        }
    }

    /// Asks, behind the Status, whether the log holds by now what it did not hold when the server greeted: a colleague may have handed it in
    /// meanwhile, and then the Status alone is answered by nothing.
    mutating func check(_ id: Identifier, _ replica: Replica) -> [Action] {
        let furthest = replica.mark.position > replica.cursor.position ? replica.mark : replica.cursor
        work[id]?.recovery = .checking
        return [.send(.donate(Message.Donation(scope: id, known: furthest, incarnation: replica.stream.incarnation, isLast: false)))]
    }

    mutating func renumber(_ id: Identifier) -> [Action] {
        work[id]?.isCompared = true
        work[id]?.pushedThrough = .beginning
        if !outcome.renumbered.contains(id) { outcome.renumbered.append(id) }
        return [.begin(scope: id)]
    }

    // MARK: - Handing in what the log lacks

    /// Asks first what the log holds: most of what a device has read is there nearly always.
    mutating func ask(_ id: Identifier, _ replica: Replica) -> [Action] {
        work[id]?.recovery = .asking
        // Of another epoch than the server's, its word goes along: a server that was put back to before that epoch learns of it so.
        let word = replica.epoch == welcome?.epoch ? nil : replica.proof
        let question =
            switch word {
            case nil: Message.Donation(scope: id, known: replica.cursor, incarnation: replica.stream.incarnation, isLast: false)
            case .receipt(let receipt)?:
                Message.Donation(
                    scope: id, known: replica.cursor, entries: [Message.Entry(entry: receipt.entry, block: nil, sensitive: [])], proof: .receipt(receipt),
                    incarnation: replica.stream.incarnation, isLast: false)
            case .place(let signed)?:
                Message.Donation(
                    scope: id, known: replica.cursor, before: signed.place.hash, proof: .place(signed), incarnation: replica.stream.incarnation, isLast: false)
            }
        return [.send(.donate(question))]
    }

    mutating func answered(_ donated: Message.Donated, _ replicas: [Identifier: Replica], _ knowledge: Knowledge) -> [Action] {
        switch work[donated.scope]?.recovery {
        case .checking?: return checked(donated, knowledge)
        case .asking?:
            work[donated.scope]?.recovery = .donating
            // The log's own end may lie on what this device has read, where the device has read further.
            let known = [donated.contains ? replicas[donated.scope]?.cursor : nil, donated.place.place].compactMap(\.self)
            return [.donate(scope: donated.scope, known: known)]
        case .donating?, .offering?: return []
        case nil: return fail(.unexpected("an answer to a donation that was not made"))
        }
    }

    private mutating func checked(_ donated: Message.Donated, _ knowledge: Knowledge) -> [Action] {
        guard let welcome, donated.place.epoch == welcome.epoch else { return fail(.epochRenewed) }
        guard donated.place.isSigned(by: welcome.serverKey.key, knowledge.primitives) else { return fail(.forgedReceipt) }
        work[donated.scope]?.recovery = nil
        shortLog = nil
        guard donated.contains else {
            work[donated.scope]?.mustRecover = true
            work[donated.scope]?.isCompared = false
            return []
        }
        work[donated.scope]?.place = donated.place.place
        work[donated.scope]?.digest = nil
        return []
    }

    /// What the server keeps outside the log no log hash tells of, so that a device cannot know whether it was lost: once in a sync, when all logs are read, it offers
    /// what it holds of it, which may be the last copy. Nil where there is nothing to offer, as nearly always.
    mutating func offering(_ replicas: [Identifier: Replica]) -> [Action]? {
        guard budget == nil, !isTooOldToRead, welcome?.revoked != true else { return nil }
        for id in order {
            guard let scope = work[id], let replica = replicas[id], scope.status.staffed, !scope.hasOffered, !scope.hasDonated else { continue }
            work[id]?.hasOffered = true
            guard replica.knowsBareOutsideLog else { continue }
            work[id]?.recovery = .offering
            return [.offer(scope: id, known: [replica.cursor])]
        }
        return nil
    }

    private mutating func offered(_ donated: Message.Donated, _ knowledge: Knowledge) -> [Action] {
        guard let welcome, donated.place.epoch == welcome.epoch else { return fail(.epochRenewed) }
        guard donated.place.isSigned(by: welcome.serverKey.key, knowledge.primitives) else { return fail(.forgedReceipt) }
        work[donated.scope]?.recovery = nil
        // News that came meanwhile may have said more.
        if let place = work[donated.scope]?.place, donated.place.place.position > place.position {
            work[donated.scope]?.place = donated.place.place
            work[donated.scope]?.digest = nil
        }
        return []
    }

    mutating func gaveAll(_ donated: Message.Donated, _ knowledge: Knowledge) -> [Action] {
        if case .offering? = work[donated.scope]?.recovery { return offered(donated, knowledge) }
        guard var scope = work[donated.scope], case .donating? = scope.recovery, let welcome else {
            return fail(.unexpected("an answer to a donation that was not made"))
        }
        guard donated.place.epoch == welcome.epoch else { return fail(.epochRenewed) }
        guard donated.place.isSigned(by: welcome.serverKey.key, knowledge.primitives) else { return fail(.forgedReceipt) }
        scope.recovery = nil
        scope.hasDonated = true
        scope.mustRecover = false
        scope.streamEnd = donated.end.end
        scope.learnt = nil
        if scope.place != donated.place.place {
            scope.place = donated.place.place
            scope.digest = nil
        }
        work[donated.scope] = scope
        guard scope.status.staffed else {
            guard donated.isCopyReleased, !scope.keepsCopy else { return [] }
            outcome.left.append(donated.scope)
            return [.leave(scope: donated.scope)]
        }
        if isTooOldToRead { return [] }
        outcome.rebuilt.append(donated.scope)
        if readsAgain.remove(donated.scope) != nil { outcome.readAgain.append(donated.scope) }
        return [.rebuild(scope: donated.scope, epoch: welcome.epoch), .store(scope: donated.scope, events: [.proven(donated.place)])]
    }

    /// A scope that the member was removed from: when its own blocks were pushed, everything else that the server may lack.
    mutating func handingIn(_ replicas: [Identifier: Replica]) -> [Action] {
        for id in order {
            guard let scope = work[id], !scope.status.staffed, !scope.hasDonated, !scope.isUnknown, scope.inFlight.isEmpty, let replica = replicas[id]
            else { continue }
            guard budget == nil else {
                leaveWhole()
                return []
            }
            return ask(id, replica)
        }
        return []
    }

    // MARK: - Problems

    mutating func troubled(by problem: Problem) -> [Action] {
        if problem.code == .epochRenewed { return fail(.epochRenewed) }
        if problem.code == .unprovenClaim, let id = problem.scope, let scope = work[id] {
            // The log is not the one that this device has read, and nothing that it holds proves that there was another: it hands in what it
            // can prove, reads anew, and pushes what of its own is lacking then.
            shortLog = nil
            guard !scope.hasDonated else { return [] }
            work[id]?.mustRecover = true
            work[id]?.isCompared = false
            return []
        }
        if problem.code == .comparisonsUsedUp, let id = problem.scope { return usedUp(id) }
        // It may as well be the answer to a pull, of a member who was removed meanwhile.
        if problem.code == .unknownScope, let id = problem.scope, let scope = work[id], scope.recovery != nil, !scope.status.staffed {
            // A server restored from before the scope began: there is nowhere to put anything. The copy here stays.
            work[id]?.recovery = nil
            hasNoPlace(for: id)
            return []
        }
        if problem.code == .unknownCursor, let id = order.first(where: { work[$0]?.isPulling == true }) {
            work[id]?.isPulling = false
            guard !outcome.rebuilt.contains(id) else { return fail(.server(problem)) }
            work[id]?.mustRecover = true
            work[id]?.isCompared = false
            return []
        }
        return fail(.server(problem))
    }
}
