import SeamarkJournal

// What others write while a sitting goes on: an answer is written over only where it has been shown as it stands.
extension GuidedInterview {
    /// What is to be shown from now on. Where somebody else wrote, what was shown last is remembered.
    ///
    /// - Parameter own: what this sitting has written itself just now.
    mutating func adopt(_ now: InterviewRecords, own: InterviewSubject? = nil) {
        for question in Set(records.answers.keys).union(now.answers.keys) {
            let (old, new) = (records.answers[question]?.content, now.answers[question]?.content)
            if old != new, unseen[.answer(question)] == nil { unseen[.answer(question)] = .answer(old) }
        }
        for form in now.forms {
            let before = records.forms.first { $0.record == form.record }?.talk.answers ?? [:]
            for name in Set(before.keys).union(form.talk.answers.keys) where before[name] != form.talk.answers[name] {
                let subject = InterviewSubject.formAnswer(FormSpot(form: form.record, name: name))
                if unseen[subject] == nil { unseen[subject] = .form(before[name]) }
            }
        }
        if let own { unseen[own] = nil }
        records = now
    }

    /// The screen or the lines that stand there now have been put out: what they say of the question has been seen.
    public mutating func wasShown() {
        switch prompt {
        case .question, .text: if let here { unseen[here] = nil }
        case .help, .grade, .quotedPerson, .attribution, .category, .found, .consent: break
        }
    }

    private var here: InterviewSubject? { spot.map { .formAnswer($0) } ?? question.map { .answer($0.id) } }

    /// Says what somebody else wrote where `capture` would write over it unseen; nil where it would not. It is said once: then it has been seen.
    mutating func tellUnseen(_ capture: InterviewWrite.Capture) -> String? {
        switch capture {
        case .answer(let question, let new):
            guard case .answer(let seen)? = unseen[.answer(question)] else { return nil }
            let now = records.answers[question]?.content
            // What the write leaves as it is may be anybody's word.
            guard now?.response != new?.response && now?.response != seen?.response || now?.rationale != new?.rationale && now?.rationale != seen?.rationale else { return nil }
            unseen[.answer(question)] = nil
            return GuidedInterviewWords.answeredMeanwhile(question, words: isShown(question) ? now.map(GuidedInterviewWords.whole) : nil)
        case .formAnswer(let spot, let new):
            guard case .form(let seen)? = unseen[.formAnswer(spot)] else { return nil }
            let now = form(spot)?.talk.answers[spot.name]
            guard now != new, now != seen else { return nil }
            unseen[.formAnswer(spot)] = nil
            return GuidedInterviewWords.answeredMeanwhile(name(of: spot), words: words(now, spot))
        case .note, .quote, .seam, .decision, .leak, .consent, .delete, .restore, .end: return nil
        }
    }
}
