import SeamarkJournal

/// Interviews that go on under a later edition of their instrument, among some records: which of those that are one conversation counts.
///
/// Where one of them was asked with the edition that is read, the others are passed over; else those of the latest edition that it came after stand
/// for all, and where there is none of these each stands for itself. What was merged is of one conversation too (`Conversations`), whichever of the two went on.
struct CarriedInterviews {
    private struct Origin: Hashable {
        let interview: Identifier, question: String, scorer: Identifier
    }

    private let passedOver: Set<Identifier>
    private let origins: Set<Origin>
    private let from: [Identifier: Identifier]

    /// - Parameters:
    ///   - records: without deleted ones.
    ///   - instrument: the edition that is read.
    init(_ records: [RecordView], _ merges: Merges, instrument: Instrument) {
        let interviews = records.filter { $0.type === Catalogue.interview }
        var from: [Identifier: Identifier] = [:]
        for interview in interviews { if let earlier = interview.reference("carriedFrom") { from[interview.id] = earlier } }
        guard !from.isEmpty else {
            passedOver = []
            origins = []
            self.from = [:]
            return
        }
        self.from = from
        let conversations = Conversations(interviews, merges)
        let families = Dictionary(grouping: interviews) { conversations.conversation(of: $0.id) }
        let reference = instrument.reference
        passedOver = Set(families.values.flatMap { family -> [Identifier] in
            // One that names no edition was asked with the engagement's, unless another of its family names that.
            let isNamed = family.contains { $0.text("instrument") == reference }
            func isRead(_ interview: RecordView) -> Bool { interview.text("instrument").map { $0 == reference } ?? !isNamed }
            if family.contains(where: isRead) { return family.filter { !isRead($0) }.map(\.id) }
            func former(_ interview: RecordView) -> Int? { interview.text("instrument").flatMap { instrument.former($0) } }
            guard let latest = family.compactMap({ former($0) }).max() else { return [] }
            return family.filter { former($0) != latest }.map(\.id)
        })
        origins = Set(records.compactMap { record in
            guard record.type === Catalogue.answer, let question = record.group("response")?.text("carriedFrom"), let scorer = record.reference("scorer"),
                let earlier = record.reference("interview").flatMap({ from[$0] })
            else { return nil }
            return Origin(interview: earlier, question: question, scorer: scorer)
        })
    }

    func isPassedOver(_ interview: Identifier) -> Bool { passedOver.contains(interview) }

    /// Does it stand elsewhere too: as an answer that was carried over from it, or as the one that it was carried over from, where that is read?
    func standsElsewhere(_ answer: RecordView) -> Bool {
        if let earlier = answer.reference("interview").flatMap({ from[$0] }), !isPassedOver(earlier), answer.group("response")?.text("carriedFrom") != nil { return true }
        guard let interview = answer.reference("interview"), let question = answer.text("question"), let scorer = answer.reference("scorer") else { return false }
        return origins.contains(Origin(interview: interview, question: question, scorer: scorer))
    }
}
