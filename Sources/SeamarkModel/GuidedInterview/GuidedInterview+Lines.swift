// Line mode: one statement a line, nothing is drawn and nothing is drawn anew, so that a screen reader or a script follows.
extension GuidedInterview {
    /// What there is to say now: what came of the last line, and what is asked next. A question is said whole when it comes up, and when asked again.
    public mutating func statements(now: Int64) -> [String] {
        var out = notice.isEmpty ? [] : [notice]
        guard ending == nil else { return out.map(TerminalText.line) }
        switch prompt {
        case .question:
            if lastSpoken != place { out += whole(now) }
            lastSpoken = place
        case .help:
            out += [GuidedInterviewWords.lineAnswerHint]
            out += Command.allCases.map { command in
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
        case .attribution: out += [promptSentence] + GuidedInterviewWords.attributions.map(Self.spoken)
        case .category: out += [promptSentence] + GuidedInterviewWords.categories.map(Self.spoken)
        case .quotedPerson: out += [promptSentence] + personChoices.map(Self.spoken)
        case .found(let found): out += [promptSentence] + foundChoices(found).map(Self.spoken)
        case .consent(_, let step): out += [promptSentence] + consentChoices(step).map(Self.spoken)
        }
        return out.map(TerminalText.line)
    }

    private func whole(_ now: Int64) -> [String] {
        let progress = progress
        let minutes = records.startedAt.flatMap { now >= $0 && now - $0 < 24 * 3_600_000 ? (now - $0) / 60_000 : nil }
        let standing = GuidedInterviewWords.lineProgress(progress.answered, progress.of, minutes)
        guard let question, case .question(let index) = place else { return endStatements + [standing] }
        let asked = questions.indices.filter { questions[$0].isAsked }
        let number = (asked.firstIndex(of: index) ?? asked.count { $0 < index }) + 1
        var out = [standing, GuidedInterviewWords.lineHeading(question.id, number, asked.count, question.domain)]
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

    /// `a  what it means` as a sentence.
    private static func spoken(_ choice: String) -> String {
        let (key, rest) = split(choice)
        return "\(key): \(rest)."
    }
}
