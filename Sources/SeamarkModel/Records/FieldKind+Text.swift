public import SeamarkJournal

// Values as people type and read them on a command line: money in the main unit (`380k`), three points as `380k/500k/720k`,
// percentages as `30%`, durations as `26h`, points as `D2=40,D3=30`, lists separated by `;`, the parts of a group in a list by `:`.
extension FieldKind {
    /// The value that `text` means. Checked as to bounds too.
    public func value(from text: String, references: References) throws(FieldFault) -> Value {
        let value = try read(text, references)
        if let fault = fault(in: value) { throw fault }
        return value
    }

    func read(_ text: String, _ references: References) throws(FieldFault) -> Value {
        switch self {
        case .text: return .text(text)
        case .integer:
            guard let number = Int64(text) else { throw FieldFault(.kind("a whole number such as 12")) }
            return .int(number)
        case .score:
            guard let number = Int64(text) else { throw FieldFault(.kind("a score from 0 to 4")) }
            return .int(number)
        case .number:
            guard let number = Self.number(text).flatMap(Value.number) else { throw FieldFault(.kind("a number such as 2.4 or 80%")) }
            return number
        case .money:
            guard let number = Money.hundredths(text) else { throw FieldFault(.kind("an amount of money such as 380000, 380k or 1.2M")) }
            return .int(number)
        case .basisPoints:
            guard let number = Self.basisPoints(text) else { throw FieldFault(.kind("a share such as 30% or 3000bp")) }
            return .int(number)
        case .boolean:
            switch text.lowercased() {
            case "yes", "true", "y": return .bool(true)
            case "no", "false", "n": return .bool(false)
            case _: throw FieldFault(.kind("yes or no"))
            }
        case .choice(let choices):
            let folded = text.lowercased()
            guard let choice = choices.choices.first(where: { $0.key.lowercased() == folded }) else {
                throw FieldFault(.unknownChoice(oneOf: choices.inWords))
            }
            return .int(choice.number)
        case .date:
            guard let days = CalendarDate.days(text) else { throw FieldFault(.kind("a date such as 2026-03-17")) }
            return .int(days)
        case .time:
            guard let time = CalendarDate.milliseconds(text) else { throw FieldFault(.kind("a time such as 2026-03-17T09:30, in UTC, or 2026-03-17T09:30+01:00")) }
            return .int(time)
        case .duration:
            guard let seconds = Self.duration(text) else { throw FieldFault(.kind("a duration such as 26h, 90m, 2d or 45s")) }
            return .int(seconds)
        case .reference(let types): return try references.value(text, types)
        case .bytes(let count):
            guard let bytes = Hexadecimal.bytes(of: text) else { throw FieldFault(.bytes(count)) }
            return .bytes(bytes)
        case .list(let kind, _):
            var values: [Value] = []
            for (index, part) in Self.split(text, by: ";").enumerated() {
                do throws(FieldFault) { values.append(try kind.read(part, references)) } catch { throw error.inside(String(index + 1)) }
            }
            return .list(values)
        case .group(let group):
            let texts = Self.split(text, by: ":")
            guard texts.count <= group.members.count else {
                throw FieldFault(.kind("up to \(group.members.count) parts separated by ':': " + group.members.map(\.key).joined(separator: ":")))
            }
            var parts: [Value.Member] = []
            for (member, text) in zip(group.members, texts) where !text.isEmpty {
                do throws(FieldFault) {
                    parts.append(Value.Member(member.number, try member.kind.read(text, references)))
                } catch { throw error.inside(member.key) }
            }
            return Self.scaled(.group(parts), by: 100, in: group)
        case .threePoint(let kind):
            var texts = text.split(whereSeparator: { $0 == "/" || $0 == " " }).map(String.init)
            if texts.count == 1 { texts = [texts[0], texts[0], texts[0]] }
            guard texts.count == 3 else { throw FieldFault(.kind("low/likely/high, such as 380k/500k/720k")) }
            var parts: [Value.Member] = []
            for (index, text) in texts.enumerated() {
                do throws(FieldFault) {
                    parts.append(Value.Member(UInt32(index) + 1, try kind.read(text, references)))
                } catch { throw error.inside(Self.points[index].description) }
            }
            return .group(parts)
        case .points(let of):
            var shares: [(Value, Int64)] = []
            for part in Self.split(text, by: ",") where !part.isEmpty {
                let sides = Self.split(part, by: "=")
                guard sides.count == 2, let points = Int64(sides[1]) else { throw FieldFault(.kind("points such as D2=40,D3=30")) }
                shares.append((try Self.pointsTarget(sides[0], of, references), points))
            }
            return Self.points(shares)
        }
    }

    /// `value` as a person types it.
    public func text(of value: Value, references: References) -> String { text(of: value, references, isTyped: true) }

    /// `value` as a person reads it on a screen: amounts and other measures have their commas (`600,000/850,000/1,300,000`), which nobody types.
    public func textToRead(of value: Value, references: References) -> String { text(of: value, references, isTyped: false) }

    private func text(of value: Value, _ references: References, isTyped: Bool) -> String {
        func amount(_ text: String) -> String { isTyped ? text : DigitGroups.text(text) }
        switch (self, value) {
        case (_, .absent): return "-"
        case (.money, .int(let hundredths)): return amount(Money.text(hundredths))
        case (.number, .int(let value)): return amount(String(value))
        case (.number, .double(let value)): return amount(Self.words(value))
        case (.basisPoints, .int(let points)): return Self.words(Double(points) / 100) + "%"
        case (.choice(let choices), .int(let number)): return choices.key(number) ?? "(needs a newer version)"
        case (.date, .int(let days)): return CalendarDate.text(days: days)
        case (.time, .int(let time)): return CalendarDate.text(milliseconds: time)
        case (.duration, .int(let seconds)): return Self.text(seconds: seconds)
        case (.list(let kind, _), .list(let values)): return values.map { kind.text(of: $0, references, isTyped: isTyped) }.joined(separator: "; ")
        case (.threePoint(let kind), .group(let parts)): return parts.map { kind.text(of: $0.value, references, isTyped: isTyped) }.joined(separator: "/")
        case (.group(let group), .group):
            let value = Self.scaled(value, by: 0.01, in: group)
            return (value.group ?? []).filter { $0.value != .absent }.map { part in
                guard let member = group.member(part.number) else { return "(needs a newer version)" }
                return member.key + "=" + member.kind.text(of: part.value, references, isTyped: isTyped)
            }.joined(separator: ", ")
        case (.points, .list):
            return (json(of: value, references: references).members ?? []).map { "\($0.name)=\($0.value.compact)" }.joined(separator: ",")
        case (_, .bool(let value)): return value ? "yes" : "no"
        case (_, .int(let value)): return String(value)
        case (_, .double(let value)): return Self.words(value)
        case (_, .text(let value)): return value
        case (_, .bytes(let bytes)): return Hexadecimal.text(of: bytes)
        case (_, .id(let id)): return references.text(id)
        case (_, .list), (_, .group), (_, .unknown): return "(needs a newer version)"
        }
    }

    // MARK: - Parts

    /// A factor whose unit holds money is kept in hundredths and typed in the main unit, like all money.
    static func scaled(_ value: Value, by factor: Double, in group: GroupDefinition) -> Value {
        guard group.member(key: "unit") != nil, group.member(LineAmount.Factor.range)?.key == "range", let parts = value.group,
            let unit = value.member(LineAmount.Factor.unit)?.text, FactorUnit.isMoney(unit)
        else { return value }
        return .group(parts.map { part in
            guard part.number == LineAmount.Factor.range, let points = part.value.group else { return part }
            return Value.Member(part.number, .group(points.map { point in
                Value.Member(point.number, point.value.double.flatMap { Value.number(factor > 1 ? $0 * factor : $0 / 100) } ?? point.value)
            }))
        })
    }

    static func split(_ text: String, by separator: Character) -> [String] {
        text.split(separator: separator, omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func number(_ text: String) -> Double? {
        var text = text
        var factor = 1.0
        var divisor = 1.0
        switch text.last {
        case "%": divisor = 100
        case "k": factor = 1000
        case "M": factor = 1_000_000
        case _: return decimal(text)
        }
        text.removeLast()
        return decimal(text).map { $0 * factor / divisor }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// A finite number in decimal notation, and in no other.
    private static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func basisPoints(_ text: String) -> Int64? {
        if text.hasSuffix("bp") { return Int64(text.dropLast(2)) }
        guard text.hasSuffix("%"), let hundredths = Money.hundredths(String(text.dropLast())) else { return nil }
        return hundredths
    }

    private static let units: [(letter: Character, seconds: Int64)] = [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    private static func duration(_ text: String) -> Int64? {
        // Nought has no need of a unit.
        if text == "0" { return 0 }
        guard let unit = units.first(where: { $0.letter == text.last }), let number = decimal(String(text.dropLast())), abs(number) < 1e9
        else { return nil }
        let seconds = number * Double(unit.seconds)
        return seconds == seconds.rounded() ? Int64(seconds) : nil
    }

    static func text(seconds: Int64) -> String {
        for unit in units where unit.letter != "w" && unit.letter != "d" && seconds.isMultiple(of: unit.seconds) && seconds != 0 {
            return String(seconds / unit.seconds) + String(unit.letter)
        }
        return String(seconds) + "s"
    }
}
