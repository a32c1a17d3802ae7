/// Why a pattern is not taken over.
public enum FormPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge
    /// At this character, from 1.
    case unexpected(Int)
    case endsEarly
    /// What would need a search that may never end, or is not known.
    case notTakenOver(String)

    public var description: String {
        switch self {
        case .tooLarge: "it is too large, or repeats too often"
        case .unexpected(let place): "it cannot be read from its character \(place) on"
        case .endsEarly: "it ends in the middle"
        case .notTakenOver(let what): "\(what) are not taken over"
        }
    }
}

/// A regular expression that must match a text from its beginning to its end, as `regex()` of ODK's forms has it.
///
/// It is searched by following all ways at once (K. Thompson, "Regular Expression Search Algorithm", CACM 11(6), 1968): no pattern makes a laptop
/// wait, whoever wrote it. Therefore no references back and no looking ahead.
public struct FormPattern: Hashable, Sendable {
    /// Steps of the machine that a pattern becomes.
    static let mostSteps = 1000
    static let deepest = 30

    enum Step: Hashable, Sendable {
        case one(Class)
        /// Goes on at both.
        case fork(Int, Int)
        case jump(Int)
        case end
    }

    /// A set of characters.
    struct Class: Hashable, Sendable {
        var ranges: [ClosedRange<UInt32>]
        var isNegated = false

        func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } != isNegated }
    }

    private let steps: [Step]

    public init(_ pattern: String) throws(FormPatternError) {
        var compiler = FormPatternCompiler(pattern)
        steps = try compiler.compile()
    }

    /// Takes at most as many steps as the machine has, times the characters; false where `work` does not reach.
    func matches(_ text: String, _ work: FormWork? = nil) -> Bool {
        // In which round a step was last reached.
        var reached = [UInt32](repeating: 0, count: steps.count)
        var round: UInt32 = 1
        var waiting: [Int] = []
        var now: [Int] = [], next: [Int] = []
        func follow(_ step: Int, into found: inout [Int]) {
            waiting.append(step)
            while let step = waiting.popLast() {
                guard reached[step] != round else { continue }
                reached[step] = round
                switch steps[step] {
                case .one, .end: found.append(step)
                case .fork(let a, let b): waiting += [b, a]
                case .jump(let a): waiting.append(a)
                }
            }
        }
        follow(0, into: &now)
        for scalar in text.unicodeScalars {
            round += 1
            next.removeAll(keepingCapacity: true)
            for step in now { if case .one(let set) = steps[step], set.contains(scalar) { follow(step + 1, into: &next) } }
            if let work, !work.takes(now.reduce(next.count) { $0 + cost($1) }) { return false }
            guard !next.isEmpty else { return false }
            swap(&now, &next)
        }
        return now.contains { steps[$0] == .end }
    }

    /// Of holding one character against a step: one, and each range of its set.
    private func cost(_ step: Int) -> Int { if case .one(let set) = steps[step] { 1 + set.ranges.count } else { 1 } }
}
