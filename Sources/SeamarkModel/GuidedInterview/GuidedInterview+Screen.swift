/// A line of a screen: stretches of text, each of one style. Nothing in it steers a terminal.
public struct ScreenLine: Hashable, Sendable {
    public enum Style: Hashable, Sendable { case plain, bold, dim, heading }

    public struct Span: Hashable, Sendable {
        public let text: String
        public let style: Style
    }

    public internal(set) var spans: [Span]

    init(_ text: String = "", _ style: Style = .plain) { spans = text.isEmpty ? [] : [Span(text: text, style: style)] }

    public var text: String { spans.map(\.text).joined() }
}

/// A whole screen: as many lines as it has rows, none wider than it is.
public struct InterviewScreen: Sendable {
    public let lines: [ScreenLine]
    /// Where the next character goes; nil where no text is being written.
    public let cursor: (row: Int, column: Int)?
}

extension GuidedInterview {
    /// The screen at this moment. `now`: milliseconds since 1970.
    public func screen(width: Int, height: Int, now: Int64) -> InterviewScreen {
        let (width, height) = (max(1, width), max(1, height))
        guard height >= 4, width >= 10 else {
            let lines = [ScreenLine(Self.cut(GuidedInterviewWords.tooSmall, width))] + Array(repeating: ScreenLine(), count: height - 1)
            return InterviewScreen(lines: lines, cursor: nil)
        }
        let heading = [heading(width, now)]
        let (foot, cursor) = foot(width, max(1, min(height / 2, height - 3)))
        // A notice may take what the body can spare.
        let noticeRows = notice.isEmpty ? [] : Self.wrapped(notice, width, .bold)
        let spare = height - heading.count - foot.count - 2
        let noticed = spare < 1 ? Array(noticeRows.prefix(1)) : Array(noticeRows.prefix(max(1, min(4, spare / 2))))
        let room = max(0, height - heading.count - foot.count - noticed.count)
        let body = fitted(body(width), room, width)
        let lines = Array((heading + body + noticed + foot).prefix(height))
        let footTop = lines.count - foot.count
        return InterviewScreen(lines: lines, cursor: cursor.map { (footTop + $0.row, min(width - 1, $0.column)) })
    }

    // MARK: - Heading

    private func heading(_ width: Int, _ now: Int64) -> ScreenLine {
        let progress = progress
        var right = GuidedInterviewWords.progress(progress.answered, progress.of)
        if let minutes = minutes(now) { right += "  " + GuidedInterviewWords.minutes(minutes) }
        right = Self.cut(right, width)
        let room = width - TerminalText.width(right) - 1
        let left = room > 3 ? Self.cut(self.title, room) : ""
        let gap = String(repeating: " ", count: max(0, width - TerminalText.width(left) - TerminalText.width(right)))
        return ScreenLine(left + gap + right, .heading)
    }

    /// Since the beginning; of a finalised one how long it took. Nil for what nobody would call an interview any more.
    func minutes(_ now: Int64) -> Int64? {
        let until = records.isFinal ? records.endedAt : now
        guard let start = records.startedAt, let until else { return nil }
        let span = CalendarDate.span(from: start, to: until)
        return (0..<24 * 3_600_000).contains(span) ? span / 60_000 : nil
    }

    /// What the interview is called and who is interviewed.
    var title: String {
        let people = records.respondents.map { person in
            records.isBlind ? person.handle : [person.handle, [person.title, person.level?.rawValue].compactMap { $0 }.joined(separator: ", ")].joined(separator: " ")
        }
        return TerminalText.line(([records.name] + people).joined(separator: "  "))
    }

    // MARK: - Body

    private func body(_ width: Int) -> [ScreenLine] {
        switch prompt {
        case .help: return help(width)
        case .grade: return Self.choices(GuidedInterviewWords.grades, width)
        case .attribution(let text, _): return Self.wrapped(text, width, .plain) + [ScreenLine()] + Self.choices(attributionChoices, width)
        case .category(let title): return Self.wrapped(title, width, .plain) + [ScreenLine()] + Self.choices(GuidedInterviewWords.categories, width)
        case .quotedPerson(let text):
            return Self.wrapped(text, width, .plain) + [ScreenLine()] + Self.choices(personChoices, width)
        case .found(let found): return Self.choices(foundChoices(found), width)
        case .consent(_, let step): return Self.choices(consentChoices(step), width)
        case .question, .text: break
        }
        if let spot, let form = form(spot) { return formBody(form, spot, width) }
        guard let question else { return endBody(width) }
        var lines = Self.wrapped(GuidedInterviewWords.domain(question.domain) + (question.isAsked ? "" : ", " + GuidedInterviewWords.notAsked), width, .dim)
        lines += Self.hanging(question.id + "  ", question.question.text, width, .bold)
        lines.append(ScreenLine())
        let answer = shownAnswer(question.id)
        for score in 0...4 {
            let isOwn = answer?.score == Int64(score)
            let anchor = anchor(question, score)
            lines += Self.hanging("\(isOwn ? ">" : " ")\(score)  ", anchor.text, width, isOwn ? .bold : anchor.isStated ? .plain : .dim)
        }
        lines += Self.specialAnswers(width)
        if records.answers[question.id] != nil {
            lines.append(ScreenLine())
            if !isShown(question.id) { lines += Self.wrapped(GuidedInterviewWords.answered, width, .plain) }
            if let answer {
                lines += Self.wrapped("\(GuidedInterviewWords.yourAnswer): \(GuidedInterviewWords.answer(answer))" + (answer.reference.map { ", \($0)" } ?? ""), width, .bold)
                if let rationale = answer.rationale { lines += Self.wrapped("\(GuidedInterviewWords.rationale): \(rationale)", width, .plain) }
            }
        }
        return lines
    }

    /// A question of a questionnaire, below what leads up to it.
    private func formBody(_ form: InterviewForm, _ spot: FormSpot, _ width: Int) -> [ScreenLine] {
        guard let prompt = conversation(form, at: spot.name).prompt else { return [] }
        var lines = Self.wrapped("\(form.talk.questionnaire.title), \(form.reference)" + (prompt.isRequired ? ", " + GuidedInterviewWords.mustBe : ""), width, .dim)
        for passed in passed(form, to: spot.name) {
            switch passed {
            case .heading(let words): lines += Self.wrapped(words, width, .bold)
            case .note(let words): lines += Self.wrapped(words, width, .plain)
            }
        }
        lines += Self.hanging(prompt.name + "  ", prompt.label, width, .bold)
        if let hint = prompt.hint { lines += Self.wrapped(hint, width, .dim) }
        if !prompt.choices.isEmpty { lines.append(ScreenLine()) }
        let chosen = chosen(form, spot)
        for (index, choice) in prompt.choices.enumerated() {
            lines += Self.hanging("\(chosen.contains(index) ? ">" : " ")\(index + 1)  ", choice, width, chosen.contains(index) ? .bold : .plain)
        }
        if prompt.isHidden { lines += [ScreenLine()] + Self.wrapped(GuidedInterviewWords.hiddenAnswer, width, .plain) }
        if let present = prompt.present { lines += [ScreenLine()] + Self.wrapped("\(GuidedInterviewWords.yourAnswer): \(present)", width, .bold) }
        return lines
    }

    /// Places of the choices that were made.
    private func chosen(_ form: InterviewForm, _ spot: FormSpot) -> Set<Int> {
        guard case .choices(let names)? = form.talk.answers[spot.name] else { return [] }
        let choices = form.item(spot.name)?.kind.list.flatMap(form.talk.questionnaire.list)?.choices ?? []
        return Set(choices.indices.filter { names.contains(choices[$0].name) })
    }

    /// On one line where they fit.
    private static func specialAnswers(_ width: Int) -> [ScreenLine] {
        let all = GuidedInterviewWords.specialAnswers
        let one = " " + all.joined(separator: "   ")
        if TerminalText.width(one) <= width { return [ScreenLine(one, .dim)] }
        return all.flatMap { choice in
            let (key, rest) = split(choice)
            return hanging(" \(key)  ", rest, width, .dim)
        }
    }

    func anchor(_ question: Question, _ score: Int) -> (text: String, isStated: Bool) {
        let anchors = question.question.anchors
        if let anchor = anchors.first(where: { $0.score == score }) { return (anchor.text, true) }
        let (low, high) = (anchors.last { $0.score < score }?.score ?? 0, anchors.first { $0.score > score }?.score ?? 4)
        return (GuidedInterviewWords.between(low, high), false)
    }

    private func endBody(_ width: Int) -> [ScreenLine] {
        endStatements.flatMap { Self.wrapped($0, width, .plain) }
    }

    var endStatements: [String] {
        let open = open.map(\.id) + openSpots.map(name)
        if open.isEmpty { return [GuidedInterviewWords.allAnswered] + endOfForms }
        return [GuidedInterviewWords.stillOpen(open.count), open.joined(separator: ", ")] + endOfForms + [GuidedInterviewWords.endKeys]
    }

    private func help(_ width: Int) -> [ScreenLine] {
        var lines = Self.choices(["0-4  \(GuidedInterviewWords.scores)"] + GuidedInterviewWords.specialAnswers, width)
        for command in commands { lines += Self.hanging("\(GuidedInterviewWords.key(command))  ", GuidedInterviewWords.meaning(command), width, .plain) }
        return lines
    }

    var personChoices: [String] { records.respondents.enumerated().map { "\($0.offset + 1)  \($0.element.handle)" } }
    func foundChoices(_ found: [Place]) -> [String] { found.enumerated().map { "\($0.offset + 1)  \(label(of: $0.element))" } }

    func consentChoices(_ step: ConsentStep) -> [String] {
        switch step {
        case .given: GuidedInterviewWords.consentGivenKeys
        case .method: GuidedInterviewWords.consentMethods
        case .scope: GuidedInterviewWords.consentScopes
        }
    }

    // MARK: - Foot

    /// What is asked of the consultant, at most so many rows.
    private func foot(_ width: Int, _ most: Int) -> ([ScreenLine], (row: Int, column: Int)?) {
        guard case .text(let use) = prompt else {
            guard prompt != .question else { return (keys(width, most > 5 ? 2 : 1).map { ScreenLine($0, .dim) }, nil) }
            var label = Self.wrapped(promptSentence, width, .bold)
            label = Array(label.prefix(most))
            let typed = entry.isEmpty ? "" : " " + entry.text
            if let last = label.popLast() {
                let room = width - TerminalText.width(last.text)
                label.append(ScreenLine(last.text + (room > 1 ? TerminalText.shortened(TerminalText.line(typed), to: room) : ""), .bold))
            }
            return (label, nil)
        }
        var label = Self.wrapped(promptSentence, width, .bold)
        let keys = [ScreenLine(Self.cut(use.isLong ? GuidedInterviewWords.textKeys : GuidedInterviewWords.shortTextKeys, width), .dim)]
        let (rows, cursor) = entryRows(width, max(1, most - 2))
        // Where there is little room, what is being written matters most.
        label = Array(label.prefix(max(0, most - rows.count - keys.count)))
        let hasKeys = rows.count + label.count + keys.count <= most
        return (label + rows + (hasKeys ? keys : []), (label.count + cursor.row, cursor.column))
    }

    /// The rows around the cursor. Only what may be seen is laid out, however long the text is.
    private func entryRows(_ width: Int, _ most: Int) -> ([ScreenLine], (row: Int, column: Int)) {
        let room = max(1, width - 1)
        let span = room * (most + 1)
        // Not with each character from another place: the rows would be broken anew while somebody types.
        let start = max(0, (entry.cursor / span - 1) * span)
        let end = min(entry.characters.count, entry.cursor + span)
        let rows = EntryRows(entry.characters[start..<end], room: room)
        let cursor = rows.place(of: entry.cursor - start)
        let first = max(0, min(cursor.row - most / 2, rows.texts.count - most))
        let seen = rows.texts[first..<min(rows.texts.count, first + most)]
        return (seen.map { ScreenLine($0) }, (cursor.row - first, cursor.column))
    }

    var promptSentence: String {
        switch prompt {
        case .question: ""
        case .help: GuidedInterviewWords.helpPrompt
        case .grade(let id): GuidedInterviewWords.gradePrompt(id)
        case .text(let use): GuidedInterviewWords.prompt(use)
        case .quotedPerson: GuidedInterviewWords.personPrompt
        case .attribution: GuidedInterviewWords.attributionPrompt
        case .category: GuidedInterviewWords.categoryPrompt
        case .found: GuidedInterviewWords.foundPrompt
        case .consent(let index, .given): GuidedInterviewWords.consentGiven(records.respondents[index].handle)
        case .consent(_, .method): GuidedInterviewWords.consentMethodPrompt
        case .consent(_, .scope): GuidedInterviewWords.consentScopePrompt
        }
    }

    /// As many keys as fit on so many rows, the most needed first.
    private func keys(_ width: Int, _ rows: Int) -> [String] {
        let commands: [Command] = [
            .help, .stop, .undo, .back, .skip, .note, .rationale, .quote, .grade, .jump, .search, .seam, .decision, .leak, .finish, .redo,
        ]
        var lines = [answerKeys]
        for command in commands {
            let key = "\(GuidedInterviewWords.key(command)) \(GuidedInterviewWords.short(command))"
            if TerminalText.width(lines[lines.count - 1]) + 2 + TerminalText.width(key) <= width {
                lines[lines.count - 1] += "  " + key
            } else if lines.count < rows {
                lines.append(key)
            } else {
                break
            }
        }
        return lines.map { Self.cut($0, width) }
    }

    // MARK: - Fitting

    /// The body, moved up as far as the reader wants and there is text.
    private func fitted(_ body: [ScreenLine], _ room: Int, _ width: Int) -> [ScreenLine] {
        guard body.count > room else { return body + Array(repeating: ScreenLine(), count: room - body.count) }
        guard room > 1 else { return Array(body.prefix(room)) }
        let top = min(scroll, body.count - room)
        var seen = Array(body[top..<(top + room)])
        if top + room < body.count {
            // The line that tells of more takes the place of one.
            seen[room - 1] = ScreenLine(Self.cut(GuidedInterviewWords.more, width), .dim)
        }
        return seen
    }

    private static func cut(_ text: String, _ width: Int) -> String { TerminalText.shortened(TerminalText.line(text), to: width) }

    private static func wrapped(_ text: String, _ width: Int, _ style: ScreenLine.Style) -> [ScreenLine] {
        TerminalText.lines(text).split(separator: "\n", omittingEmptySubsequences: false).prefix(200).flatMap { part in
            fit(TerminalText.wrapped(String(part.prefix(10_000)), to: width), width).map { ScreenLine($0, style) }
        }
    }

    /// A character that is wider than the terminal leaves its place empty.
    private static func fit(_ rows: [String], _ width: Int) -> [String] { rows.map { TerminalText.width($0) > width ? TerminalText.shortened($0, to: width) : $0 } }

    /// `label` before the first row, and as many blanks before each other.
    private static func hanging(_ label: String, _ text: String, _ width: Int, _ style: ScreenLine.Style) -> [ScreenLine] {
        let indent = TerminalText.width(label)
        guard width - indent >= 8 else { return wrapped(label + text, width, style) }
        return wrapped(text, width - indent, style).enumerated().map { row in
            ScreenLine((row.offset == 0 ? label : String(repeating: " ", count: indent)) + row.element.text, style)
        }
    }

    /// `k  what it means`, each.
    private static func choices(_ choices: [String], _ width: Int) -> [ScreenLine] {
        choices.flatMap { choice in
            let (key, rest) = split(choice)
            return hanging(key + "  ", rest, width, .plain)
        }
    }
}
