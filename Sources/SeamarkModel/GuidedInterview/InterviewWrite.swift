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

    /// An answer as the sitting knew it; nil where there was none.
    public enum Standing: Hashable, Sendable {
        case answer(OwnAnswer.Content?)
        case form(FormAnswer?)
    }

    public init(_ capture: Capture, unlessChangedSince mark: RecordMark? = nil, onto standing: Standing? = nil) {
        (self.capture, unlessChangedSince, onto) = (capture, mark, standing)
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
    /// All as it stands afterwards.
    public let records: InterviewRecords

    public init(subject: InterviewSubject, name: String, mark: RecordMark, records: InterviewRecords) {
        (self.subject, self.name, self.mark, self.records) = (subject, name, mark, records)
    }
}
