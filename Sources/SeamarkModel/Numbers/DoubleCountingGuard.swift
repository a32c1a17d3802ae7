/// Takes out money that two lines count twice, then money beyond what the ledger booked: once for each iteration.
///
/// Lines are visited by grade, then key, so the better-evidenced line keeps its money. As long as no line's shares
/// exceed 1 in either direction, and no overlap joins a line under a ceiling with one that is not under the same, the
/// net total never falls when an input rises. What breaks this is reported, and still calculated.
struct DoubleCountingGuard {
    private struct Claim {
        var earlier: Int
        var later: Int
        var share: Double
    }
    private struct Ceiling {
        var amount: Double
        var lines: [Int]
    }

    /// Sorted by the later line's visit, then the earlier's.
    private var claims: [Claim] = []
    private var ceilings: [Ceiling] = []
    private(set) var findings: [RiskFinding] = []

    /// `lines` in the order of their keys; positions below are places in it.
    init(lines: [PricedLine], overlaps: [Overlap], pools: [LedgerPool]) {
        let visits = lines.indices.sorted { lines[$0].grade != lines[$1].grade ? lines[$0].grade < lines[$1].grade : $0 < $1 }
        var visit = [Int](repeating: 0, count: lines.count)
        for (order, line) in visits.enumerated() { visit[line] = order }
        var place: [String: Int] = [:]
        for (index, line) in lines.enumerated() { place[line.key] = index }

        let pairs = overlaps.map { overlap in
            overlap.first < overlap.second ? overlap : Overlap(overlap.second, overlap.first, share: overlap.share)
        }
        for overlap in pairs.sorted(by: { ($0.first, $0.second, $0.share) < ($1.first, $1.second, $1.share) }) {
            let pair = (overlap.first, overlap.second)
            guard pair.0 != pair.1 else {
                findings.append(.overlapWithItself(line: pair.0))
                continue
            }
            guard let first = place[pair.0] else {
                findings.append(.overlapWithUnknownLine(line: pair.1, unknown: pair.0))
                continue
            }
            guard let second = place[pair.1] else {
                findings.append(.overlapWithUnknownLine(line: pair.0, unknown: pair.1))
                continue
            }
            let (earlier, later) = visit[first] < visit[second] ? (first, second) : (second, first)
            if let known = claims.firstIndex(where: { $0.earlier == earlier && $0.later == later }) {
                findings.append(.overlapRepeated(line: pair.0, with: pair.1))
                claims[known].share = max(claims[known].share, overlap.share)
            } else {
                claims.append(Claim(earlier: earlier, later: later, share: overlap.share))
            }
        }
        claims.sort {
            $0.later != $1.later ? visit[$0.later] < visit[$1.later] : visit[$0.earlier] < visit[$1.earlier]
        }
        for line in lines.indices {
            // Ten shares of 0.1 are meant as exactly 1.
            let toBetter = claims.reduce(0) { $1.later == line ? $0 + $1.share : $0 }
            if toBetter > 1 + 1e-9 { findings.append(.overlapsTowardBetterExceedOne(line: lines[line].key, sum: toBetter)) }
            let toWorse = claims.reduce(0) { $1.earlier == line ? $0 + $1.share : $0 }
            if toWorse > 1 + 1e-9 { findings.append(.overlapsTowardWorseExceedOne(line: lines[line].key, sum: toWorse)) }
        }
        func booked(_ line: Int) -> String? { pools.contains { $0.key == lines[line].pool } ? lines[line].pool : nil }
        // A share of nought is a decision that nothing is the same money: it takes nothing from anybody.
        for claim in claims where claim.share > 0 && booked(claim.earlier) != booked(claim.later) {
            let pair = [claim.earlier, claim.later].sorted()
            findings.append(.overlapCrossesCeiling(line: lines[pair[0]].key, with: lines[pair[1]].key))
        }
        for pool in pools.sorted(by: { $0.key < $1.key }) {
            let drawn = lines.indices.filter { lines[$0].pool == pool.key }
            if !drawn.isEmpty { ceilings.append(Ceiling(amount: pool.ceiling, lines: drawn)) }
        }
        for line in lines {
            if let pool = line.pool, !pools.contains(where: { $0.key == pool }) {
                findings.append(.unknownPool(line: line.key, pool: pool))
            }
        }
    }

    /// One column of values for each line becomes its net column, in place.
    func takeOverlaps(from columns: inout [[Double]]) {
        var index = 0
        while index < claims.count {
            let later = claims[index].later
            let first = index
            while index < claims.count, claims[index].later == later { index += 1 }
            let gross = columns[later]
            var taken = [Double](repeating: 0, count: gross.count)
            for claim in claims[first..<index] {
                let share = claim.share
                // Every earlier line is already net: it was visited before.
                let kept = columns[claim.earlier]
                for n in gross.indices { taken[n] += share * min(kept[n], gross[n]) }
            }
            var net = gross
            for n in gross.indices { net[n] = gross[n] - min(gross[n], taken[n]) }
            columns[later] = net
        }
    }

    /// Scales the lines of each pool down to its ceiling, in place.
    func applyCeilings(to columns: inout [[Double]]) {
        for ceiling in ceilings {
            let count = columns[ceiling.lines[0]].count
            var sum = [Double](repeating: 0, count: count)
            for line in ceiling.lines {
                let column = columns[line]
                for n in 0..<count { sum[n] += column[n] }
            }
            for line in ceiling.lines {
                var column = columns[line]
                for n in 0..<count where sum[n] > ceiling.amount { column[n] *= ceiling.amount / sum[n] }
                columns[line] = column
            }
        }
    }

    /// The net total of one iteration: for the all-low, all-likely and all-high cases.
    func netTotal(of values: [Double]) -> Double {
        var columns = values.map { [$0] }
        takeOverlaps(from: &columns)
        applyCeilings(to: &columns)
        return columns.reduce(0) { $0 + $1[0] }
    }
}
