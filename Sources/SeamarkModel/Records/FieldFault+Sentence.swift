public import SeamarkJournal

extension FieldFault {
    /// The whole sentence with the value in it: "likely is 400, must lie between low 500 and high 720". For the terminal of
    /// whoever typed it, never for a log.
    public func sentence(about label: String, holding value: Value?, of kind: FieldKind, references: References) -> String {
        let (part, partKind) = FieldFault.follow(path, value, kind)
        let place = path.isEmpty ? label : label + " (" + path.joined(separator: ", ") + ")"
        guard let part else { return "\(place) \(demand)" }
        if rule == .order, case .threePoint(let kind) = partKind, let parts = part.group, parts.count == 3 {
            let texts = parts.map { kind.textToRead(of: $0.value, references: references) }
            // Where the ends are in order, likely is the one to correct.
            if let low = parts[0].value.double, let high = parts[2].value.double, low <= high {
                return "\(place): likely is \(texts[1]), must lie between low \(texts[0]) and high \(texts[2])"
            }
            return "\(place): low is \(texts[0]), must not be above high, which is \(texts[2])"
        }
        switch rule {
        case .range, .kind, .unknownChoice, .notACode, .unknownHandle, .future:
            let text = partKind.text(of: part, references: references)
            if text.unicodeScalars.count <= 60, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) {
                return "\(place) is \(text), \(rule == .future ? "which " : "")\(demand)"
            }
            return "\(place) \(demand)"
        case .length(let shortest, let longest):
            guard let text = part.text else { return "\(place) \(demand)" }
            return "\(place) has \(text.unicodeScalars.count) characters, must have \(shortest == longest ? "\(longest)" : "\(shortest) to \(longest)"); \(text.unicodeScalars.count < shortest ? "write more" : "shorten or split it")"
        case .pointsAboveHundred:
            let sum = (part.list ?? []).reduce(Int64(0)) { $0 &+ ($1.member(2)?.int ?? 0) }
            return "\(place) sum to \(sum), \(demand)"
        case .controlCharacter, .directionCharacter, .count, .bytes, .order, .notAscending, .exactlyOne, .missing, .givenWithout, .unknownMember,
            .pointsTwice, .units, .price, .mustBeGiven:
            return "\(place) \(demand)"
        }
    }

    /// The part of `value` that `path` leads to, with its kind.
    private static func follow(_ path: [String], _ value: Value?, _ kind: FieldKind) -> (Value?, FieldKind) {
        guard let step = path.first, let value else { return (value, kind) }
        let rest = Array(path.dropFirst())
        switch kind {
        case .group(let group):
            let value = FieldKind.scaled(value, by: 0.01, in: group)
            guard let member = group.member(key: step) else { return (nil, kind) }
            return follow(rest, value.member(member.number), member.kind)
        case .list(let kind, _):
            guard let index = Int(step), let values = value.list, index >= 1, index <= values.count else { return (nil, kind) }
            return follow(rest, values[index - 1], kind)
        case .threePoint(let kind):
            guard let index = FieldKind.points.firstIndex(where: { $0.description == step }) else { return (nil, kind) }
            return follow(rest, value.member(UInt32(index) + 1), kind)
        case .text, .integer, .number, .money, .basisPoints, .score, .boolean, .choice, .date, .time, .duration, .reference, .bytes, .points:
            return (nil, kind)
        }
    }
}
