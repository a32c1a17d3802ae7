public import SeamarkJournal

/// The rules between fields and between records of one engagement, in the order of types and handles.
public struct Findings {
    let records: [RecordView]
    let byId: [Identifier: RecordView]
    private var forms = FormsAtHand()
    private let instrument: Instrument?
    private let withdrawals: Withdrawals
    let merges: Merges
    let conversations: Conversations
    private var findings: [Finding] = []

    init(_ records: [RecordView], _ instrument: Instrument?) {
        // What is hidden is not judged: a finding would tell of it.
        let hidden = Withdrawals.concealed(among: records)
        withdrawals = Withdrawals(records)
        self.records = records.filter { !$0.isDeleted && !hidden.contains($0.id) }.sorted { left, right in
            if left.state.type != right.state.type { return left.state.type < right.state.type }
            let a = left.handle ?? "", b = right.handle ?? ""
            return a != b ? HandleOrder.precedes(a, b) : left.id < right.id
        }
        byId = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
        self.instrument = instrument
        merges = Merges(records)
        conversations = Conversations(records, merges)
    }

    /// Everything worth a look in `records`: those of the engagement, and of the shared scope so that members are found.
    ///
    /// - Parameter instrument: to know questions and domains by; nil leaves those rules out.
    public static func all(in records: [RecordView], instrument: Instrument? = nil) -> [Finding] {
        var findings = Findings(records, instrument)
        findings.judgeAlone()
        findings.judgeTwins()
        findings.judgeAnswersOfMerged()
        findings.judgeCycles()
        findings.judgeOverlaps()
        findings.judgeReviews()
        return findings.findings
    }

    /// What keeps this interview from being finalised; devices ask before they write the status (`RecordCapture`).
    public static func obstacles(toFinalising interview: Identifier, in records: [RecordView]) -> [Finding] {
        var findings = Findings(records, nil)
        if let view = findings.byId[interview] { findings.judgeInterview(view, asFinalised: true) }
        return findings.findings
    }

    /// The same for each of many interviews.
    static func obstacles(toFinalising interviews: [Identifier], in records: [RecordView]) -> [Identifier: [Finding]] {
        var findings = Findings(records, nil)
        var found: [Identifier: [Finding]] = [:]
        for interview in interviews {
            findings.findings = []
            if let view = findings.byId[interview] { findings.judgeInterview(view, asFinalised: true) }
            found[interview] = findings.findings
        }
        return found
    }

    // MARK: - One record

    private mutating func judgeAlone() {
        for record in records where !merges.isGone(record.id) {
            guard let type = record.type else { continue }
            if !record.isWhole {
                let missing = type.fields.filter { $0.isRequired && record.shown($0) == .nothing }.map(\.key)
                find(.incomplete, record, missing.first, "lacks \(missing.joined(separator: ", ")); its first change may be in quarantine")
            }
            judgeReferences(record, type)
            switch type.number {
            case Catalogue.interview.number:
                judgeInterview(record, asFinalised: false)
                judgeInstrument(of: record)
            case Catalogue.answer.number: judgeAnswer(record)
            case Catalogue.quote.number: judgeQuote(record)
            case Catalogue.evidence.number: judgeEvidence(record)
            case Catalogue.formAnswer.number: judgeFormAnswer(record)
            case Catalogue.leakageLine.number: judgeLine(record)
            case Catalogue.constraint.number: judgeConstraint(record)
            case Catalogue.move.number: judgeMove(record)
            case Catalogue.finding.number: judgeStatement(record)
            case Catalogue.boardAnswer.number: judgeBoardAnswer(record)
            case Catalogue.seam.number:
                for key in ["ownerFrom", "ownerTo"] where record.text(key) == nil { find(.ownerMissing, record, key, "nobody owns this side; find out who does, or report it as it is") }
            case Catalogue.decisionRight.number:
                judgeDamage(record)
                for key in ["decider", "deputy"] where record.text(key) == nil { find(.deciderMissing, record, key, "nobody is named; find out who does it, or report it as it is") }
            case _: break
            }
        }
    }

    private mutating func judgeReferences(_ record: RecordView, _ type: RecordType) {
        for field in type.fields {
            if case .reference(let types) = field.kind {
                let ids = field.isSet ? record.references(field.key) : [record.reference(field.key)].compactMap { $0 }
                for id in ids { judgeReference(id, types, record, field) }
            } else if case .points(.seams) = field.kind {
                for share in record.seamPoints(field.key) { judgeReference(share.seam, [Catalogue.seam.number], record, field) }
            } else if case .points(.domains) = field.kind, let instrument {
                for share in record.domainPoints(field.key) where instrument.domain(share.domain) == nil {
                    find(.unknownDomain, record, field.key, "gives points to a domain that the instrument \(instrument.reference) does not have", blocks: true)
                }
            }
        }
    }

    private mutating func judgeReference(_ id: Identifier, _ types: [RecordTypeNumber], _ record: RecordView, _ field: FieldDefinition) {
        let words = types.map { Catalogue.type($0)?.label ?? "record" }.joined(separator: " or ")
        guard let target = field.number == CommonField.mergedInto ? byId[id] : byId[merges.survivor(of: id)] else {
            // Members live in the shared scope, which not every reader holds.
            if types.contains(Catalogue.member.number) { return }
            return find(.missingReference, record, field.key, "refers to a \(words) that is not here, or not yet")
        }
        if !types.contains(target.state.type) {
            find(.wrongReference, record, field.key, "refers to a \(target.type?.label ?? "record"), must be a \(words)", blocks: true)
        } else if target.isDeleted {
            find(.missingReference, record, field.key, "refers to a \(words) that was deleted; choose another or clear it")
        }
    }

    private mutating func judgeInterview(_ record: RecordView, asFinalised: Bool) {
        let finalised = asFinalised || (record.integer("status") ?? 1) >= 2
        let start = record.integer("startedAt"), end = record.integer("endedAt")
        if let start, let end, end <= start { find(.endsBeforeStart, record, "endedAt", "must be after the start; correct one of the two") }
        if let start, let end, CalendarDate.span(from: start, to: end) > 8 * 3_600_000 { find(.longInterview, record, "endedAt", "is more than 8 hours after the start; check both") }
        for person in record.references("persons") {
            guard let view = byId[merges.survivor(of: person)] else { continue }
            let consent = consent(of: view)?.state ?? .none
            if withdrawals.includes(person) || consent == .withdrawn {
                // What they said is hidden and redacted, and nobody is to be found out by a report: only who finalises is told.
                if asFinalised { find(.withdrawnConsent, record, "persons", "somebody in it has withdrawn consent; take them out of it, or leave it a draft", blocks: true) }
            } else if consent == .none, finalised {
                find(.noConsent, record, "persons", "\(view.handle ?? "a person") has not given consent; ask, and record it with the person", blocks: true)
            }
        }
        guard finalised, asFinalised || !withdrawals.includesAll(of: record) else { return }
        if record.references("persons").isEmpty { find(.noConsent, record, "persons", "names nobody; name who was interviewed", blocks: true) }
        if end == nil { find(.noEnd, record, "endedAt", "must be given before the interview is finalised") }
        let isEmpty = !records.contains {
            [Catalogue.answer.number, Catalogue.observation.number, Catalogue.formAnswer.number].contains($0.state.type) && $0.reference("interview").map { merges.survivor(of: $0) } == record.id
        }
        if isEmpty { find(.emptyInterview, record, nil, "holds no answer and no observation; capture one, or delete it") }
    }

    /// Of a reader who does not hold the directory nobody can say that an instrument is not there.
    private mutating func judgeInstrument(of record: RecordView) {
        guard let named = record.text("instrument"), named != instrument?.reference, records.contains(where: { $0.type?.home == .shared }),
            !Instrument.available(in: records).contains(named)
        else { return }
        find(.unknownInstrument, record, "instrument", "names an instrument that is not here; its answers are not scored. Publish it, or capture the interview anew with one that is")
    }

    /// A person's consent; withdrawn as soon as one of the records that it stands for says so.
    func consent(of person: RecordView) -> Consent? {
        merges.standsFor(person.id).compactMap { byId[$0]?.consent }.first { $0.state == .withdrawn } ?? person.consent
    }

    private mutating func judgeAnswer(_ record: RecordView) {
        if let response = record.group("response"), let grade = response.choice("grade"), grade == "A" || grade == "B",
            !AnswerReference.isGiven(record), record.references("evidence").isEmpty
        {
            find(.gradeWithoutEvidence, record, "response", "grade \(grade) needs a piece of evidence or a reference; add one, or grade it C or D")
        }
        // What was asked with another edition is none of this one's.
        let asked = record.reference("interview").flatMap { byId[merges.survivor(of: $0)]?.text("instrument") }
        if let instrument, asked == nil || asked == instrument.reference, let question = record.text("question"), instrument.question(question) == nil {
            find(.unknownQuestion, record, "question", "is no question of the instrument \(instrument.reference)")
        }
    }

    /// An answer that came before its questionnaire was taken unseen.
    private mutating func judgeFormAnswer(_ record: RecordView) {
        guard let answer = FormAnswerRecord(record), let form = forms.form(answer.questionnaire, { byId[$0]?.state }) else { return }
        guard let item = form.all.first(where: { $0.name == answer.question && $0.kind.isAnswered }) else {
            return find(.unknownQuestion, record, "question", "is no question of the questionnaire \(form.key)")
        }
        if let given = answer.answer, form.faultByItself(given, to: item, FormWork()) != nil { find(.unfitAnswer, record, "response", "does not fit its question in the questionnaire \(form.key); answer it again") }
    }

    // MARK: - Several records

    private mutating func judgeTwins() {
        var byHandle: [String: RecordView] = [:]
        for record in records where !merges.isGone(record.id) {
            if let handle = record.handle {
                if let first = byHandle.updateValue(record, forKey: "\(record.state.type)/\(handle.lowercased())"), first.id != record.id {
                    find(.twinHandle, record, "handle", "is the handle of two records; merge them, or refer to them by id")
                }
            }
        }
        for twins in Duplicate.proposed(in: records, merges) {
            guard let gone = byId[twins.gone], let kept = byId[twins.kept] else { continue }
            find(.likelyTwin, gone, nil, "has \(twins.reason) as \(kept.handle ?? kept.id.description); merge one into the other, or tell them apart")
        }
        for record in records where MergeWitness.isChanged(record) {
            find(.changedAfterMerge, record, nil, "was changed by somebody who did not know that it was merged; take over what belongs to the other, or unmerge it")
        }
    }

    /// One scorer's answers to one question in interviews that were merged: all rows are kept, and a person says which is meant.
    private mutating func judgeAnswersOfMerged() {
        struct Place: Hashable {
            let type: RecordTypeNumber, interview: Identifier, questionnaire: Identifier?, question: String, scorer: Identifier
        }
        var answers: [Place: [RecordView]] = [:], order: [Place] = [], cleared: Set<Place> = []
        for record in records where record.type === Catalogue.answer || record.type === Catalogue.formAnswer {
            guard let interview = record.reference("interview"), let question = record.text("question"), let scorer = record.reference("scorer") else { continue }
            let place = Place(
                type: record.state.type, interview: merges.survivor(of: interview), questionnaire: record.reference("questionnaire"), question: question, scorer: scorer)
            // An answer to a questionnaire that was taken away is none; in the interview that stands it was taken away of all.
            if record.type === Catalogue.formAnswer, FormAnswerRecord(record)?.isGiven != true {
                if interview == place.interview { cleared.insert(place) }
                continue
            }
            if answers[place] == nil { order.append(place) }
            answers[place, default: []].append(record)
        }
        for place in order where !cleared.contains(place) {
            guard let rows = answers[place], rows.count > 1 else { continue }
            let kept = byId[place.interview]?.handle ?? place.interview.description
            for row in rows {
                guard let interview = row.reference("interview"), interview != place.interview || !rows.contains(where: { $0.reference("interview") == place.interview }) else { continue }
                let gone = byId[interview]?.handle ?? interview.description
                let counts = place.type == Catalogue.answer.number ? "each counts in the scores" : "one of them is shown"
                find(
                    .answeredTwice, row, "question",
                    "was answered in \(gone), which was merged with \(kept): rows of one scorer stand for one question, and \(counts); a lead decides which is meant")
            }
        }
    }

    private mutating func judgeCycles() {
        let single: [(Finding.Kind, String, RecordTypeNumber?)] = [(.mergeCycle, "mergedInto", nil), (.parentCycle, "parent", Catalogue.unit.number)]
        for (kind, key, type) in single {
            for record in records where type == nil || record.state.type == type {
                var at = record
                for _ in 0...records.count {
                    guard let next = at.reference(key).flatMap({ byId[$0] }) else { break }
                    if next.id == record.id {
                        find(kind, record, key, key == "parent"
                            ? "leads back to itself; correct one of the records on the way"
                            : "leads back to itself; the one with the least id stands for all, unmerge one to choose another")
                        break
                    }
                    at = next
                }
            }
        }
        let initiatives = records.filter { $0.state.type == Catalogue.initiative.number }
        for record in initiatives {
            var reached: Set<Identifier> = []
            var open = record.references("prerequisites")
            while let id = open.popLast() {
                if reached.insert(id).inserted, let next = byId[id] { open.append(contentsOf: next.references("prerequisites")) }
            }
            if reached.contains(record.id) { find(.prerequisiteCycle, record, "prerequisites", "waits for itself; take one prerequisite away") }
        }
    }

    private mutating func judgeOverlaps() {
        // Toward better-graded lines the shares of a line sum to at most the whole, and toward worse-graded ones too.
        var better: [Identifier: Int64] = [:]
        var worse: [Identifier: Int64] = [:]
        for record in records where record.state.type == Catalogue.overlap.number {
            guard let first = record.reference("first"), let second = record.reference("second"), let share = record.group("judgement")?.integer("share") else { continue }
            if first == second {
                find(.overlapOfOne, record, "second", "is an overlap of a line with itself; delete it", blocks: true)
                continue
            }
            let ahead = precedence(first) < precedence(second) ? first : second
            let behind = ahead == first ? second : first
            better[behind, default: 0] += share
            worse[ahead, default: 0] += share
        }
        for record in records where record.state.type == Catalogue.leakageLine.number {
            if better[record.id, default: 0] > 10_000 || worse[record.id, default: 0] > 10_000 {
                find(.sharesAboveWhole, record, nil, "overlaps with other lines by more than its whole; lower some shares", blocks: true)
            }
        }
    }

    private func precedence(_ line: Identifier) -> (Int64, Identifier) {
        (byId[line]?.group("amount")?.integer("grade") ?? 5, line)
    }

    mutating func find(_ kind: Finding.Kind, _ record: RecordView, _ field: String?, _ words: String, blocks: Bool = false) {
        findings.append(Finding(
            kind: kind, record: record.id, type: record.state.type, name: record.handle ?? record.id.description, field: field,
            blocksBoard: blocks, words: words))
    }
}
