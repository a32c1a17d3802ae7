import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What questionnaires of one's own still ask for when an interview is finalised: it is said, and keeps nothing from being finalised, since which of
/// them an interview is about is for people to know.
enum FormsLeft {
    /// Nil where nothing is left, or nothing was finalised.
    static func words(after result: RecordCapture.Result, _ finder: RecordFinder) -> String? {
        guard result.type === Catalogue.interview, let field = Catalogue.interview.field(key: "status"),
            let status = result.edits.last(where: { $0.target == .field(field.number) })?.content.value?.int, status == 2
        else { return nil }
        let interview = finder.merges.survivor(of: result.record)
        let own = finder.formAnswers.filter { $0.scorer == finder.member && $0.isGiven && finder.merges.survivor(of: $0.interview) == interview }
        let missing = HeldQuestionnaire.asked(of: finder.questionnaires, begun: Set(own.map(\.questionnaire))).flatMap { held, _ in
            (finder.formInterview(held, in: interview, clock: FormVerb.clock)?.missing ?? []).map { "\(held.key)/\($0.name)" }
        }
        return missing.isEmpty ? nil : "Questionnaires ask of this interview what you have not answered: \(missing.joined(separator: ", ")). A lead can reopen it."
    }
}
