import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkClient
@testable import SeamarkServer

/// A device may hand in much within a day, and not without end.
@Suite struct HandInTests {
    @Test func `a device hands in a gibibyte within a day and not a byte more, what goes into quarantine counts sixteen times, others and the next day have theirs`() {
        let allowance = HandInAllowance()
        let (anna, ben) = (Identifier(high: 1, low: 1), Identifier(high: 1, low: 2))
        let half = HandInAllowance.most / 2
        #expect(allowance.take(half, of: anna, at: 1000) && allowance.take(half - 1, of: anna, at: 2000) && !allowance.take(2, of: anna, at: 86_400_999))
        #expect(allowance.take(1, of: anna, at: 86_400_999) && !allowance.take(1, of: anna, at: 86_400_999))
        #expect(allowance.take(half, of: ben, at: 2000), "another device")
        #expect(allowance.take(1, of: anna, at: 86_401_000), "the day is over")
        #expect(allowance.take(half, of: anna, at: 0) && !allowance.take(half + 1, of: anna, at: 0), "a clock that was put back begins another day")
        let waiting = HandInAllowance.most / HandInAllowance.quarantineWeight
        let cleo = Identifier(high: 1, low: 3)
        #expect(allowance.take(waiting - 1, of: cleo, at: 1000))
        allowance.quarantined(waiting - 1, of: cleo)
        #expect(!allowance.take(HandInAllowance.quarantineWeight + 1, of: cleo, at: 1000) && allowance.take(HandInAllowance.quarantineWeight, of: cleo, at: 1000))
    }

    @Test(arguments: [false, true])
    func `beyond the allowance nothing is kept, and the device is told so; the next day it is taken`(isRevoked: Bool) throws {
        let hours = Hours()
        let ends = try BothEnds(laptops: 2) { hours.now }
        for laptop in [0, 1] { try ends.sync(laptop) }
        try ends.name("Pier", by: 0)
        try ends.name("Dock", by: 1)
        let device = ends.laptops[0].name.device
        if isRevoked { try ends.store.write { try $0.revokeDevice(device, at: 5) } }
        #expect(ends.desk.handIns.take(HandInAllowance.most, of: device, at: hours.now))
        let failure = #expect(throws: SyncRun.Failure.self) { try ends.sync(0) }
        guard case .sync(.blockRefused(.handedInTooMuch))? = failure?.cause else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try ends.laptops[0].device.state.unsentCount == 1)
        func kept() throws -> (entries: Int, waiting: Int) {
            try ends.store.read { (try $0.entries(of: BothEnds.scope, after: 0).count, try $0.quarantine().count) }
        }
        #expect(try kept() == (0, 0))
        try ends.sync(1)
        #expect(try kept() == (1, 0), "a colleague's work is taken")
        hours.add(hours: 24)
        try ends.sync(0)
        #expect(try kept() == (isRevoked ? (1, 1) : (2, 0)))
    }
}
