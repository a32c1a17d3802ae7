import SeamarkModel

/// The fields of a type for its help, out of the catalogue.
enum FieldGuide {
    static func text(_ type: RecordType) -> String {
        var rows: [(key: String, words: String)] = []
        for field in type.fields where field.number != CommonField.createdAt && field.number != CommonField.mergeSaw {
            if field.isHeadquarters { continue }
            let mark = field.isRequired && field.number != CommonField.handle ? " (required)" : ""
            if case .group(let group) = field.kind {
                rows.append((field.key, "several parts, kept together" + mark))
                for member in group.members where !member.isRetired { rows.append(("  ." + member.key, words(member.kind) + (member.isRequired ? " (required)" : ""))) }
            } else {
                rows.append((field.key, (field.isSet ? "set of: " : "") + words(field.kind) + mark))
            }
        }
        let width = rows.map(\.key.count).max() ?? 0
        return "Fields:\n" + rows.map { "  " + $0.key + String(repeating: " ", count: width - $0.key.count + 2) + $0.words }.joined(separator: "\n")
    }

    private static func words(_ kind: FieldKind) -> String {
        switch kind {
        case .text(let rule):
            if rule.isCode { return rule.shortest == rule.longest ? "code of \(rule.longest) characters" : "short code" }
            return rule.isName ? "text, up to \(rule.longest) characters on one line" : "text, up to \(rule.longest) characters"
        case .integer(let bounds): return bounds.upperBound == .max ? "whole number" : "whole number, \(bounds.lowerBound) to \(bounds.upperBound)"
        case .number(let bounds):
            return bounds.upperBound >= 1e15 ? "number" : "number, \(short(bounds.lowerBound)) to \(short(bounds.upperBound))"
        case .money: return "money, such as 380k"
        case .basisPoints: return "share, such as 30%"
        case .score: return "score, 0 controlled to 4 severe"
        case .boolean: return "yes or no"
        case .choice(let choices): return choices.inWords
        case .date: return "date, such as 2026-03-17"
        case .time: return "time, such as 2026-03-17T09:30 in UTC, 2026-03-17T09:30+01:00, or now"
        case .duration: return "duration, such as 26h or 90m"
        case .reference(let types):
            return types.compactMap { Catalogue.type($0)?.label }.joined(separator: " or ") + ", by handle" + (types.contains(Catalogue.member.number) ? ", or me" : "")
        case .bytes(let count): return "\(count) bytes in hexadecimal"
        case .list(let kind, _):
            if case .choice(let choices) = kind { return "any of \(choices.choices.map(\.key).joined(separator: ", "))" }
            if case .group(let group) = kind { return "list of \(group.members.map(\.key).joined(separator: ":")), separated by ;" }
            return "list, separated by ; of: " + words(kind)
        case .group: return "several parts"
        case .threePoint(let kind): return "low/likely/high, or each by .low .likely .high: " + words(kind)
        case .points(.domains): return "points, 100 at most, such as D2:40,D3:30"
        case .points(.seams): return "points, 100 at most, such as S1:40,S2:30"
        }
    }

    private static func short(_ number: Double) -> String { number == number.rounded() ? String(Int(number)) : String(number) }
}
