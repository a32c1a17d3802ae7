// Texts that were begun and not stored: what there is of them, and how the next sitting takes them up.
extension GuidedInterview {
    /// All that was begun and not stored, as it stands. Of somebody who withdrew consent nothing is kept.
    public var draft: InterviewDraft { draft(and: current) }

    /// What will be left of it when the write that is under way is durable.
    public var draftOnceStored: InterviewDraft {
        var once = self
        if case .first(let capture, _, _)? = doing { once.forget(stored: capture) }
        if let afterwards { once.forget(afterwards.use, afterwards.text) }
        return once.draft(and: afterwards.map { InterviewDraft.Text($0.use, $0.text, .writing(cursor: $0.text.count)) })
    }

    private func draft(and current: InterviewDraft.Text?) -> InterviewDraft {
        if ending == .withdrawn { return InterviewDraft() }
        let aside = kept.sorted { $0.key.order < $1.key.order }.flatMap { use, texts in texts.map { InterviewDraft.Text(use, $0, .aside) } }
        return InterviewDraft(hidden + aside + (current.map { [$0] } ?? []))
    }

    /// The text that is being asked for or about.
    var current: InterviewDraft.Text? {
        switch prompt {
        case .text(let use):
            guard use.isKept, entry.text.contains(where: { !$0.isWhitespace }), entry.text != standing(use) else { return nil }
            return InterviewDraft.Text(use, entry.text, .writing(cursor: entry.cursor))
        case .quotedPerson(let text): return InterviewDraft.Text(.quote, text, .person)
        case .attribution(let text, let person): return InterviewDraft.Text(.quote, text, .attribution(person))
        case .category(let title): return InterviewDraft.Text(.leak, title, .category)
        case .question, .help, .grade, .found, .consent: return nil
        }
    }

    /// What is stored already, which a text begins with.
    func standing(_ use: TextUse) -> String? {
        switch use {
        case .rationale(let id): shownAnswer(id)?.rationale
        case .reference(let id, _): shownAnswer(id)?.reference
        case .own(let spot, _): standing(spot)
        case .note, .quote, .seam, .decision, .leak, .jump, .search: nil
        }
    }

    /// Puts the text that is being asked for or about with those that come back; is there one?
    @discardableResult
    mutating func setAside() -> Bool {
        guard let current else { return false }
        if opened?.use == current.use { takenUp.insert(current.use) }
        putAside(current.use, current.text)
        return true
    }

    /// Behind what waits there already; once, where the same comes again.
    mutating func putAside(_ use: TextUse, _ text: String) {
        if kept[use]?.contains(text) != true { kept[use, default: []].append(text) }
    }

    static func between(_ use: TextUse) -> String { use.isLong ? "\n" : " " }

    /// The text stands elsewhere now; what else waits there stays.
    mutating func forget(_ use: TextUse, _ text: String) {
        guard let waiting = kept[use] else { return }
        let left = waiting.filter { $0.trimmed != text.trimmed }
        kept[use] = left.isEmpty ? nil : left
    }

    /// What was stored need not wait any more, if it was put aside too.
    mutating func forget(stored capture: InterviewWrite.Capture) {
        switch capture {
        case .answer(let question, let content?):
            if let rationale = content.rationale { forget(.rationale(question), rationale) }
            if let reference = content.reference, let grade = content.grade { forget(.reference(question, grade), reference) }
        case .note(let text, _): forget(.note, text)
        case .quote(let text, _, _, _): forget(.quote, text)
        case .seam(let name): forget(.seam, name)
        case .decision(let name, _): forget(.decision, name)
        case .leak(let title, _): forget(.leak, title)
        case .formAnswer(let spot, .text(let text)?): forget(use(spot), text)
        // A number that was begun is worth nothing beside one that was given.
        case .formAnswer(let spot, _?): kept[use(spot)] = nil
        case .formAnswer(_, nil), .answer, .consent, .delete, .restore, .end: break
        }
    }

    /// Takes up what earlier sittings had begun. Where nothing of before may be shown it goes on being kept, unseen. A script does not go on in
    /// the middle of a text: its first line would take the place of it.
    mutating func resume(_ draft: InterviewDraft) {
        guard !draft.isEmpty else { return }
        // An interview that names nobody ends before it begins: what waits goes on waiting.
        if records.isBlind || ending != nil {
            hidden = draft.texts
            if ending == nil { notice = GuidedInterviewWords.draftIsHidden }
            return
        }
        let mayQuote = records.respondents.contains { $0.consent.scope.contains(.quotes) }
        for text in draft.texts {
            let isElsewhere = if case .own(let asked, _) = text.use { asked != spot } else { false }
            guard prompt == .question, !isScripted, !text.text.isEmpty, mayQuote || text.use != .quote, !isElsewhere else {
                putAside(text.use, text.text)
                continue
            }
            switch text.stage {
            case .aside: putAside(text.use, text.text)
            case .writing(let cursor):
                prompt = .text(text.use)
                entry = EntryLine(text.text, cursor: cursor)
            case .person: prompt = .quotedPerson(text.text)
            case .attribution(let person): prompt = .attribution(text.text, person: person)
            case .category: prompt = .category(text.text)
            }
        }
        takenUp = Set(kept.keys)
        opened = current
        let told = kept.isEmpty ? GuidedInterviewWords.draftGoesOn : GuidedInterviewWords.draftsWait(kept.count)
        notice = [notice, told].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

// MARK: - Where nothing of before may be shown any more

extension GuidedInterview {
    /// Takes in how all stands now.
    ///
    /// - Parameter told: what is being said to be another's word already.
    mutating func take(_ now: InterviewRecords, told: InterviewSubject? = nil) {
        let stood: String? = if case .text(let use) = prompt { standing(use) } else { nil }
        let turnsBlind = now.isBlind && !records.isBlind
        adopt(now, own: told)
        if turnsBlind { hide(standing: stood) }
        settle()
    }

    /// What was taken up of earlier sittings waits unseen, and a text that only says what they said is closed.
    ///
    /// - Parameter stood: the answer's text that the open text began with.
    mutating func hide(standing stood: String?) {
        var former: [InterviewDraft.Text] = []
        let uses = takenUp.sorted { $0.order < $1.order }
        for use in uses { former += (kept.removeValue(forKey: use) ?? []).map { InterviewDraft.Text(use, $0, .aside) } }
        takenUp = []
        var isOver = false
        if case .text(let use) = prompt, let stood, entry.text == stood, standing(use) == nil {
            isOver = true
        } else if let opened, let current, current.use == opened.use, current.text == opened.text {
            former.append(current)
            isOver = true
        }
        opened = nil
        if isOver { (prompt, entry, scroll) = (.question, EntryLine(), 0) }
        guard !former.isEmpty else { return }
        hidden += former
        notice = [notice, GuidedInterviewWords.draftIsHidden].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension GuidedInterview.TextUse {
    /// Is it work, and no mere way to somewhere?
    var isKept: Bool {
        switch self {
        case .rationale, .reference, .note, .quote, .seam, .decision, .leak, .own: true
        case .jump, .search: false
        }
    }

    /// A name that no other use has.
    var order: String {
        switch self {
        case .rationale(let question): "rationale " + question
        case .reference(let question, let grade): "reference \(question) \(grade.rawValue)"
        case .note: "note"
        case .quote: "quote"
        case .seam: "seam"
        case .decision: "decision"
        case .leak: "leak"
        case .jump: "jump"
        case .search: "search"
        case .own(let spot, _): "own \(spot.form) \(spot.name)"
        }
    }
}
