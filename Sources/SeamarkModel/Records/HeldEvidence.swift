public import SeamarkJournal

/// Whose rows of evidence are, by the records that name them as theirs.
///
/// A row of evidence names nobody itself: it is of whoever the answers, observations and other records speak for that name it. Rows that were merged
/// stand together.
struct HeldEvidence {
    enum Whose {
        case theirs
        case others
        /// It speaks for nobody, as a seam does.
        case nobodys
    }

    /// Rows that something of theirs names.
    private(set) var named: Set<Identifier> = []
    /// Those of them that nothing of another person names.
    private(set) var theirs: Set<Identifier> = []

    /// - Parameters:
    ///   - rows: records of evidence; others are passed over.
    ///   - holders: for each record that names evidence, what it names and for whom it speaks.
    init(_ rows: [RecordView], heldBy holders: [(evidence: Set<Identifier>, whose: Whose)]) {
        let rows = rows.filter { $0.type === Catalogue.evidence }
        let merges = Twins(rows)
        var (own, others): (Set<Identifier>, Set<Identifier>) = ([], [])
        for holder in holders {
            let roots = holder.evidence.map(merges.root)
            switch holder.whose {
            case .theirs: own.formUnion(roots)
            case .others: others.formUnion(roots)
            case .nobodys: break
            }
        }
        for row in rows where own.contains(merges.root(row.id)) {
            named.insert(row.id)
            if !others.contains(merges.root(row.id)) { theirs.insert(row.id) }
        }
    }
}

extension Withdrawals {
    /// The rows of evidence among `records` whose bytes are given to nobody any more: what only answers and other words that are hidden name; and recordings
    /// that only records of those people or of their interviews name. What something of somebody else names as well is left.
    public func evidence(among records: [RecordView]) -> Set<Identifier> {
        guard !isEmpty else { return [] }
        let rows = records.filter { $0.type === Catalogue.evidence }
        guard !rows.isEmpty else { return [] }
        let holders = records.filter { $0.type?.field(key: "evidence") != nil }
        func held(_ whose: (RecordView) -> HeldEvidence.Whose) -> HeldEvidence {
            HeldEvidence(rows, heldBy: holders.map { (Set($0.references("evidence")), whose($0)) })
        }
        func speaksForSomebody(_ record: RecordView) -> Bool { record.reference("person") != nil || record.reference("interview") != nil }
        let words = held { conceals($0) ? .theirs : speaksForSomebody($0) ? .others : .nobodys }.theirs
        return words.union(recordings(among: rows, holders))
    }

    /// Of these people alone, as `evidence(among:)` takes them: for people who agreed to something, and not to being recorded.
    public func recordings(among records: [RecordView]) -> Set<Identifier> {
        guard !isEmpty else { return [] }
        return recordings(among: records.filter { $0.type === Catalogue.evidence }, records.filter { $0.type?.field(key: "evidence") != nil })
    }

    private func recordings(among rows: [RecordView], _ holders: [RecordView]) -> Set<Identifier> {
        let recordings = rows.filter { RecordingFormat.isSaid(kind: $0.choice("kind"), mediaType: $0.text("mediaType")) }
        guard !recordings.isEmpty else { return [] }
        let held = HeldEvidence(
            recordings,
            heldBy: holders.map { record in
                let (persons, interviews) = ([record.reference("person")].compactMap(\.self), [record.reference("interview")].compactMap(\.self))
                let whose: HeldEvidence.Whose = conceals(persons: persons, interviews: interviews) ? .theirs : persons.isEmpty && interviews.isEmpty ? .nobodys : .others
                return (Set(record.references("evidence")), whose)
            })
        return held.theirs
    }
}
