extension EngagementReport {
    /// One of the six questions a board asks: what was computed, and what somebody says about it.
    public struct BoardQuestion: Hashable, Sendable {
        public var number: Int
        public var question: String
        /// Sentences with two significant digits.
        public var facts: [String]
        public var narrative: String?
        public var approvedBy: String?
        /// What stands in the way of approving the answer, a sentence each.
        public var obstacles: [String]
        /// How an obstacle ends.
        static let consequence = ": the answer cannot be approved."

        /// What is only worth a warning.
        public var warnings: [String] = []

        /// Somebody approved it, and nothing stands in the way; nil: nobody did.
        public var isApprovalGood: Bool? { approvedBy.map { _ in obstacles.isEmpty } }

        /// Who approved it and whether that holds, in one sentence.
        public var approval: String {
            guard let approvedBy else { return "Not approved yet." }
            guard !obstacles.isEmpty else { return "Approved by: \(approvedBy)." }
            let reasons = obstacles.map { $0.hasSuffix(Self.consequence) ? String($0.dropLast(Self.consequence.count)) : $0 }
            return "Approved by: \(approvedBy), which does not hold, because \(reasons.joined(separator: ", and "))."
        }
    }

    /// The most moves that a board is told of.
    static let mostMoves = 5

    /// The first questions, which are about money.
    private static let pricedQuestions = 3

    public var boardQuestions: [BoardQuestion] {
        let questions: [(String, facts: [String], obstacles: [String], warnings: [String])] = [
            ("Where is the exposure?", whereFacts, [], []), ("What is the range?", rangeFacts, [], []), ("What changed since last quarter?", changeFacts, changeObstacles, []),
            ("What happens in the next 90 days?", moveFacts, moveObstacles, moveWarnings), ("Who owns it, with what authority and cadence?", ownerFacts, [], []),
            ("How will we know, and what would make us stop?", stopFacts, [], []),
        ]
        return questions.enumerated().map { place, question in
            var answer = governance.boardAnswers[place + 1]
            var warnings = question.warnings
            if let said = answer, place < EngagementReport.pricedQuestions, said.saidAt < governance.pricedAt {
                warnings.append("What is said here was written before figures changed on \(CalendarDate.text(days: governance.pricedAt / 86_400_000)); read it again.")
            }
            if provenance.frozen != nil, answer != nil, answer?.approvedBy == nil {
                // What is frozen goes to a board as it is.
                answer = nil
                warnings = question.warnings + ["What somebody wrote about this was not approved, and is left out."]
            }
            return BoardQuestion(
                number: place + 1, question: question.0, facts: question.facts, narrative: answer?.narrative, approvedBy: answer?.approvedBy, obstacles: question.obstacles, warnings: warnings)
        }
    }

    /// Up to three decisions that follow from the figures, a sentence each.
    public var decisionsAsked: [String] {
        var asked: [String] = []
        let rows = Array(zip(governance.sequence.rows, governance.protected))
        if let (row, protected) = rows.first(where: { $0.0.standing == .fundConstraint }) ?? rows.first(where: { $0.0.standing == .fund }) {
            let relieves = initiative(row.key)?.relievesConstraint.flatMap { key in governance.constraints.first { $0.reading.key == key } }
            asked.append("Release \(costWords(row.key)) for \(initiativeName(row.key))\(ruledNote(row))\(disputeNote(row.key))"
                + (row.standing == .fundConstraint ? relieves.map { ": it relieves \($0.reading.name), the governing constraint, and" } ?? ": it" : ": it")
                + " protects \(shortSpread(protected)) over \(months)." + releasedAgainstRules(besides: row.key))
        } else if case let words = releasedAgainstRules(besides: nil), !words.isEmpty {
            asked.append(String(words.dropFirst()))
        }
        let held = governance.sequence.rows.filter { $0.standing == .pause }
        if !held.isEmpty {
            let money = ruledCost(by: .pause), computed = cost(by: .pause)
            // What costs nothing, as far as anybody said, is held all the same.
            let amount = money.high == 0 && computed.high == 0 ? "" : words(money) + (computed == money ? "" : ", where the rules alone hold \(words(computed))") + ": "
            asked.append("Hold " + amount
                + held.map { "\(initiativeName($0.key)) (\(reason($0)))\(disputeNote($0.key))" }.joined(separator: "; ") + ".")
        }
        let behind = governance.decisions.filter { $0.view.standing == .behind }.sorted { ($0.view.ratio ?? 0) > ($1.view.ratio ?? 0) }
        if let slow = behind.first, let latency = slow.view.latency, let damage = slow.captured.reading.timeToDamage {
            let gaps = ownerGaps(slow).map { ", which has \($0)" } ?? ""
            asked.append("Speed up \(slow.view.key) \(slow.captured.reading.name)\(gaps): it takes \(durations(latency)), and damage comes after \(durations(damage)).")
        }
        // What is left of the three goes to seams that nobody owns, the largest first.
        for seam in seams where seam.ownersGap != nil && asked.count < 3 {
            asked.append("Name an owner for \(seam.exposure.key) \(seam.seam.name): \(seam.ownersGap ?? "").")
        }
        return asked
    }

    /// Money that people release where the rules would not, as a sentence after a blank; empty where there is none.
    private func releasedAgainstRules(besides key: String?) -> String {
        let rows = governance.sequence.rows.filter { $0.key != key && $0.standing.isFunded && !$0.verdict.isFunded }
        guard !rows.isEmpty else { return "" }
        let released = cost { row in rows.contains { $0.key == row.key } }
        return " Against the rules, \(words(released)) is released: "
            + rows.map { "\(costWords($0.key)) for \(initiativeName($0.key))\(ruledNote($0))\(disputeNote($0.key))" }.joined(separator: "; ") + "."
    }

    // MARK: - Facts

    private var whereFacts: [String] {
        guard result.headline.mean > 0 else { return ["No line is priced yet."] }
        func three(_ title: String, _ items: [(name: String, spread: Spread, first: Double?)]) -> [String] {
            let words = items.filter { $0.spread.mean > 0 }.prefix(3).map { item in
                "\(item.name) \(shortSpread(item.spread))" + (item.first.flatMap { $0 >= 0.005 ? ", first in \(ReportFigures.percent($0)) of runs" : nil } ?? "")
            }
            return words.isEmpty ? [] : [title + words.joined(separator: "; ") + "."]
        }
        return three("Domains: ", domains.filter { $0.exposure.rank != nil }.map { ("\($0.exposure.key) \($0.name)", $0.exposure.net, $0.exposure.firstShare) })
            + three("Seams: ", seams.map { ("\($0.exposure.key) \($0.seam.name)", $0.exposure.net, $0.exposure.firstShare) })
            + three("Sites: ", result.sites.map { ($0.site ?? "no site named", $0.net, $0.firstShare) })
    }

    private var rangeFacts: [String] {
        guard result.headline.mean > 0 else { return ["No line is priced yet."] }
        let h = result.headline
        var facts = ["Floor \(short(h.p10)), most likely \(shortRange(h.p25, h.p75)), upper \(short(h.p90)): \(relativeSentence)."]
        if let stress = result.stress, stress.added.mean > 1e-6 * h.mean {
            facts.append("If automated decisions speed up as captured, a scenario and not part of the headline: \(shortSpread(stress.net)).")
        }
        facts.append("If lines varied independently \(shortRange(result.independent.p10, result.independent.p90)), all together \(shortRange(result.dependent.p10, result.dependent.p90)).")
        facts.append("Evidence: \(evidenceMix(result.evidence)) of the mean.")
        return facts
    }

    private var changeFacts: [String] {
        var facts: [String] = []
        if let bridge = governance.bridge {
            let steps = bridge.changes.filter { $0.amount != 0 }.map { "\(stepName($0.step)) \(signed($0.amount))" }
            facts.append("The mean went from \(shortSpread(bridge.before)) to \(shortSpread(bridge.after)), \(bridge.difference.magnitude < 0.5 ? "no difference" : signed(bridge.difference) + " in all")"
                + (steps.isEmpty ? ": no step changed it." : ". Steps of the mean: " + steps.joined(separator: "; ") + "."))
        } else {
            facts.append(bridgeSentence)
        }
        let index = DriftReading.index(of: governance.drift, today: governance.today)
        if !index.isEmpty {
            facts.append("Drift confirmed in the last fourteen days: " + index.map { "\(driftName($0.kind)) \($0.count)" }.joined(separator: ", ") + ".")
        }
        let open = governance.drift.filter { $0.state == .open }.count
        if open > 0 { facts.append("\(open) drift signal\(open == 1 ? " waits" : "s wait") to be confirmed or dismissed.") }
        return facts
    }

    /// A step of more than a twentieth of the mean is told with its cause.
    private var changeObstacles: [String] {
        guard let bridge = governance.bridge, governance.boardAnswers[3] == nil else { return [] }
        return bridge.changes.filter { $0.amount.magnitude > 0.05 * bridge.before.mean }.map {
            "The step \(stepName($0.step)) is more than 5 % of the mean, and nobody says why."
        }
    }

    /// Open moves by due date.
    var openMoves: [MoveReading] {
        governance.moves.filter(\.state.isOpen).sorted { ($0.due ?? .max) != ($1.due ?? .max) ? ($0.due ?? .max) < ($1.due ?? .max) : HandleOrder.precedes($0.key, $1.key) }
    }

    private var moveFacts: [String] {
        var facts = openMoves.prefix(EngagementReport.mostMoves).map { move in
            "\(move.key) \(move.title): \(move.owner ?? "no owner"), due \(move.due.map { CalendarDate.text(days: $0) } ?? "on no date")\(move.isOverdue(on: governance.today) ? ", overdue" : ""); "
                + (move.isLinked ? "touches \(links(move, in: shortSpread))" : "linked to no exposure") + (move.isAtRisk ? "; at risk" : "") + "."
        }
        if facts.isEmpty { facts = ["No move is open."] }
        let overdue = openMoves.filter { $0.isOverdue(on: governance.today) }.map(\.key)
        if !overdue.isEmpty { facts.append("Overdue on \(CalendarDate.text(days: governance.today)), and not of the next 90 days: \(overdue.joined(separator: ", ")).") }
        if let cycle = cycleSentence { facts.append(cycle) }
        return facts
    }

    private var moveObstacles: [String] {
        openMoves.filter { !$0.isAnswerable }.map { move in
            let missing = [move.owner == nil ? "an owner" : nil, move.due == nil ? "a due date" : nil, move.isLinked ? nil : "a linked line or seam"].compactMap { $0 }
            return "\(move.key) lacks \(missing.joined(separator: " and "))" + BoardQuestion.consequence
        }
    }

    private var moveWarnings: [String] {
        openMoves.count > EngagementReport.mostMoves ? ["Warning: \(openMoves.count) moves are open; a board follows five."] : []
    }

    private var ownerFacts: [String] {
        var facts: [String] = []
        let gaps = governance.decisions.compactMap { decision in ownerGaps(decision).map { "\(decision.view.key) \(decision.captured.reading.name) has \($0)" } }
            + seams.compactMap { seam in seam.ownersGap.map { "\(seam.exposure.key) \(seam.seam.name): \($0)" } }
        let owned = [governance.decisions.isEmpty ? nil : "every decision has a decider and a deputy", seams.isEmpty ? nil : "every seam an owner on both sides"].compactMap { $0 }
        let none = [governance.decisions.isEmpty ? "decision" : nil, seams.isEmpty ? "seam" : nil].compactMap { $0 }
        if !gaps.isEmpty {
            facts.append("Gaps: " + gaps.joined(separator: "; ") + ".")
        } else if !owned.isEmpty {
            facts.append(owned.joined(separator: ", and ").capitalizedWord.replacing("Every seam an", with: "Every seam has an") + ".")
        }
        if !none.isEmpty { facts.append("No \(none.joined(separator: " and no ")) is captured yet, so nobody can say who owns \(none.count == 2 ? "them" : "one").") }
        let slow = governance.decisions.filter { ($0.view.ratio ?? 0) > 1 }
        if !slow.isEmpty {
            facts.append("Behind the process: " + slow.map { "\($0.view.key) \($0.captured.reading.name) (\(times($0.view.ratio)) the time to damage)" }.joined(separator: "; ") + ".")
        }
        let red = governance.bandwidth.filter { $0.light == .red }
        if !red.isEmpty { facts.append("Overloaded: " + red.map { "\($0.role) (its decisions take \(ReportFigures.percent($0.load)) of its time for them)" }.joined(separator: "; ") + ".") }
        return facts
    }

    private var stopFacts: [String] {
        var facts: [String] = []
        let measured = openMoves.prefix(EngagementReport.mostMoves).compactMap { move in move.measure.map { "\(move.key) \($0), \(move.threshold ?? "no threshold")" } }
        if !measured.isEmpty { facts.append("Leading measures: " + measured.joined(separator: "; ") + ".") }
        let paused = governance.sequence.rows.filter { $0.standing == .pause }
        if !paused.isEmpty { facts.append("Paused: " + paused.map { "\(initiativeName($0.key)), \(reason($0))" }.joined(separator: "; ") + ".") }
        if !governance.gates.isEmpty {
            facts.append("Gates: " + governance.gates.map { gate in
                "\(initiativeName(gate.initiative)) \(verdictName(gate.verdict))" + (gate.review?.rollbackTrigger.map { ", rolled back when \($0)" } ?? "")
            }.joined(separator: "; ") + ".")
        }
        return facts.isEmpty ? ["No move has a leading measure, and nothing is paused or gated."] : facts
    }
}
