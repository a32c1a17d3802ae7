/// Whether a loss is already absorbed in the budgeted operating income. If yes it is recoverable upside, if no it
/// threatens the plan. The two are never added up without saying so.
public enum InPlan: String, CaseIterable, Hashable, Sendable {
    case yes, no, unknown
}
