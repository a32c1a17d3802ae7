import SeamarkJournal

extension EngagementReport {
    /// The report as a JSON text for people and programs; ends with a new line.
    public var json: String { document.pretty }

    /// The report as a document (`seamark-report`, version 1). Amounts are in the main unit of the currency at full precision, shares are 0…1,
    /// severities of domains 0…1 and of seams 0…4.
    public var document: JSONValue {
        .object([
            JSONMember("format", "seamark-report"), JSONMember("version", 1), JSONMember("fictitious", optional(fictitious)),
            JSONMember("engagement", factsDocument), JSONMember("status", gateDocument), JSONMember("preview", previewDocument), JSONMember("amountsIn", .string(facts.currency)),
            JSONMember("headline", headlineDocument),
            JSONMember("inPlan", .object([
                JSONMember("alreadyInPlan", number(result.inPlan.inPlan)), JSONMember("notInPlan", number(result.inPlan.notInPlan)),
                JSONMember("unknown", number(result.inPlan.unknown)),
                JSONMember("ranges", .object([("alreadyInPlan", InPlan.yes), ("notInPlan", .no), ("unknown", .unknown)].map { name, part in
                    JSONMember(name, result.inPlan.ranges[part].map { .object(spread($0)) } ?? .null)
                })),
            ])),
            JSONMember("evidence", evidenceDocument(result.evidence)),
            JSONMember("waterfall", .object([
                JSONMember("gross", number(result.waterfall.gross.mean)), JSONMember("overlap", number(result.waterfall.overlap.mean)),
                JSONMember("ceiling", number(result.waterfall.ceiling.mean)), JSONMember("net", number(result.waterfall.net.mean)),
                JSONMember("ranges", .object([
                    JSONMember("gross", .object(spread(result.waterfall.gross))), JSONMember("overlap", .object(spread(result.waterfall.overlap))),
                    JSONMember("ceiling", .object(spread(result.waterfall.ceiling))), JSONMember("net", .object(spread(result.waterfall.net))),
                ])),
            ])),
            JSONMember("frontRunners", .object([
                JSONMember("domains", .array(frontRunningDomains.map { .string($0) })), JSONMember("domainsInWords", .string(domainRunners)),
                JSONMember("seams", .array(frontRunningSeams.map { .string($0) })), JSONMember("seamsInWords", .string(seamRunners)),
            ])),
            JSONMember("domains", .array(domains.map(domainDocument))), JSONMember("unallocated", .object(spread(result.unallocated))),
            JSONMember("categories", .array(result.categories.map { category in
                .object([JSONMember("category", .string(category.category.rawValue))] + spread(category.net) + [JSONMember("evidence", evidenceDocument(category.evidence))])
            })),
            JSONMember("sites", .array(result.sites.map(siteDocument))),
            JSONMember("exceedance", .array(result.exceedance.map { .object([JSONMember("probability", number($0.probability)), JSONMember("amount", number($0.amount))]) })),
            JSONMember("seams", .array(seams.map(seamDocument))), JSONMember("notAtASeam", .object(spread(result.notAtASeam))),
            JSONMember("lines", .array(lines.map(lineDocument))),
            JSONMember("overlaps", .array(overlaps.map { overlap in
                .object([
                    JSONMember("lines", .array([.string(overlap.first), .string(overlap.second)])), JSONMember("share", number(overlap.share)),
                    JSONMember("reason", .string(overlap.reason)),
                ])
            })),
            JSONMember("evidenceList", piecesDocument), JSONMember("stress", stressDocument), JSONMember("conflicts", .array(conflicts.map(conflictDocument))),
            JSONMember("findings", .array(findings.map { finding in
                .object([
                    JSONMember("kind", .string(finding.kind.rawValue)), JSONMember("record", .string(ReportText.clean(finding.name))),
                    JSONMember("field", optional(finding.field)), JSONMember("blocksBoard", .bool(finding.blocksBoard)),
                    JSONMember("words", .string(ReportText.clean(finding.words))),
                ])
            })),
            JSONMember("leftOut", .array(leftOut.map { left in
                .object([
                    JSONMember("record", .string(left.name)), JSONMember("type", .string(Catalogue.type(left.type)?.key ?? "")),
                    JSONMember("words", .string(left.words)), JSONMember("isMoney", .bool(left.isMoney)),
                ])
            })),
            JSONMember("leftOutForConsent", .object([
                JSONMember("answers", .integer(Int64(withdrawnAnswers))), JSONMember("quotes", .integer(Int64(withdrawnQuotes))),
            ])), JSONMember("redactedValues", .integer(Int64(redactions))),
            JSONMember("withdrawn", .array(withdrawn.map { .string($0) })), JSONMember("method", methodDocument),
        ] + voiceMembers + governanceMembers)
    }

    // MARK: - Parts

    /// Infinite ratios have no number in JSON.
    func number(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .number($0 + 0) : nil } ?? .null }
    func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    func spread(_ spread: Spread) -> [JSONMember] { Self.members(of: spread) }

    static func members(of spread: Spread) -> [JSONMember] {
        // Nothing is written as -0.
        func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value + 0) : .null }
        return [
            JSONMember("mean", number(spread.mean)), JSONMember("p10", number(spread.p10)), JSONMember("p25", number(spread.p25)),
            JSONMember("p50", number(spread.p50)), JSONMember("p75", number(spread.p75)), JSONMember("p90", number(spread.p90)),
        ]
    }

    func range(_ range: ThreePoint?) -> JSONValue {
        range.map { .object([JSONMember("low", number($0.low)), JSONMember("likely", number($0.likely)), JSONMember("high", number($0.high))]) } ?? .null
    }

    private var factsDocument: JSONValue {
        .object([
            JSONMember("handle", .string(facts.handle)), JSONMember("title", .string(facts.title)), JSONMember("status", .string(facts.status)),
            JSONMember("fiscalYear", facts.fiscalYear.map { .integer($0) } ?? .null), JSONMember("revenue", number(facts.revenue)),
            JSONMember("plannedOperatingIncome", number(facts.plannedOperatingIncome)), JSONMember("sites", .array(facts.sites.map { .string($0) })),
            JSONMember("interviews", .integer(Int64(facts.interviews))), JSONMember("people", .integer(Int64(facts.people))),
            JSONMember("answers", .integer(Int64(facts.answers))),
        ])
    }

    private var gateDocument: JSONValue {
        .object([
            JSONMember("label", .string(statusLabel)), JSONMember("boardReady", .bool(isBoardReady)),
            JSONMember("reasons", .array(gate.reasons.map { .string($0) })),
            JSONMember("conditions", .array(gate.conditions.map { condition in
                .object([
                    JSONMember("kind", .string(condition.kind.rawValue)), JSONMember("outcome", .string(condition.outcome.rawValue)),
                    JSONMember("words", .array(condition.words.map { .string($0) })),
                ])
            })),
        ])
    }

    private var previewDocument: JSONValue {
        guard let preview = provenance.preview else { return .null }
        return .object([
            JSONMember("words", optional(previewSentence)), JSONMember("unsentChanges", .integer(Int64(preview.unsent))),
            JSONMember("logPosition", .integer(Int64(clamping: preview.position))),
        ])
    }

    private var headlineDocument: JSONValue {
        let relative: JSONValue =
            switch result.relative {
            case .ofPlannedOperatingIncome(let share): .object([JSONMember("of", "plannedOperatingIncome")] + spread(share))
            case .ofRevenue(let share, let reason):
                .object([JSONMember("of", "revenue"), JSONMember("because", .string(reason.rawValue))] + spread(share))
            case .unavailable(let reason): .object([JSONMember("of", .null), JSONMember("because", .string(reason.rawValue))])
            }
        return .object(spread(result.headline) + [
            JSONMember("rho", number(result.settings.correlation)), JSONMember("relative", relative),
            JSONMember("rho0", .object(spread(result.independent))), JSONMember("rho1", .object(spread(result.dependent))),
            JSONMember("allLow", number(result.allLow)), JSONMember("allLikely", number(result.allLikely)), JSONMember("allHigh", number(result.allHigh)),
            JSONMember("inWords", .string(plain(headlineSentence))), JSONMember("relativeInWords", .string(relativeSentence)),
        ])
    }

    private func evidenceDocument(_ shares: [EvidenceShare]) -> JSONValue {
        .array(shares.map { share in
            .object([JSONMember("grade", .string(share.grade.rawValue))] + spread(share.net) + [JSONMember("share", number(share.share))])
        })
    }

    private func exposure(_ exposure: Exposure) -> [JSONMember] {
        [JSONMember("rank", exposure.rank.map { .integer(Int64($0)) } ?? .null)] + spread(exposure.net) + [
            JSONMember("firstShare", number(exposure.firstShare)), JSONMember("firstThreeShare", number(exposure.firstThreeShare)),
            JSONMember("severity", number(exposure.severity)),
        ]
    }

    private func siteDocument(_ site: SiteExposure) -> JSONValue {
        .object([JSONMember("site", optional(site.site))] + spread(site.net) + [
            JSONMember("firstShare", number(site.firstShare)), JSONMember("firstThreeShare", number(site.firstThreeShare)),
            JSONMember("evidence", evidenceDocument(site.evidence)),
        ])
    }

    private func domainDocument(_ domain: Domain) -> JSONValue {
        .object([JSONMember("key", .string(domain.exposure.key)), JSONMember("name", .string(domain.name))] + exposure(domain.exposure) + [
            JSONMember("confidence", number(domain.exposure.confidence)), JSONMember("confidenceLevel", optional(domain.confidence?.rawValue)),
            JSONMember("coverage", number(domain.coverage)), JSONMember("perceptionGap", number(domain.perceptionGap)),
            JSONMember("inScope", .bool(domain.isInScope)), JSONMember("reviewedQuestions", .array(domain.reviewed.map { .string($0) })),
            inputs(.domain, domain.exposure.key),
        ])
    }

    private func seamDocument(_ seam: Seam) -> JSONValue {
        let index: JSONValue = seam.exposure.riskIndex.map { .object(spread($0)) } ?? .null
        return .object([JSONMember("key", .string(seam.exposure.key)), JSONMember("name", .string(seam.seam.name))] + exposure(seam.exposure) + [
            JSONMember("riskIndex", number(seam.exposure.riskIndex?.mean)),
            JSONMember("ranges", .object([JSONMember("riskIndex", index)])),
            JSONMember("modes", .object((seam.seam.severity?.modes ?? []).map { JSONMember($0.mode.rawValue, number($0.value)) })),
            JSONMember("from", optional(seam.seam.from)), JSONMember("to", optional(seam.seam.to)), JSONMember("object", optional(seam.seam.object)),
            JSONMember("ownerFrom", optional(seam.seam.ownerFrom)), JSONMember("ownerTo", optional(seam.seam.ownerTo)),
            JSONMember("ownersGap", optional(seam.ownersGap)), JSONMember("aiExposed", .bool(seam.seam.isAIExposed)),
            JSONMember("velocity", range(seam.seam.velocity)),
            inputs(.seam, seam.exposure.key),
        ])
    }

    private func points(_ points: [PointShare]) -> JSONValue {
        .object(points.sorted { HandleOrder.precedes($0.key, $1.key) }.map { JSONMember($0.key, number($0.points)) })
    }

    private func lineDocument(_ line: Line) -> JSONValue {
        let parts = line.priced.amount.parts.enumerated().map { place, range in
            let factor = place < line.line.factors.count ? line.line.factors[place] : nil
            return JSONValue.object((factor.map { [JSONMember("name", .string($0.name)), JSONMember("unit", .string($0.unit))] } ?? []) + [
                JSONMember("low", number(range.low)), JSONMember("likely", number(range.likely)), JSONMember("high", number(range.high)),
            ])
        }
        return .object([
            JSONMember("key", .string(line.line.key)), JSONMember("title", .string(line.line.title)),
            JSONMember("category", .string(line.priced.category.rawValue)), JSONMember("grade", .string(line.exposure.grade.rawValue)),
            JSONMember("status", .string(line.line.status)), JSONMember("site", optional(line.line.site)),
            JSONMember("inPlan", .string(line.priced.inPlan.rawValue)), JSONMember("probability", number(line.priced.probability)),
            JSONMember("price", .array(parts)), JSONMember("exactMean", number(line.exposure.exactMean)),
            JSONMember("gross", .object(spread(line.exposure.gross))), JSONMember("net", .object(spread(line.exposure.net))),
            JSONMember("overlap", number(line.exposure.overlap)), JSONMember("ceiling", number(line.exposure.ceiling)),
            JSONMember("varianceShare", number(line.exposure.varianceShare)), JSONMember("domainPoints", points(line.exposure.domainPoints)),
            JSONMember("variant", optional(line.line.variant?.rawValue)), JSONMember("basis", optional(line.line.basis)),
            JSONMember("evidence", .array(line.line.evidence.map { .string($0.key) })), JSONMember("domainPointsFromMatrix", .bool(line.exposure.usesDefaultPoints)), JSONMember("seamPoints", points(line.priced.seamPoints)),
        ] + (line.line.formula.map { [JSONMember("formula", .string($0))] } ?? []))
    }

    private var stressDocument: JSONValue {
        guard let stress = result.stress else { return .null }
        let bySeam: JSONValue = .object(stress.bySeam.map { JSONMember($0.key, .object(spread($0.added))) })
        return .object(spread(stress.net) + [
            JSONMember("addedMean", number(stress.added.mean)), JSONMember("seams", .array(stress.seams.map { .string($0) })),
            JSONMember("bySeam", .object(stress.bySeam.map { JSONMember($0.key, number($0.added.mean)) })),
            JSONMember("ranges", .object([JSONMember("addedMean", .object(spread(stress.added))), JSONMember("bySeam", bySeam)])),
        ])
    }

    private func conflictDocument(_ conflict: OpenConflict) -> JSONValue {
        .object([
            JSONMember("id", .string(conflict.id.description)), JSONMember("record", .string(conflict.record)), JSONMember("type", .string(conflict.type)),
            JSONMember("field", .string(conflict.field)), JSONMember("touchesMoney", .bool(conflict.touchesMoney)),
            JSONMember("values", .array(conflict.sayings.map { saying in
                .object([
                    JSONMember("author", .string(saying.author)), JSONMember("at", .string(time(saying.at))), JSONMember("value", .string(saying.words)),
                    JSONMember("used", .bool(saying.isUsed)),
                ])
            })),
        ])
    }

    private var methodDocument: JSONValue {
        .object([
            JSONMember("method", .string(RiskSettings.method)), JSONMember("iterations", .integer(Int64(result.settings.iterations))),
            // A seed may be larger than what programs read as a number.
            JSONMember("seed", .string(String(result.settings.seed))), JSONMember("rho", number(result.settings.correlation)),
            JSONMember("instrument", .string(instrument)), JSONMember("instrumentName", .string(instrumentName)),
            JSONMember("assumptions", .array(assumptions.map { .string($0) })), JSONMember("exclusions", .array(exclusions.map { .string($0) })),
            JSONMember("unallocatedShare", number(unallocatedShare)), JSONMember("software", .string(ReportText.clean(provenance.software))),
            JSONMember("madeAt", optional(provenance.frozen == nil ? provenance.madeAt.map(time) : nil)), JSONMember("inputsHash", .string(inputsHash.description)),
            JSONMember("frozen", frozenDocument),
            JSONMember("checkpoint", provenance.checkpoint.map { checkpointDocument($0) } ?? .null),
        ])
    }

    /// The share of the mean that no domain explains, 0…1.
    var unallocatedShare: Double { result.headline.mean > 0 ? result.unallocated.mean / result.headline.mean : 0 }

    /// With plain spaces: programs compare texts.
    func plain(_ text: String) -> String { String(text.map { $0 == "\u{a0}" ? " " : $0 }) }
}
