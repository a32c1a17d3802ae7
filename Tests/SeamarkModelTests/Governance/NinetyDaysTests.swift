import SeamarkModel
import Testing

struct NinetyDaysTests {
    @Test func `the phase follows from the day, and nothing else`() {
        func at(_ day: Int64) -> NinetyDays { NinetyDays(start: 20_000, today: 20_000 + day - 1) }
        let phases: [NinetyDays.Phase?] = [nil, .baseline, .baseline, .choose, .choose, .act, .act, .prove, .prove, nil]
        #expect([0, 1, 15, 16, 30, 31, 75, 76, 90, 91].map { at($0).phase } == phases)
        #expect(at(1).daysLeft == 89 && at(90).daysLeft == 0 && at(91).daysLeft == 0 && at(-5).daysLeft == 90)
        #expect(at(31).daysLeftInPhase == 44 && at(91).daysLeftInPhase == nil)
        // Every day belongs to exactly one phase.
        for day in 1...90 { #expect(NinetyDays.Phase.allCases.count { $0.days.contains(day) } == 1) }
    }

    @Test func `two looks off track in a row put a move at risk`() {
        func risk(_ checks: [(Int64, Bool)], _ state: MoveReading.State = .doing) -> Bool {
            MoveReading(key: "M", state: state, checks: checks.map { .init(day: $0, isOnTrack: $1) }).isAtRisk
        }
        #expect(risk([(1, true), (15, false), (8, false)]))
        #expect(!risk([(1, false), (8, false), (15, true)]))
        #expect(!risk([(1, false)]))
        #expect(!risk([(1, false), (8, false)], .done))
        #expect(!risk([]))
    }

    @Test func `drift counts what was confirmed in the last fourteen days by type`() {
        func signal(_ kind: DriftReading.Kind, _ day: Int64, _ state: DriftReading.State = .confirmed) -> DriftReading { DriftReading(key: "DF\(day)", kind: kind, day: day, state: state) }
        let index = DriftReading.index(of: [
            signal(.handoffDecay, 100), signal(.handoffDecay, 87), signal(.handoffDecay, 86), signal(.ownerChanged, 90, .open),
            signal(.ownerChanged, 101), signal(.capacityMoved, 95), signal(.capacityMoved, 96, .dismissed),
        ], today: 100)
        #expect(index.map(\.kind) == [.handoffDecay, .capacityMoved] && index.map(\.count) == [2, 1])
    }

    @Test func `each phase says what it still lacks`() {
        let move = MoveReading(key: "M1", owner: "planner", due: 60, measure: "hours", threshold: "below 10", lines: ["L1"], checks: [.init(day: 40, isOnTrack: true)])
        func missing(_ phase: NinetyDays.Phase, _ change: (inout ExitRule.Facts) -> Void) -> Int {
            var facts = ExitRule.Facts(evidenceShare: 0.6, isFrozen: true, moves: ["M1", "M2", "M3"].map { key in
                var move = move
                move.key = key
                return move
            }, hasBridge: true, repricedLines: ["L1"], today: 47)
            change(&facts)
            return ExitRule(phase, facts).missing.count
        }
        for phase in NinetyDays.Phase.allCases { #expect(missing(phase) { _ in } == 0, "\(phase)") }
        #expect(missing(.baseline) { $0.unsureDomains = ["D2"] } == 1)
        #expect(missing(.baseline) { $0.evidenceShare = 0.599; $0.isFrozen = false } == 2)
        // 60 % on paper, and a last bit below it.
        #expect(missing(.baseline) { $0.evidenceShare = (0.6).nextDown } == 0)
        #expect(missing(.choose) { $0.moves.removeLast() } == 1)
        #expect(missing(.choose) { $0.moves[0].state = .dropped } == 1)
        #expect(missing(.choose) { $0.moves += $0.moves } == 1)
        #expect(missing(.choose) { $0.moves[0].measure = nil } == 1)
        #expect(missing(.choose) { $0.moves[0].lines = [] } == 1)
        #expect(missing(.act) { $0.today = 48 } == 3)
        #expect(missing(.act) { $0.moves[1].checks = [] } == 1)
        #expect(missing(.act) { $0.drift = [DriftReading(key: "DF1", kind: .ownerChanged, day: 39)] } == 1)
        #expect(missing(.act) { $0.drift = [DriftReading(key: "DF1", kind: .ownerChanged, day: 40)] } == 0)
        #expect(missing(.prove) { $0.repricedLines = [] } == 3)
        // A move that names a seam alone is proven by what leaks there.
        #expect(missing(.prove) { $0.moves[0].lines = []; $0.moves[0].seams = ["S1"] } == 1)
        #expect(missing(.prove) { $0.moves[0].lines = []; $0.moves[0].seams = ["S1"]; $0.furtherLines = ["M1": ["L1"]] } == 0)
        #expect(missing(.prove) { $0.hasBridge = false; $0.undecidedGates = ["N2"] } == 2)
    }

    @Test func `a move is answerable with owner, date and exposure, and proven when done with evidence`() {
        var move = MoveReading(key: "M", owner: "planner", due: 1, seams: ["S1"])
        #expect(move.isAnswerable && !move.isChosen && !move.isVerified)
        move.owner = nil
        #expect(!move.isAnswerable)
        move = MoveReading(key: "M", state: .done, hasEvidence: true, completedAt: 4)
        #expect(move.isVerified)
        move.hasEvidence = false
        #expect(!move.isVerified)
    }
}

struct FiveSignalsTests {
    private func check(_ ticks: [Int]) throws -> FiveSignals {
        try #require(FiveSignals(boxes: ticks.flatMap { count in (0..<5).map { $0 < count } }))
    }

    @Test func `a section lights from two boxes, and is red from four`() throws {
        let check = try check([0, 1, 2, 3, 4])
        #expect(FiveSignals.Section.allCases.map(check.light) == [.dark, .dark, .amber, .amber, .red])
        #expect(try self.check([5, 5, 5, 5, 5]).light(.decisionLatency) == .red)
        #expect(FiveSignals(boxes: [Bool](repeating: true, count: 24)) == nil)
        #expect(FiveSignals.Section.allCases.allSatisfy { $0.boxes.count == 5 })
    }

    @Test func `where to interview first is the sum of ticks of the sections that point there`() throws {
        let domains = (1...9).map { "D\($0)" }
        let order = FiveSignals.order(of: domains, in: .core9, after: [try check([3, 1, 2, 0, 4]), try check([0, 0, 1, 0, 0])])
        // D1 3, D2 1, D3 3 + 3, D4 0, D5 4, D6 4, D8 3.
        #expect(order.map(\.domain) == ["D3", "D5", "D6", "D1", "D8", "D2"] && order.map(\.ticks) == [6, 4, 4, 3, 3, 1])
        #expect(FiveSignals.order(of: domains, in: .core9, after: []).isEmpty)
    }

    @Test func `domains are pointed to by what they are, whatever an instrument calls them`() throws {
        /// Core-9 under codes in reverse order.
        func reversed(key renamed: (String) -> String = { $0 }) throws -> Instrument {
            func changed(_ domain: JSONValue, _ place: Int) -> JSONValue {
                let members = (domain.members ?? []).map { member -> JSONMember in
                    if member.name == "code" { return JSONMember("code", .string("D\(9 - place)")) }
                    return member.name == "key" ? JSONMember("key", .string(renamed(member.value.text ?? ""))) : member
                }
                return .object(members)
            }
            let members = (Instrument.core9.json.members ?? []).map { member -> JSONMember in
                guard member.name == "domains" else { return member }
                let domains = (member.value.elements ?? []).enumerated().map { changed($0.element, $0.offset) }
                return JSONMember("domains", .array(domains))
            }
            return try Instrument(json: .object(members))
        }
        let instrument = try reversed()
        let order = FiveSignals.order(of: instrument.domains.map(\.code), in: instrument, after: [try check([5, 0, 0, 0, 1])])
        #expect(order.map(\.domain) == ["D9", "D7", "D5", "D4"] && order.map(\.ticks) == [5, 5, 1, 1])
        #expect(FiveSignals.Section.decisionLatency.domains(in: instrument).map(\.key) == ["leadership_bandwidth", "decision_ownership"])
        // What an instrument does not have is pointed to by nothing.
        let without = try reversed { $0 == "decision_ownership" ? "other" : $0 }
        #expect(FiveSignals.order(of: without.domains.map(\.code), in: without, after: [try check([5, 0, 0, 0, 0])]).map(\.domain) == ["D9"])
        // Core-9 has them all.
        for section in FiveSignals.Section.allCases { #expect(section.domains(in: .core9).map(\.key) == section.domainKeys) }
    }
}
