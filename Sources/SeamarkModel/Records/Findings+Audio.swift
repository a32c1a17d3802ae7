public import SeamarkJournal

// Whoever is heard in a recording must have agreed to that.
extension Findings {
    /// Why `record` may not hold a recording; nil: everybody in the conversation that it belongs to has agreed.
    ///
    /// - Parameter record: an interview, what belongs to one, or a row of evidence that such records name.
    public static func obstacle(toRecording record: Identifier, in records: [RecordView]) -> RecordingObstacle? {
        let findings = Findings(records, nil)
        return findings.obstacle(toRecording: record)
    }

    public enum RecordingObstacle: Hashable, Sendable {
        /// It belongs to no conversation, so nobody is known to have agreed.
        case nobodyKnown
        /// These people, by handle, have not agreed to being recorded.
        case notAgreed([String])
    }

    func obstacle(toRecording id: Identifier) -> RecordingObstacle? {
        var persons: Set<Identifier> = []
        func gather(_ record: RecordView) {
            if let person = record.reference("person") { persons.insert(merges.survivor(of: person)) }
            if record.type === Catalogue.person { persons.insert(merges.survivor(of: record.id)) }
            let interview = record.type === Catalogue.interview ? record : record.reference("interview").flatMap { byId[merges.survivor(of: $0)] }
            for person in interview?.references("persons") ?? [] { persons.insert(merges.survivor(of: person)) }
        }
        if let record = byId[id] {
            if record.type === Catalogue.evidence {
                for holder in records where holder.references("evidence").contains(where: { merges.survivor(of: $0) == merges.survivor(of: id) }) { gather(holder) }
            } else {
                gather(record)
            }
        }
        if persons.isEmpty { return .nobodyKnown }
        let names = persons.sorted().compactMap { person -> String? in
            guard let view = byId[person] else { return RecordFinding.unnamed }
            guard let consent = consent(of: view), consent.state == .given, consent.scope.contains(.audio) else { return view.handle ?? RecordFinding.unnamed }
            return nil
        }
        return names.isEmpty ? nil : .notAgreed(names)
    }

    mutating func judgeEvidence(_ record: RecordView) {
        guard RecordingFormat.isSaid(kind: record.choice("kind"), mediaType: record.text("mediaType")), let obstacle = obstacle(toRecording: record.id) else { return }
        switch obstacle {
        case .nobodyKnown:
            find(.recordingWithoutConsent, record, "kind", "is a recording of nobody who is known to have agreed; name it in the answer or observation of whoever is heard, or delete it", blocks: true)
        case .notAgreed(let names):
            find(.recordingWithoutConsent, record, "kind", "is a recording, and \(names.joined(separator: ", ")) has not agreed to audio; it must not be used", blocks: true)
        }
    }
}

private enum RecordFinding { static let unnamed = "a person" }
