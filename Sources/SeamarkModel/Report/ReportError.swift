/// Why there is no report.
public enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The records hold no engagement: sync it first, or choose another.
    case noEngagement
    /// The engagement names another edition of the instrument than the one given.
    case otherInstrument(named: String, given: String)
    case notCalculable(RiskError)

    public var description: String {
        switch self {
        case .noEngagement: "making the report: the records hold no engagement; sync it, or choose another"
        case .otherInstrument(let named, let given):
            "making the report: the engagement uses the instrument \(ReportText.clean(named)) and was read with \(given); give the edition that it names"
        case .notCalculable(.tooLarge(let values, let most)):
            "making the report: \(values) values (lines times iterations) are more than \(most); lower the iterations in the method settings"
        case .notCalculable: "making the report: a number of the engagement is outside its bounds; correct the plan, the revenue or the method settings"
        }
    }
}
