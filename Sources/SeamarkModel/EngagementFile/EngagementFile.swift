public import SeamarkJournal

/// A whole engagement as one JSON document that people can read, keep and write (`Documentation/EngagementFile.md`).
///
/// Records refer to each other by handle, so the document holds no id of its own making. Reading is all or nothing. Ids follow from the
/// scope and the handles, and records that exist already are met by handle: a second import edits only what differs.
public struct EngagementFile: Sendable {
    public static let format = "seamark-engagement"
    /// The newest that is read. Written is the least in which there are all sections that the document has: programs that know only earlier ones
    /// refuse a section that they do not know.
    public static let version: Int64 = 2
    static let oldestVersion: Int64 = 1
    /// Larger documents are refused unread.
    public static let longest = 64 * 1024 * 1024

    /// One record of the document.
    public struct Row: Sendable {
        public let place: Place
        public let type: RecordType
        public let id: Identifier
        /// The fields given, in the catalogue's order; sets are in `sets`.
        public let values: [(field: FieldDefinition, value: Value)]
        public let sets: [(field: FieldDefinition, elements: [Value])]
    }

    /// Where in the document: `lines`, 2, `L2`.
    public struct Place: Hashable, Sendable {
        public let section: String
        /// From 1.
        public let row: Int
        public let handle: String?

        public var words: String { section + " row \(row)" + (handle.map { " (\($0))" } ?? "") }
    }

    /// The engagement first, then the sections in their order: what is referred to mostly stands before what refers.
    public let rows: [Row]

    /// The documents' sections in order, with the rows that stand inside the rows of another.
    struct Section {
        let key: String
        let type: RecordType
        var inside: (key: String, type: RecordType, parent: UInt32)?
        /// The version that brought it.
        var since = EngagementFile.oldestVersion
    }

    static let sections: [Section] = [
        Section(key: "contributors", type: Catalogue.contributor),
        Section(key: "sites", type: Catalogue.site),
        Section(key: "units", type: Catalogue.unit),
        Section(key: "people", type: Catalogue.person),
        Section(key: "evidence", type: Catalogue.evidence),
        Section(key: "seams", type: Catalogue.seam, inside: ("modeScores", Catalogue.seamModeScore, 10)),
        Section(key: "interviews", type: Catalogue.interview),
        Section(key: "questionnaires", type: Catalogue.questionnaire, since: 2),
        Section(key: "answers", type: Catalogue.answer),
        Section(key: "formAnswers", type: Catalogue.formAnswer, since: 2),
        Section(key: "observations", type: Catalogue.observation),
        Section(key: "quotes", type: Catalogue.quote),
        Section(key: "decisions", type: Catalogue.decisionRight, inside: ("samples", Catalogue.decisionSample, 10)),
        Section(key: "constraints", type: Catalogue.constraint),
        Section(key: "pools", type: Catalogue.pool),
        Section(key: "lines", type: Catalogue.leakageLine),
        Section(key: "overlaps", type: Catalogue.overlap),
        Section(key: "initiatives", type: Catalogue.initiative, inside: ("targets", Catalogue.initiativeTarget, 10)),
        Section(key: "findings", type: Catalogue.finding),
        Section(key: "recommendations", type: Catalogue.recommendation),
        Section(key: "interviewReviews", type: Catalogue.interviewReview),
        Section(key: "scoreReviews", type: Catalogue.scoreReview),
        Section(key: "checkAnswers", type: Catalogue.checkAnswer),
        Section(key: "quickChecks", type: Catalogue.quickCheck),
        Section(key: "moves", type: Catalogue.move, inside: ("checks", Catalogue.moveCheck, 10)),
        Section(key: "driftSignals", type: Catalogue.driftSignal),
        Section(key: "gateReviews", type: Catalogue.gateReview, inside: ("results", Catalogue.gateResult, 10)),
        Section(key: "cycles", type: Catalogue.cycle),
        Section(key: "sequenceDecisions", type: Catalogue.sequenceDecision),
        Section(key: "boardAnswers", type: Catalogue.boardAnswer),
    ]
}

/// Why a document is not taken. Nothing of it was.
public enum EngagementFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case notJSON(JSONError)
    case otherFormat
    case newerVersion
    /// Every problem found, in the order of the document; at most `mostProblems`.
    case problems([EngagementFileProblem])

    public static let mostProblems = 100

    public var description: String {
        switch self {
        case .notJSON(let error): "the file is not JSON: \(error)"
        case .otherFormat: "the file is no engagement file: it must begin with \"format\": \"seamark-engagement\" and a \"version\""
        case .newerVersion: "the file is of a newer version than 2; update Seamark, or export it anew from a version that writes 2"
        case .problems(let problems): problems.map(\.description).joined(separator: "\n")
        }
    }
}

/// What is wrong with one row. The sentence may hold what stood there: it is for whoever reads the file, never for a log.
public struct EngagementFileProblem: Hashable, Sendable, CustomStringConvertible {
    public let section: String
    /// From 1; 0 for the section as a whole.
    public let row: Int
    public let handle: String?
    /// The field's key; nil for the row as a whole.
    public let field: String?
    public let words: String

    public var description: String {
        section + (row > 0 ? " row \(row)" : "") + (handle.map { " (\($0))" } ?? "") + (field.map { ", \($0)" } ?? "") + ": " + words
    }
}
