import SeamarkJournal
import Testing

@testable import SeamarkServer

@Suite struct ComparisonAllowanceTests {
    let anna = Identifier(high: 1, low: 1)
    let ben = Identifier(high: 1, low: 2)
    let hour: Int64 = 3_600_000

    @Test func `a device has one thing compared at a time, over however many connections it asks`() {
        let allowance = ComparisonAllowance()
        #expect(allowance.begin(anna, at: 0))
        #expect(!allowance.begin(anna, at: 0))
        #expect(!allowance.begin(anna, at: 2 * hour), "what runs long is still running")
        #expect(allowance.begin(ben, at: 0), "others do not wait for it")
        allowance.end(10, by: anna, at: 0)
        #expect(allowance.begin(anna, at: 0))
    }

    @Test func `what was read is charged for an hour, and what was refused is not`() {
        let allowance = ComparisonAllowance()
        func ask(_ cost: Int?, at now: Int64) -> Bool {
            guard allowance.begin(anna, at: now) else { return false }
            allowance.end(cost, by: anna, at: now)
            return true
        }
        for _ in 0..<10_000 { #expect(ask(nil, at: 0)) }
        #expect(ask(30_000, at: 0))
        // Six times the dearest is less than what everybody has.
        for _ in 0..<5 { #expect(ask(30_000, at: 1)) }
        #expect(ask(20_000, at: 2))
        #expect(!ask(1, at: hour - 1))
        #expect(ask(50_000, at: hour), "the hour is over")
        #expect(ask(1, at: hour - 1), "a clock that was put back")
        for _ in 0..<999 { #expect(ask(1, at: hour)) }
        #expect(!ask(1, at: hour), "even little costs something")
    }
}
