import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What a shell completes of `key=value`: the keys of a type, and behind `key=` what may stand there.
enum FieldCompletion {
    /// - Parameter except: keys that the verb says itself.
    static func of(_ type: RecordType, except: Set<String> = []) -> CompletionKind {
        .custom { words, index, prefix in
            assignments(
                Array(words.prefix(max(0, index))), prefix, keys: { prefix in keys(type, prefix).filter { !except.contains(String($0.dropLast())) } },
                values: { key, prefix in values(key, prefix, type, words) })
        }
    }

    /// Of `key=value` what may come next: keys that `before` does not say, with their sign, or what may stand behind the sign.
    ///
    /// - Parameter before: the words before the one that begins with `prefix`.
    static func assignments(_ before: [String], _ prefix: String, keys: (String) -> [String], values: (_ key: String, _ prefix: String) -> [String]) -> [String] {
        // bash breaks words at '=', so that the sign is a word of its own; zsh and fish hand over the whole.
        if prefix == "=", let key = before.last { return values(key, "") }
        if before.last == "=", before.count > 1 { return values(before[before.endIndex - 2], prefix) }
        if let sign = prefix.firstIndex(of: "=") {
            let start = String(prefix[...sign])
            return values(String(prefix[..<sign]), String(prefix[prefix.index(after: sign)...])).map { start + $0 }
        }
        return keys(prefix).filter { key in !before.contains { $0 == key.dropLast() || $0.hasPrefix(key) } }
    }

    /// Of several with commas the last: what stands before it, and how it begins.
    static func last(of prefix: String) -> (start: String, beginning: String) {
        let start = prefix.lastIndex(of: ",").map { String(prefix[...$0]) } ?? ""
        return (start, String(prefix.dropFirst(start.count)))
    }

    /// By their whole path, and where somebody has begun one, parts by their own name too.
    private static func keys(_ type: RecordType, _ prefix: String) -> [String] {
        var keys: [String] = []
        var short: [String] = []
        for key in type.writtenKeys {
            guard let field = type.field(key: key) else { continue }
            if field.isHeadquarters { continue }
            guard case .group(let group) = field.kind else {
                keys.append(key)
                continue
            }
            for member in group.members where !member.isRetired {
                if case .threePoint = member.kind, member.key == "range" {
                    keys += ["low", "likely", "high"].map { "\(key).\($0)" }
                } else {
                    keys.append("\(key).\(member.key)")
                    if CaptureWords.kind(of: member.key, in: type) != nil, type.field(key: member.key) == nil { short.append(member.key) }
                }
            }
        }
        return (keys + (prefix.isEmpty ? [] : short)).filter { $0.hasPrefix(prefix) }.map { $0 + "=" }
    }

    private static func values(_ key: String, _ prefix: String, _ type: RecordType, _ words: [String]) -> [String] {
        let isSet = key.hasSuffix("+") || key.hasSuffix("-")
        guard let kind = CaptureWords.kind(of: isSet ? String(key.dropLast()) : key, in: type) else { return [] }
        let (start, beginning) = last(of: prefix)
        let names = type === Catalogue.answer && key == "question" ? HandleCompletion.questions(words) : choices(kind, words)
        return HandleCompletion.fitting(names, beginning).map { start + $0 }
    }

    private static func choices(_ kind: FieldKind, _ words: [String]) -> [String] {
        switch kind {
        case .choice(let choices): choices.choices.map(\.key)
        case .boolean: ["yes", "no"]
        case .score: (0...4).map(String.init)
        case .time: ["now"]
        case .date: ["today"]
        case .list(let kind, _): choices(kind, words)
        case .reference(let types): HandleCompletion.names(of: types, words)
        case .points(.seams), .points(.domains), .text, .integer, .number, .money, .basisPoints, .duration, .bytes, .group, .threePoint: []
        }
    }
}
