import SeamarkJournal

/// Which interviews are one conversation: those that were merged, and a draft with what goes on from it under another edition of the instrument.
///
/// A function of the records alone, whatever their order. Circles do no harm: all in one are one conversation.
struct Conversations {
    private let joined: [Identifier: Identifier]

    init(_ records: [RecordView], _ merges: Merges) {
        var joined: [Identifier: Identifier] = [:]
        func end(_ id: Identifier) -> Identifier {
            var (at, way) = (id, [Identifier]())
            while let next = joined[at] {
                way.append(at)
                at = next
            }
            // The next who comes this way is there at once, however many went on from one another.
            for step in way { joined[step] = at }
            return at
        }
        // The least id of those that are joined stands for all.
        func join(_ left: Identifier, _ right: Identifier) {
            let (a, b) = (end(left), end(right))
            if a != b { joined[max(a, b)] = min(a, b) }
        }
        for interview in records where interview.type === Catalogue.interview {
            if merges.isGone(interview.id) { join(interview.id, merges.survivor(of: interview.id)) }
            if let earlier = interview.reference("carriedFrom") { join(interview.id, earlier) }
        }
        for id in Array(joined.keys) { _ = end(id) }
        self.joined = joined
    }

    /// Which conversation an interview is of; of an interview that stands alone, itself.
    func conversation(of interview: Identifier) -> Identifier { joined[interview] ?? interview }
}
