import SeamarkJournal
@testable import SeamarkModel
import SeamarkTestSupport

/// Where a guided interview's writes go in these tests: rows on paper, with what a real record says of who wrote last.
struct PaperDesk {
    struct Row {
        var capture: InterviewWrite.Capture
        var answer: OwnAnswer?
        var form: (answer: FormAnswer, stamp: Stamp)?
        var isThere = true
        var heads: [EditName]
    }

    var rows: [InterviewSubject: Row] = [:]
    var respondents: [InterviewRecords.Respondent]
    var bookmark: InterviewBookmark?
    var questionnaires: [Questionnaire] = []
    var endedAt: Int64?
    var isFinal = false
    /// Of each write that was stored, in order.
    private(set) var changes: [Identifier] = []
    /// What the device is told of those that take another one back.
    private(set) var undoings: [InterviewWrite.TakingBack] = []
    /// What stood for the end before these altered it, and the last that did.
    private var ends: [Identifier: Int64?] = [:]
    private var endedBy: Identifier?
    private(set) var clock: Int64 = 1000
    /// Writes after which another draft was left than was said beforehand.
    private(set) var misjudged = 0
    private var next: UInt64 = 1

    static let ann = Identifier(high: 9, low: 1)

    init(level: RespondentLevel? = .manager, consent: Consent.State = .given) {
        respondents = [
            InterviewRecords.Respondent(
                id: Identifier(high: 23, low: 1), handle: "P-A001", title: "planning manager", level: level,
                consent: Consent(state: consent, scope: [.quotes, .role]))
        ]
    }

    var records: InterviewRecords {
        var answers: [String: OwnAnswer] = [:]
        for (subject, row) in rows { if case .answer(let question) = subject, row.isThere, let answer = row.answer { answers[question] = answer } }
        var records = InterviewRecords(name: "IV-A001", respondents: respondents, answers: answers, bookmark: bookmark, startedAt: 0, endedAt: endedAt, isFinal: isFinal)
        for (index, questionnaire) in questionnaires.enumerated() {
            let given = given(Self.form(index))
            records.forms.append(InterviewForm(
                record: Self.form(index), reference: questionnaire.key + "@1", key: questionnaire.key,
                talk: FormInterview(questionnaire, answers: given.mapValues(\.answer), clock: .day(20_000)), stamps: given.mapValues(\.stamp)))
        }
        return records
    }

    static func form(_ index: Int) -> Identifier { Identifier(high: 63, low: UInt64(index + 1)) }

    func given(_ form: Identifier) -> [String: (answer: FormAnswer, stamp: Stamp)] {
        var given: [String: (answer: FormAnswer, stamp: Stamp)] = [:]
        for (subject, row) in rows { if case .formAnswer(let spot) = subject, spot.form == form, let answer = row.form { given[spot.name] = answer } }
        return given
    }

    /// As a form lets it be answered now.
    private func takes(_ answer: FormAnswer?, _ spot: FormSpot) -> Bool {
        guard let form = records.forms.first(where: { $0.record == spot.form }) else { return false }
        var talk = form.talk
        return (try? talk.answer(spot.name, answer, language: "default")) != nil
    }

    /// The answers and what was made, as they would be shown.
    var shown: [String: String] {
        var shown: [String: String] = [:]
        for (subject, row) in rows where row.isThere {
            if case .answer(let question) = subject { shown[question] = "\(row.answer?.content as Any)" } else if case .formAnswer(let spot) = subject {
                if let form = row.form { shown["\(spot.form)/\(spot.name)"] = "\(form.answer)" }
            } else { shown["\(subject)"] = "\(row.capture)" }
        }
        return shown
    }

    var notes: [String] { rows.values.compactMap { if case .note(let text, _) = $0.capture, $0.isThere { text } else { nil } }.sorted() }

    mutating func write(_ write: InterviewWrite) -> GuidedInterview.Event {
        clock += 1
        next += 1
        let name = EditName(change: Identifier(high: 1, low: next), index: 0)
        let stamp = Stamp(time: clock, device: Self.ann)
        var subject = InterviewSubject.record(Identifier(high: 2, low: next))
        switch write.capture {
        case .answer(let question, _): subject = .answer(question)
        case .formAnswer(let spot, _): subject = .formAnswer(spot)
        case .delete(let id), .restore(let id): subject = .record(id)
        case .note, .quote, .seam, .decision, .leak, .consent, .end: break
        }
        switch write.onto {
        case .answer(let content)?: if rows[subject].flatMap({ $0.isThere ? $0.answer?.content : nil }) != content { return .changedSince(records) }
        case .form(let answer)?: if rows[subject]?.form?.answer != answer { return .changedSince(records) }
        case nil: break
        }
        if let mark = write.unlessChangedSince, mark != RecordMark(heads: rows[subject]?.heads ?? []) { return .changedSince(records) }
        switch write.capture {
        case .formAnswer(let spot, let answer):
            guard takes(answer, spot) else { return write.unlessChangedSince == nil ? .refused("The form does not take it.") : .changedSince(records) }
            var row = rows[subject] ?? Row(capture: write.capture, heads: [])
            row.form = answer.map { ($0, stamp) }
            row.heads = [name]
            rows[subject] = row
        case .answer(_, let content):
            var row = rows[subject] ?? Row(capture: write.capture, heads: [])
            row.isThere = content != nil
            row.answer = content.map { OwnAnswer($0, at: stamp) }
            row.heads = [name]
            rows[subject] = row
        case .delete, .restore:
            if case .delete = write.capture { rows[subject]?.isThere = false } else { rows[subject]?.isThere = true }
            rows[subject]?.heads = [name]
        case .consent(let person, let method, let scope):
            respondents = respondents.map {
                $0.id == person ? InterviewRecords.Respondent(id: $0.id, handle: $0.handle, title: $0.title, level: $0.level, consent: Consent(state: .given, scope: scope, method: method)) : $0
            }
        case .end: end(clock, by: name.change)
        case .note, .quote, .seam, .decision, .leak: rows[subject] = Row(capture: write.capture, heads: [name])
        }
        changes.append(name.change)
        if let back = write.takingBack {
            undoings.append(back)
            if endedBy == back.change, let before = ends[back.change] { end(before, by: name.change) }
        } else if write.answersAnew, endedAt != nil {
            end(nil, by: name.change)
        }
        return .stored(InterviewReceipt(subject: subject, name: "R\(next)", mark: RecordMark(heads: rows[subject]?.heads ?? []), change: name.change, records: records))
    }

    private mutating func end(_ time: Int64?, by change: Identifier) {
        ends.updateValue(endedAt, forKey: change)
        (endedAt, endedBy) = (time, change)
    }

    /// Somebody else, or the same person at another laptop, writes to what is there.
    mutating func meddle(_ subject: InterviewSubject) {
        next += 1
        clock += 1
        rows[subject]?.heads.append(EditName(change: Identifier(high: 3, low: next), index: 0))
        if let content = rows[subject]?.answer?.content {
            var content = content
            content.rationale = "theirs"
            rows[subject]?.answer = OwnAnswer(content, at: Stamp(time: clock, device: Self.ann))
        }
    }

    /// Another program of the same person gives another score, and no sitting has looked yet.
    mutating func score(_ question: String, _ score: Int64) {
        let content = OwnAnswer.Content(.scored, score: score, grade: .c, rationale: rows[.answer(question)]?.answer?.content?.rationale)
        _ = write(InterviewWrite(.answer(question: question, content)))
    }

    /// Hands an event in and does what comes of it. `cut` stops before the effect with this number, as a kill would.
    mutating func carryOut(_ event: GuidedInterview.Event, _ interview: inout GuidedInterview, cut: Int = .max) -> GuidedInterview.Ending? {
        var waiting = interview.handle(event)
        var ending: GuidedInterview.Ending?
        var count = 0
        while !waiting.isEmpty {
            count += 1
            guard count <= cut else { return ending }
            switch waiting.removeFirst() {
            case .store(let capture):
                let (event, draft) = (write(capture), interview.draftOnceStored)
                waiting = interview.handle(event) + waiting
                if case .stored = event, interview.ending == nil, interview.draft != draft { misjudged += 1 }
            case .remember(let mark): bookmark = mark
            case .edit(let text, _): waiting = interview.handle(.edited(text + " from the editor")) + waiting
            case .end(let how): ending = how
            }
        }
        return ending
    }
}

/// Keys and lines as a person in a hurry presses them.
struct Fingers {
    var dice: SplitMix64

    init(_ seed: UInt64) { dice = SplitMix64(seed: seed) }

    static let texts = ["They phone.", "", "   ", "\u{1b}]0;x\u{7}\u{202e}", "漢字かな交じり文", "👩‍👩‍👧‍👦 e\u{301}\u{301}", String(repeating: "long ", count: 700), "ai1", "ZZ9", "overtime"]

    mutating func key() -> InterviewKey {
        if Int.random(in: 0..<8, using: &dice) == 0 {
            return [.enter, .escape, .backspace, .delete, .tab, .left, .right, .up, .down, .home, .end, .pageUp, .pageDown, .control("u"), .control("o"), .control("w"), .unknown]
                .randomElement(using: &dice) ?? .enter
        }
        if Int.random(in: 0..<10, using: &dice) == 0 { return .paste(Self.texts.randomElement(using: &dice) ?? "", isCut: false) }
        return .character("00112233444dnxertqscljkkb/uuUUw?abcdy1".randomElement(using: &dice) ?? "3")
    }

    mutating func line() -> String {
        let word = ["0", "1", "2", "3", "4", "3b", "d", "n", "x", "e", "r", "t", "q", "s", "c", "l", "j", "/", "k", "b", "u", "U", "w", "?", "a", "undo", "", "!"]
            .randomElement(using: &dice) ?? "3"
        return Bool.random(using: &dice) ? word : word + " " + (Self.texts.randomElement(using: &dice) ?? "")
    }

    mutating func event(_ inLines: Bool) -> GuidedInterview.Event { inLines ? .line(line()) : .key(key()) }
}
