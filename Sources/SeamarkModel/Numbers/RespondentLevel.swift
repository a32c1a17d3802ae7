/// Where a respondent stands in the organisation. Triangulation counts levels; the perception gap compares them.
public enum RespondentLevel: String, CaseIterable, Hashable, Sendable {
    case executive, director, manager, supervisor, frontline, external
}
