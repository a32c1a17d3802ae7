public import SeamarkJournal

/// Device and server have read the same log and hold different states. Who is wrong is found out by evidence: first the device computes
/// its state anew from its own entries, whose log hash is the server's; then it finds the records in which the server's rows differ, and
/// tells it, which does the same.
struct Examination: Sendable {
    enum Step: Sendable {
        case rederiving
        /// The device's state is what its log entries give.
        case rederived
        case comparing(DigestBisection)
        case disputing(DigestBisection, [RecordRange])
        /// The server has computed its rows anew, and says what came of it; its digest is asked for once more.
        case answered(Answer)
        /// Nothing more comes of it in this sync; nil stands whatever the difference is.
        case over(ScopeDigest?)
    }

    /// What the server made of a dispute.
    struct Answer: Sendable {
        /// Its digest less the device's, if it says true.
        var left = ScopeDigest.zero
        /// Where both stand by theirs.
        var standing: [RecordRange] = []
        /// Where it gives in.
        var yielded: [RecordRange] = []
        let repaired: UInt64
    }

    var step: Step
    /// Comparisons begun: one begins anew when the log has moved on, or when answers do not add up.
    var attempts = 0
    var hasContradicted = false

    static let mostAttempts = 6

    var isWaiting: Bool {
        switch step {
        case .rederiving, .comparing, .disputing: true
        case .rederived, .answered, .over: false
        }
    }
}

extension SyncSession {
    /// Goes on with the examination of a scope, or begins one where the digests differ. Nil where nothing more is to be done about it.
    mutating func examine(_ id: Identifier, _ replica: Replica, _ digest: ScopeDigest) -> [Action]? {
        var difference = digest
        difference.subtract(replica.confirmed.digest)
        switch work[id]?.examination?.step {
        case nil:
            guard difference != .zero else { return nil }
            // The very disagreement that was examined before, between two programs: told again, not examined again.
            if let known = replica.repairs.last(where: { $0.finding == .bothStand }), known.difference == difference {
                outcome.examinations.append(Examined(scope: id, note: known))
                work[id]?.examination = Examination(step: .over(difference))
                return nil
            }
            work[id]?.examination = Examination(step: .rederiving)
            return [.rederive(scope: id)]
        case .rederived:
            guard difference != .zero else { return over(id, .zero) }
            return beginComparing(id, replica)
        case .answered(let answer):
            // Whatever it said of ranges: where its digest is the device's now, it has given in.
            guard answer.left == difference || difference == .zero else {
                work[id]?.examination?.hasContradicted = true
                return beginComparing(id, replica)
            }
            work[id]?.examination?.step = .over(difference)
            var actions: [Action] = []
            // Where no range differed, the server's digest was not that of its rows.
            if answer.repaired > 0 || difference == .zero {
                actions.append(note(.serverWasWrong, id, replica, answer.yielded, count: Int(clamping: answer.repaired)))
            }
            if difference != .zero {
                actions.append(note(.bothStand, id, replica, answer.standing, count: answer.standing.count, difference: difference))
            }
            return actions
        case .over(let left):
            guard let left, left != difference, difference != .zero else { return nil }
            return beginComparing(id, replica)
        case .rederiving, .comparing, .disputing: return []
        }
    }

    private mutating func over(_ id: Identifier, _ left: ScopeDigest?) -> [Action]? {
        work[id]?.examination?.step = .over(left)
        return nil
    }

    /// What the holder computed for `rederive`.
    public mutating func rederived(_ id: Identifier, _ derivation: Rederivation, _ replicas: [Identifier: Replica]) -> [Action] {
        guard let replica = replicas[id], case .rederiving? = work[id]?.examination?.step else { return [] }
        guard derivation.missing == nil, derivation.place == replica.cursor else { return fail(.digestDiffers(scope: id)) }
        work[id]?.examination?.step = .rederived
        let (right, held) = (derivation.state, replica.confirmed)
        let wrong = Set(right.records.keys).union(held.records.keys).filter { right.records[$0] != held.records[$0] }.sorted()
        guard !wrong.isEmpty || right.digest != held.digest || right.applied != held.applied else { return [] }
        let records = wrong.map { RecordDigest(record: $0, digest: held.records[$0].map { ScopeDigest(of: $0) } ?? .zero) }
        let note = RepairNote(finding: .deviceWasWrong, place: replica.cursor, time: now, count: wrong.count, records: records)
        outcome.examinations.append(Examined(scope: id, note: note))
        return [.store(scope: id, events: [.examined(note, right)])]
    }

    // MARK: - Comparing with the server

    private mutating func beginComparing(_ id: Identifier, _ replica: Replica) -> [Action]? {
        guard let examination = work[id]?.examination, let welcome, welcome.compares else { return fail(.digestDiffers(scope: id)) }
        guard budget == nil else {
            leaveWhole()
            return nil
        }
        guard examination.attempts < Examination.mostAttempts else {
            if examination.hasContradicted { return fail(.digestsContradict(scope: id)) }
            return giveUp(id)
        }
        work[id]?.examination?.attempts += 1
        var bisection = DigestBisection(own: replica.confirmed.recordDigests)
        return go(on: bisection.begin(), bisection, id, replica)
    }

    /// The log moves on faster than it can be compared, or the server has compared enough: the next sync does it.
    private mutating func giveUp(_ id: Identifier) -> [Action]? {
        outcome.examinations.append(Examined(scope: id, note: nil))
        return over(id, nil)
    }

    private mutating func go(on step: DigestBisection.Step, _ bisection: DigestBisection, _ id: Identifier, _ replica: Replica) -> [Action] {
        let epoch = welcome?.epoch ?? 0
        switch step {
        case .ask(let ranges):
            work[id]?.examination?.step = .comparing(bisection)
            return [.send(.compare(Message.Compare(scope: id, epoch: epoch, ranges: ranges)))]
        case .differ(let ranges):
            work[id]?.examination?.step = .disputing(bisection, ranges)
            let claims = ranges.map { Message.Dispute.Claim(range: $0, digest: bisection.digest(of: $0)) }
            return [.send(.dispute(Message.Dispute(scope: id, epoch: epoch, place: replica.cursor, claims: claims)))]
        case .contradiction:
            // Its rows may have been put right between two answers; what goes on so is no mistake.
            work[id]?.examination?.hasContradicted = true
            work[id]?.examination?.step = .rederived
            return []
        }
    }

    mutating func differs(by compared: Message.Compared, _ replicas: [Identifier: Replica]) -> [Action] {
        guard case .comparing(var bisection)? = work[compared.scope]?.examination?.step, let replica = replicas[compared.scope] else {
            return fail(.unexpected("a comparison that was not asked for"))
        }
        guard isStill(compared.place, compared.scope, replica) else { return [] }
        return go(on: bisection.answered(compared.answers), bisection, compared.scope, replica)
    }

    mutating func settled(by settled: Message.Settled, _ replicas: [Identifier: Replica]) -> [Action] {
        guard case .disputing(let bisection, let ranges)? = work[settled.scope]?.examination?.step, let replica = replicas[settled.scope] else {
            return fail(.unexpected("an answer to a dispute that there was not"))
        }
        // Whatever came of it shows in the digest, which is asked for anew.
        work[settled.scope]?.digest = nil
        guard isStill(settled.place, settled.scope, replica) else { return [] }
        guard settled.digests.count == ranges.count else { return fail(.digestsContradict(scope: settled.scope)) }
        var answer = Examination.Answer(repaired: settled.repaired)
        for (range, digest) in zip(ranges, settled.digests) {
            guard digest != bisection.digest(of: range) else {
                answer.yielded.append(range)
                continue
            }
            answer.standing.append(range)
            answer.left.add(digest)
            answer.left.subtract(bisection.digest(of: range))
        }
        work[settled.scope]?.examination?.step = .answered(answer)
        return []
    }

    /// Does the answer speak of the log as this device has read it? If not, that is read first, and the comparison begins anew.
    private mutating func isStill(_ place: LogPlace, _ id: Identifier, _ replica: Replica) -> Bool {
        guard place != replica.cursor else { return true }
        work[id]?.place = place
        work[id]?.digest = nil
        work[id]?.examination?.step = .rederived
        return false
    }

    private mutating func note(
        _ finding: RepairNote.Finding, _ id: Identifier, _ replica: Replica, _ ranges: [RecordRange], count: Int,
        difference: ScopeDigest = .zero
    ) -> Action {
        let records = ranges.filter { $0.first == $0.last }.map { range in
            RecordDigest(record: range.first, digest: replica.confirmed.records[range.first].map { ScopeDigest(of: $0) } ?? .zero)
        }
        let note = RepairNote(
            finding: finding, place: replica.cursor, time: now, count: count, records: records, difference: difference)
        outcome.examinations.append(Examined(scope: id, note: note))
        return .store(scope: id, events: [.examined(note, nil)])
    }

    /// The server has compared enough for this device.
    mutating func usedUp(_ id: Identifier) -> [Action] {
        guard work[id]?.examination?.isWaiting == true else { return fail(.unexpected("a refusal of a comparison that was not asked for")) }
        _ = giveUp(id)
        return []
    }
}
