public import SeamarkJournal

extension FieldKind {
    /// Why `value` may not stand here; nil if it may.
    ///
    /// - Parameter newer: the author's software knows more than this: choices, members and kinds that are not known here pass.
    public func fault(in value: Value, newer: Bool = false) -> FieldFault? {
        if newer, case .unknown = value { return nil }
        switch self {
        case .text(let rule):
            guard case .text(let text) = value else { return FieldFault(.kind("a text")) }
            return rule.fault(in: text)
        case .integer(let bounds): return Self.fault(value, in: bounds, "a whole number")
        case .money(let bounds): return Self.fault(value, in: bounds, "an amount of money in hundredths", Money.text)
        case .basisPoints(let most): return Self.fault(value, in: 0...most, "a whole number of basis points") { Self.words(Double($0) / 100) + "%" }
        case .score: return Self.fault(value, in: 0...4, "a score")
        case .duration(let bounds): return Self.fault(value, in: bounds, "a whole number of seconds", Self.text(seconds:))
        case .date: return Self.fault(value, in: CalendarDate.days, "a date") { CalendarDate.text(days: $0) }
        case .time: return Self.fault(value, in: CalendarDate.milliseconds, "a time") { CalendarDate.text(milliseconds: $0) }
        case .number(let bounds):
            guard case .double(let number) = value else { return FieldFault(.kind("a number")) }
            return bounds.contains(number) ? nil : FieldFault(.range(low: Self.words(bounds.lowerBound), high: Self.words(bounds.upperBound)))
        case .boolean:
            guard case .bool = value else { return FieldFault(.kind("true or false")) }
            return nil
        case .choice(let choices):
            guard case .int(let number) = value else { return FieldFault(.unknownChoice(oneOf: choices.inWords)) }
            if number >= 1, number <= Int64(choices.choices.count) || newer { return nil }
            return FieldFault(.unknownChoice(oneOf: choices.inWords))
        case .reference:
            guard case .id = value else { return FieldFault(.kind("a record")) }
            return nil
        case .bytes(let count):
            guard case .bytes(let bytes) = value, bytes.count == count else { return FieldFault(.bytes(count)) }
            return nil
        case .list(let kind, let count):
            guard case .list(let values) = value else { return FieldFault(.kind("a list")) }
            guard count.contains(values.count) else { return FieldFault(.count(low: count.lowerBound, high: count.upperBound)) }
            for (index, value) in values.enumerated() {
                if let fault = kind.fault(in: value, newer: newer) { return fault.inside(String(index + 1)) }
            }
            return nil
        case .group(let group): return group.fault(in: value, newer: newer)
        case .threePoint(let kind): return Self.threePointFault(value, of: kind, newer: newer)
        case .points(let of): return Self.pointsFault(value, of: of)
        }
    }

    /// - Parameter text: a bound as people type it.
    private static func fault(
        _ value: Value, in bounds: ClosedRange<Int64>, _ kind: String, _ text: (Int64) -> String = { String($0) }
    ) -> FieldFault? {
        guard case .int(let number) = value else { return FieldFault(.kind(kind)) }
        return bounds.contains(number) ? nil : FieldFault(.range(low: text(bounds.lowerBound), high: text(bounds.upperBound)))
    }

    static func words(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : number.description
    }

    static let points: [StaticString] = ["low", "likely", "high"]

    private static func threePointFault(_ value: Value, of kind: FieldKind, newer: Bool) -> FieldFault? {
        guard case .group(let members) = value, members.count == 3, members[0].number == 1, members[1].number == 2, members[2].number == 3
        else { return FieldFault(.kind("low, likely and high")) }
        for (index, member) in members.enumerated() {
            if let fault = kind.fault(in: member.value, newer: newer) { return fault.inside(points[index].description) }
        }
        guard let low = members[0].value.comparable, let likely = members[1].value.comparable, let high = members[2].value.comparable
        else { return FieldFault(.kind("low, likely and high")) }
        return low <= likely && likely <= high ? nil : FieldFault(.order)
    }

    private static func pointsFault(_ value: Value, of: PointsOf) -> FieldFault? {
        guard case .list(let shares) = value else { return FieldFault(.kind("points")) }
        guard shares.count <= 100 else { return FieldFault(.count(low: 0, high: 100)) }
        var sum: Int64 = 0
        var last: Value?
        for share in shares {
            guard case .group(let parts) = share, parts.count == 2, parts[0].number == 1, parts[1].number == 2, case .int(let points) = parts[1].value
            else { return FieldFault(.kind("points")) }
            switch of {
            case .domains: if let fault = FieldKind.code.fault(in: parts[0].value) { return fault }
            case .seams: guard case .id = parts[0].value else { return FieldFault(.kind("points to seams")) }
            }
            guard (1...100).contains(points) else { return FieldFault(.range(low: "1", high: "100")) }
            if let last, !last.encoded.lexicographicallyPrecedes(parts[0].value.encoded) { return FieldFault(.pointsTwice) }
            last = parts[0].value
            sum += points
        }
        return sum <= 100 ? nil : FieldFault(.pointsAboveHundred)
    }
}

extension Value {
    /// A number that compares without losing anything: whole numbers of our fields stay far below 2⁵³ or are compared as such.
    fileprivate var comparable: Comparison? {
        switch self {
        case .int(let value): .whole(value)
        case .double(let value): .fraction(value)
        case .absent, .bool, .text, .bytes, .id, .list, .group, .unknown: nil
        }
    }
}

private enum Comparison {
    case whole(Int64)
    case fraction(Double)

    static func <= (left: Comparison, right: Comparison) -> Bool {
        switch (left, right) {
        case (.whole(let a), .whole(let b)): a <= b
        case (.fraction(let a), .fraction(let b)): a <= b
        case (.whole(let a), .fraction(let b)): Double(a) <= b
        case (.fraction(let a), .whole(let b)): a <= Double(b)
        }
    }
}

extension TextRule {
    func fault(in text: String) -> FieldFault? {
        // A text has at least as many bytes as scalars, and at most four times as many.
        let bytes = text.utf8.count
        if bytes > longest || bytes < shortest * 4 {
            let count = text.unicodeScalars.count
            guard count >= shortest, count <= longest else { return FieldFault(.length(shortest: shortest, longest: longest)) }
        }
        let content = text.utf8Span.span
        if isCode {
            for place in content.indices where !Self.isCodeByte(content[place]) {
                let byte = content[place]
                return FieldFault(byte < 0x20 || byte == 0x7f ? .controlCharacter : .notACode)
            }
            return nil
        }
        var all: UInt8 = 0
        var control: UInt8 = 0
        let newLine: UInt8 = isName ? 0xff : 0x0a
        // Without a branch, so that it goes by many bytes at a time. 0xff: no control character is let through.
        for place in content.indices {
            let byte = content[place]
            all |= byte
            control |= (byte < 0x20 ? 1 : 0) & (byte != newLine ? 1 : 0) | (byte == 0x7f ? 1 : 0)
        }
        if control != 0 { return FieldFault(.controlCharacter) }
        if all < 0x80 { return nil }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x80...0x9f, 0x2028, 0x2029: return FieldFault(.controlCharacter)
            case 0x202a...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x61c: if isName { return FieldFault(.directionCharacter) }
            case _: continue
            }
        }
        return nil
    }

    static func isCodeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"):
            true
        case _: false
        }
    }
}

extension GroupDefinition {
    func fault(in value: Value, newer: Bool) -> FieldFault? {
        guard case .group(let parts) = value else { return FieldFault(.kind("a group with named parts")) }
        for part in parts {
            guard let member = member(part.number) else {
                if newer { continue }
                return FieldFault(.unknownMember, at: [String(part.number)])
            }
            // An optional part that was left empty may be written as such.
            if case .absent = part.value { continue }
            if let fault = member.kind.fault(in: part.value, newer: newer) { return inMainUnit(fault, parts).inside(member.key) }
        }
        for member in members where member.isRequired {
            if given(member.number, in: parts) == nil { return FieldFault(.missing(member.key)) }
        }
        for rule in rules {
            if let fault = fault(in: parts, breaking: rule) { return fault }
        }
        return nil
    }

    /// What counts hundredths is typed in the main unit, and so are its bounds.
    private func inMainUnit(_ fault: FieldFault, _ parts: [Value.Member]) -> FieldFault {
        guard case .range(let low, let high) = fault.rule, self.member(key: "unit") != nil, let low = Double(low), let high = Double(high),
            let unit = given(LineAmount.Factor.unit, in: parts)?.text, FactorUnit.isMoney(unit)
        else { return fault }
        return FieldFault(.range(low: FieldKind.words(low / 100), high: FieldKind.words(high / 100)), at: fault.path)
    }

    private func given(_ number: UInt32, in parts: [Value.Member]) -> Value? {
        guard let value = parts.first(where: { $0.number == number })?.value, value != .absent else { return nil }
        return value
    }

    private func key(_ number: UInt32) -> String { member(number)?.key ?? String(number) }

    private func fault(in parts: [Value.Member], breaking rule: GroupRule) -> FieldFault? {
        switch rule {
        case .exactlyOne(let numbers):
            return numbers.count(where: { given($0, in: parts) != nil }) == 1 ? nil : FieldFault(.exactlyOne(numbers.map(key)))
        case .exactlyOneOrElse(let numbers, let other):
            let count = numbers.count { given($0, in: parts) != nil }
            return count == 1 || count == 0 && given(other, in: parts) != nil ? nil : FieldFault(.exactlyOne(numbers.map(key)))
        case .hasAPrice: return LinePrice.fault(in: .group(parts)).map { FieldFault(.price($0)) }
        case .onlyWhen(let by, let choice, let numbers):
            let holds = given(by, in: parts) == .int(choice)
            for number in numbers where (given(number, in: parts) != nil) != holds {
                guard case .choice(let choices) = member(by)?.kind else { return nil }
                return FieldFault(.givenWithout(key(number), by: key(by), is: choices.key(choice) ?? String(choice)))
            }
            return nil
        case .ascending(let numbers):
            var last: Comparison?
            for number in numbers {
                guard let value = given(number, in: parts)?.comparable else { continue }
                if let last, !(last <= value) { return FieldFault(.notAscending(numbers.map(key))) }
                last = value
            }
            return nil
        case .ascendingChoices(let number):
            guard let values = given(number, in: parts)?.list else { return nil }
            let numbers = values.compactMap(\.int)
            return zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } ? nil : FieldFault(.pointsTwice, at: [key(number)])
        case .unitsGiveMoneyPerYear(let number):
            guard let factors = given(number, in: parts)?.list else { return nil }
            let units = factors.map { $0.member(LineAmount.Factor.unit)?.text ?? "" }
            return FactorUnit.giveMoneyPerYear(units) ? nil : FieldFault(.units, at: [key(number)])
        }
    }
}
