public import SeamarkJournal

/// Finds the records in which the states of two ends differ, by asking for digests over ever smaller ranges of record ids.
///
/// Both states are those of one place of one log: whoever holds this begins anew when the log has moved on. It believes nothing but
/// that answers must add up, asks a bounded number of times, and ends with ranges: single records where it got so far, wider ones where
/// the states differ in more places than it follows.
public struct DigestBisection: Sendable {
    /// The other end's answer for one range.
    public struct Answer: Hashable, Sendable {
        public let count: UInt64
        public let digest: ScopeDigest
        /// All records of the range, or none.
        public let records: [RecordDigest]

        public init(count: UInt64, digest: ScopeDigest, records: [RecordDigest] = []) {
            self.count = count
            self.digest = digest
            self.records = records
        }
    }

    public enum Step: Equatable, Sendable {
        case ask([RecordRange])
        /// The states differ in these ranges, ascending, and nowhere else.
        case differ([RecordRange])
        /// The answers do not add up.
        case contradiction
    }

    /// Ranges in one question.
    public static let mostRanges = 64
    /// Ranges at the end: neighbours are put together when there are more.
    public static let mostFound = 64
    /// Records that may be listed for a range.
    public static let listed = 16
    /// Questions in all.
    public static let mostQuestions = 48
    /// Parts into which a range is divided.
    static let parts = 16

    private struct Suspect: Sendable {
        let range: RecordRange
        let answer: Answer
    }

    private let ids: [Identifier]
    /// The sum over the first so many records.
    private let sums: [ScopeDigest]
    private var questions = 0
    /// The ranges that were asked for, each with the suspect that it is a part of.
    private var asked: [(range: RecordRange, whole: Int)] = []
    private var divided: [Suspect] = []
    private var suspects: [Suspect] = []
    private var found: [RecordRange] = []

    /// - Parameter own: this end's records, ascending by id.
    public init(own: [RecordDigest]) {
        ids = own.map(\.record)
        var sum = ScopeDigest.zero
        sums = [sum] + own.map { record in
            sum.add(record.digest)
            return sum
        }
    }

    /// What this end holds in a range.
    public func digest(of range: RecordRange) -> ScopeDigest {
        var sum = sums[end(of: range)]
        sum.subtract(sums[start(of: range)])
        return sum
    }

    public mutating func begin() -> Step {
        questions += 1
        asked = [(.all, -1)]
        return .ask([.all])
    }

    /// Takes the answers in, one for each range that was asked for, in order.
    public mutating func answered(_ answers: [Answer]) -> Step {
        guard answers.count == asked.count, addUp(answers) else { return .contradiction }
        for ((range, _), answer) in zip(asked, answers) where answer.digest != digest(of: range) {
            guard answer.records.isEmpty, answer.count > 0 else {
                found += differences(answer.records, range)
                continue
            }
            // One id that is more than a record, or that was not listed though it could be.
            guard range.first != range.last else { return .contradiction }
            suspects.append(Suspect(range: range, answer: answer))
        }
        return next()
    }

    private mutating func next() -> Step {
        guard !suspects.isEmpty else { return .differ(together(found)) }
        guard questions < Self.mostQuestions, found.count + suspects.count <= Self.mostFound else {
            return .differ(together(found + suspects.map(\.range)))
        }
        questions += 1
        divided = Array(suspects.prefix(Self.mostRanges / Self.parts))
        suspects.removeFirst(divided.count)
        // Ascending, as a question must be; suspects come in the order of their wholes, so sorting moves little.
        asked = divided.indices.flatMap { whole in divide(divided[whole].range).map { ($0, whole) } }.sorted { $0.0.first < $1.0.first }
        return .ask(asked.map(\.range))
    }

    /// Are the listed records those of their range, and the parts of each whole together what the whole was said to be?
    private func addUp(_ answers: [Answer]) -> Bool {
        for ((range, _), answer) in zip(asked, answers) where !answer.records.isEmpty {
            var sum = ScopeDigest.zero
            var last: Identifier?
            for record in answer.records {
                guard range.contains(record.record), last.map({ $0 < record.record }) ?? true else { return false }
                last = record.record
                sum.add(record.digest)
            }
            guard sum == answer.digest, UInt64(answer.records.count) == answer.count else { return false }
        }
        for whole in divided.indices {
            var sum = ScopeDigest.zero
            var count: UInt64 = 0
            for (part, answer) in zip(asked, answers) where part.whole == whole {
                sum.add(answer.digest)
                let (total, overflow) = count.addingReportingOverflow(answer.count)
                if overflow { return false }
                count = total
            }
            guard sum == divided[whole].answer.digest, count == divided[whole].answer.count else { return false }
        }
        return true
    }

    /// The records of a range in which the two lists differ, or that one of them lacks.
    private func differences(_ theirs: [RecordDigest], _ range: RecordRange) -> [RecordRange] {
        var found: [RecordRange] = []
        var mine = start(of: range)
        let end = end(of: range)
        for record in theirs {
            while mine < end, ids[mine] < record.record {
                found.append(RecordRange(of: ids[mine]))
                mine += 1
            }
            let single = RecordRange(of: record.record)
            if record.digest != digest(of: single) { found.append(single) }
            if mine < end, ids[mine] == record.record { mine += 1 }
        }
        return found + ids[mine..<end].map { RecordRange(of: $0) }
    }

    /// Into parts of equally many own records, or, where there are few, of equally many ids.
    private func divide(_ range: RecordRange) -> [RecordRange] {
        let (start, end) = (start(of: range), end(of: range))
        var cuts: [Identifier] = []
        if end - start >= Self.parts {
            cuts = (1..<Self.parts).map { ids[start + (end - start) * $0 / Self.parts] }
        } else {
            let (first, last) = (range.first.number, range.last.number)
            let step = (last - first) / UInt128(Self.parts)
            cuts = (1..<UInt128(Self.parts)).map { Identifier(number: step == 0 ? min(first + $0, last) : first + step * $0) }
        }
        var ranges: [RecordRange] = []
        var first = range.first
        for cut in cuts where cut > first {
            ranges.append(RecordRange(first: first, last: Identifier(number: cut.number - 1)))
            first = cut
        }
        return ranges + [RecordRange(first: first, last: range.last)]
    }

    private func together(_ ranges: [RecordRange]) -> [RecordRange] {
        let sorted = ranges.sorted { $0.first < $1.first }
        let run = (sorted.count + Self.mostFound - 1) / Self.mostFound
        guard run > 1 else { return sorted }
        return stride(from: 0, to: sorted.count, by: run).map { start in
            RecordRange(first: sorted[start].first, last: sorted[min(start + run, sorted.count) - 1].last)
        }
    }

    private func start(of range: RecordRange) -> Int { index { $0 >= range.first } }
    private func end(of range: RecordRange) -> Int { index { $0 > range.last } }

    /// The first own record for which `isBeyond` holds; it does for all after it.
    private func index(_ isBeyond: (Identifier) -> Bool) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(ids[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Identifier {
    fileprivate var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

    fileprivate init(number: UInt128) {
        self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }
}
