public import SeamarkJournal

/// Two records that may be the same thing, captured twice by people who had not seen each other's work. A proposal: people merge them, or
/// tell them apart; nothing is merged by itself.
public struct Duplicate: Hashable, Sendable {
    /// The one with the lesser id, which is the older one nearly always.
    public let kept: Identifier
    public let gone: Identifier
    public let type: RecordTypeNumber
    /// What they have in common, in words that hold none of it: "the same code".
    public let reason: String
}

extension Duplicate {
    /// By natural keys (`domain.md` 6.3), folded: letters' case and blanks make no difference. Records that were merged or deleted are left out.
    /// In the order of types and ids; each pair once, with the first reason.
    public static func proposed(in records: [RecordView], _ merges: Merges) -> [Duplicate] {
        var groups: [Key: [Identifier]] = [:]
        var keys: [Key] = []
        for record in records.sorted(by: { ($0.state.type, $0.id) < ($1.state.type, $1.id) }) where !record.isDeleted && !merges.isGone(record.id) {
            for (reason, text) in naturalKeys(of: record, merges) {
                let key = Key(type: record.state.type, reason: reason, text: text)
                if groups[key] == nil { keys.append(key) }
                groups[key, default: []].append(record.id)
            }
        }
        var proposed: [Duplicate] = []
        var pairs: Set<[Identifier]> = []
        for key in keys.sorted(by: { ($0.type, $0.reason) < ($1.type, $1.reason) }) {
            guard let ids = groups[key], let first = ids.first else { continue }
            for other in ids.dropFirst() where pairs.insert([first, other]).inserted {
                proposed.append(Duplicate(kept: first, gone: other, type: key.type, reason: key.reason))
            }
        }
        return proposed.sorted { ($0.type, $0.kept, $0.gone) < ($1.type, $1.kept, $1.gone) }
    }

    private struct Key: Hashable {
        let type: RecordTypeNumber
        let reason: String
        let text: String
    }

    private static func naturalKeys(of record: RecordView, _ merges: Merges) -> [(reason: String, text: String)] {
        func place(_ key: String) -> String { record.reference(key).map { merges.survivor(of: $0).description } ?? "" }
        func named(_ reason: String, _ key: String, _ more: String = "") -> [(reason: String, text: String)] {
            guard let text = record.text(key).map(folded), !text.isEmpty else { return [] }
            return [(reason, text + "/" + more)]
        }
        switch record.state.type {
        case Catalogue.site.number: return named("the same code", "code") + named("the same name", "name")
        case Catalogue.unit.number: return named("the same name at the same site", "name", place("site"))
        case Catalogue.person.number: return named("the same name", "name")
        case Catalogue.contributor.number, Catalogue.seam.number, Catalogue.decisionRight.number, Catalogue.initiative.number:
            return named("the same name", "name")
        case Catalogue.constraint.number: return named("the same resource at the same site", "resource", place("site"))
        case Catalogue.leakageLine.number: return named("the same title", "title")
        case Catalogue.pool.number:
            guard let code = record.group("booking")?.text("code").map(folded) else { return [] }
            return [("the same account", code)]
        case Catalogue.evidence.number:
            guard let hash = record.value("sha256")?.bytes else { return [] }
            return [("the same bytes", "\(hash)")]
        case Catalogue.interview.number:
            let persons = Set(record.references("persons").map { merges.survivor(of: $0) }).sorted()
            guard !persons.isEmpty, let start = record.integer("startedAt") else { return [] }
            // Two who sat in one interview do not write down the same minute.
            return [("the same people on the same day", persons.map(\.description).joined(separator: ",") + "/\(start / 86_400_000)")]
        case _: return []
        }
    }

    private static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
