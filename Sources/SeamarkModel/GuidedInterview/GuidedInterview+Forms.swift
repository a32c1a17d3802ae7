import SeamarkJournal

// Questionnaires of one's own: a part behind the questions of the instrument, asked by the rules of `FormConversation`.
extension GuidedInterview {
    public func form(_ spot: FormSpot) -> InterviewForm? { records.forms.first { $0.record == spot.form } }

    /// The question of a questionnaire that stands there.
    public var spot: FormSpot? { if case .form(let spot) = place { spot } else { nil } }

    /// The language that was asked for where the form has it, else its first.
    func language(of form: InterviewForm) -> String {
        let languages = form.talk.questionnaire.languages
        return language.flatMap { asked in languages.first { $0.lowercased() == asked.lowercased() } } ?? languages[0]
    }

    /// At one question of it; nil for its end.
    func conversation(_ form: InterviewForm, at name: String?) -> FormConversation {
        FormConversation(form.talk, language: language(of: form), at: name)
    }

    /// What is asked and not answered, of questionnaires.
    public var openSpots: [FormSpot] { records.forms.flatMap { form in form.asked.filter { !form.talk.isAnswered($0.name) }.map { FormSpot(form: form.record, name: $0.name) } } }

    /// `shift-check/people`.
    func name(of spot: FormSpot) -> String { (form(spot)?.key ?? "?") + "/" + spot.name }

    // MARK: - Places

    /// All that is asked, in order: the questions of the instrument, then those of each questionnaire, as things were answered.
    static func places(_ questions: [Question], _ records: InterviewRecords) -> [Place] {
        questions.indices.filter { questions[$0].isAsked }.map { .question($0) }
            + records.forms.flatMap { form in form.asked.map { .form(FormSpot(form: form.record, name: $0.name)) } }
    }

    var places: [Place] { Self.places(questions, records) }

    /// Where a place stands among all that could be asked.
    static func rank(_ place: Place, _ records: InterviewRecords) -> (Int, Int) {
        switch place {
        case .question(let index): return (0, index)
        case .form(let spot):
            guard let part = records.forms.firstIndex(where: { $0.record == spot.form }) else { return (.max, 0) }
            return (part + 1, records.forms[part].talk.questionnaire.all.firstIndex { $0.name == spot.name } ?? .max)
        case .end: return (.max, 0)
        }
    }

    static func isOpen(_ place: Place, _ questions: [Question], _ records: InterviewRecords) -> Bool {
        switch place {
        case .question(let index): records.answers[questions[index].id] == nil
        case .form(let spot): records.forms.first { $0.record == spot.form }?.talk.isAnswered(spot.name) == false
        case .end: false
        }
    }

    /// The next open place behind this one, round the end; the end where none is open.
    static func next(after place: Place?, _ questions: [Question], _ records: InterviewRecords) -> Place {
        let open = places(questions, records).filter { isOpen($0, questions, records) }
        guard let here = place.map({ rank($0, records) }) else { return open.first ?? .end }
        return open.first { rank($0, records) > here } ?? open.first ?? .end
    }

    /// What a bookmark calls a place; nil for the end.
    var placeName: String? {
        switch place {
        case .question(let index): questions[index].id
        case .form(let spot): "\(spot.form)/\(spot.name)"
        case .end: nil
        }
    }

    static func place(named name: String, _ questions: [Question], _ records: InterviewRecords) -> Place? {
        if let index = questions.firstIndex(where: { $0.id == name }) { return .question(index) }
        return places(questions, records).first { if case .form(let spot) = $0 { "\(spot.form)/\(spot.name)" == name } else { false } }
    }

    /// What a person calls a place: a question's code, a questionnaire, or one of its questions.
    func place(called text: String) -> Place? {
        if let index = index(of: text) { return .question(index) }
        let folded = text.lowercased()
        var ofThatName: [FormSpot] = []
        for form in records.forms {
            let asked = form.asked
            if folded == form.key.lowercased() || folded == form.reference.lowercased() {
                guard let first = asked.first(where: { !form.talk.isAnswered($0.name) }) ?? asked.first else { return nil }
                return .form(FormSpot(form: form.record, name: first.name))
            }
            for item in asked {
                let spot = FormSpot(form: form.record, name: item.name)
                if folded == "\(form.key)/\(item.name)".lowercased() || folded == "\(form.reference)/\(item.name)".lowercased() { return .form(spot) }
                if folded == item.name.lowercased() { ofThatName.append(spot) }
            }
        }
        return ofThatName.count == 1 ? .form(ofThatName[0]) : nil
    }

    /// The words of a place, for searching.
    func words(of place: Place) -> String {
        switch place {
        case .question(let index):
            let one = questions[index]
            return ([one.id, one.domain.name, one.question.text] + one.question.anchors.map(\.text)).joined(separator: " ")
        case .form(let spot):
            guard let form = form(spot), let prompt = conversation(form, at: spot.name).prompt else { return "" }
            return ([form.reference, form.talk.questionnaire.title, prompt.name, prompt.label, prompt.hint ?? ""] + prompt.choices).joined(separator: " ")
        case .end: return ""
        }
    }

    /// One line that says which place it is.
    func label(of place: Place) -> String {
        switch place {
        case .question(let index): return "\(questions[index].id) \(questions[index].question.text)"
        case .form(let spot):
            let label = form(spot).flatMap { conversation($0, at: spot.name).prompt?.label } ?? ""
            return "\(name(of: spot)) \(label)"
        case .end: return ""
        }
    }

    /// What is answered may take a question away that stands there, and so may others.
    mutating func settle() {
        guard case .form(let spot) = place, form(spot)?.talk.isAsked(spot.name) != true else { return }
        if case .text(.own(let asked, _)) = prompt, asked == spot {
            setAside()
            (prompt, entry) = (.question, EntryLine())
        }
        go(to: Self.next(after: place, questions, records))
    }

    // MARK: - Answering

    func use(_ spot: FormSpot) -> TextUse { .own(spot, isLong: form(spot)?.item(spot.name)?.kind == .text) }

    /// What stands there, as it would be typed.
    func standing(_ spot: FormSpot) -> String? {
        guard let form = form(spot), let item = form.item(spot.name), let answer = form.talk.answers[spot.name] else { return nil }
        return form.typed(answer, to: item)
    }

    /// A text is the answer to a question; nothing takes the answer away.
    mutating func give(_ text: String, to spot: FormSpot) -> [Effect] {
        guard let form = form(spot), form.talk.isAsked(spot.name) else {
            setAside()
            (prompt, entry) = (.question, EntryLine())
            decline(GuidedInterviewWords.notAskedNow(name(of: spot)))
            return []
        }
        var talk = conversation(form, at: spot.name)
        switch talk.take(text.isEmpty ? "-" : "\\" + text) {
        case .answered(_, let answer):
            return store(.formAnswer(spot, answer), .own(spot, before: form.talk.answers[spot.name], after: answer), movesOn: true)
        case .refused(let words):
            decline(words)
            return []
        case .moved, .ended:
            // It says that already.
            forget(use(spot), text)
            notice = GuidedInterviewWords.saved(name(of: spot))
            (prompt, entry) = (.question, EntryLine())
            go(to: Self.next(after: .form(spot), questions, records))
            return []
        }
    }

    /// A key at a question of a questionnaire: a number begins its answer, and one of a few choices is all of it. Nil where the key means something else.
    mutating func number(_ character: Character, at spot: FormSpot) -> [Effect]? {
        guard character.isASCII, character.isWholeNumber || character == "-", let item = form(spot)?.item(spot.name) else { return nil }
        if case .selectOne(let list) = item.kind, let choices = form(spot)?.talk.questionnaire.list(list)?.choices, choices.count < 10, character != "-" {
            return give(String(character), to: spot)
        }
        (prompt, entry) = (.text(use(spot)), EntryLine(String(character)))
        return []
    }

    // MARK: - What is said

    /// What leads up to the question: headings that it stands under, and notes before it.
    func passed(_ form: InterviewForm, to name: String?) -> [FormConversation.Passed] {
        var talk = conversation(form, at: name)
        return talk.passed()
    }

    /// What there is to say of questionnaires where nothing more is asked.
    var endOfForms: [String] {
        var said = records.hidesForms ? [GuidedInterviewWords.formsAreHidden] : []
        said += records.newerForms.map(GuidedInterviewWords.formIsNewer)
        for form in records.forms {
            if form.talk.isTooMuch { said.append(GuidedInterviewWords.formIsTooMuch(form.reference)) }
            for case .note(let words) in passed(form, to: nil) { said.append(words) }
            if let successor = form.successor { said.append(GuidedInterviewWords.formHasSuccessor(form.reference, successor, records.name)) }
        }
        let missing = records.forms.flatMap { form in form.talk.missing.map { "\(form.key)/\($0.name)" } }
        if !missing.isEmpty { said.append(GuidedInterviewWords.mustBeAnswered(missing)) }
        return said
    }
}

// MARK: - Words of what was done

extension GuidedInterview {
    func words(_ answer: FormAnswer?, _ spot: FormSpot) -> String? {
        guard let answer, let form = form(spot), let item = form.item(spot.name) else { return nil }
        return TerminalText.shortened(TerminalText.line(String(form.talk.questionnaire.text(of: answer, to: item, in: language(of: form)).prefix(200))), to: 60)
    }

    func saved(_ spot: FormSpot, _ answer: FormAnswer?) -> String { GuidedInterviewWords.saved(name(of: spot), words: words(answer, spot)) }

    func undone(_ change: Done) -> String {
        guard case .own(let spot, let before, _) = change else { return GuidedInterviewWords.undone(change) }
        return GuidedInterviewWords.undone(name(of: spot), words: words(before, spot))
    }

    func redone(_ change: Done) -> String {
        guard case .own(let spot, _, let after) = change else { return GuidedInterviewWords.redone(change) }
        return GuidedInterviewWords.redone(name(of: spot), words: words(after, spot))
    }

    /// The keys that answer the question that stands there.
    var answerKeys: String {
        guard let spot else { return GuidedInterviewWords.answerKeys }
        guard let form = form(spot) else { return GuidedInterviewWords.formKeys }
        switch form.item(spot.name)?.kind {
        case .selectOne(let list)? where (form.talk.questionnaire.list(list)?.choices.count ?? 10) < 10: return GuidedInterviewWords.choiceKeys
        case .integer?, .decimal?, .date?, .selectOne?, .selectMultiple?: return GuidedInterviewWords.numberKeys
        case .text?, .note?, .group?, nil: return GuidedInterviewWords.formKeys
        }
    }

    /// What the help lists: nothing of questionnaires where there are none.
    var commands: [Command] { Command.allCases.filter { $0 != .answer || !records.forms.isEmpty } }
}
