public import SeamarkJournal

/// Why a report of an earlier time is not made: what was wrong, and what to do.
public enum SnapshotError: Error, Hashable, Sendable {
    /// Nothing is called that; the handles that there are.
    case unknown(String, [String])
    case ambiguous(String, [String])
    /// It is a snapshot of this other engagement, by its handle.
    case ofAnotherEngagement(String, engagement: String)
    /// The log has fewer entries.
    case afterTheEnd(position: UInt64, end: UInt64)
    /// The log had no entry then.
    case beforeTheBeginning(String)
    /// More may come in on that day.
    case dayNotOver(String)
    /// Neither its place nor its records are anywhere in the log.
    case notInThisLog(String, position: UInt64)
    case otherInputs(String, says: Hash256, is: Hash256)
    case otherSettings(String)
    case otherInstrument(String, says: String, is: String)
    case otherMethod(String, says: String)
    case noSuchInstrument(String)
    case notReadable(ReportError)

    public enum Kind: Hashable, Sendable {
        /// There is no such thing.
        case notFound
        /// What there is does not fit what was asked.
        case refused
    }

    public var kind: Kind {
        switch self {
        case .unknown, .afterTheEnd, .beforeTheBeginning: .notFound
        case .ambiguous, .ofAnotherEngagement, .dayNotOver, .notInThisLog, .otherInputs, .otherSettings, .otherInstrument, .otherMethod, .noSuchInstrument,
            .notReadable: .refused
        }
    }

    /// It goes on in the middle of a sentence.
    private static func lowered(_ sentence: String) -> String { sentence.prefix(1).lowercased() + sentence.dropFirst() }

    /// What is wrong, as the part of a sentence.
    public var wrong: String {
        switch self {
        case .unknown(let name, _): "there is no snapshot called '\(ReportText.clean(name, atMost: 80))'"
        case .ambiguous(let name, _): "several snapshots are called '\(ReportText.clean(name, atMost: 80))'"
        case .ofAnotherEngagement(let name, let engagement): "\(ReportText.clean(name, atMost: 80)) is a snapshot of another engagement, \(ReportText.clean(engagement))"
        case .afterTheEnd(let position, let end): "position \(position) lies after the end of the log, which is position \(end)"
        case .beforeTheBeginning(let what): "the log held nothing yet at \(what)"
        case .dayNotOver(let day): "\(day) is not over: more may come in"
        case .notInThisLog(let name, let position): "\(name) was frozen at position \(position) of a log that says something else there, and its records are nowhere in this one"
        case .otherInputs(let name, let says, let found): "\(name) says that its inputs have the SHA-256 \(says), and the log gives inputs with \(found)"
        case .otherSettings(let name): "\(name) says other settings of the method than the engagement had then"
        case .otherInstrument(let name, let says, let found): "\(name) says the instrument \(says), and the engagement named \(ReportText.clean(found)) then"
        case .otherMethod(let name, let says): "\(name) was computed by the method \(says), and this program has \(RiskSettings.method)"
        case .noSuchInstrument(let named): "the engagement named the instrument \(ReportText.clean(named)), which is not published here"
        case .notReadable(let error): "\(error)"
        }
    }

    /// What to do, as the other part.
    public var remedy: String {
        switch self {
        case .unknown(let name, let handles): handles.isEmpty ? "none is frozen yet" : "\(Self.lowered(Suggestion.sentence(name, among: handles)))there \(handles.count == 1 ? "is" : "are") \(handles.joined(separator: ", "))"
        case .ambiguous(_, let handles): "say which: \(handles.joined(separator: ", "))"
        case .ofAnotherEngagement: "name that engagement"
        case .afterTheEnd, .beforeTheBeginning: "choose a position or a day that the log reaches"
        case .dayNotOver: "choose a day that is over, or freeze a snapshot"
        case .notInThisLog: "sync every laptop, so that they give back what the log lost, and try again"
        case .otherInputs, .otherSettings, .otherInstrument: "do not rely on it; freeze a new one, and ask whoever froze this one"
        case .otherMethod: "use a version of Seamark that has that method"
        case .noSuchInstrument: "publish that edition, or sync"
        case .notReadable: "look at the engagement as it stood there"
        }
    }
}
