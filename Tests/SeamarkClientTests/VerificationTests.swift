import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

struct VerificationTests {
    @Test func `what a device sealed and read holds, and its digest is the replica's`() throws {
        let a = try Laptop("A")
        for name in ["one", "two", "three"] { try a.add(Catalogue.seam, "name=\(name)") }
        try Laptop.exchange(a)
        let verification = try DeviceVerification(a.device)
        #expect(verification.findings.isEmpty, "\(verification.findings)")
        let scope = try #require(verification.scopes.first { $0.id == Laptop.scope })
        #expect([scope.blocks, scope.changes, scope.entries, scope.records] == [1, 3, 1, 3])
        #expect(scope.digest == (try a.device.state.replicas[Laptop.scope]?.confirmed.digest))
    }

    @Test func `a foreign signature and a forged receipt are named`() throws {
        let a = try Laptop("A")
        let b = try Laptop("B")
        try b.add(Catalogue.seam, "name=one")
        try Laptop.exchange(b, a)
        // Nobody vouches for B's key in A's directory.
        let strange = try DeviceVerification(a.device).findings.map(\.problem)
        #expect(strange == [.unknownAuthor(try b.device.state.identity.device)])

        let entry = try #require(try b.device.state.replicas[Laptop.scope]).cursor
        let block = try #require(try b.device.state.replicas[Laptop.scope]?.end.hash)
        let receipt = Receipt(
            epoch: 1, scope: Laptop.scope, place: entry, block: block, verdicts: [.accepted], received: 1_900_000_000_000, signer: try SigningKey.generate())
        try b.device.store.transaction { try $0.append(.replica(Laptop.scope, .receipted(receipt))) }
        #expect(try DeviceVerification(b.device).findings.map(\.problem) == [.forgedReceipt(position: 1)])
    }
}
