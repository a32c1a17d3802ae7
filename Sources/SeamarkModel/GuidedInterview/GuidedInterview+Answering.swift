import SeamarkJournal

// What the consultant presses or types, by what is being asked.
extension GuidedInterview {
    /// What can be done while a question stands there.
    enum Command: CaseIterable {
        case answer, grade, rationale, note, quote, seam, decision, leak, jump, search, skip, back, undo, redo, again, help, finish, stop
    }

    mutating func press(_ key: InterviewKey) -> [Effect] {
        if key == .control("c") || key == .control("d") && entry.isEmpty { return prompt == .question ? end(.paused) : leave() }
        switch prompt {
        case .text(let use): return write(key, use)
        case .question: return pressAtQuestion(key)
        case .help, .grade, .quotedPerson, .attribution, .category, .found, .consent: return pressChoice(key)
        }
    }

    private mutating func pressAtQuestion(_ key: InterviewKey) -> [Effect] {
        switch key {
        case .character(let character):
            if let spot, let effects = number(character, at: spot) { return effects }
            return chosen(String(character), "")
        case .enter where spot != nil: return perform(.answer, "")
        // Who is used to storing with Enter, or has just left an editor, must not skip by it.
        case .enter, .tab, .right: return declined(GuidedInterviewWords.movesNothing(calledHere))
        case .left: return perform(.back, "")
        case .up: scroll = max(0, scroll - 1)
        case .down: scroll += 1
        case .pageUp: scroll = max(0, scroll - 5)
        case .pageDown: scroll += 5
        case .paste: notice = GuidedInterviewWords.pasteIsNoKeys
        case .escape, .backspace, .delete, .home, .end, .control, .unknown: break
        }
        return []
    }

    private mutating func pressChoice(_ key: InterviewKey) -> [Effect] {
        switch key {
        case .escape: return leave()
        case .character(let character):
            // Several letters, or digits of several places, are gathered; Enter says that they are all.
            if gathers {
                _ = entry.insert(String(character), keepingLines: false)
                return []
            }
            return choose(String(character))
        case .backspace: entry.backspace()
        case .enter:
            defer { entry = EntryLine() }
            return choose(entry.text)
        case .down: scroll += 1
        case .up: scroll = max(0, scroll - 1)
        case .pageDown: scroll += 5
        case .pageUp: scroll = max(0, scroll - 5)
        case .paste: notice = GuidedInterviewWords.pasteIsNoChoice
        case .tab, .delete, .left, .right, .home, .end, .control, .unknown: break
        }
        return []
    }

    private var gathers: Bool {
        switch prompt {
        case .consent(_, .scope), .found, .quotedPerson: true
        case .question, .help, .grade, .text, .attribution, .category, .consent: false
        }
    }

    // MARK: - Lines

    mutating func type(_ line: String) -> [Effect] {
        let (clean, steering) = EntryLine.clean(line, keepingLines: false)
        let text = String(clean.drop { $0 == " " })
        defer { if steering > 0 { notice = [notice, GuidedInterviewWords.leftOut(steering)].filter { !$0.isEmpty }.joined(separator: " ") } }
        switch prompt {
        case .text(let use):
            if text == GuidedInterviewWords.editorLine, use.isLong { return [.edit(entry.text, atMost: Self.longest(use))] }
            if text.allSatisfy(\.isWhitespace) {
                if case .reference = use { return finishText() }
                return leave()
            }
            if text.trimmed == GuidedInterviewWords.emptyLine {
                // What stood here goes, and a rationale that is stored too.
                entry = EntryLine()
                return finishText()
            }
            entry = EntryLine(text)
            return finishText()
        case .question:
            // What comes with its command and cannot be taken is said, and the question goes on standing there.
            defer { if case .text(let use) = prompt, !use.isKept, !entry.isEmpty, doing == nil, !notice.isEmpty { (prompt, entry) = (.question, EntryLine()) } }
            let (word, rest) = Self.split(text)
            if word.isEmpty, !isScripted { notice = GuidedInterviewWords.emptyLine(calledHere) }
            return word.isEmpty ? [] : chosen(word, rest)
        case .help, .grade, .quotedPerson, .attribution, .category, .found, .consent:
            return choose(text.trimmed)
        }
    }

    static func split(_ line: String) -> (word: String, rest: String) {
        let text = line.trimmed
        guard let space = text.firstIndex(of: " ") else { return (text, "") }
        return (String(text[..<space]), String(text[space...]).trimmed)
    }

    // MARK: - At a question

    /// A key, or the first word of a line with what follows it.
    private mutating func chosen(_ word: String, _ rest: String) -> [Effect] {
        let folded = word.lowercased()
        // What begins with a number is the answer, to the end of the line.
        if let spot, let first = word.first, first.isASCII, first.isWholeNumber || first == "-" { return give(rest.isEmpty ? word : word + " " + rest, to: spot) }
        if let content = Self.answer(folded) {
            guard let question else {
                return declined(spot == nil ? GuidedInterviewWords.noQuestionHere : GuidedInterviewWords.answerWithA)
            }
            return give(content, rest, to: question.id)
        }
        // One letter may be a capital that means something else.
        let isLetter = word.count == 1
        guard let command = Command.allCases.first(where: { isLetter ? GuidedInterviewWords.key($0) == word : GuidedInterviewWords.words($0).contains(folded) })
            ?? (isLetter ? Command.allCases.first { GuidedInterviewWords.key($0) == folded } : nil)
        else {
            return declined(GuidedInterviewWords.notUnderstood(word))
        }
        return perform(command, rest)
    }

    /// `3`, `3b`, `d`, `n` or `x`.
    private static func answer(_ word: String) -> OwnAnswer.Content? {
        if let outcome = GuidedInterviewWords.outcome(word) { return OwnAnswer.Content(outcome) }
        guard let first = word.first, let score = first.wholeNumberValue, first.isASCII, score <= 4, word.count <= 2 else { return nil }
        guard word.count == 2 else { return OwnAnswer.Content(.scored, score: Int64(score)) }
        guard let grade = grade(String(word.dropFirst())) else { return nil }
        return OwnAnswer.Content(.scored, score: Int64(score), grade: grade)
    }

    static func grade(_ word: String) -> OwnAnswer.Content.Grade? {
        switch word.lowercased() {
        case "a": .a
        case "b": .b
        case "c": .c
        case "d": .d
        case _: nil
        }
    }

    /// The answer, with the rationale that stands already unless another is given. A grade that was given stays too.
    private mutating func give(_ content: OwnAnswer.Content, _ rationale: String, to question: String) -> [Effect] {
        var content = content
        let old = records.answers[question]?.content
        content.rationale = rationale.isEmpty ? old?.rationale : rationale
        if content.outcome == .scored {
            if content.grade == nil || content.grade == old?.grade { content.reference = old?.reference }
            // What one person says is D until somebody says more.
            content.grade = content.grade ?? old?.grade ?? .d
        }
        if let fault = tooLong(rationale, .rationale(question)) {
            // The score is kept, and the text is mended.
            afterwards = (.rationale(question), rationale, fault)
            content.rationale = old?.rationale
        }
        return answer(question, content, movesOn: true)
    }

    /// What evidence and rationale are about: the question that stands there if it is answered, else the one that was answered last.
    var aboutQuestion: String? {
        if let id = question?.id, records.answers[id] != nil { return id }
        return lastAnswered.flatMap { records.answers[$0] == nil ? nil : $0 }
    }

    private mutating func perform(_ command: Command, _ rest: String) -> [Effect] {
        switch command {
        case .answer:
            guard let spot else { return declined(GuidedInterviewWords.notAFormQuestion) }
            return begin(use(spot), rest)
        case .grade:
            guard let id = aboutQuestion, records.answers[id]?.content?.outcome == .scored else { return declined(GuidedInterviewWords.scoreFirst) }
            prompt = .grade(id)
            return rest.isEmpty ? [] : choose(rest)
        case .rationale:
            guard let id = aboutQuestion, records.answers[id]?.content != nil else { return declined(GuidedInterviewWords.answerFirst) }
            return begin(.rationale(id), rest)
        case .note: return begin(.note, rest)
        case .quote:
            // One that waits can be read and emptied, whatever was agreed since.
            guard mayQuote || rest.isEmpty && !isScripted && kept[.quote] != nil else { return declined(GuidedInterviewWords.noConsentToQuotes) }
            let effects = begin(.quote, rest)
            if !mayQuote { notice = [notice, GuidedInterviewWords.noConsentToQuotes].filter { !$0.isEmpty }.joined(separator: " ") }
            return effects
        case .seam: return begin(.seam, rest)
        case .decision: return begin(.decision, rest)
        case .leak: return begin(.leak, rest)
        case .jump: return begin(.jump, rest)
        case .search: return begin(.search, rest)
        case .skip:
            let (here, isOpen) = (calledHere, places.contains(place) && Self.isOpen(place, questions, records))
            step(1)
            if let here, isOpen { notice = GuidedInterviewWords.skipped(here) }
        case .back: step(-1)
        case .undo: return undo()
        case .redo: return redo()
        case .again: lastSpoken = nil
        case .help:
            prompt = .help
            scroll = 0
        case .finish:
            let (answered, all) = progress
            // Who writes lines into a file has said so on purpose.
            if answered < all, !isAskedToFinish, !isScripted, !records.isFinal {
                isAskedToFinish = true
                return declined(GuidedInterviewWords.finishOnceMore(all - answered, all))
            }
            return store(.end)
        case .stop: return end(.paused)
        }
        return []
    }

    /// The least strict attribution that whoever said it agreed to; where nobody is named, all of them.
    private func loosestAttribution(_ person: Identifier?) -> Int64 {
        records.respondents.filter { person == nil || $0.id == person }.map(\.consent.loosestAttribution).max() ?? Consent.unattributed
    }

    /// The ways to attribute the quote that is being asked about.
    var attributionChoices: [String] {
        guard case .attribution(_, let person) = prompt, loosestAttribution(person) <= Consent.roleOk else { return GuidedInterviewWords.attributions }
        return [GuidedInterviewWords.byRole] + GuidedInterviewWords.attributions
    }

    private var mayQuote: Bool { records.respondents.contains { $0.consent.scope.contains(.quotes) } }

    private mutating func declined(_ sentence: String) -> [Effect] {
        decline(sentence)
        return []
    }

    // MARK: - Texts

    /// Asks for a text, or takes the one that was typed with the command.
    private mutating func begin(_ use: TextUse, _ rest: String) -> [Effect] {
        prompt = .text(use)
        if !rest.isEmpty {
            entry = EntryLine(rest)
            return finishText()
        }
        // The next line of a script takes the place of what stands here, and nothing is lost by that.
        var draft = isScripted ? "" : (kept.removeValue(forKey: use) ?? []).joined(separator: Self.between(use))
        if draft.isEmpty { draft = standing(use) ?? "" }
        entry = EntryLine(draft)
        opened = takenUp.remove(use) == nil ? nil : current
        // What there is no room for goes on waiting.
        let rest = EntryLine.clean(draft, keepingLines: true).text.dropFirst(EntryLine.most)
        if !rest.isEmpty {
            kept[use] = [String(rest)]
            if opened != nil { takenUp.insert(use) }
            notice = GuidedInterviewWords.draftsWait(1)
        }
        return []
    }

    private mutating func write(_ key: InterviewKey, _ use: TextUse) -> [Effect] {
        switch key {
        case .character(let character): put(String(character), use, isCut: false)
        case .paste(let text, let isCut): put(text, use, isCut: isCut)
        case .enter: return finishText()
        case .escape: return leave()
        case .backspace: entry.backspace()
        case .delete, .control("d"): entry.delete()
        case .left, .control("b"): entry.left()
        case .right, .control("f"): entry.right()
        case .home, .control("a"): entry.home()
        case .end, .control("e"): entry.end()
        case .control("u"): entry.deleteToStart()
        case .control("w"): entry.deleteWord()
        case .control("o"): if use.isLong { return [.edit(entry.text, atMost: Self.longest(use))] }
        case .tab: put(" ", use, isCut: false)
        case .up, .down, .pageUp, .pageDown, .control, .unknown: break
        }
        return []
    }

    private mutating func put(_ text: String, _ use: TextUse, isCut: Bool) {
        let insertion = entry.insert(text, keepingLines: use.isLong)
        if isCut || insertion.left > 0 { notice = GuidedInterviewWords.pasteWasCut } else if insertion.steering > 0 { notice = GuidedInterviewWords.leftOut(insertion.steering) }
    }

    /// The text that is being written is left; it comes back when the same is begun again.
    private mutating func leave() -> [Effect] {
        if case .consent = prompt { return end(.noConsent) }
        if setAside() { notice = GuidedInterviewWords.kept } else if case .text = prompt { notice = GuidedInterviewWords.nothingStored }
        (prompt, entry, scroll) = (.question, EntryLine(), 0)
        return []
    }

    private func tooLong(_ text: String, _ use: TextUse) -> String? {
        let (count, most) = (text.unicodeScalars.count, Self.longest(use))
        return count > most ? GuidedInterviewWords.tooLong(count, most: most, isLong: use.isLong) : nil
    }

    /// The text is whole.
    mutating func finishText() -> [Effect] {
        guard case .text(let use) = prompt else { return [] }
        let text = entry.text.trimmed
        if text.isEmpty {
            // A reference may be left out, and an empty rationale takes one away.
            switch use {
            case .reference(let id, let grade): return regrade(id, grade, reference: nil)
            case .rationale(let id) where records.answers[id]?.content?.rationale != nil && isShown(id): return explain(id, nil)
            case .own(let spot, _) where form(spot)?.talk.isAnswered(spot.name) == true: return give("", to: spot)
            case .own, .rationale, .note, .quote, .seam, .decision, .leak, .jump, .search: return leave()
            }
        }
        if let fault = tooLong(text, use) { return declined(fault) }
        let domain = question?.domain.code
        switch use {
        case .rationale(let id): return explain(id, text)
        case .reference(let id, let grade): return regrade(id, grade, reference: text)
        case .own(let spot, _): return give(text, to: spot)
        case .note: return store(.note(text, domain: domain))
        case .seam: return store(.seam(text))
        case .decision: return store(.decision(text, domain: domain))
        case .leak: prompt = .category(text)
        case .quote:
            guard mayQuote else { return declined(GuidedInterviewWords.noConsentToQuotes) }
            let quotable = records.respondents.filter { $0.consent.scope.contains(.quotes) }
            prompt = records.respondents.count == 1 && quotable.count == 1 ? .attribution(text, person: quotable[0].id) : .quotedPerson(text)
        case .jump:
            guard let there = place(called: text) else { return declined(GuidedInterviewWords.noSuchQuestion(text)) }
            go(to: there)
            prompt = .question
        case .search: search(text)
        }
        entry = EntryLine()
        return []
    }

    private mutating func explain(_ id: String, _ rationale: String?) -> [Effect] {
        guard var content = records.answers[id]?.content else { return declined(GuidedInterviewWords.answerFirst) }
        content.rationale = rationale
        return answer(id, content)
    }

    private mutating func regrade(_ id: String, _ grade: OwnAnswer.Content.Grade, reference: String?) -> [Effect] {
        guard var content = records.answers[id]?.content else { return declined(GuidedInterviewWords.answerFirst) }
        (content.grade, content.reference) = (grade, reference)
        return answer(id, content)
    }

    private mutating func search(_ text: String) {
        let words = text.lowercased().split(separator: " ").map(String.init)
        let forms = records.forms.flatMap { form in form.asked.map { Place.form(FormSpot(form: form.record, name: $0.name)) } }
        let found = (questions.indices.map { .question($0) } + forms).filter { place in
            let all = self.words(of: place).lowercased()
            return words.allSatisfy { all.contains($0) }
        }
        scroll = 0
        if found.isEmpty {
            decline(GuidedInterviewWords.nothingFound(text))
        } else if found.count == 1 {
            go(to: found[0])
            prompt = .question
        } else {
            prompt = .found(found)
        }
    }

    // MARK: - Choices

    private mutating func choose(_ word: String) -> [Effect] {
        let folded = word.lowercased()
        switch prompt {
        case .help:
            (prompt, scroll) = (.question, 0)
            return []
        case .grade(let id):
            guard !folded.isEmpty else { return leave() }
            guard let grade = Self.grade(folded) else { return declined(GuidedInterviewWords.notAGrade) }
            if grade == .a || grade == .b {
                return begin(.reference(id, grade), "")
            }
            return regrade(id, grade, reference: nil)
        case .quotedPerson(let text):
            guard let number = Int(folded), records.respondents.indices.contains(number - 1) else { return declined(GuidedInterviewWords.whichNumber(records.respondents.count)) }
            let person = records.respondents[number - 1]
            guard person.consent.scope.contains(.quotes) else { return declined(GuidedInterviewWords.noConsentToQuotes) }
            prompt = .attribution(text, person: person.id)
            return []
        case .attribution(let text, let person):
            // It may have been taken back since.
            let quotable = records.respondents.filter { $0.consent.scope.contains(.quotes) }
            guard person.map({ id in quotable.contains { $0.id == id } }) ?? !quotable.isEmpty else { return declined(GuidedInterviewWords.noConsentToQuotes) }
            guard let number = GuidedInterviewWords.attribution(folded), number >= loosestAttribution(person) else {
                return declined(GuidedInterviewWords.notAnAttribution(loosestAttribution(person) <= Consent.roleOk))
            }
            return store(.quote(text, person: person, attribution: number, domain: question?.domain.code))
        case .category(let title):
            guard let number = GuidedInterviewWords.category(folded) else { return declined(GuidedInterviewWords.notACategory) }
            return store(.leak(title, category: number))
        case .found(let found):
            guard !folded.isEmpty else { return leave() }
            guard let number = Int(folded), found.indices.contains(number - 1) else { return declined(GuidedInterviewWords.whichNumber(found.count)) }
            go(to: found[number - 1])
            prompt = .question
            return []
        case .consent(let index, let step): return consent(index, step, folded)
        case .question, .text: return []
        }
    }

    private mutating func consent(_ index: Int, _ step: ConsentStep, _ word: String) -> [Effect] {
        switch step {
        case .given:
            switch GuidedInterviewWords.yesOrNo(word) {
            case true?: prompt = .consent(index, .method)
            case false?: return end(.noConsent)
            case nil: decline(GuidedInterviewWords.sayYesOrNo)
            }
        case .method:
            guard let method = GuidedInterviewWords.consentMethod(word) else { return declined(GuidedInterviewWords.notAMethod) }
            prompt = .consent(index, .scope(method: method))
        case .scope(let method):
            guard let scope = GuidedInterviewWords.consentScope(word) else { return declined(GuidedInterviewWords.notAScope) }
            return store(.consent(person: records.respondents[index].id, method: method, scope: scope))
        }
        return []
    }
}

extension String {
    /// Without blanks and line breaks around it.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
