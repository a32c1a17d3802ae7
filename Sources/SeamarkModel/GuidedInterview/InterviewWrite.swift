public import SeamarkJournal

/// Something that a guided interview wants stored, in one change.
public struct InterviewWrite: Hashable, Sendable {
    public enum Capture: Hashable, Sendable {
        /// Nil takes the answer away.
        case answer(question: String, OwnAnswer.Content?)
        /// To a questionnaire of one's own; nil takes the answer away.
        case formAnswer(FormSpot, FormAnswer?)
        case note(String, domain: String?)
        /// `attribution`: the number of the choice.
        case quote(String, person: Identifier?, attribution: Int64, domain: String?)
        case seam(String)
        case decision(String, domain: String?)
        /// `category`: the number of the choice.
        case leak(String, category: Int64)
        case consent(person: Identifier, method: Int64, scope: Consent.Scope)
        case delete(Identifier)
        case restore(Identifier)
        /// The interview is over.
        case end
    }

    public let capture: Capture
    /// Only if the record still stands as it did after this sitting's own last write: how undoing leaves alone what came later.
    public let unlessChangedSince: RecordMark?
    /// Only if the answer that it writes over says this: what a person has not seen is never written back.
    public let onto: Standing?
    /// The change that it takes back; nil for what is written first. The device remembers the pair, so that there is one undoing.
    public let takingBack: TakingBack?

    public struct TakingBack: Hashable, Sendable {
        public let change: Identifier
        /// That change took another one back itself.
        public let isRedo: Bool

        public init(change: Identifier, isRedo: Bool) { (self.change, self.isRedo) = (change, isRedo) }
    }

    /// An answer as the sitting knew it; nil where there was none.
    public enum Standing: Hashable, Sendable {
        case answer(OwnAnswer.Content?)
        case form(FormAnswer?)
    }

    public init(_ capture: Capture, unlessChangedSince mark: RecordMark? = nil, onto standing: Standing? = nil, takingBack: TakingBack? = nil) {
        (self.capture, unlessChangedSince, onto, self.takingBack) = (capture, mark, standing, takingBack)
    }
}

extension InterviewWrite {
    /// Does it give another answer than stands there? What an answer rests on is no other answer.
    public var answersAnew: Bool {
        switch (capture, onto) {
        case (.answer(_, let new?), .answer(let old)?): new.outcome != old?.outcome || new.score != old?.score
        case (.formAnswer(_, let new?), .form(let old)?): new != old
        case _: false
        }
    }
}

extension InterviewWrite.Capture {
    /// The answer that it writes; nil where it writes none.
    var answered: InterviewSubject? {
        switch self {
        case .answer(let question, _): .answer(question)
        case .formAnswer(let spot, _): .formAnswer(spot)
        case .note, .quote, .seam, .decision, .leak, .consent, .delete, .restore, .end: nil
        }
    }
}

/// What was written to.
public enum InterviewSubject: Hashable, Sendable {
    case answer(String)
    case formAnswer(FormSpot)
    case record(Identifier)
}

/// What came of a write that is durable now.
public struct InterviewReceipt: Hashable, Sendable {
    public let subject: InterviewSubject
    /// What the record is called.
    public let name: String
    public let mark: RecordMark
    /// The change; nil where all stood like that already.
    public let change: Identifier?
    /// All as it stands afterwards.
    public let records: InterviewRecords

    public init(subject: InterviewSubject, name: String, mark: RecordMark, change: Identifier?, records: InterviewRecords) {
        (self.subject, self.name, self.mark, self.change, self.records) = (subject, name, mark, change, records)
    }
}
