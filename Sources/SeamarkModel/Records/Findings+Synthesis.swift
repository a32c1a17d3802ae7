import SeamarkJournal

/// The rules of findings that people write, and of a lead's reviews of interviews.
extension Findings {
    /// Two sources that are independent of each other, or the finding says that it has one: what was said and seen in one conversation counts once.
    mutating func judgeStatement(_ record: RecordView) {
        var sources: Set<Identifier> = []
        for id in record.references("sources") {
            guard let source = byId[merges.survivor(of: id)], !source.isDeleted else { continue }
            sources.insert(source.reference("interview").map { conversations.conversation(of: $0) } ?? source.id)
        }
        guard sources.count < 2 else { return }
        find(
            .singleSource, record, "sources",
            sources.isEmpty ? "rests on nothing; name the evidence, observations or answers behind it" : "rests on a single source; find another, or say so where it is told")
    }

    /// The last review of each interview, where it asks for something that was not done.
    mutating func judgeReviews() {
        var last: [Identifier: RecordView] = [:]
        for review in records where review.type === Catalogue.interviewReview {
            guard let interview = review.reference("interview").map({ merges.survivor(of: $0) }) else { continue }
            if let other = last[interview], Self.isEarlier(review, other) { continue }
            last[interview] = review
        }
        for interview in records where interview.type === Catalogue.interview {
            guard let review = last[interview.id], let name = review.handle else { continue }
            let isClosed = (interview.integer("status") ?? 1) >= 2
            if review.choice("verdict") == "rejected", isClosed {
                find(.reviewRejected, interview, "status", "was rejected (\(name)); a lead sets it back to draft, so that it can be mended", blocks: true)
            } else if review.choice("verdict") != "approved" {
                find(.reviewOpen, interview, nil, "has issues that a review found (\(name)); mend them, and have it reviewed again")
            }
        }
    }

    private static func isEarlier(_ left: RecordView, _ right: RecordView) -> Bool {
        let (a, b) = (left.integer("createdAt") ?? 0, right.integer("createdAt") ?? 0)
        return a != b ? a < b : left.id < right.id
    }
}
