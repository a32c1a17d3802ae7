import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

/// Where a guided interview meets the records: reads what it resumes from, and makes each of its writes durable.
public struct InterviewDesk: Sendable {
    /// A write that was to happen only if nobody had written since, or only over what the sitting knew; somebody had, and nothing was stored.
    public struct ChangedSince: Error {}
    /// The interview was deleted, or merged into another, meanwhile; nothing was stored.
    public struct Gone: Error {}
    /// Somebody of the interview withdrew consent meanwhile; nothing was stored.
    public struct Withdrawn: Error {}
    /// The interview was finalised: what it holds stands, and nothing was stored.
    public struct Finalised: Error {}
    /// Nothing is shown or taken here any more; nothing was stored.
    public enum Closed: Error {
        case wipeOrdered, revoked
        /// The engagement is no longer this member's, or no longer on the device.
        case notStaffed
    }

    public let device: Device
    public let scope: Identifier
    public let interview: Identifier
    /// May it be shown what stood here before?
    public let shows: Bool
    /// The clock where the laptop is, as conditions of questionnaires look at it.
    private let clock: @Sendable () -> FormClock
    private let shelf = FormShelf()

    public init(_ device: Device, scope: Identifier, interview: Identifier, shows: Bool, clock: @escaping @Sendable () -> FormClock) {
        (self.device, self.scope, self.interview, self.shows, self.clock) = (device, scope, interview, shows, clock)
    }

    // MARK: - Reading

    /// The instrument that the interview names, as this device holds it; nil where it does not hold it. Another language of it only where that is on the device.
    public func instrument(in language: String? = nil) throws -> (reference: String, instrument: Instrument?) {
        let state = try device.state
        let record = state.replicas[scope]?.view(interview)
        let reference = record?.text("instrument") ?? state.replicas[scope]?.view(scope)?.text("instrument") ?? Instrument.core9.reference
        let shared = state.scopeIDs.first { state.scopes[$0]?.kind == .shared }
        let published = shared.flatMap { state.replicas[$0]?.views(type: Catalogue.instrument.number) } ?? []
        let all = [Instrument.core9] + published.compactMap { $0.text("document") }.compactMap { try? Instrument(document: $0) }
        let found = all.filter { $0.reference == reference }
        guard let language else { return (reference, found.first) }
        return (reference, found.first { $0.language.lowercased() == language.lowercased() })
    }

    public func records() throws -> InterviewRecords {
        let state = try device.state
        guard let replica = state.replicas[scope], let view = replica.view(interview) else { throw Device.Refused.noSuchScope }
        // Consent is withdrawn for every record of a person; whoever is not here has not been asked.
        let everything = replica.recordIDs.compactMap { replica.view($0) }
        let withdrawals = Withdrawals(everything), merges = Merges(everything)
        var seen: Set<Identifier> = []
        let respondents = view.references("persons").map { merges.survivor(of: $0) }.filter { seen.insert($0).inserted }.map { id in
            let person = replica.view(id)
            return InterviewRecords.Respondent(
                id: id, handle: person?.handle ?? RecordFinder.short(id), title: person?.text("title"),
                level: person?.choice("level").flatMap { RespondentLevel(rawValue: $0) },
                consent: withdrawals.includes(id) ? Consent(state: .withdrawn) : person?.consent ?? Consent(state: .none))
        }
        var answers: [String: OwnAnswer] = [:]
        for question in try instrument().instrument?.domains.flatMap(\.questions) ?? [] {
            let id = DerivedIdentifiers.answer(interview: interview, question: question.id, scorer: state.identity.member, by: SystemPrimitives())
            guard let record = replica.view(id), Self.counts(record, view, merges), let stamp = Self.stamp(record) else { continue }
            answers[question.id] = OwnAnswer(Self.content(record), at: stamp)
        }
        let isBlind = isBlind(state)
        var records = InterviewRecords(
            name: view.handle ?? RecordFinder.short(interview), respondents: respondents, answers: answers, bookmark: Self.places(state)[interview],
            startedAt: view.integer("startedAt"), endedAt: view.integer("endedAt"), isFinal: (view.integer("status") ?? 1) > 1,
            domains: replica.view(scope)?.texts("inScopeDomains") ?? [], isBlind: isBlind)
        let held = shelf.forms(in: everything)
        let own = FormAnswerRecord.settled(everything.filter { $0.type === Catalogue.formAnswer && !$0.isDeleted }.compactMap { FormAnswerRecord($0) }, merges)
            .filter { $0.scorer == state.identity.member && merges.survivor(of: $0.interview) == interview }
        let given = Dictionary(grouping: own.filter(\.isGiven), by: \.questionnaire)
        for (held, successor) in HeldQuestionnaire.asked(of: held, begun: Set(given.keys)) {
            if isBlind {
                records.hidesForms = true
            } else if let form = held.form {
                let answers = given[held.record] ?? []
                records.forms.append(InterviewForm(
                    record: held.record, reference: held.reference, key: held.key, talk: FormInterview(form, answers, clock: clock()),
                    stamps: Dictionary(answers.compactMap { answer in Self.stamp(answer).map { (answer.question, $0) } }) { $1 }, successor: successor))
            } else {
                records.newerForms.append(held.reference)
            }
        }
        return records
    }

    /// When an answer to a questionnaire was given.
    private static func stamp(_ answer: FormAnswerRecord) -> Stamp? {
        ["response", "text"].compactMap { Catalogue.formAnswer.field(key: $0) }
            .flatMap { answer.record.state.heads(of: .field($0.number)) }.map(\.stamp).max()
    }

    /// What the member's answer to a question says; nil where there is none, or none that this version understands.
    private func answer(_ question: String, _ finder: RecordFinder, _ member: Identifier) -> OwnAnswer.Content? {
        let id = DerivedIdentifiers.answer(interview: interview, question: question, scorer: member, by: SystemPrimitives())
        guard let record = finder.view(id), let interview = finder.view(interview), Self.counts(record, interview, finder.merges) else { return nil }
        return Self.content(record)
    }

    private func isBlind(_ state: DeviceState) -> Bool { !shows || device.lease(state).isOver || state.awaitsConfirmation }

    /// Why nothing may be shown or taken any more; nil where it may.
    func closed(_ state: DeviceState) -> Closed? {
        if state.settings[.wipeOrder] != nil { return .wipeOrdered }
        if state.settings[.isRevoked] == .bool(true) { return .revoked }
        return state.scopes[scope]?.takesCaptures == true && state.replicas[scope] != nil ? nil : .notStaffed
    }

    /// Reads what other programs wrote meanwhile. Everything as it stands where there is anything of it, or where what may be shown changed; else nil.
    ///
    /// Throws `Closed` where nothing may be shown any more, or what the store does.
    ///
    /// - Parameter reach: how far was read before; how far now.
    public func look(_ reach: inout Int64, isBlind: Bool) throws -> InterviewRecords? {
        try device.store.refresh()
        if let closed = closed(try device.state) { throw closed }
        let now = device.store.reach
        guard try now != reach || self.isBlind(device.state) != isBlind else { return nil }
        let records = try records()
        reach = now
        return records
    }

    private static func stamp(_ record: RecordView) -> Stamp? {
        Catalogue.answer.field(key: "response").flatMap { record.state.heads(of: .field($0.number)).map(\.stamp).max() }
    }

    /// Is it there, and nobody's who is not in the interview?
    private static func counts(_ answer: RecordView, _ interview: RecordView, _ merges: Merges) -> Bool {
        guard !answer.isDeleted else { return false }
        let people = interview.references("persons")
        guard let person = answer.reference("person"), !people.isEmpty else { return true }
        return people.contains { merges.survivor(of: $0) == merges.survivor(of: person) }
    }

    private static func content(_ record: RecordView) -> OwnAnswer.Content? {
        guard let response = record.value("response"), let outcome = response.member(1)?.int.flatMap({ OwnAnswer.Content.Outcome(rawValue: $0) }) else { return nil }
        return OwnAnswer.Content(
            outcome, score: response.member(2)?.int, grade: response.member(3)?.int.flatMap { OwnAnswer.Content.Grade(rawValue: $0) },
            reference: AnswerReference.text(of: record), rationale: record.text("rationale"))
    }

    // MARK: - Writing

    /// Durable when it returns. Throws `ChangedSince`, `Gone`, `Withdrawn`, what capturing throws, and what the store does; then nothing was stored.
    ///
    /// - Parameter noting: what the device keeps besides, in the same transaction. Of what takes a change back it keeps the pair instead, as
    ///   `Device.takeBack` does: what the one took back the other passes over, and brings again.
    public func carryOut(_ write: InterviewWrite, noting: (DeviceState) -> DeviceEvent? = { _ in nil }) throws -> InterviewReceipt {
        var stored: Identifier?
        let result = try device.capture(in: scope, noting: { state, changes in
            stored = changes.first?.id
            guard let back = write.takingBack else { return noting(state) }
            var undoings = Undoings(state.settings[.undoings])
            for change in changes { undoings.note(change.id, took: back.change, isRedo: back.isRedo) }
            return .setting(.undoings, undoings.value)
        }) { capture in
            guard let record = capture.finder.view(interview), !record.isDeleted, !capture.finder.merges.isGone(interview) else { throw Gone() }
            // Notes and marks are nobody's words by themselves, and yet nothing more is taken.
            if record.references("persons").contains(where: { capture.finder.view($0)?.consent?.state == .withdrawn }) { throw Withdrawn() }
            if record.integer("status") ?? 1 > 1 { if case .consent = write.capture {} else { throw Finalised() } }
            switch (write.onto, write.capture) {
            case (.answer(let content)?, .answer(let question, _)): if self.answer(question, capture.finder, capture.identity.member) != content { throw ChangedSince() }
            case (.form(let answer)?, .formAnswer(let spot, _)): if self.answer(spot, capture.finder) != answer { throw ChangedSince() }
            case _: break
            }
            var result = try self.result(of: write.capture, capture, isRepeated: write.unlessChangedSince != nil)
            result = RecordCapture.Result(record: result.record, type: result.type, name: result.name, edits: result.edits + edits(ofTheEnd: record, with: write, capture))
            guard let mark = write.unlessChangedSince else { return result }
            if RecordMark(capture.finder.replica.record(result.record)) != mark { throw ChangedSince() }
            if write.capture.takesAway {
                let others = OthersWork(capture.finder, than: capture.identity.member)
                if others.touched.contains(result.record) || others.referred.contains(result.record) { throw ChangedSince() }
            }
            return result
        }
        let subject: InterviewSubject =
            switch write.capture {
            case .answer(let question, _): .answer(question)
            case .formAnswer(let spot, _): .formAnswer(spot)
            case .note, .quote, .seam, .decision, .leak, .consent, .delete, .restore, .end: .record(result.record)
            }
        return InterviewReceipt(
            subject: subject, name: result.name, mark: RecordMark(try device.state.replicas[scope]?.record(result.record)), change: stored, records: try records())
    }

    /// An answer that is given after the end takes the end away, since the interview goes on: none lies behind it. Who takes that answer back takes this
    /// back with it, unless the end was written since.
    private func edits(ofTheEnd record: RecordView, with write: InterviewWrite, _ capture: RecordCapture) -> [Edit] {
        guard let field = Catalogue.interview.field(key: "endedAt") else { return [] }
        var editing = capture.editing(Catalogue.interview, interview, record.state)
        if let back = write.takingBack {
            let heads = record.state.heads(of: .field(field.number)).map(\.name)
            guard let change = capture.finder.change(back.change),
                let index = change.edits.firstIndex(where: { $0.record == interview && $0.target == .field(field.number) }),
                heads == [change.name(index)], let before = capture.before(change.edits[index], field)
            else { return [] }
            editing.set(field, before)
        } else if write.answersAnew, let end = record.integer("endedAt"), end <= capture.now {
            editing.set(field, .absent)
        }
        return editing.edits
    }

    /// The record that stands for an interview; nil where that was deleted.
    public static func standing(_ id: Identifier, _ finder: RecordFinder) -> Identifier? {
        let survivor = finder.merges.survivor(of: id)
        return finder.view(survivor).flatMap { $0.isDeleted ? nil : survivor }
    }

    /// - Parameter isRepeated: something of this sitting is taken back or done again.
    private func result(of write: InterviewWrite.Capture, _ capture: RecordCapture, isRepeated: Bool) throws -> RecordCapture.Result {
        let here = Assignment(key: "interview", text: interview.description)
        func domains(_ domain: String?) -> [Assignment] { domain.map { [Assignment(key: "domains", text: $0)] } ?? [] }
        switch write {
        case .answer(let question, let content): return try capture.answering(question, content, in: interview)
        case .formAnswer(let spot, let answer): return try self.result(answer, to: spot, capture, isRepeated: isRepeated)
        case .note(let text, let domain):
            let site = capture.finder.view(interview)?.reference("site").map { [Assignment(key: "site", text: $0.description)] } ?? []
            return try capture.adding(Catalogue.observation, [Assignment(key: "text", text: text), here, Assignment(key: "seenAt", text: "now")] + site + domains(domain))
        case .quote(let text, let person, let attribution, let domain):
            let whose = person.map { [Assignment(key: "person", text: $0.description)] } ?? []
            guard case .choice(let choices)? = Catalogue.quote.field(key: "attribution")?.kind, let key = choices.key(attribution) else { preconditionFailure("an attribution is one of the list") }
            return try capture.adding(Catalogue.quote, [here, Assignment(key: "text", text: text), Assignment(key: "attribution", text: key)] + whose + domains(domain))
        case .seam(let name): return try capture.adding(Catalogue.seam, [Assignment(key: "name", text: name)])
        case .decision(let name, let domain):
            return try capture.adding(Catalogue.decisionRight, [Assignment(key: "name", text: name)] + (domain.map { [Assignment(key: "domain", text: $0)] } ?? []))
        case .leak(let title, let category):
            guard case .choice(let choices)? = Catalogue.leakageLine.field(key: "category")?.kind, let key = choices.key(category) else { preconditionFailure("a category is one of the list") }
            return try capture.adding(Catalogue.leakageLine, [Assignment(key: "title", text: title), Assignment(key: "category", text: key)])
        case .consent(let person, let method, let scope):
            guard let record = capture.finder.view(person) else { throw RecordFinder.Failure.notFound(RecordFinder.short(person), types: "person") }
            guard case .group(let group)? = Catalogue.person.field(key: "consent")?.kind, case .choice(let methods)? = group.member(key: "method")?.kind, let how = methods.key(method)
            else { preconditionFailure("a method is one of the list") }
            let scopes = [(Consent.Scope.quotes, "quotes"), (.role, "role"), (.audio, "audio"), (.recontact, "recontact")].filter { scope.contains($0.0) }.map(\.1)
            return try capture.changing(record, [
                Assignment(key: "consent.state", text: "given"), Assignment(key: "consent.method", text: how), Assignment(key: "consent.scope", text: scopes.joined(separator: ",")),
            ])
        case .delete(let id), .restore(let id):
            guard let record = capture.finder.view(id) else { throw ChangedSince() }
            if case .delete = write { return try capture.deleting(record) }
            return try capture.restoring(record)
        case .end:
            guard let record = capture.finder.view(interview) else { throw Device.Refused.noSuchScope }
            return try capture.changing(record, [Assignment(key: "endedAt", text: "now")])
        }
    }

    // MARK: - Questionnaires of one's own

    private func answer(_ spot: FormSpot, _ finder: RecordFinder) -> FormAnswer? {
        finder.formAnswers(spot.form, in: interview).first { $0.scorer == finder.member && $0.question == spot.name }?.answer
    }

    /// As the form says it may be answered, on top of the answers that are there now.
    private func result(_ answer: FormAnswer?, to spot: FormSpot, _ capture: RecordCapture, isRepeated: Bool) throws -> RecordCapture.Result {
        let finder = capture.finder
        guard let view = finder.view(interview), let record = finder.view(spot.form), let held = HeldQuestionnaire(record) else { throw ChangedSince() }
        guard let form = held.form, var talk = finder.formInterview(held, in: interview, clock: clock()) else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
        if held.isRetired, talk.answers.isEmpty, talk.hidden.isEmpty { throw FormCaptureFailure.retired(held.reference) }
        do throws(FormAnswerFault) { try talk.answer(spot.name, answer, language: form.languages[0]) } catch {
            // What was answered since stands against it.
            if isRepeated { throw ChangedSince() }
            throw FormCaptureFailure.answer(question: spot.name, error, form)
        }
        let id = DerivedIdentifiers.formAnswer(
            interview: interview, questionnaire: held.record, question: spot.name, scorer: capture.identity.member, by: SystemPrimitives())
        return RecordCapture.Result(
            record: id, type: Catalogue.formAnswer, name: "\(finder.name(of: interview))/\(held.key)/\(spot.name)", edits: try capture.answering(view, held, [(spot.name, answer)]))
    }

    // MARK: - Bookmarks

    /// So many interviews at most have one; the youngest stay.
    static let mostPlaces = 32

    /// Keeps the place sealed in the store. It is a convenience: who loses it loses no work.
    ///
    /// - Returns: whether another program had written meanwhile.
    public func remember(_ bookmark: InterviewBookmark) throws -> Bool {
        try device.store.transaction { transaction in
            let others = !transaction.tail.isEmpty
            var rows = (transaction.state.settings[.interviewPlaces]?.list ?? []).filter { $0.member(1)?.id != interview }
            var members = [Value.Member(1, .id(interview))]
            if let question = bookmark.question { members.append(Value.Member(2, .text(question))) }
            if let after = bookmark.after { members += [Value.Member(3, .int(after.time)), Value.Member(4, .id(after.device))] }
            rows.append(.group(members))
            try transaction.append(.setting(.interviewPlaces, .list(Array(rows.suffix(Self.mostPlaces)))))
            return others
        }
    }

    private static func places(_ state: DeviceState) -> [Identifier: InterviewBookmark] {
        var places: [Identifier: InterviewBookmark] = [:]
        for row in state.settings[.interviewPlaces]?.list ?? [] {
            guard let interview = row.member(1)?.id else { continue }
            let after = row.member(3)?.int.flatMap { time in row.member(4)?.id.map { Stamp(time: time, device: $0) } }
            places[interview] = InterviewBookmark(question: row.member(2)?.text, after: after)
        }
        return places
    }
}

extension RecordCapture {
    /// This member's answer to a question of an interview, as it is to be from now on: made, changed, brought back or taken away.
    func answering(_ question: String, _ content: OwnAnswer.Content?, in interview: Identifier) throws(Failure) -> Result {
        let type = Catalogue.answer
        let id = DerivedIdentifiers.answer(interview: interview, question: question, scorer: identity.member, by: SystemPrimitives())
        let state = finder.replica.record(id)
        var editing = editing(type, id, state)
        func set(_ key: String, _ value: Value) { if let field = type.field(key: key) { editing.set(field, value) } }
        if let content {
            if state == nil {
                editing.create(at: now)
                set("interview", .id(interview))
                set("question", .text(question))
                set("scorer", .id(identity.member))
            } else {
                editing.restore()
            }
            let persons = finder.view(interview)?.references("persons") ?? []
            let named = state.flatMap { RecordView(id: id, state: $0).reference("person") }
            let isOfThem = named.map { named in persons.contains { finder.merges.survivor(of: $0) == finder.merges.survivor(of: named) } }
            if persons.count == 1, state == nil || isOfThem == false { set("person", .id(persons[0])) } else if isOfThem == false, !persons.isEmpty { set("person", .absent) }
            var response = [Value.Member(1, .int(content.outcome.rawValue))]
            if let score = content.score { response.append(Value.Member(2, .int(score))) }
            if let grade = content.grade { response.append(Value.Member(3, .int(grade.rawValue))) }
            // Parts that are nobody's to type, such as what the answer was carried from, stay.
            if let state { response += (RecordView(id: id, state: state).value("response")?.group ?? []).filter { $0.number > 4 } }
            set("response", .group(response))
            set("reference", content.reference.map { .text($0) } ?? .absent)
            set("rationale", content.rationale.map { .text($0) } ?? .absent)
        } else {
            editing.delete()
        }
        return Result(record: id, type: type, name: finder.name(of: interview) + "/" + question, edits: editing.edits)
    }
}

extension InterviewWrite.Capture {
    /// Does it leave less of a record than there was?
    var takesAway: Bool {
        switch self {
        case .delete, .answer(_, nil): true
        case .formAnswer(_, let answer): answer == nil
        case .answer, .note, .quote, .seam, .decision, .leak, .consent, .restore, .end: false
        }
    }
}
