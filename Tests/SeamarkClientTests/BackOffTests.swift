import SeamarkClient
import Testing

@Suite struct BackOffTests {
    @Test func `waits double to a minute, stay within their half, and are short again after a success`() {
        for die in [UInt64(0), 1, 77_777, .max] {
            var backOff = BackOff()
            var ceiling: Int64 = 500
            for _ in 0..<40 {
                let wait = backOff.next(die: die)
                #expect(wait >= ceiling / 2 && wait <= ceiling)
                ceiling = min(60_000, ceiling * 2)
            }
            backOff.succeeded()
            #expect(backOff.next(die: die) <= 500)
        }
        var (one, other) = (BackOff(), BackOff())
        #expect(one.next(die: 3) != other.next(die: 200), "all devices come back at once")
    }
}
