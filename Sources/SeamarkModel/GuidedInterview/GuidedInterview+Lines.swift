// Line mode: one statement a line, nothing is drawn and nothing is drawn anew, so that a screen reader or a script follows.
extension GuidedInterview {
    /// What there is to say now: what came of the last line, and what is asked next. A question is said whole when it comes up, and when asked again.
    public mutating func statements(now: Int64) -> [String] {
        var out = notice.isEmpty ? [] : [notice]
        guard ending == nil else { return out.map(TerminalText.line) }
        switch prompt {
        case .question:
            if lastSpoken != place {
                out += whole(now)
                wasShown()
            }
            lastSpoken = place
        case .help:
            out += [GuidedInterviewWords.lineAnswerHint]
            out += commands.map { command in
                let words = GuidedInterviewWords.words(command)
                return "\(words[0]) or \(words.dropFirst().joined(separator: " or ")): \(GuidedInterviewWords.meaning(command))."
            }
            // A list is read, and there is nothing to leave.
            prompt = .question
        case .text(let use):
            out.append(GuidedInterviewWords.prompt(use) + ".")
            out.append(use.isLong ? GuidedInterviewWords.lineTextHint : GuidedInterviewWords.lineShortHint)
            if !entry.isEmpty { out.append(GuidedInterviewWords.soFar + " " + TerminalText.shortened(TerminalText.line(String(entry.text.prefix(2000))), to: 200)) }
        case .grade: out += [promptSentence + "."] + GuidedInterviewWords.grades.map(Self.spoken)
        case .attribution: out += [promptSentence] + attributionChoices.map(Self.spoken)
        case .category: out += [promptSentence] + GuidedInterviewWords.categories.map(Self.spoken)
        case .quotedPerson: out += [promptSentence] + personChoices.map(Self.spoken)
        case .found(let found): out += [promptSentence] + foundChoices(found).map(Self.spoken)
        case .consent(_, let step): out += [promptSentence] + consentChoices(step).map(Self.spoken)
        }
        return out.map(TerminalText.line)
    }

    private func whole(_ now: Int64) -> [String] {
        let progress = progress
        let minutes = minutes(now)
        let standing = GuidedInterviewWords.lineProgress(progress.answered, progress.of, minutes)
        let (all, here) = (places, Self.rank(place, records))
        let number = all.count { Self.rank($0, records) < here } + 1
        if let spot, let form = form(spot) { return whole(form, spot, standing, number, all.count) }
        guard let question else { return endStatements + [standing] }
        var out = [standing, GuidedInterviewWords.lineHeading(question.id, number, all.count, question.domain)]
        if !question.isAsked { out.append(GuidedInterviewWords.notAsked + ".") }
        out.append(question.question.text)
        for score in 0...4 { out.append("\(score): \(anchor(question, score).text).") }
        if records.answers[question.id] != nil {
            if let answer = shownAnswer(question.id) {
                out.append("\(GuidedInterviewWords.yourAnswer): \(GuidedInterviewWords.answer(answer)).")
                if let rationale = answer.rationale { out.append("\(GuidedInterviewWords.rationale): \(TerminalText.shortened(TerminalText.line(rationale), to: 400))") }
            } else {
                out.append(GuidedInterviewWords.answered)
            }
        }
        if lastSpoken == nil { out.append(GuidedInterviewWords.lineAnswerHint) }
        return out
    }

    private func whole(_ form: InterviewForm, _ spot: FormSpot, _ standing: String, _ number: Int, _ count: Int) -> [String] {
        guard let prompt = conversation(form, at: spot.name).prompt else { return [standing] }
        var out = [standing, GuidedInterviewWords.lineFormHeading(name(of: spot), number, count, form.talk.questionnaire.title)]
        for passed in passed(form, to: spot.name) {
            switch passed {
            case .heading(let words), .note(let words): out.append(words)
            }
        }
        out.append(prompt.label)
        if let hint = prompt.hint { out.append(hint) }
        if prompt.isRequired { out.append(GuidedInterviewWords.mustBe + ".") }
        for (index, choice) in prompt.choices.enumerated() { out.append("\(index + 1): \(choice).") }
        if prompt.isHidden { out.append(GuidedInterviewWords.hiddenAnswer + ".") }
        if let present = prompt.present { out.append("\(GuidedInterviewWords.yourAnswer): \(TerminalText.shortened(TerminalText.line(String(present.prefix(2000))), to: 400)).") }
        if case .form? = lastSpoken {} else { out.append(GuidedInterviewWords.lineFormHint) }
        return out
    }

    /// `a  what it means` as a sentence.
    private static func spoken(_ choice: String) -> String {
        let (key, rest) = split(choice)
        return "\(key): \(rest)."
    }
}
