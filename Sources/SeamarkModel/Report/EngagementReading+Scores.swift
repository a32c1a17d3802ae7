import SeamarkJournal

// What the interviews say: domains from answers, seams from mode scores.
extension EngagementReading {
    private struct Voice {
        var respondent: String
        var level: RespondentLevel
    }

    private struct Place {
        var site: Identifier?
        var unit: Identifier?
    }

    mutating func readDomains(_ former: (String) -> Instrument?) {
        let instrument = self.instrument
        /// Of each earlier edition that is at hand: which question here its questions are comparable with.
        var tables: [String: [String: String]] = [:]
        var answers: [ScoredAnswer] = []
        /// Where each of `answers` tells of.
        var places: [Place] = []
        var sources: [Source] = []
        var heard: Set<String> = []
        for answer in of(Catalogue.answer) {
            guard let interview = answer.reference("interview").flatMap({ byId[survivor(of: $0)] }) else {
                leaveOut(answer, "belongs to an interview that is not here; it is not scored")
                continue
            }
            guard var question = answer.text("question") else { continue }
            if interview.text("instrument").map({ $0 != instrument.reference }) ?? carried.isPassedOver(interview.id) {
                let edition = interview.text("instrument") ?? "", isPassedOver = carried.isPassedOver(interview.id)
                if !isPassedOver, tables[edition] == nil, instrument.former(edition) != nil, let earlier = former(edition) {
                    tables[edition] = instrument.comparables(with: earlier).mapValues { $0.question }
                }
                guard !isPassedOver, let target = tables[edition]?[question] else {
                    // What was carried over stands in another interview of the same conversation; what was not is told.
                    if !isPassedOver || !carried.standsElsewhere(answer) {
                        leaveOut(answer, "was asked with another edition of the instrument; it is not scored", unscored: isPassedOver || tables[edition] != nil ? nil : unscored(interview))
                    }
                    continue
                }
                comparable[answer.id] = target
                question = target
            }
            guard instrument.question(question) != nil, let response = answer.group("response") else { continue }
            let value: ScoredAnswer.Value
            switch response.choice("outcome") {
            case "scored":
                guard let score = response.integer("score"), (0...4).contains(score) else { continue }
                value = .score(Int(score))
            case "dontKnow": value = .dontKnow
            case "notApplicable": value = .notApplicable
            case "declined": value = .declined
            case _: continue
            }
            let grade = response.choice("grade").flatMap(EvidenceGrade.init(rawValue:)) ?? .d
            guard let voice = voice(of: answer, in: interview) else { continue }
            heard.insert(voice.respondent)
            if case .score = value { self.answers += 1 }
            places.append(place(of: answer, in: interview))
            answers.append(ScoredAnswer(question: question, respondent: voice.respondent, level: voice.level, grade: grade, value: value))
            sources.append(Source(interview: interview, evidence: answer.references("evidence")))
        }
        people = heard.count
        interviews = Set(sources.map(\.interview.id)).count

        let scope = Set(engagement.texts("inScopeDomains"))
        let reviews = readReviews()
        readScopes(answers, places, scope, reviews)
        for domain in instrument.domains {
            let questions = domain.questions.map { WeightedQuestion($0.id, weight: $0.weight) }
            let ids = Set(domain.questions.map(\.id))
            let own = answers.filter { ids.contains($0.question) }
            let isInScope = scope.isEmpty || scope.contains(domain.code)
            let score = isInScope ? (try? DomainScore(questions: questions, answers: own, reviewed: reviews[nil] ?? [:])) : nil
            let assessed = score.flatMap { $0.score == nil ? nil : $0 }
            let scored = own.filter { if case .score = $0.value { true } else { false } }
            domains.append(Domain(
                code: domain.code, name: ReportText.clean(domain.name), isInScope: isInScope,
                isAskedInVain: isInScope && assessed == nil && own.contains { $0.value == .dontKnow || $0.value == .declined }, score: assessed,
                shownGap: mayShowGap(scored) ? assessed?.perceptionGap : nil, respondents: Set(scored.map(\.respondent)).count,
                reviewed: (assessed?.questions ?? []).filter(\.isReviewed).map(\.key)))
            if let reading = assessed?.reading(key: domain.code) { input.domains.append(reading) }
            tell(of: domain.code, answers.indices.compactMap { place in
                guard ids.contains(answers[place].question), case .score = answers[place].value else { return nil }
                return (answers[place], sources[place])
            })
        }
    }

    /// Of an interview that was asked with an edition that the engagement's did not come after, or with one that is not at hand.
    private func unscored(_ interview: RecordView) -> LeftOut.Unscored? {
        interview.text("instrument").map { LeftOut.Unscored(interview: name(of: interview), edition: ReportText.clean($0)) }
    }

    /// What leads ruled, by place (nil: the whole engagement) and question; of several the later.
    private func readReviews() -> [Identifier?: [String: Int]] {
        var reviews: [Identifier?: [String: Int]] = [:]
        for view in of(Catalogue.scoreReview).sorted(by: EngagementReading.isEarlier) {
            guard let question = view.text("question"), let value = view.group("ruling")?.integer("value"), (0...4).contains(value) else { continue }
            let place = (view.reference("unit") ?? view.reference("site")).map { survivor(of: $0) }
            reviews[place, default: [:]][question] = Int(value)
        }
        return reviews
    }

    /// The unit and the site that an answer tells of: the interview's, else the person's.
    private func place(of answer: RecordView, in interview: RecordView) -> Place {
        let person = (answer.reference("person") ?? interview.references("persons").first).flatMap { byId[survivor(of: $0)] }
        let unit = (interview.reference("unit") ?? person?.reference("unit")).map { survivor(of: $0) }
        let site = (interview.reference("site") ?? unit.flatMap { byId[$0]?.reference("site") } ?? person?.reference("site")).map { survivor(of: $0) }
        return Place(site: site, unit: unit)
    }

    /// Domains by place, for the default points of lines: each only where so many people scored it, there and in what else is not
    /// shown, that nobody can be found out (`PlaceSuppression`).
    private mutating func readScopes(_ answers: [ScoredAnswer], _ places: [Place], _ scope: Set<String>, _ reviews: [Identifier?: [String: Int]]) {
        let handles = Dictionary((of(Catalogue.site) + of(Catalogue.unit)).compactMap { view in view.handle.map { (view.id, $0) } }) { first, _ in first }
        for domain in instrument.domains where scope.isEmpty || scope.contains(domain.code) {
            let ids = Set(domain.questions.map(\.id))
            let own = answers.indices.filter { ids.contains(answers[$0].question) }
            let scored = own.filter { if case .score = answers[$0].value { true } else { false } }
            let shown = PlaceSuppression(
                scored.map { PlaceSuppression.Voice(answers[$0].respondent, site: places[$0].site, unit: places[$0].unit) }, handles: handles, minimum: leastCell).shown
            for place in shown.sorted() {
                let here = own.filter { places[$0].site == place || places[$0].unit == place }.map { answers[$0] }
                let score = try? DomainScore(
                    questions: domain.questions.map { WeightedQuestion($0.id, weight: $0.weight) }, answers: here, reviewed: reviews[place] ?? [:])
                if let reading = score?.reading(key: domain.code) { scopes[place, default: []].append(reading) }
            }
        }
    }

    /// Whose answer it is: the person named, or the one person of the interview. Nil, and left out, without consent or without a level.
    private mutating func voice(of answer: RecordView, in interview: RecordView) -> Voice? {
        let persons = answer.reference("person").map { [$0] } ?? interview.references("persons")
        let views = persons.compactMap { byId[survivor(of: $0)] }
        guard !views.isEmpty, views.count == persons.count else {
            leaveOut(answer, "names nobody who answered; it is not scored")
            return nil
        }
        // Of several who answered together, everyone must have agreed.
        let consents = views.map(consent)
        guard consents.allSatisfy({ $0 == .given }) else {
            leaveOut(answer, "is of somebody who has not given consent; it is not scored")
            return nil
        }
        let levels = Set(views.compactMap { $0.choice("level").flatMap(RespondentLevel.init(rawValue:)) })
        guard let level = levels.first, levels.count == 1 else {
            leaveOut(answer, "is of several people on different levels; name who answered")
            return nil
        }
        return Voice(respondent: views.count == 1 ? views[0].id.description : "interview " + interview.id.description, level: level)
    }

    /// A person's consent; withdrawn as soon as one of the records that it stands for says so.
    private func consent(of person: RecordView) -> Consent.State {
        let twins = merges.standsFor(person.id).compactMap { byId[$0]?.consent?.state }
        return twins.contains(.withdrawn) ? .withdrawn : person.consent?.state ?? .none
    }

    /// Would the gap between the floor and the top give away what a few people said? Everyone else is the remainder.
    private func mayShowGap(_ scored: [ScoredAnswer]) -> Bool {
        func count(_ levels: [RespondentLevel]) -> Int { Set(scored.filter { levels.contains($0.level) }.map(\.respondent)).count }
        let cells = CellSuppression([
            CellSuppression.Cell("above", respondents: count([.executive, .director])),
            CellSuppression.Cell("below", respondents: count([.supervisor, .frontline])),
            CellSuppression.Cell("others", respondents: count([.manager, .external])),
        ], minimum: leastCell)
        return cells.shown.contains("above") && cells.shown.contains("below")
    }

    mutating func readSeams() {
        let views = of(Catalogue.seam)
        let keys = keys(views)
        var scores: [Identifier: [SeamSeverity.ModeScore]] = [:]
        for row in of(Catalogue.seamModeScore) {
            guard let seam = row.reference("seam"), let mode = row.choice("mode").flatMap(SeamMode.init(rawValue:)),
                let rating = row.group("rating"), let score = rating.integer("score"), (0...4).contains(score)
            else { continue }
            let grade = rating.choice("grade").flatMap(EvidenceGrade.init(rawValue:)) ?? .d
            scores[survivor(of: seam), default: []].append(SeamSeverity.ModeScore(mode, score: Int(score), grade: grade))
        }
        for view in views {
            let key = keys[view.id] ?? view.id.description
            let severity = scores[view.id].flatMap { try? SeamSeverity($0) }
            let isExposed = view.boolean("aiExposed") ?? false
            let velocity = view.threePoint("velocity").flatMap { $0.low >= 1 && $0.high <= 1000 ? $0 : nil }
            input.seams.append(SeamReading(key: key, severity: severity?.value ?? 0, isAIExposed: isExposed, velocity: velocity))
            seams.append(Seam(
                key: key, record: view.id, name: ReportText.clean(view.text("name") ?? ""), from: unit(view, "fromUnit"), to: unit(view, "toUnit"),
                object: view.text("object").map { ReportText.clean($0) }, ownerFrom: view.text("ownerFrom").map { ReportText.clean($0) },
                ownerTo: view.text("ownerTo").map { ReportText.clean($0) }, isAIExposed: isExposed, severity: severity,
                valueStream: view.text("valueStream").map { ReportText.clean($0) }, velocity: velocity, failureCost: failureCost(view)))
        }
    }

    private func failureCost(_ view: RecordView) -> YearlyCost? {
        guard let group = view.group("volumetrics"), let failures = group.threePoint("failuresPerWeek"), let cost = group.threePoint("costPerFailure").flatMap(scaled)
        else { return nil }
        return SeamMap.failureCost(failuresPerWeek: failures, costPerFailure: cost)
    }

    private func unit(_ view: RecordView, _ field: String) -> String? {
        view.reference(field).flatMap { byId[survivor(of: $0)]?.text("name") }.map { ReportText.clean($0) }
    }
}
