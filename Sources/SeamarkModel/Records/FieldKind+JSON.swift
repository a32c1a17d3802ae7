public import SeamarkJournal

// Values as JSON: money, scores, basis points and durations as whole numbers, choices by key, references by handle, dates and times
// as ISO 8601, three points as {low, likely, high}, points as {what: points}. A value that a newer version made is shown as
// {"newer": …} and not read back.
extension FieldKind {
    /// The value that `json` means. Checked as to bounds too.
    public func value(from json: JSONValue, references: References) throws(FieldFault) -> Value {
        let value = try unchecked(from: json, references: references)
        if let fault = fault(in: value) { throw fault }
        return value
    }

    /// The value before its bounds were looked at.
    func unchecked(from json: JSONValue, references: References) throws(FieldFault) -> Value {
        switch self {
        case .text:
            guard let text = json.text else { throw FieldFault(.kind("a text")) }
            return .text(text)
        case .integer, .money, .basisPoints, .score, .duration:
            guard let number = json.integer else { throw FieldFault(.kind("a whole number")) }
            return .int(number)
        case .number:
            guard let number = json.number, let value = Value.number(number) else { throw FieldFault(.kind("a number")) }
            return value
        case .boolean:
            guard let value = json.bool else { throw FieldFault(.kind("true or false")) }
            return .bool(value)
        case .choice(let choices):
            guard let number = json.text.flatMap(choices.number) else { throw FieldFault(.unknownChoice(oneOf: choices.inWords)) }
            return .int(number)
        case .date:
            guard let days = json.text.flatMap(CalendarDate.days) else { throw FieldFault(.kind("a date such as \"2026-03-17\"")) }
            return .int(days)
        case .time:
            guard let time = json.text.flatMap(CalendarDate.milliseconds) else { throw FieldFault(.kind("a time such as \"2026-03-17T09:30:00Z\"")) }
            return .int(time)
        case .reference(let types):
            guard let text = json.text else { throw FieldFault(.kind("the handle of a record")) }
            return try references.value(text, types)
        case .bytes(let count):
            guard let bytes = json.text.flatMap({ Hexadecimal.bytes(of: $0) }) else { throw FieldFault(.bytes(count)) }
            return .bytes(bytes)
        case .list(let kind, _):
            guard let elements = json.elements else { throw FieldFault(.kind("a list")) }
            var values: [Value] = []
            for (index, element) in elements.enumerated() {
                do throws(FieldFault) { values.append(try kind.unchecked(from: element, references: references)) } catch { throw error.inside(String(index + 1)) }
            }
            return .list(values)
        case .group(let group):
            guard let members = json.members else { throw FieldFault(.kind("an object")) }
            var parts: [Value.Member] = []
            for member in members {
                guard let definition = group.member(key: member.name) else { throw FieldFault(.unknownMember, at: [TextRule.quoted(member.name)]) }
                if member.value == .null { continue }
                do throws(FieldFault) {
                    parts.append(Value.Member(definition.number, try definition.kind.unchecked(from: member.value, references: references)))
                } catch { throw error.inside(definition.key) }
            }
            return .group(parts.sorted { $0.number < $1.number })
        case .threePoint(let kind):
            guard let members = json.members else { throw FieldFault(.kind("an object with low, likely and high")) }
            var parts: [Value.Member] = []
            for (index, key) in Self.points.enumerated() {
                guard let part = json[key.description] else { throw FieldFault(.missing(key.description)) }
                do throws(FieldFault) {
                    parts.append(Value.Member(UInt32(index) + 1, try kind.unchecked(from: part, references: references)))
                } catch { throw error.inside(key.description) }
            }
            guard members.count == 3 else { throw FieldFault(.kind("an object with low, likely and high alone")) }
            return .group(parts)
        case .points(let of):
            guard let members = json.members else { throw FieldFault(.kind("an object such as {\"D2\": 40}")) }
            var shares: [(Value, Int64)] = []
            for member in members {
                guard let points = member.value.integer else { throw FieldFault(.kind("a whole number"), at: [TextRule.quoted(member.name)]) }
                shares.append((try Self.pointsTarget(member.name, of, references), points))
            }
            return Self.points(shares)
        }
    }

    static func pointsTarget(_ name: String, _ of: PointsOf, _ references: References) throws(FieldFault) -> Value {
        switch of {
        case .domains: .text(name)
        case .seams: try references.value(name, [Catalogue.seam.number])
        }
    }

    /// Points in their canonical order.
    static func points(_ shares: [(Value, Int64)]) -> Value {
        .list(
            shares.map { (key: $0.0.encoded, share: $0) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                .map { .group([Value.Member(1, $0.share.0), Value.Member(2, .int($0.share.1))]) })
    }

    /// `value` as JSON; `null` for absent.
    public func json(of value: Value, references: References) -> JSONValue {
        switch (self, value) {
        case (_, .absent): return .null
        case (.choice(let choices), .int(let number)): return choices.key(number).map(JSONValue.string) ?? newer(value)
        case (.date, .int(let days)): return .string(CalendarDate.text(days: days))
        case (.time, .int(let time)): return .string(CalendarDate.text(milliseconds: time))
        case (.list(let kind, _), .list(let values)): return .array(values.map { kind.json(of: $0, references: references) })
        case (.group(let group), .group(let parts)):
            return .object(parts.compactMap { part in
                guard part.value != .absent else { return nil }
                guard let member = group.member(part.number) else { return JSONMember("newer\(part.number)", newer(part.value)) }
                return JSONMember(member.key, member.kind.json(of: part.value, references: references))
            })
        case (.threePoint(let kind), .group(let parts)):
            return .object(parts.map { part in
                let name = part.number >= 1 && part.number <= 3 ? Self.points[Int(part.number) - 1].description : String(part.number)
                return JSONMember(name, kind.json(of: part.value, references: references))
            })
        case (.points, .list(let shares)):
            let members = shares.compactMap { share -> JSONMember? in
                guard let what = share.member(1), let points = share.member(2)?.int else { return nil }
                let name: String? =
                    switch what {
                    case .text(let code): code
                    case .id(let id): references.text(id)
                    case .absent, .bool, .int, .double, .bytes, .list, .group, .unknown: nil
                    }
                return name.map { JSONMember($0, .integer(points)) }
            }
            return .object(members.sorted { HandleOrder.precedes($0.name, $1.name) })
        case (_, .bool(let value)): return .bool(value)
        case (_, .int(let value)): return .integer(value)
        case (_, .double(let value)): return .number(value)
        case (_, .text(let value)): return .string(value)
        case (_, .bytes(let bytes)): return .string(Hexadecimal.text(of: bytes))
        case (_, .id(let id)): return .string(references.text(id))
        case (_, .list), (_, .group), (_, .unknown): return newer(value)
        }
    }

    /// A value that this version has no words for: its canonical bytes.
    private func newer(_ value: Value) -> JSONValue { .object([JSONMember("newer", .string(Hexadecimal.text(of: value.encoded)))]) }
}

extension TextRule {
    /// A name out of a document, for a message on the way back to whoever wrote it: plain ones only, so that it carries no escapes.
    static func quoted(_ name: String) -> String {
        !name.isEmpty && name.utf8.count <= 40 && name.utf8.allSatisfy(isCodeByte) ? name : "…"
    }
}

/// Handles in the order that people count in: `L2` before `L10`, `L-A9` before `L-A10`.
public enum HandleOrder {
    public static func precedes(_ left: String, _ right: String) -> Bool {
        var a = Array(left.utf8)[...]
        var b = Array(right.utf8)[...]
        while let x = a.first, let y = b.first {
            if isDigit(x), isDigit(y) {
                let first = a.prefix(while: isDigit).drop { $0 == 48 }
                let second = b.prefix(while: isDigit).drop { $0 == 48 }
                if first.count != second.count { return first.count < second.count }
                if !first.elementsEqual(second) { return first.lexicographicallyPrecedes(second) }
                a = a.drop(while: isDigit)
                b = b.drop(while: isDigit)
            } else {
                if x != y { return x < y }
                a = a.dropFirst()
                b = b.dropFirst()
            }
        }
        if a.isEmpty != b.isEmpty { return a.isEmpty }
        // `L01` and `L1` count the same; the text decides, so that the order is total.
        return left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
