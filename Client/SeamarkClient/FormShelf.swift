import SeamarkJournal
import SeamarkModel
import Synchronization

/// Questionnaires that were read already: a form is read once in a sitting, and not at each answer.
final class FormShelf: Sendable {
    private let read = Mutex<[Identifier: (mark: RecordMark, held: HeldQuestionnaire)]>([:])

    func forms(in records: [RecordView]) -> [HeldQuestionnaire] {
        read.withLock { read in
            var now: [Identifier: (mark: RecordMark, held: HeldQuestionnaire)] = [:]
            for record in records where record.type === Catalogue.questionnaire {
                let mark = RecordMark(record.state)
                if let known = read[record.id], known.mark == mark { now[record.id] = known } else if let held = HeldQuestionnaire(record) { now[record.id] = (mark, held) }
            }
            read = now
            return HeldQuestionnaire.sorted(now.values.map(\.held))
        }
    }
}
