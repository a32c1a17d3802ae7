// The four outputs, the ninety days, the gates and the checks in the report's document. Durations are in seconds, days are dates.
extension EngagementReport {
    var governanceMembers: [JSONMember] {
        [
            JSONMember("asOf", .string(CalendarDate.text(days: governance.today))), JSONMember("decisionsAsked", .array(decisionsAsked.map { .string(plain($0)) })),
            JSONMember("boardQuestions", .array(boardQuestions.map { question in
                .object([
                    JSONMember("number", .integer(Int64(question.number))), JSONMember("question", .string(question.question)),
                    JSONMember("facts", .array(question.facts.map { .string(plain($0)) })), JSONMember("narrative", optional(question.narrative)),
                    JSONMember("approvedBy", optional(question.approvedBy)), JSONMember("approvalHolds", question.isApprovalGood.map { .bool($0) } ?? .null),
                    JSONMember("obstacles", .array((question.obstacles + question.warnings).map { .string(plain($0)) })),
                ])
            })),
            JSONMember("structuralChecks", .array(governance.checks.map { check in
                .object([
                    JSONMember("kind", .string(check.kind.rawValue)), JSONMember("subject", .string(check.subject)), JSONMember("other", optional(check.other)),
                    JSONMember("words", .string(plain(check.words))), JSONMember("answer", optional(check.answer)),
                ])
            })),
            JSONMember("constraint", constraintDocument),
            JSONMember("seamMap", .array(governance.seamMap.rows.map(seamRowDocument))),
            JSONMember("decisions", .array(governance.decisions.map(decisionDocument))),
            JSONMember("bandwidth", .array(governance.bandwidth.map { load in
                .object([
                    JSONMember("role", .string(load.role)), JSONMember("load", number(load.load)), JSONMember("light", .string(load.light.rawValue)),
                    JSONMember("decisions", .array(load.decisions.map { .string($0) })),
                ])
            })),
            JSONMember("sequence", sequenceDocument), JSONMember("bridge", governance.bridge?.document ?? .null), JSONMember("comparedWith", optional(earlier?.snapshot.handle)), JSONMember("notCompared", optional(earlier?.obstacle)), JSONMember("gates", .array(governance.gates.map(gateReviewDocument))),
            JSONMember("cycle", cycleDocument),
        ]
    }

    private func seamRowDocument(_ row: SeamMap.Row) -> JSONValue {
        let ranges: JSONValue = .object([
            JSONMember("index", .object(spread(row.index))), JSONMember("exposure", .object(spread(row.exposure))),
            JSONMember("stressAdded", row.stressAdded.map { .object(spread($0)) } ?? .null),
        ])
        return .object([
            JSONMember("seam", .string(row.key)), JSONMember("rank", .integer(Int64(row.rank))), JSONMember("index", number(row.index.mean)),
            JSONMember("exposure", number(row.exposure.mean)), JSONMember("severity", number(row.severity)), JSONMember("failureCost", cost(row.failureCost)),
            JSONMember("costDiffers", .bool(row.costDiffers)), JSONMember("stressAdded", number(row.stressAdded?.mean)), JSONMember("ranges", ranges),
        ])
    }

    private func cost(_ cost: YearlyCost?) -> JSONValue {
        cost.map { .object([JSONMember("mean", number($0.mean)), JSONMember("low", number($0.low)), JSONMember("high", number($0.high))]) } ?? .null
    }

    private func alignment(_ alignment: FundingAlignment, of programme: Programme) -> JSONValue {
        let initiatives = initiatives(of: programme)
        return .object([
            JSONMember("toConstraint", number(alignment.toConstraint)), JSONMember("all", number(alignment.all)), JSONMember("share", number(alignment.share)),
            JSONMember("ranges", .object([
                JSONMember("toConstraint", costDocument(CostRange(of: initiatives.filter(fundsTheConstraint)))), JSONMember("all", costDocument(CostRange(of: initiatives))),
            ])),
        ])
    }

    /// The two columns of the constraint: by key, the dearest first.
    private func fundingDocument(_ programme: Programme) -> JSONValue {
        let funding = funding(of: programme)
        return .object([
            JSONMember("constraint", .array(funding.constraint.map { .string($0.key) })), JSONMember("around", .array(funding.around.map { .string($0.key) })),
        ])
    }

    private var constraintDocument: JSONValue {
        .object([
            JSONMember("streams", .array(governance.constraintView.streams.map { stream in
                .object([JSONMember("valueStream", optional(stream.name)), JSONMember("governing", optional(stream.governing)), JSONMember("because", .string(stream.because.word))])
            })),
            JSONMember("resources", .array(governance.constraints.map { constraint in
                let r = constraint.reading
                return .object([
                    JSONMember("key", .string(r.key)), JSONMember("resource", .string(r.name)), JSONMember("site", optional(constraint.site)),
                    JSONMember("status", .string(r.status.rawValue)), JSONMember("isMarket", .bool(r.isMarket)), JSONMember("load", range(r.load)),
                    JSONMember("capacity", number(r.capacity)), JSONMember("unit", .string(r.unit)), JSONMember("period", .string(r.period.rawValue)),
                    JSONMember("utilisation", range(r.utilisation)), JSONMember("lostHour", range(r.costOfLostHour)),
                    JSONMember("yearlyCost", cost(r.yearlyCost)),
                    inputs(.constraint, r.key),
                ])
            })),
            JSONMember("alignmentBefore", alignment(governance.sequence.before, of: .before)), JSONMember("alignmentAfter", alignment(governance.sequence.after, of: .after)),
            JSONMember("alignmentOfFreeChoice", alignment(governance.sequence.freeChoice, of: .freeChoice)),
            JSONMember("funding", .object([JSONMember("before", fundingDocument(.before)), JSONMember("after", fundingDocument(.after))])),
        ])
    }

    private func decisionDocument(_ decision: Governance.Decision) -> JSONValue {
        let r = decision.captured.reading, v = decision.view, c = decision.captured
        return .object([
            JSONMember("key", .string(v.key)), JSONMember("name", .string(r.name)), JSONMember("trigger", optional(c.trigger)), JSONMember("domain", optional(c.domain)),
            JSONMember("seam", optional(c.seam)), JSONMember("decidesOn", .array(c.inputs.map { .string($0) })), JSONMember("decider", optional(r.decider)), JSONMember("deputy", optional(r.deputy)),
            JSONMember("limit", number(c.limit)), JSONMember("latency", range(v.latency)), JSONMember("isMeasured", .bool(v.isMeasured)),
            JSONMember("samples", .integer(Int64(r.samples.count))), JSONMember("timeToDamage", range(r.timeToDamage)), JSONMember("ratio", number(v.ratio)),
            JSONMember("standing", optional(v.standing?.rawValue)), JSONMember("forum", optional(c.forum)), JSONMember("forumInterval", number(r.forumInterval)),
            JSONMember("proposedForum", optional(c.proposedForum)), JSONMember("proposedInterval", number(c.proposedInterval)), JSONMember("forumMeanWait", number(v.forum?.meanWait)), JSONMember("forumWorstWait", number(v.forum?.worstWait)),
            JSONMember("cannotBeDecidedInForum", v.forum?.cannotDecideInTime.map { .bool($0) } ?? .null), JSONMember("excess", cost(v.excess)),
            JSONMember("reopenRate", number(v.reopenRate)), JSONMember("escalatedShare", number(v.escalatedShare)), inputs(.decision, v.key),
        ])
    }

    private var sequenceDocument: JSONValue {
        let s = governance.sequence
        func money(_ cost: (InvestmentSequence.Verdict) -> CostRange) -> JSONValue {
            .object(InvestmentSequence.Verdict.allCases.map { JSONMember($0.rawValue, costDocument(cost($0))) })
        }
        let ranges: JSONValue = .object([
            JSONMember("budgetLeft", budgetLeft.map { costDocument($0) } ?? .null), JSONMember("asked", costDocument(askedCost)),
            JSONMember("money", money({ cost(by: $0) })), JSONMember("ruledMoney", s.isRuledOtherwise ? money({ ruledCost(by: $0) }) : .null),
        ])
        return .object([
            JSONMember("horizonMonths", number(governance.horizonMonths)), JSONMember("hurdle", number(governance.hurdle)), JSONMember("budget", number(governance.budget)),
            JSONMember("budgetLeft", number(s.budgetLeft)),
            JSONMember("rows", .array(zip(s.rows, governance.protected).map { rowDocument($0, protects: $1) })),
            JSONMember("stopped", .array(s.stopped.map { .string($0) })), JSONMember("asked", number(askedCost.mean)),
            JSONMember("money", .object(InvestmentSequence.Verdict.allCases.map { JSONMember($0.rawValue, number(s.money($0))) })),
            JSONMember("ruledMoney", s.isRuledOtherwise ? .object(InvestmentSequence.Verdict.allCases.map { JSONMember($0.rawValue, number(s.ruledMoney($0))) }) : .null),
            JSONMember("ranges", ranges),
            JSONMember("residual", .object(spread(governance.residual))), JSONMember("ruledResidual", governance.ruledResidual.map { .object(spread($0)) } ?? .null),
        ])
    }

    private func rowDocument(_ row: InvestmentSequence.Row, protects protected: Spread) -> JSONValue {
        let captured = initiative(row.key)
        let targets: [JSONValue] = (captured?.targets ?? []).map { target in
            .object([JSONMember("line", .string(target.line)), JSONMember("reduction", range(target.reduction))])
        }
        let ruling: JSONValue = row.ruling.map { ruling in
            .object([
                JSONMember("verdict", .string(ruling.verdict.rawValue)), JSONMember("reason", .string(ruling.reason)), JSONMember("approver", .string(ruling.approver)),
            ])
        } ?? .null
        let cost: JSONValue = captured?.cost.map { costDocument(CostRange($0)) } ?? .null
        return .object([
            JSONMember("key", .string(row.key)), JSONMember("name", .string(captured?.name ?? "")), JSONMember("sponsor", optional(captured?.sponsor)),
            JSONMember("rank", .integer(Int64(row.rank))),
            JSONMember("declaredRank", row.declaredRank.map { .integer(Int64($0)) } ?? .null), JSONMember("moved", row.moved.map { .integer(Int64($0)) } ?? .null),
            JSONMember("tier", row.tier.map { .integer(Int64($0)) } ?? .null), JSONMember("verdict", .string(row.verdict.rawValue)),
            JSONMember("because", .string(plain(computedReason(row)))), JSONMember("cost", number(row.cost)), JSONMember("ranges", .object([JSONMember("cost", cost)])),
            JSONMember("targets", .array(targets)), JSONMember("protected", .object(spread(protected))), JSONMember("protectedByMeans", number(row.protected)),
            JSONMember("ratio", number(row.ratio)), JSONMember("paybackMonths", number(row.paybackMonths)),
            JSONMember("inDispute", .array(disputed(row.key).map { .string($0) })), JSONMember("ruling", ruling),
        ])
    }

    private func gateReviewDocument(_ gate: Governance.Gate) -> JSONValue {
        .object([
            JSONMember("initiative", .string(gate.initiative)), JSONMember("verdict", .string(gate.verdict.rawValue)), JSONMember("review", optional(gate.review?.key)),
            JSONMember("extent", optional(gate.review?.extent)), JSONMember("reviewer", optional(gate.review?.reviewer)),
            JSONMember("date", optional(gate.review.map { CalendarDate.text(days: $0.day) })), JSONMember("validDays", gate.review.map { .integer(Int64($0.gate.validDays)) } ?? .null),
            JSONMember("rollbackTrigger", optional(gate.review?.rollbackTrigger)), JSONMember("expired", gate.review.map { .bool($0.gate.hasExpired) } ?? .null),
            JSONMember("results", .object(ScalingGate.Criterion.allCases.map { criterion in
                JSONMember(criterion.rawValue, .string((gate.review?.gate.results[criterion] ?? .notAssessed).rawValue))
            })),
            JSONMember("decision", optional(gate.review?.decision?.rawValue)), JSONMember("contradictions", .array(gate.contradictions.map { .string(plain($0)) })),
        ])
    }

    private var cycleDocument: JSONValue {
        .object([
            JSONMember("number", governance.cycle.map { .integer(Int64($0.number)) } ?? .null), JSONMember("day", governance.cycle.map { .integer(Int64($0.days.day)) } ?? .null),
            JSONMember("phase", optional(governance.cycle?.days.phase?.rawValue)), JSONMember("daysLeft", governance.cycle.map { .integer(Int64($0.days.daysLeft)) } ?? .null),
            JSONMember("exitRules", .object(governance.exitRules.map { rule in JSONMember(rule.phase.rawValue, .array(rule.missing.map { .string(plain($0)) })) })),
            JSONMember("moves", .array(governance.moves.map { move in
                .object([
                    JSONMember("key", .string(move.key)), JSONMember("title", .string(move.title)), JSONMember("owner", optional(move.owner)),
                    JSONMember("due", optional(move.due.map { CalendarDate.text(days: $0) })), JSONMember("measure", optional(move.measure)),
                    JSONMember("threshold", optional(move.threshold)), JSONMember("lines", .array(move.lines.map { .string($0) })),
                    JSONMember("seams", .array(move.seams.map { .string($0) })), JSONMember("state", .string(move.state.rawValue)), JSONMember("atRisk", .bool(move.isAtRisk)),
                    JSONMember("overdue", .bool(move.isOverdue(on: governance.today))),
                ])
            })),
            JSONMember("drift", .object(DriftReading.index(of: governance.drift, today: governance.today).map { JSONMember($0.kind.rawValue, .integer(Int64($0.count))) })),
            JSONMember("interviewFirst", .array(governance.interviewFirst.map { .string($0) })),
        ])
    }
}
