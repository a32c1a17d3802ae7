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
    /// - Parameter person: who answered, where the interview has several.
    public func answering(
        _ interview: RecordView, _ questionnaire: HeldQuestionnaire, person: Identifier? = nil, _ answers: [(question: String, answer: FormAnswer?)]
    ) throws(Failure) -> [Edit] {
        let type = Catalogue.formAnswer
        guard !interview.isDeleted else { throw .isDeleted(name: finder.name(of: interview.id)) }
        // Free words need a salt each, and so many were drawn.
        guard answers.count(where: { if case .text? = $0.answer { true } else { false } }) <= Self.mostTexts else { throw .tooManyTexts(most: Self.mostTexts) }
        var edits: [Edit] = []
        for (question, answer) in answers {
            let id = DerivedIdentifiers.formAnswer(
                interview: interview.id, questionnaire: questionnaire.record, question: question, scorer: identity.member, by: SystemPrimitives())
            let state = finder.replica.record(id)
            let isGone = state.map { RecordView(id: id, state: $0).isDeleted } ?? true
            if isGone, answer == nil { continue }
            var editing = editing(type, id, state)
            editing.create(at: now)
            if state.map({ RecordView(id: id, state: $0).isDeleted }) == true { editing.restore() }
            let (response, text) = FormResponse.values(of: answer)
            var values: [(String, Value)] = [("response", response), ("text", text)]
            if state == nil {
                values = [("interview", .id(interview.id)), ("questionnaire", .id(questionnaire.record)), ("question", .text(question)), ("scorer", .id(identity.member))] + values
            }
            if let person { values.append(("person", .id(person))) }
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

    /// What was answered to a questionnaire in an interview, by whomever.
    public func formAnswers(_ questionnaire: Identifier, in interview: Identifier) -> [FormAnswerRecord] {
        all.filter { $0.type === Catalogue.formAnswer && !$0.isDeleted }.compactMap { FormAnswerRecord($0) }.filter { $0.questionnaire == questionnaire && $0.interview == interview }
    }

    /// The questionnaire with what `scorer` answered (this member, if not said); nil where a newer version made it.
    public func formInterview(_ held: HeldQuestionnaire, in interview: Identifier, by scorer: Identifier? = nil, today: Int64) -> FormInterview? {
        held.form.map { FormInterview($0, formAnswers(held.record, in: interview).filter { $0.scorer == scorer ?? member }, today: today) }
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
        _ questionnaire: String, of interview: String, in scope: Identifier, person: String? = nil, today: Int64, language: String? = nil, isTrial: Bool = false,
        _ answers: (HeldQuestionnaire, Questionnaire) throws -> [(question: String, answer: FormAnswer?)]
    ) throws -> FormInterview {
        var after: FormInterview?
        func edits(_ state: DeviceState) throws -> [Edit] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
            let held = try finder.questionnaire(questionnaire), interview = try finder.record(interview, type: Catalogue.interview)
            guard let form = held.form, var talk = finder.formInterview(held, in: interview.id, today: today) else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
            if held.isRetired, talk.answers.isEmpty { throw FormCaptureFailure.retired(held.reference) }
            let given = try answers(held, form)
            for (question, answer) in given {
                do throws(FormAnswerFault) { try talk.answer(question, answer, language: language ?? form.languages[0]) } catch {
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

/// Why answers to a questionnaire are not taken; nothing was stored.
public enum FormCaptureFailure: Error, Sendable {
    case needsNewerVersion(String)
    /// It is retired, and nothing was answered to it in this interview.
    case retired(String)
    case answer(question: String, FormAnswerFault, Questionnaire)

    /// No question is called that.
    public var isNotFound: Bool { if case .answer(_, .unknownQuestion, _) = self { true } else { false } }

    /// The whole sentence, for whoever typed it.
    public var words: String {
        switch self {
        case .needsNewerVersion(let name): return "\(name) was made by a newer version of Seamark; update this laptop's."
        case .retired(let name): return "\(name) is retired and is not asked any more. What was answered is kept; a lead opens it again with 'seamark form retire \(name) --undo'."
        case .answer(let question, let fault, let form):
            let item = form.all.first { $0.name == question }
            return "\(item.map { form.sentence(fault, about: $0) } ?? "\(question) is no question of \(form.key)"). Nothing was stored."
        }
    }
}
