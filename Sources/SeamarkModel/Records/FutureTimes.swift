public import SeamarkJournal

/// Times of what happened, which cannot lie in the future: fields say so of themselves (`past`); due dates and plans do not.
///
/// Whoever captures is refused one. What came in otherwise, from a laptop whose clock was wrong or by an import, stays and is a finding.
public enum FutureTimes {
    /// Clocks are wrong by some, and zones differ by up to a day: so many milliseconds after now are no future.
    public static let grace: Int64 = 86_400_000

    /// The first part of `value` that lies in the future and may not; nil where there is none.
    ///
    /// - Parameter now: milliseconds since 1970.
    public static func fault(in value: Value, of field: FieldDefinition, now: Int64) -> FieldFault? {
        if field.isPast { return lies(value, field.kind, now) ? FieldFault(.future) : nil }
        guard case .group(let group) = field.kind else { return nil }
        for member in group.members where member.isPast {
            if let part = value.member(member.number), lies(part, member.kind, now) { return FieldFault(.future, at: [member.key]) }
        }
        return nil
    }

    /// The records that tell of what happened at a time that has not come, in their order; deleted ones are left out.
    public static func findings(in records: [RecordView], now: Int64) -> [Finding] {
        records.filter { !$0.isDeleted }.flatMap { record in
            (record.type?.fields ?? []).compactMap { field -> Finding? in
                guard let value = record.value(field.key), let fault = fault(in: value, of: field, now: now) else { return nil }
                let key = ([field.key] + fault.path).joined(separator: ".")
                return Finding(
                    kind: .future, record: record.id, type: record.state.type, name: record.handle ?? record.id.description, field: key, blocksBoard: false,
                    words: "has not come yet; correct it, or set this laptop's clock right")
            }
        }
    }

    private static func lies(_ value: Value, _ kind: FieldKind, _ now: Int64) -> Bool {
        guard let number = value.int else { return false }
        switch kind {
        case .time: return number > now &+ grace
        case .date: return number > (now &+ grace) / 86_400_000
        case .text, .integer, .number, .money, .basisPoints, .score, .boolean, .choice, .duration, .reference, .bytes, .list, .group, .threePoint, .points: return false
        }
    }
}
