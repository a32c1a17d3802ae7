import Testing

@testable import SeamarkModel

struct PERTTests {
    @Test(arguments: [
        (range(0, 1, 10), 4.0, 1.0), (range(100, 120, 400), 6.0, 120), (range(-5, 0, 5), 2.0, 0),
        (range(600, 850, 1300), 3.0, 850),
    ])
    func `mean, variance and mode follow their closed forms`(range: ThreePoint, k: Double, mode: Double) {
        let pert = PERT(range, concentration: k)
        let mean = (range.low + k * range.likely + range.high) / (k + 2)
        #expect(pert.mean == mean)
        #expect(pert.variance == (mean - range.low) * (range.high - mean) / (k + 3))
        #expect(pert.mode == mode)
        // The same from the quantiles: the midpoint rule over 20,000 of them.
        var sum = 0.0, squares = 0.0
        for value in pert.shape?.quantiles(first: 0.5 / 20_000, step: 1 / 20_000, count: 20_000) ?? [] {
            let x = pert.stretched(value)
            sum += x
            squares += (x - mean) * (x - mean)
        }
        let width = range.high - range.low
        #expect((sum / 20_000 - mean).magnitude < 1e-6 * width)
        #expect(agree(squares / 20_000, pert.variance, within: 1e-4))
    }

    @Test func `the density peaks at the stated likely value`() {
        guard let shape = PERT(range(0, 1, 10), concentration: 4).shape else { return #expect(Bool(false)) }
        let curve = BetaCurve(shape)
        #expect(curve.at(0.1).density > curve.at(0.0999).density)
        #expect(curve.at(0.1).density > curve.at(0.1001).density)
    }

    @Test(arguments: [1e-9, 0.00005, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99995])
    func `quantiles with the mode at an end, without a mode and of a constant have closed forms`(p: Double) {
        for k in [2.0, 3, 4, 6] {
            let left = PERT(range(10, 10, 30), concentration: k), right = PERT(range(10, 30, 30), concentration: k)
            #expect(agree(left.quantile(p), 10 + 20 * (1 - referencePower(1 - p, 1 / (1 + k))), within: 1e-13))
            #expect(agree(right.quantile(p), 10 + 20 * referencePower(p, 1 / (1 + k)), within: 1e-13))
        }
        #expect(PERT(range(10, 15, 30), concentration: 0).quantile(p) == 10 + 20 * p)
        #expect(PERT(range(7, 7, 7), concentration: 4).quantile(p) == 7)
        #expect(PERT(range(7, 7, 7), concentration: 4).mean == 7)
        #expect(PERT(range(7, 7, 7), concentration: 4).variance == 0)
    }

    @Test func `the cumulative function is the polynomial of a symmetric range`() {
        guard let four = PERT(range(0, 5, 10), concentration: 4).shape, let two = PERT(range(0, 5, 10), concentration: 2).shape
        else { return #expect(Bool(false)) }
        for n in 0...100 {
            let x = Double(n) / 100
            #expect((four.cumulative(x) - x * x * x * (10 - 15 * x + 6 * x * x)).magnitude < 1e-14)
            #expect((two.cumulative(x) - x * x * (3 - 2 * x)).magnitude < 1e-14)
        }
        #expect(agree(PERT(range(0, 5, 10), concentration: 4).quantile(0.5), 5, within: 1e-15))
    }

    /// Low, likely, high, k, share and value, as the reference printed them: nine decimals.
    @Test(arguments: [
        (range(0, 5, 10), 4.0, 0.1, 2.466364533), (range(0, 5, 10), 4.0, 0.9, 7.533635467), (range(0, 5, 10), 2.0, 0.1, 1.958001057),
        (range(0, 0, 10), 4.0, 0.5, 1.294494367), (range(0, 10, 10), 4.0, 0.5, 8.705505633),
        (range(100, 120, 400), 4.0, 0.5, 153.439094596), (range(0, 1, 10), 4.0, 0.9, 4.623297500),
        (range(380, 500, 720), 6.0, 0.1, 441.741049), (range(380, 500, 720), 6.0, 0.5, 509.232648),
        (range(380, 500, 720), 6.0, 0.9, 588.006378), (range(120, 200, 380), 2.0, 0.1, 151.469250),
        (range(120, 200, 380), 2.0, 0.5, 220.476139), (range(120, 200, 380), 2.0, 0.9, 305.800975),
    ])
    func `quantiles have the reference's values`(range: ThreePoint, k: Double, p: Double, value: Double) {
        let shown = value > 100 && value != 153.439094596 ? 5.1e-7 : 5.1e-10
        #expect((PERT(range, concentration: k).quantile(p) - value).magnitude < shown)
    }

    /// scipy 1.17.1, `scipy.special.betaincinv(a, b, p)`, with 17 digits.
    static let shares = [1e-5, 0.00005, 0.1, 0.3, 0.5, 0.9, 0.99995, 1 - 1e-5]
    static let scipy: [(range: ThreePoint, k: Double, values: [Double])] = [
        (range(0, 1, 10), 6, [0.00014018272137307174, 0.00038350428684323797, 0.049088824511896653, 0.11103800863861402, 0.17446787883800591, 0.38828264732380763, 0.82352805624900394, 0.86327740826867105]),
        (range(0, 9, 10), 4, [0.069332859115717946, 0.098597466177711909, 0.53767025003853375, 0.69972612214380803, 0.7973351496385338, 0.94920722433403737, 0.99979357891495835, 0.99993462708062619]),
        (range(380, 500, 720), 6, [0.0079545076046494967, 0.013398470839317158, 0.1815913192391938, 0.29110803922600387, 0.38009602420252048, 0.61178346598670297, 0.92890331607030396, 0.94926114929006078]),
        (range(600, 850, 1300), 4, [0.0032805556641623997, 0.0063792681815622154, 0.16544762508102864, 0.28953168391219403, 0.39354346954142644, 0.66097854766787512, 0.96388426684136996, 0.97708329596400145]),
        (range(6, 10, 18), 3, [0.0012921074164783165, 0.0028923277122704012, 0.14255931671003072, 0.27238394207510536, 0.38572756813238951, 0.67953941627818171, 0.97665500564291563, 0.98638138649426754]),
        (range(120, 200, 380), 2, [0.00037841268198829039, 0.001025203713365031, 0.12103557573733394, 0.2594117467018352, 0.38644668827723982, 0.7146191340312682, 0.98886426684526141, 0.99433542049120327]),
        (range(0, 0.001, 10), 4, [2.0096587961137815e-06, 1.0041991076621845e-05, 0.020875994475320469, 0.068902158345970632, 0.12952189946987874, 0.36914268252957377, 0.86207274127977329, 0.9000359840772777]),
        (range(0, 9.99, 10), 3, [0.056027155471428454, 0.083806928146888587, 0.56147792591150014, 0.7392792836314559, 0.84022813219088577, 0.97377413468906904, 0.99998710257567358, 0.99999740810785531]),
        (range(0, 2, 10), 100, [0.072442524102094119, 0.080758766018810962, 0.15606617863656505, 0.18353975724031568, 0.20395496384213174, 0.25820205808767338, 0.38328433844353998, 0.40227063126351087]),
    ]

    @Test func `the inverse incomplete beta function agrees with scipy to twelve digits`() {
        for (range, k, values) in Self.scipy {
            guard let shape = PERT(range, concentration: k).shape else { return #expect(Bool(false)) }
            for (p, value) in zip(Self.shares, values) {
                let ours = shape.quantile(p)
                #expect(agree(ours, value, within: 1e-12), "\(range) k \(k) p \(p): \(ours) instead of \(value)")
                #expect(agree(shape.cumulative(value), p, within: 1e-12))
            }
        }
    }

    @Test func `a table holds what single quantiles give, in rising order`() {
        for (range, k, _) in Self.scipy {
            guard let shape = PERT(range, concentration: k).shape else { return #expect(Bool(false)) }
            let table = shape.quantiles(first: 0.5 / 997, step: 1.0 / 997, count: 997)
            for (index, value) in table.enumerated() {
                #expect(agree(value, shape.quantile(0.5 / 997 + Double(index) * (1.0 / 997)), within: 1e-13))
                if index > 0 { #expect(value > table[index - 1]) }
            }
        }
    }

    @Test func `quantiles scale and shift with the range and stay inside it`() {
        for p in [0.0, 0.01, 0.3, 0.8, 1] {
            let base = PERT(range(2, 5, 11), grade: .c).quantile(p)
            #expect(agree(PERT(range(6, 15, 33), grade: .c).quantile(p), 3 * base, within: 1e-13))
            #expect(agree(PERT(range(102, 105, 111), grade: .c).quantile(p), 100 + base, within: 1e-13))
            #expect(base >= 2 && base <= 11)
        }
        #expect(PERT(range(2, 5, 11), grade: .c).quantile(0) == 2)
        #expect(PERT(range(2, 5, 11), grade: .c).quantile(1) == 11)
    }

    @Test func `grades carry the weights, shapes and widths of the method`() {
        #expect(EvidenceGrade.allCases.map(\.weight) == [1, 0.8, 0.5, 0.3])
        #expect(EvidenceGrade.allCases.map(\.concentration) == [6, 4, 3, 2])
        #expect(EvidenceGrade.allCases.map(\.minimumHalfWidth) == [0, 0.05, 0.15, 0.30])
        #expect(EvidenceGrade.allCases.sorted() == [.a, .b, .c, .d])
    }
}

/// A power by repeated square roots and products, so that the reference shares no code with what it checks:
/// x to the power of the first 60 binary digits of y (0...1).
func referencePower(_ x: Double, _ y: Double) -> Double {
    var result = 1.0, root = x, rest = y
    for _ in 0..<60 {
        root = root.squareRoot()
        rest *= 2
        if rest >= 1 {
            result *= root
            rest -= 1
        }
    }
    return result
}

struct QuantileEdgeTests {
    @Test(arguments: [0.0, .leastNonzeroMagnitude, 1e-300, 1e-30, 0.5, 0.9999999999999999, 1, -3, 7])
    func `the most extreme shares have a quantile inside the range`(p: Double) {
        for (low, likely, high) in [(0, 1e-12, 1), (0, 0.5, 1), (0, 1 - 1e-12, 1), (-1e18, 3, 1e18), (1, 1.0000000000000002, 1.0000000000000004)] {
            for k in [0, 1e-6, 2, 100] {
                let value = PERT(range(low, likely, high), concentration: k).quantile(p)
                #expect(value >= low && value <= high)
            }
        }
    }
}
