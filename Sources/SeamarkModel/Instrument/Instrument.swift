/// A published list of domains and questions with their weights: data, not code. Nothing in Seamark assumes nine domains.
///
/// An edition never changes once it is published; new wording is a new edition, and answers keep theirs.
public struct Instrument: Hashable, Sendable {
    public let key: String
    public let edition: Int
    /// BCP 47, such as `en`.
    public let language: String
    public let name: String
    /// In the order of the instrument; codes occur once.
    public let domains: [InstrumentDomain]
    /// How much a category of leakage points to a domain when nobody gave points.
    public let matrix: CategoryMatrix

    /// `core-9@1`: how engagements and interviews name it.
    public var reference: String { "\(key)@\(edition)" }

    public func domain(_ code: String) -> InstrumentDomain? { domains.first { $0.code == code } }

    /// The question `id` with its domain.
    public func question(_ id: String) -> (domain: InstrumentDomain, question: InstrumentQuestion)? {
        for domain in domains {
            if let question = domain.questions.first(where: { $0.id == id }) { return (domain, question) }
        }
        return nil
    }

    /// The nine execution domains and their 54 questions, edition 1.
    public static let core9: Instrument = {
        do { return try Instrument(document: core9Document) } catch { preconditionFailure("the built-in instrument is whole: \(error)") }
    }()
}

/// One execution domain of an instrument.
public struct InstrumentDomain: Hashable, Sendable {
    /// Short and stable, such as `D2`: what points, observations and rankings name.
    public let code: String
    /// A stable word, such as `cross_functional_alignment`.
    public let key: String
    public let name: String
    public let description: String
    /// May be left out where it does not apply.
    public let mayBeNotAssessed: Bool
    /// The categories of leakage that it usually drives.
    public let drives: [LeakageCategory]
    /// What evidence to ask for.
    public let evidence: String
    public let questions: [InstrumentQuestion]
}

/// One question, scored 0 controlled … 4 severe.
public struct InstrumentQuestion: Hashable, Sendable {
    public let id: String
    public let text: String
    /// Which levels are asked.
    public let asked: [RespondentLevel]
    /// Above 0.
    public let weight: Double
    /// What a score means, ascending; 1 and 3 lie between.
    public let anchors: [Anchor]
    /// Questions of earlier editions whose answers may stand as answers to this one, though its words are others; an edition occurs once, ascending.
    /// What is asked in the same words needs no entry.
    public let comparable: [Former]

    public struct Anchor: Hashable, Sendable {
        public let score: Int
        public let text: String
    }

    public struct Former: Hashable, Sendable {
        public let edition: Int
        public let question: String
    }
}
