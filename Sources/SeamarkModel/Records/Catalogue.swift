/// Every record type, by stable numbers.
///
/// Numbers 1–19 are the directory (shared scope), 20–29 fieldwork, 30–39 seams, decisions, constraints and initiatives, findings and
/// recommendations, reviews of interviews,
/// 40–49 money, 50–69 the ninety days: moves, gates, cycles, board answers, rulings, snapshots; questionnaires and
/// what they were answered; 70–79 what client viewers read. Fields 1–9 are
/// common to all types, own fields begin at 10. A number is never given twice, not even after its type or field is retired.
public enum Catalogue {
    /// The version of the record types that this software knows: the `schema` of its changes. Adding types, fields or choices
    /// raises it; nothing is ever taken away.
    public static let version: UInt32 = 8

    public static let types: [RecordType] = [
        tenant, member, device, instrument,
        engagement, site, unit, person, interview, answer, observation, quote, evidence, contributor,
        seam, seamModeScore, decisionRight, decisionSample, constraint, initiative, initiativeTarget,
        finding, recommendation, interviewReview,
        leakageLine, overlap, pool,
        move, moveCheck, quickCheck, driftSignal, gateReview, gateResult, cycle, boardAnswer, sequenceDecision, checkAnswer, scoreReview,
        redaction, snapshot, questionnaire, formAnswer,
        publication, publicationPart,
    ]

    private static let byNumber: [RecordType?] = {
        var table = [RecordType?](repeating: nil, count: Int(types.map(\.number).max() ?? 0) + 1)
        for type in types {
            precondition(table[Int(type.number)] == nil, "numbers occur once")
            table[Int(type.number)] = type
        }
        return table
    }()

    private static let byKey: [String: RecordType] = Dictionary(uniqueKeysWithValues: types.map { ($0.key, $0) })

    /// Nil for a type that only a newer version knows.
    public static func type(_ number: RecordTypeNumber) -> RecordType? {
        number < UInt32(byNumber.count) ? byNumber[Int(number)] : nil
    }

    public static func type(key: String) -> RecordType? { byKey[key] }
}
