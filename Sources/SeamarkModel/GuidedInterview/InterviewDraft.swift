public import SeamarkJournal

/// What a sitting had begun to write and not stored: texts that were put aside, and the one that was being written.
///
/// It is kept at every step of writing, so that the next sitting goes on in the middle of the text. It is no record: nobody else gets it.
public struct InterviewDraft: Hashable, Sendable {
    public enum Stage: Hashable, Sendable {
        /// Left; it comes back when the same is begun again.
        case aside
        /// So many characters stand before the place where the next one goes.
        case writing(cursor: Int)
        /// A quote whose speaker is asked for.
        case person
        /// A quote of which is asked how it may be attributed.
        case attribution(Identifier?)
        /// A leak whose kind is asked for.
        case category
    }

    public struct Text: Hashable, Sendable {
        public let use: GuidedInterview.TextUse
        public let text: String
        public let stage: Stage

        public init(_ use: GuidedInterview.TextUse, _ text: String, _ stage: Stage) { (self.use, self.text, self.stage) = (use, text, stage) }
    }

    public var texts: [Text]
    public var isEmpty: Bool { texts.isEmpty }

    public init(_ texts: [Text] = []) { self.texts = texts }
}

// MARK: - As a value

extension InterviewDraft {
    /// A value's text is bounded by bytes, of which a character as Unicode counts them has at most four.
    private static let longestPart = Value.longestText / 4

    public var value: Value { .list(texts.map(\.value)) }

    /// What another version wrote and this one does not understand is left out.
    public init(_ value: Value) { texts = (value.list ?? []).compactMap(Text.init) }

    static func parts(_ text: String) -> [Value] { GuidedInterview.parts(text, longestPart).map { .text($0) } }
}

extension InterviewDraft.Text {
    fileprivate var value: Value {
        let (kind, question, grade): (Int64, String?, Int64?) =
            switch use {
            case .rationale(let question): (1, question, nil)
            case .reference(let question, let grade): (2, question, grade.rawValue)
            case .note: (3, nil, nil)
            case .quote: (4, nil, nil)
            case .seam: (5, nil, nil)
            case .decision: (6, nil, nil)
            case .leak: (7, nil, nil)
            case .jump: (8, nil, nil)
            case .search: (9, nil, nil)
            case .own(let spot, let isLong): (isLong ? 10 : 11, spot.name, nil)
            }
        let (step, cursor, person): (Int64, Int?, Identifier?) =
            switch stage {
            case .aside: (1, nil, nil)
            case .writing(let cursor): (2, cursor, nil)
            case .person: (3, nil, nil)
            case .attribution(let person): (4, nil, person)
            case .category: (5, nil, nil)
            }
        var members = [Value.Member(1, .int(kind))]
        if let question { members.append(Value.Member(2, .text(question))) }
        if let grade { members.append(Value.Member(3, .int(grade))) }
        members += [Value.Member(4, .list(InterviewDraft.parts(text))), Value.Member(5, .int(step))]
        if let cursor { members.append(Value.Member(6, .int(Int64(cursor)))) }
        if let person { members.append(Value.Member(7, .id(person))) }
        if case .own(let spot, _) = use { members.append(Value.Member(8, .id(spot.form))) }
        return .group(members)
    }

    fileprivate init?(_ value: Value) {
        let question = value.member(2)?.text
        let use: GuidedInterview.TextUse
        switch value.member(1)?.int {
        case 1?:
            guard let question else { return nil }
            use = .rationale(question)
        case 2?:
            guard let question, let grade = value.member(3)?.int.flatMap({ OwnAnswer.Content.Grade(rawValue: $0) }) else { return nil }
            use = .reference(question, grade)
        case 3?: use = .note
        case 4?: use = .quote
        case 5?: use = .seam
        case 6?: use = .decision
        case 7?: use = .leak
        case 8?: use = .jump
        case 9?: use = .search
        case let kind? where kind == 10 || kind == 11:
            guard let question, let form = value.member(8)?.id else { return nil }
            use = .own(FormSpot(form: form, name: question), isLong: kind == 10)
        case _: return nil
        }
        guard let parts = value.member(4)?.list else { return nil }
        let stage: InterviewDraft.Stage
        switch value.member(5)?.int {
        case 2?: stage = .writing(cursor: value.member(6)?.int.flatMap { Int(exactly: $0) } ?? 0)
        case 3?: stage = .person
        case 4?: stage = .attribution(value.member(7)?.id)
        case 5?: stage = .category
        case _: stage = .aside
        }
        self.init(use, parts.compactMap(\.text).joined(), stage)
    }
}
