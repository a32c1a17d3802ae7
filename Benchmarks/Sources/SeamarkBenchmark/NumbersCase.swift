import Foundation
import SeamarkModel

/// One calculation of the figure on one core: CPU seconds of a whole run, and the most memory the process held.
enum NumbersCase {
    /// Goals: 40 lines in half a second, 400 in five, in no more memory than five columns for each line.
    static func measure(_ bench: Bench) throws {
        for (count, goal) in [(40, 0.5), (400, 5.0)] {
            let input = try input(lines: count)
            var calculation = RiskCalculation()
            let start = usage()
            let result = try calculation.run(input)
            let first = usage().seconds - start.seconds
            let again = usage()
            guard try calculation.run(input) == result else { throw Failure(what: "the same figures came out otherwise the second time") }
            var report = CaseReport("figure of \(count) lines, N 10000")
            report.add("CPU seconds", first, most: goal)
            report.add("CPU seconds again", usage().seconds - again.seconds)
            report.add("peak MB of the process", Double(usage().peakMB), most: Double(64 + count * 5 * 80_000 / 1_000_000))
            bench.note(report)
        }
    }

    private static func usage() -> (seconds: Double, peakMB: Int) {
        var usage = rusage()
        getrusage(0, &usage)  // RUSAGE_SELF, which Swift sees as another type
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss / 1024)
    }

    /// Every third line of three factors, every seventh contingent, every fourth overlapping the next; all shapes differ.
    private static func input(lines count: Int) throws -> RiskInput {
        var dice = RandomStream(state: 7)
        func range() throws -> ThreePoint {
            let low = dice.nextUniform() * 100, likely = low + 5 + dice.nextUniform() * 100
            return try ThreePoint(low: low, likely: likely, high: likely + 5 + dice.nextUniform() * 200)
        }
        let lines = try (0..<count).map { place in
            PricedLine(
                key: "L\(place)", category: LeakageCategory.allCases[place % 5], grade: EvidenceGrade.allCases[place % 4],
                amount: place % 3 == 0 ? .factors([try range(), try range(), try range()]) : .amount(try range()), probability: place % 7 == 0 ? 0.4 : nil,
                domainPoints: [PointShare("D\(1 + place % 9)", 60), PointShare("D\(1 + (place + 3) % 9)", 30)], seamPoints: [PointShare("S\(place % 20)", 50)],
                site: "site \(place % 3)")
        }
        return RiskInput(
            lines: lines, overlaps: stride(from: 0, to: count - 1, by: 4).map { Overlap("L\($0)", "L\($0 + 1)", share: 0.3) },
            domains: (1...9).map { DomainReading(key: "D\($0)", severity: 0.5, confidence: 0.8) },
            seams: try (0..<20).map { SeamReading(key: "S\($0)", severity: 3, isAIExposed: $0 < 5, velocity: try ThreePoint(low: 1, likely: 1.5, high: 2)) },
            plannedOperatingIncome: 1e6, revenue: 1e7)
    }
}
