import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// Finding where two states differ, against rows in memory.
@Suite struct DigestBisectionTests {
    /// Records with digests of their own. Ids as people make them: most in the order of time, some derived.
    private static func records(_ count: Int, _ dice: inout SplitMix64) -> [Identifier: ScopeDigest] {
        var records: [Identifier: ScopeDigest] = [:]
        for index in 0..<count {
            let words = (dice.next(), dice.next())
            let id: Identifier = dice.chance(80) ? .timeOrdered(milliseconds: 1_767_225_600_000 + Int64(index) * 700, dice: words) : Identifier(high: words.0, low: words.1)
            records[id] = ScopeDigest(high: dice.next(), low: dice.next())
        }
        return records
    }

    private static func listed(_ records: [Identifier: ScopeDigest]) -> [RecordDigest] {
        records.map { RecordDigest(record: $0, digest: $1) }.sorted { $0.record < $1.record }
    }

    /// Plays a bisection to its end; says how many questions and how many ranges were asked.
    private static func play(
        own: [Identifier: ScopeDigest], theirs: [Identifier: ScopeDigest],
        tamper: (RecordRange, DigestBisection.Answer) -> DigestBisection.Answer = { $1 }
    ) -> (end: DigestBisection.Step, questions: Int, bytes: Int) {
        let rows = listed(theirs)
        var bisection = DigestBisection(own: listed(own))
        var step = bisection.begin()
        var (questions, bytes) = (0, 0)
        while case .ask(let ranges) = step {
            questions += 1
            #expect(ranges.count <= DigestBisection.mostRanges && questions <= DigestBisection.mostQuestions)
            for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.last < next.first) }
            let answers = ranges.map { range in
                let inside = rows.filter { range.contains($0.record) }
                var sum = ScopeDigest.zero
                for record in inside { sum.add(record.digest) }
                return tamper(
                    range, DigestBisection.Answer(count: UInt64(inside.count), digest: sum, records: inside.count <= DigestBisection.listed ? inside : []))
            }
            let place = LogPlace.beginning
            bytes += Message.compare(Message.Compare(scope: .zero, epoch: 1, ranges: ranges)).payload.count
            bytes += Message.compared(Message.Compared(scope: .zero, place: place, answers: answers)).payload.count
            step = bisection.answered(answers)
        }
        return (step, questions, bytes)
    }

    @Test(arguments: UInt64(0)..<120)
    func `exactly the records are found that are lacking, added or altered on either side`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let own = Self.records(Int(dice.next() % 3000), &dice)
        var theirs = own
        var altered: Set<Identifier> = []
        for _ in 0..<(1 + dice.next() % 6) {
            switch dice.next() % 3 {
            case 0:
                let id = Identifier(high: dice.next(), low: dice.next())
                theirs[id] = ScopeDigest(high: dice.next(), low: 1)
                altered.insert(id)
            case 1:
                guard let id = own.keys.sorted()[safe: Int(dice.next() % UInt64(max(1, own.count)))], theirs[id] != nil else { continue }
                theirs[id] = nil
                altered.insert(id)
            case _:
                guard let id = own.keys.sorted()[safe: Int(dice.next() % UInt64(max(1, own.count)))], theirs[id] != nil else { continue }
                theirs[id]?.add(ScopeDigest(high: dice.next(), low: 3))
                altered.insert(id)
            }
        }
        let found = Self.play(own: own, theirs: theirs)
        #expect(found.end == .differ(altered.sorted().map { RecordRange(of: $0) }))
    }

    @Test func `one record of a hundred thousand is found in a few questions and a few kilobytes`() {
        var dice = SplitMix64(seed: 4)
        for count in [1000, 10_000, 100_000] {
            let own = Self.records(count, &dice)
            var theirs = own
            guard let id = own.keys.sorted()[safe: count / 3] else { return }
            theirs[id] = nil
            let found = Self.play(own: own, theirs: theirs)
            #expect(found.end == .differ([RecordRange(of: id)]))
            #expect(found.questions <= 6 && found.bytes <= 1600 * found.questions, "\(count): \(found.questions) questions, \(found.bytes) bytes")
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `states that have little in common end in ranges that cover all that differs, within the bounds`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let (own, theirs) = (Self.records(Int(dice.next() % 2000), &dice), Self.records(Int(dice.next() % 2000), &dice))
        guard case .differ(let ranges) = Self.play(own: own, theirs: theirs).end else {
            Issue.record("no end")
            return
        }
        #expect(ranges.count <= DigestBisection.mostFound)
        for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.last < next.first) }
        for id in Set(own.keys).union(theirs.keys) { #expect(ranges.contains { $0.contains(id) }) }
    }

    @Test func `equal states differ nowhere`() {
        var dice = SplitMix64(seed: 9)
        let own = Self.records(500, &dice)
        #expect(Self.play(own: own, theirs: own).end == .differ([]))
        #expect(Self.play(own: [:], theirs: [:]).end == .differ([]))
    }

    @Test(arguments: UInt64(0)..<60)
    func `answers that do not add up are a contradiction, and any answers come to an end`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let own = Self.records(400, &dice)
        var theirs = own
        theirs[Identifier(high: 5, low: 5)] = ScopeDigest(high: 1, low: 1)
        var others = dice
        // Every answer is drawn anew: parts never add up to their whole.
        let random = Self.play(own: own, theirs: theirs) { range, answer in
            range == .all ? answer : DigestBisection.Answer(count: answer.count, digest: ScopeDigest(high: others.next(), low: 7))
        }
        #expect(random.end == .contradiction)
        // Records that are not of their range, not in order, or not what their sum says.
        for spoil: ([RecordDigest]) -> [RecordDigest] in [
            { $0.reversed() }, { $0 + [RecordDigest(record: .zero, digest: .zero)] }, { Array($0.dropLast()) },
        ] {
            let end = Self.play(own: own, theirs: theirs) { _, answer in
                DigestBisection.Answer(count: answer.count, digest: answer.digest, records: answer.records.count > 1 ? spoil(answer.records) : answer.records)
            }.end
            #expect(end == .contradiction)
        }
        // A server that lists nothing and says of every smallest range that it holds the difference.
        let hidden = Self.play(own: own, theirs: theirs) { _, answer in DigestBisection.Answer(count: answer.count, digest: answer.digest) }
        #expect(hidden.end != .differ([]))
    }

    @Test func `too few or too many answers are a contradiction`() {
        var bisection = DigestBisection(own: [])
        _ = bisection.begin()
        #expect(bisection.answered([]) == .contradiction)
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
