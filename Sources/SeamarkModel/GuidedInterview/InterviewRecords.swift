public import SeamarkJournal

/// What the records say of one interview, as far as one scorer is concerned: all that a guided interview needs to know, and all that it resumes from.
public struct InterviewRecords: Hashable, Sendable {
    public struct Respondent: Hashable, Sendable {
        public let id: Identifier
        /// The pseudonym.
        public let handle: String
        /// The role title, if one is known.
        public let title: String?
        public let level: RespondentLevel?
        public let consent: Consent

        public init(id: Identifier, handle: String, title: String?, level: RespondentLevel?, consent: Consent) {
            (self.id, self.handle, self.title, self.level, self.consent) = (id, handle, title, level, consent)
        }
    }

    public var name: String
    public var respondents: [Respondent]
    /// The scorer's own answers that are there, by question.
    public var answers: [String: OwnAnswer]
    public var bookmark: InterviewBookmark?
    /// Milliseconds since 1970.
    public var startedAt: Int64?
    public var endedAt: Int64?
    /// Finalised or further on: its answers stand.
    public var isFinal: Bool
    /// Codes of the domains that the engagement is about; empty for all.
    public var domains: [String]
    /// Nothing that stood here before this sitting may be shown.
    public var isBlind: Bool
    /// Questionnaires of one's own that are asked. None where nothing of before may be shown: what is asked would tell what was answered.
    public var forms: [InterviewForm] = []
    /// There are questionnaires, and they are not asked for that reason.
    public var hidesForms = false
    /// Questionnaires that a newer version of Seamark made.
    public var newerForms: [String] = []

    public init(
        name: String, respondents: [Respondent], answers: [String: OwnAnswer] = [:], bookmark: InterviewBookmark? = nil, startedAt: Int64? = nil,
        endedAt: Int64? = nil, isFinal: Bool = false, domains: [String] = [], isBlind: Bool = false
    ) {
        (self.name, self.respondents, self.answers, self.bookmark) = (name, respondents, answers, bookmark)
        (self.startedAt, self.endedAt, self.isFinal, self.domains, self.isBlind) = (startedAt, endedAt, isFinal, domains, isBlind)
    }

    /// When the scorer last said something of a question.
    var lastStamp: Stamp? { (answers.values.map(\.stamp) + forms.flatMap { $0.stamps.values }).max() }
}

/// One scorer's answer to one question, as it stands.
public struct OwnAnswer: Hashable, Sendable {
    public struct Content: Hashable, Sendable {
        public enum Outcome: Int64, Sendable {
            case scored = 1
            case dontKnow, notApplicable, declined
        }

        public enum Grade: Int64, Sendable {
            case a = 1
            case b, c, d
        }

        public var outcome: Outcome
        /// 0 to 4, with a score alone.
        public var score: Int64?
        /// With a score alone.
        public var grade: Grade?
        public var reference: String?
        public var rationale: String?

        /// Without the rationale, which is a field of its own.
        var response: Content {
            var content = self
            content.rationale = nil
            return content
        }

        public init(_ outcome: Outcome, score: Int64? = nil, grade: Grade? = nil, reference: String? = nil, rationale: String? = nil) {
            (self.outcome, self.score, self.grade, self.reference, self.rationale) = (outcome, score, grade, reference, rationale)
        }
    }

    /// Nil for one that this version does not understand, or that was redacted.
    public let content: Content?
    /// When the response was given.
    public let stamp: Stamp

    public init(_ content: Content?, at stamp: Stamp) { (self.content, self.stamp) = (content, stamp) }
}

/// Where a sitting stood, where that does not follow from the answers: after a jump, a skip or a step back.
///
/// It counts as long as no answer is younger than the youngest was when it was written. Without it the interview goes on after the youngest
/// answer, and nothing is lost.
public struct InterviewBookmark: Hashable, Sendable {
    /// Nil for the end of the list.
    public let question: String?
    /// The youngest answer's stamp at that time.
    public let after: Stamp?

    public init(question: String?, after: Stamp?) { (self.question, self.after) = (question, after) }
}

/// What stands in a record, by the edits that say so: equal as long as nobody wrote to it.
public struct RecordMark: Hashable, Sendable {
    let heads: [EditName]

    public init(_ state: RecordState?) { heads = (state?.slots ?? []).flatMap { $0.heads.map(\.name) }.sorted() }
    public init(heads: [EditName]) { self.heads = heads }
}
