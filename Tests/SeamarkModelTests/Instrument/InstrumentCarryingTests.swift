import SeamarkTestSupport
import Testing

@testable import SeamarkModel

/// Which answers go to a later edition: laws over small editions from seeds, in which codes, words and what is said to be comparable clash.
@Suite struct InstrumentCarryingTests {
    private static func instrument(_ edition: Int, _ questions: [(id: String, words: String, comparable: [Int: String])]) throws -> Instrument {
        let rows = questions.map { question in
            let said = question.comparable.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
            return #"{"id":"\#(question.id)","text":"\#(question.words)","asked":["manager"],"weight":1,"anchors":{"0":"none","4":"\#(question.words.last.map(String.init) ?? "x")"}\#(said.isEmpty ? "" : #","comparable":{\#(said)}"#)}"#
        }
        return try Instrument(document: #"{"format":"seamark-instrument","version":1,"key":"small","edition":\#(edition),"language":"en","name":"N","matrix":{},"domains":[{"code":"D1","key":"k","name":"N","description":"x","drives":[],"evidence":"x","questions":[\#(rows.joined(separator: ","))]}]}"#)
    }

    @Test(arguments: UInt64(0)..<400)
    func `every answer is carried to the question that is comparable, or stays for a reason, and two never meet`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        func drawn(_ edition: Int, from: Int) throws -> Instrument {
            var codes = ["a", "b", "c", "d", "e"].filter { _ in dice.chance(70) }
            if codes.isEmpty { codes = ["a"] }
            var free = (0..<5).map { "abcde".map(String.init)[$0] }
            return try Self.instrument(edition, codes.map { code in
                var comparable: [Int: String] = [:]
                if edition > 1, dice.chance(40) { comparable[from] = free.remove(at: Int(dice.next() % UInt64(free.count))) }
                return (code, "What of \(code) \(dice.chance(60) ? "1" : "2")", comparable)
            })
        }
        let earlier = try drawn(1, from: 0), later = try drawn(3, from: dice.chance(75) ? 1 : 2)
        #expect(try Instrument(document: later.json.compact) == later, "what is comparable is written as it was read")
        let answered = Set(["a", "b", "c", "d", "e", "zz"].filter { _ in dice.chance(60) })
        let standing = Set(later.domains.flatMap(\.questions).map(\.id).filter { _ in dice.chance(25) })
        let takenAway = Set(later.domains.flatMap(\.questions).map(\.id).filter { _ in dice.chance(15) }).subtracting(standing)
        let carrying = InstrumentCarrying(from: earlier, to: later, answered: answered, standing: standing, takenAway: takenAway)
        #expect(Set(carrying.rows.map(\.question)) == answered && carrying.rows.count == answered.count, "each answer has one row")
        let targets = carrying.carried.map(\.target)
        #expect(Set(targets).count == targets.count && standing.union(takenAway).isDisjoint(with: targets))
        let questions = later.domains.flatMap(\.questions)
        for row in carrying.rows {
            let old = earlier.question(row.question)?.question, same = later.question(row.question)?.question
            let said = questions.first { question in question.comparable.contains { $0.edition == 1 && $0.question == row.question } }
            let isSame = old != nil && same != nil && old?.text == same?.text && old?.anchors == same?.anchors && same?.comparable.contains { $0.edition == 1 } == false
            let target = old == nil ? nil : said?.id ?? (isSame ? row.question : nil)
            let fate: InstrumentCarrying.Fate =
                switch target {
                case nil: same == nil ? .gone : .asksOtherwise
                case let target? where standing.contains(target): .answered(target)
                case let target? where takenAway.contains(target): .takenAway(target)
                case let target?: said != nil ? .mapped(to: target) : .same
                }
            #expect(row.fate == fate, "\(row)")
        }
        // Nothing goes back, and nothing to another instrument.
        #expect(InstrumentCarrying(from: later, to: earlier, answered: answered).carried.isEmpty)
        #expect(InstrumentCarrying(from: earlier, to: .core9, answered: answered).carried.isEmpty)
    }

    @Test func `an edition that is comparable with later ones, or twice with one question, is refused`() throws {
        func error(_ comparable: [Int: String], _ other: [Int: String] = [:]) -> InstrumentError? {
            do { _ = try Self.instrument(3, [("a", "A 1", comparable), ("b", "B 1", other)]) } catch { return error as? InstrumentError }
            return nil
        }
        #expect(error([1: "a", 2: "b"], [1: "b"]) == nil)
        for (one, other) in [([3: "a"], [:]), ([4: "a"], [:]), ([0: "a"], [:]), ([1: "a"], [1: "a"]), ([1: "a b"], [:])] as [([Int: String], [Int: String])] {
            #expect(error(one, other)?.description.contains("comparable needs") == true, "\(one) \(other)")
        }
    }
}
