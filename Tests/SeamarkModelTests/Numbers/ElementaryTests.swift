import Testing

@testable import SeamarkModel

struct ElementaryTests {
    /// Python 3, `math.log` and `math.exp`.
    @Test(arguments: [
        (1e-300, -690.7755278982137), (0.3, -1.2039728043259361), (0.9999999, -1.0000000494736474e-07),
        (1.0000001, 9.999999505838704e-08), (1.41421356, 0.3465735886019411), (2.5, 0.9162907318741551),
        (1e5, 11.512925464970229), (1.7e308, 709.7268368932282),
    ])
    func `the logarithm is right to the last digits`(x: Double, value: Double) {
        #expect(agree(Elementary.log(x), value, within: 3e-16))
    }

    @Test(arguments: [
        (-700.5, 5.980196118639791e-305), (-1.0, 0.36787944117144233), (-1e-9, 0.999999999), (0.34, 1.4049475905635938),
        (1, 2.718281828459045), (20.5, 799902177.4755054), (709.5, 1.3549863193146328e+308),
    ])
    func `the exponential is right to the last digits`(x: Double, value: Double) {
        #expect(agree(Elementary.exp(x), value, within: 4e-16))
    }

    @Test func `logarithm and exponential undo each other and keep their limits`() {
        for n in 1...2000 {
            let x = Double(n) * 0.37
            #expect(agree(Elementary.exp(Elementary.log(x)), x, within: 4e-15))
        }
        #expect(Elementary.log(1) == 0)
        #expect(Elementary.exp(0) == 1)
        #expect(Elementary.exp(-800) == 0)
        #expect(Elementary.exp(-744) > 0)
        #expect(Elementary.exp(800) == .infinity)
        #expect(Elementary.power(0, 0.3) == 0)
        #expect(Elementary.power(5, 0) == 1)
        #expect(agree(Elementary.power(2, 0.5), 2.0.squareRoot(), within: 3e-16))
    }
}
