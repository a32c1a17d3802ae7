/// Turns a pattern into the steps of its machine: alternatives, sequences, repetitions, groups, sets of characters.
struct FormPatternCompiler {
    typealias Step = FormPattern.Step
    typealias Class = FormPattern.Class

    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    mutating func compile() throws(FormPatternError) -> [Step] {
        // The whole text has to match: signs of its ends say nothing new.
        if scalars.first == "^" { place = 1 }
        let body = try alternatives()
        guard place == scalars.count else { throw .unexpected(place + 1) }
        return body + [.end]
    }

    /// Steps count from 0 and end behind the last: parts are put together by moving their targets.
    private mutating func alternatives() throws(FormPatternError) -> [Step] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= FormPattern.deepest else { throw .tooLarge }
        var branches = [try sequence()], count = branches[0].count
        while place < scalars.count, scalars[place] == "|" {
            place += 1
            branches.append(try sequence())
            count += branches[branches.count - 1].count + 2
            guard count <= FormPattern.mostSteps else { throw .tooLarge }
        }
        var all: [Step] = []
        for (index, branch) in branches.enumerated() {
            let isLast = index == branches.count - 1
            if !isLast { all.append(.fork(all.count + 1, all.count + branch.count + 2)) }
            all += Self.moved(branch, by: all.count)
            if !isLast { all.append(.jump(count)) }
        }
        return all
    }

    private mutating func sequence() throws(FormPatternError) -> [Step] {
        var all: [Step] = []
        while place < scalars.count, scalars[place] != "|", scalars[place] != ")" {
            // An end that stands at the end.
            if scalars[place] == "$" {
                guard place + 1 == scalars.count else { throw .notTakenOver("signs of a beginning or an end in its middle") }
                place += 1
                break
            }
            all += Self.moved(try repeated(), by: all.count)
            guard all.count <= FormPattern.mostSteps else { throw .tooLarge }
        }
        return all
    }

    private mutating func repeated() throws(FormPatternError) -> [Step] {
        let atom = try atom()
        guard place < scalars.count else { return atom }
        let bounds: (least: Int, most: Int?)
        switch scalars[place] {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{": bounds = try count()
        case _: return atom
        }
        place += 1
        // How eager a repetition is does not change whether the whole matches.
        if place < scalars.count, scalars[place] == "?" { place += 1 }
        if place < scalars.count, scalars[place] == "+" || scalars[place] == "*" { throw .notTakenOver("repetitions that never give back") }
        guard bounds.least <= FormPattern.mostSteps else { throw .tooLarge }
        let copies = max(bounds.most ?? bounds.least + 1, 1)
        guard copies <= FormPattern.mostSteps, (atom.count + 2) * copies <= FormPattern.mostSteps else { throw .tooLarge }
        var all: [Step] = []
        for _ in 0..<bounds.least { all += Self.moved(atom, by: all.count) }
        guard let most = bounds.most else {
            return all + [.fork(all.count + 1, all.count + atom.count + 2)] + Self.moved(atom, by: all.count + 1) + [.jump(all.count)]
        }
        for _ in bounds.least..<most { all += [.fork(all.count + 1, all.count + 1 + atom.count)] + Self.moved(atom, by: all.count + 1) }
        return all
    }

    /// `{n}`, `{n,}` or `{n,m}`; ends on the brace.
    private mutating func count() throws(FormPatternError) -> (Int, Int?) {
        let start = place
        guard let end = scalars[place...].firstIndex(of: "}") else { throw .endsEarly }
        let parts = String(String.UnicodeScalarView(scalars[(start + 1)..<end])).split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }), let least = Int(parts[0]) else { throw .unexpected(start + 1) }
        place = end
        if parts.count == 1 { return (least, least) }
        guard !parts[1].isEmpty else { return (least, nil) }
        guard let most = Int(parts[1]), most >= least else { throw .unexpected(start + 1) }
        return (least, most)
    }

    private mutating func atom() throws(FormPatternError) -> [Step] {
        let scalar = scalars[place]
        place += 1
        switch scalar {
        case "(":
            if place < scalars.count, scalars[place] == "?" {
                guard place + 1 < scalars.count, scalars[place + 1] == ":" else { throw .notTakenOver("groups that look ahead or have a name") }
                place += 2
            }
            let inner = try alternatives()
            guard place < scalars.count, scalars[place] == ")" else { throw .endsEarly }
            place += 1
            return inner
        case "[": return [.one(try set())]
        case ".": return [.one(Class(ranges: [10...10, 13...13, 0x85...0x85, 0x2028...0x2029], isNegated: true))]
        case "\\":
            return [.one(try escaped())]
        case "^": throw .notTakenOver("signs of a beginning or an end in its middle")
        case "*", "+", "?", "{": throw .unexpected(place)
        case _: return [.one(Class(ranges: [scalar.value...scalar.value]))]
        }
    }

    /// What a backslash and the next character stand for.
    private mutating func escaped() throws(FormPatternError) -> Class {
        guard place < scalars.count else { throw .endsEarly }
        let scalar = scalars[place]
        place += 1
        switch scalar {
        case "d": return Class(ranges: [48...57])
        case "D": return Class(ranges: [48...57], isNegated: true)
        case "w": return Class(ranges: [48...57, 65...90, 95...95, 97...122])
        case "W": return Class(ranges: [48...57, 65...90, 95...95, 97...122], isNegated: true)
        case "s": return Class(ranges: [9...13, 32...32])
        case "S": return Class(ranges: [9...13, 32...32], isNegated: true)
        case "n": return Class(ranges: [10...10])
        case "r": return Class(ranges: [13...13])
        case "t": return Class(ranges: [9...9])
        case "0"..."9", "k": throw .notTakenOver("references back")
        case "a"..."z", "A"..."Z": throw .notTakenOver("escapes such as \\\(scalar)")
        case _: return Class(ranges: [scalar.value...scalar.value])
        }
    }

    private mutating func set() throws(FormPatternError) -> Class {
        var set = Class(ranges: [])
        if place < scalars.count, scalars[place] == "^" {
            set.isNegated = true
            place += 1
        }
        var isFirst = true
        while true {
            guard place < scalars.count else { throw .endsEarly }
            if scalars[place] == "]", !isFirst {
                place += 1
                return set
            }
            isFirst = false
            if scalars[place] == "[" || scalars[place...].starts(with: "&&".unicodeScalars) { throw .notTakenOver("sets inside a set") }
            let low = try member()
            if place + 1 < scalars.count, scalars[place] == "-", scalars[place + 1] != "]" {
                let start = place
                place += 1
                let high = try member()
                guard let from = Self.single(low), let to = Self.single(high), from <= to else { throw .unexpected(start + 1) }
                set.ranges.append(from...to)
            } else if low.isNegated {
                set.ranges += Self.complement(low.ranges)
            } else {
                set.ranges += low.ranges
            }
            guard set.ranges.count <= 500 else { throw .tooLarge }
        }
    }

    private mutating func member() throws(FormPatternError) -> Class {
        guard place < scalars.count else { throw .endsEarly }
        let scalar = scalars[place]
        place += 1
        return scalar == "\\" ? try escaped() : Class(ranges: [scalar.value...scalar.value])
    }

    private static func single(_ set: Class) -> UInt32? {
        set.ranges.count == 1 && set.ranges[0].count == 1 && !set.isNegated ? set.ranges[0].lowerBound : nil
    }

    private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var (out, next) = ([ClosedRange<UInt32>](), UInt32(0))
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { out.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        return out + [next...0x10ffff]
    }

    private static func moved(_ steps: [Step], by count: Int) -> [Step] {
        steps.map {
            switch $0 {
            case .fork(let a, let b): .fork(a + count, b + count)
            case .jump(let a): .jump(a + count)
            case .one, .end: $0
            }
        }
    }
}
