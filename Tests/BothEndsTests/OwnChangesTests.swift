import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

/// What a sync says of a laptop's own work besides what it sent.
@Suite struct OwnChangesTests {
    @Test(arguments: 1...4)
    func `what a cut sync had brought in is told by the next, and what was sent now is not counted as that`(count: Int) throws {
        let ends = try BothEnds(laptops: 1)
        try ends.sync(0)
        for number in 0..<count { try ends.name("s\(number)", by: 0) }
        // The receipts are lost with the line.
        #expect(throws: (any Error).self) {
            try ends.sync(0) { message in if case .receipt = message { .problem(Problem(.serverFault, "cut")) } else { message } }
        }
        let before = OwnChanges(try ends.laptops[0].device.state)
        #expect(try ends.laptops[0].replica.unsentCount == count)
        let report = try ends.sync(0)
        let news = OwnChanges(try ends.laptops[0].device.state).news(since: before, sent: report.outcome.pushedChanges)
        #expect(report.outcome.pushedChanges == 0)
        #expect(news == OwnChanges.News(arrived: count, fetchedBack: 0))
        // What is sent now is told as sent.
        try ends.name("later", by: 0)
        let waiting = OwnChanges(try ends.laptops[0].device.state)
        let sent = try ends.sync(0)
        #expect(sent.outcome.pushedChanges == 1)
        #expect(OwnChanges(try ends.laptops[0].device.state).news(since: waiting, sent: 1) == OwnChanges.News(arrived: 0, fetchedBack: 0))
        let idle = OwnChanges(try ends.laptops[0].device.state)
        let nothing = try ends.sync(0)
        #expect(OwnChanges(try ends.laptops[0].device.state).news(since: idle, sent: nothing.outcome.pushedChanges) == OwnChanges.News(arrived: 0, fetchedBack: 0))
    }
}
