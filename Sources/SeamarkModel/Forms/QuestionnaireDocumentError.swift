/// Why a text is no document of a questionnaire.
public enum QuestionnaireDocumentError: Error, Hashable, Sendable {
    case notJSON(JSONError)
    case otherFormat
    /// Of a newer version than 1.
    case newerVersion
    /// Something is missing, beyond its bound, or said twice; where.
    case invalid(String)
    /// It is not what `Questionnaire.document` writes.
    case notCanonical
}
