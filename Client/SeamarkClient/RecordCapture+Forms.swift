import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
import SeamarkStore

/// Questionnaires of one's own, and what they were answered.
extension RecordCapture {
    /// A form becomes the next edition of its key; nothing where the newest edition asks the same.
    public func adding(_ form: Questionnaire) throws(Failure) -> Result {
        let document = form.document
        // What a record holds is read again by everybody, by the rules for documents.
        guard document.utf8.count <= HeldQuestionnaire.longestDocument else { throw .formTooLong(document.utf8.count, most: HeldQuestionnaire.longestDocument) }
        guard (try? Questionnaire(document: document)) == form else { throw .formNotKept }
        let earlier = finder.questionnaires.filter { $0.key.lowercased() == form.key.lowercased() }
        if let newest = earlier.last, newest.form == form, !newest.isRetired {
            return Result(record: newest.record, type: Catalogue.questionnaire, name: newest.handle, edits: [])
        }
        let id: Identifier
        do { id = .timeOrdered(milliseconds: now, dice: try Randomness.identifierWords()) } catch { throw .noEntropy }
        let handle = Handles.next(prefix: "QN", letters: identity.letters, existing: finder.takenHandles)
        var editing = editing(Catalogue.questionnaire, id, nil)
        editing.create(at: now, handle: handle)
        let values: [(String, Value)] = [
            ("formKey", .text(form.key)), ("edition", .int((earlier.map(\.edition).max() ?? 0) + 1)), ("version", .text(form.edition)), ("title", .text(form.title)),
            ("document", .text(document)), ("state", .int(1)),
        ]
        for (key, value) in values { if let field = Catalogue.questionnaire.field(key: key) { editing.set(field, value) } }
        return Result(record: id, type: Catalogue.questionnaire, name: handle, edits: editing.edits)
    }

    /// Answers of this member to a questionnaire in an interview, as the edits of one change; nil takes an answer away.
    ///
    /// Only rows of the interview that stands are written: those of interviews that were merged into it are kept as they are, for when the merge is
    /// undone. What is taken away where only such a row holds it becomes a row without an answer, which stands over it.
    ///
    /// - Parameters:
    ///   - person: who answered, where the interview has several; nil for whomever the row that stands names.
    ///   - keepsPerson: false if nil means that nobody is named.
    public func answering(
        _ interview: RecordView, _ questionnaire: HeldQuestionnaire, person: Identifier? = nil, keepsPerson: Bool = true,
        _ answers: [(question: String, answer: FormAnswer?)]
    ) throws(Failure) -> [Edit] {
        let type = Catalogue.formAnswer
        guard !interview.isDeleted else { throw .isDeleted(name: finder.name(of: interview.id)) }
        let survivor = finder.merges.survivor(of: interview.id)
        // Free words need a salt each, and so many were drawn.
        guard answers.count(where: { if case .text? = $0.answer { true } else { false } }) <= Self.mostTexts else { throw .tooManyTexts(most: Self.mostTexts) }
        let standing = Dictionary(
            finder.formAnswers(questionnaire.record, in: survivor).filter { $0.scorer == identity.member }.map { ($0.question, $0) }) { first, _ in first }
        var edits: [Edit] = []
        for (question, answer) in answers {
            let id = DerivedIdentifiers.formAnswer(
                interview: survivor, questionnaire: questionnaire.record, question: question, scorer: identity.member, by: SystemPrimitives())
            let state = finder.replica.record(id)
            let isGone = state.map { RecordView(id: id, state: $0).isDeleted } ?? true
            if isGone, answer == nil, standing[question]?.isGiven != true { continue }
            var editing = editing(type, id, state)
            editing.create(at: now)
            if isGone { editing.restore() }
            let (response, text) = FormResponse.values(of: answer)
            var values: [(String, Value)] = [("response", response), ("text", text)]
            if state == nil {
                values = [("interview", .id(survivor)), ("questionnaire", .id(questionnaire.record)), ("question", .text(question)), ("scorer", .id(identity.member))] + values
            }
            if let person {
                values.append(("person", .id(person)))
            } else if !keepsPerson {
                values.append(("person", .absent))
            } else if isGone, let row = standing[question] {
                // It takes the place of another interview's row: who answered stays who it was.
                let person: Value = row.record.reference("person").map { Value.id($0) } ?? .absent
                values.append(("person", person))
            }
            for (key, value) in values { if let field = type.field(key: key) { editing.set(field, value) } }
            edits += editing.edits
        }
        return edits
    }

    public static let mostTexts = 64
}

extension RecordFinder {
    public var questionnaires: [HeldQuestionnaire] { HeldQuestionnaire.all(in: all) }

    /// The questionnaire that a name means (`HeldQuestionnaire.called`).
    public func questionnaire(_ name: String) throws(Failure) -> HeldQuestionnaire {
        let found = HeldQuestionnaire.called(name, in: questionnaires)
        guard found.count < 2 else { throw .ambiguous(name, found.map { "\($0.handle) (\($0.reference))" }) }
        guard let held = found.first else { throw .notFound(name, types: Catalogue.questionnaire.label) }
        return held
    }

    /// What was answered to questionnaires, one for each interview that stands, scorer and question (`FormAnswerRecord.settled`).
    public var formAnswers: [FormAnswerRecord] {
        FormAnswerRecord.settled(all.filter { $0.type === Catalogue.formAnswer && !$0.isDeleted }.compactMap { FormAnswerRecord($0) }, merges)
    }

    /// What was answered to a questionnaire in an interview, or in one that was merged with it, by whomever.
    public func formAnswers(_ questionnaire: Identifier, in interview: Identifier) -> [FormAnswerRecord] {
        let survivor = merges.survivor(of: interview)
        return formAnswers.filter { $0.questionnaire == questionnaire && merges.survivor(of: $0.interview) == survivor }
    }

    /// The questionnaire of the same key, of the greatest edition before it, that this member answered in the interview; with the answers.
    public func formerAnswers(to held: HeldQuestionnaire, in interview: Identifier, clock: FormClock) -> (HeldQuestionnaire, FormInterview)? {
        questionnaires.reversed().lazy.filter { $0.key.lowercased() == held.key.lowercased() && $0.edition < held.edition }.compactMap { earlier in
            formInterview(earlier, in: interview, clock: clock).flatMap { $0.answers.isEmpty && $0.hidden.isEmpty ? nil : (earlier, $0) }
        }.first
    }

    /// Was the answer redacted? Else a hidden one is hidden from this reader alone.
    public func isRedacted(_ answer: FormAnswerRecord) -> Bool {
        Catalogue.formAnswer.field(key: "text").flatMap { redactions.act(on: $0, of: answer.record) } != nil
    }

    /// The questionnaire with what `scorer` answered (this member, if not said); nil where a newer version made it.
    public func formInterview(_ held: HeldQuestionnaire, in interview: Identifier, by scorer: Identifier? = nil, clock: FormClock) -> FormInterview? {
        held.form.map { FormInterview($0, formAnswers(held.record, in: interview).filter { $0.scorer == scorer ?? member }, clock: clock) }
    }
}

extension Device {
    /// Answers to a questionnaire as one change, durable when this returns: each must be asked and must be an answer, on top of those before it, as
    /// the form says.
    ///
    /// - Parameters:
    ///   - answers: question and what was typed; nil takes an answer away.
    ///   - isTrial: everything is looked at and nothing stored.
    /// - Returns: the interview as it then stands.
    @discardableResult
    public func answer(
        _ questionnaire: String, of interview: String, in scope: Identifier, person: String? = nil, clock: FormClock, language: String? = nil, isTrial: Bool = false,
        _ answers: (HeldQuestionnaire, Questionnaire) throws -> [(question: String, answer: FormAnswer?)]
    ) throws -> FormInterview {
        var after: FormInterview?
        func edits(_ state: DeviceState) throws -> [Edit] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
            let held = try finder.questionnaire(questionnaire), interview = try finder.record(interview, type: Catalogue.interview)
            guard let form = held.form, var talk = finder.formInterview(held, in: interview.id, clock: clock) else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
            if held.isRetired, talk.answers.isEmpty, talk.hidden.isEmpty { throw FormCaptureFailure.retired(held.reference) }
            let given = try answers(held, form)
            // Something can always be taken away.
            if talk.isTooMuch, given.contains(where: { $0.answer != nil }) { throw FormCaptureFailure.tooMuchWork(held.reference) }
            let work = FormWork()
            for (question, answer) in given {
                do throws(FormAnswerFault) { try talk.answer(question, answer, language: language ?? form.languages[0], within: work) } catch {
                    throw FormCaptureFailure.answer(question: question, error, form)
                }
            }
            after = talk
            let who = try person.map { try finder.record($0, type: Catalogue.person).id }
            return try RecordCapture(finder, identity: state.identity, now: now()).answering(interview, held, person: who, given)
        }
        if isTrial { try judge([try edits(state)], in: scope) } else { try capture(in: scope) { state, _ in try edits(state) } }
        guard let after else { preconditionFailure("a capture that succeeds was made") }
        return after
    }
}

extension Device {
    /// Carries this member's answers to one edition over to another (`FormCarrying`), durable when this returns, all or none.
    ///
    /// - Parameters:
    ///   - earlier: the edition that was answered; nil for the last one before that was.
    ///   - isTrial: everything is looked at and nothing stored.
    public func carry(
        from earlier: String?, to questionnaire: String, of interview: String, in scope: Identifier, clock: FormClock, isTrial: Bool = false
    ) throws -> (from: String, to: String, carrying: FormCarrying) {
        var done: (from: String, to: String, carrying: FormCarrying)?
        func edits(_ state: DeviceState) throws -> [[Edit]] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
            let held = try finder.questionnaire(questionnaire), interview = try finder.record(interview, type: Catalogue.interview)
            guard let talk = finder.formInterview(held, in: interview.id, clock: clock) else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
            if held.isRetired, talk.answers.isEmpty, talk.hidden.isEmpty { throw FormCaptureFailure.retired(held.reference) }
            if talk.isTooMuch { throw FormCaptureFailure.tooMuchWork(held.reference) }
            let former: (HeldQuestionnaire, FormInterview)?
            if let earlier {
                let named = try finder.questionnaire(earlier)
                guard let answered = finder.formInterview(named, in: interview.id, clock: clock) else { throw FormCaptureFailure.needsNewerVersion(named.reference) }
                former = (named, answered)
            } else {
                former = finder.formerAnswers(to: held, in: interview.id, clock: clock)
            }
            guard let (from, answered) = former, from.record != held.record else { throw FormCaptureFailure.nothingBefore(held.reference) }
            let carrying = FormCarrying(answered, into: talk)
            done = (from.reference, held.reference, carrying)
            // Who answered goes with the answer; a change holds so many words.
            let persons = Dictionary(
                finder.formAnswers(from.record, in: interview.id).filter { $0.scorer == finder.member }.map { ($0.question, $0.record.reference("person")) }) { first, _ in first }
            let capture = try RecordCapture(finder, identity: state.identity, now: now())
            var groups: [[Edit]] = []
            var rest = carrying.carried[...]
            while let first = rest.first {
                let person = persons[first.question] ?? nil
                let group = rest.prefix(RecordCapture.mostTexts).prefix { persons[$0.question] ?? nil == person }
                groups.append(try capture.answering(interview, held, person: person, keepsPerson: false, group.map { ($0.question, $0.answer) }))
                rest = rest.dropFirst(group.count)
            }
            return groups
        }
        if isTrial { try judge(try edits(state), in: scope) } else { try captureAll(in: scope) { state, _ in try edits(state) } }
        guard let done else { preconditionFailure("a capture that succeeds was made") }
        return done
    }
}

/// Why answers to a questionnaire are not taken; nothing was stored.
public enum FormCaptureFailure: Error, Sendable {
    case needsNewerVersion(String)
    /// It is retired, and nothing was answered to it in this interview.
    case retired(String)
    case answer(question: String, FormAnswerFault, Questionnaire)
    /// What was answered makes its conditions take more work than one change may cost.
    case tooMuchWork(String)
    /// There is no other edition from which answers could be carried over.
    case nothingBefore(String)

    /// No question is called that.
    public var isNotFound: Bool { if case .answer(_, .unknownQuestion, _) = self { true } else { false } }

    /// The whole sentence, for whoever typed it.
    public var words: String {
        switch self {
        case .needsNewerVersion(let name): return "\(name) was made by a newer version of Seamark; update this laptop's."
        case .retired(let name): return "\(name) is retired and is not asked any more. What was answered is kept; a lead opens it again with 'seamark form retire \(name) --undo'."
        case .tooMuchWork(let name):
            return "What was answered to \(name) in this interview takes more work to look at than one change may. Take a long answer away with 'seamark form answer' and --clear, or shorten it. Nothing was stored."
        case .nothingBefore(let name): return "You answered no edition before \(name) in this interview; 'seamark form list' has the editions, and --from names one. Nothing was stored."
        case .answer(let question, let fault, let form):
            let item = form.all.first { $0.name == question }
            return "\(item.map { form.sentence(fault, about: $0) } ?? "\(question) is no question of \(form.key)"). Nothing was stored."
        }
    }
}
