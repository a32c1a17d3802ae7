import Foundation
import GRDB
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// One tenant's database is damaged: it costs that tenant time, and the others nothing.
@Suite struct DamagedTenantTests {
    enum Damage: CaseIterable, Sendable { case header, schema, pages, cut, gone }

    private func damage(_ file: String, _ damage: Damage) throws {
        let url = URL(fileURLWithPath: file)
        var bytes = try Data(contentsOf: url)
        switch damage {
        case .header: bytes.replaceSubrange(0..<100, with: Data(repeating: 0, count: 100))
        case .schema: bytes.replaceSubrange(100..<4096, with: Data(repeating: 0x5a, count: 3996))
        case .pages: bytes.replaceSubrange(4096..., with: Data(repeating: 0, count: bytes.count - 4096))
        case .cut: bytes.removeSubrange(4096...)
        case .gone: return try FileManager.default.removeItem(atPath: file)
        }
        try bytes.write(to: url)
    }

    @Test(arguments: Damage.allCases)
    func `a damaged database turns its own devices away with a number, serves the others, is told, and comes back from a backup`(damage: Damage) async throws {
        let yard = try Yard()
        let secret = SecretBytes(copying: Array("four random words here".utf8))
        let (halden, north) = try (ShortName(checking: "halden", for: "it"), ShortName(checking: "northlink", for: "it"))
        let invitations = try [halden, north].map { name in
            let tenant = try yard.addTenant(name.text)
            defer { try? tenant.store.close() }
            return try tenant.invite("anna", minutes: 600)
        }
        @Sendable func push(_ enrolment: Enrolment, _ port: Int, after end: StreamEnd = .beginning) throws -> Block {
            let (laptop, welcome) = try enrolment.greeted(port: port)
            let block = try enrolment.block(try #require(welcome.engagement).scope, after: end)
            try laptop.send(.push(block))
            guard case .receipt = try laptop.receive() else { throw RawSocket.Ended.refused }
            try laptop.close()
            return block
        }
        var server = try await yard.start()
        let port = server.port
        let (damaged, whole, first, second) = try await blocking {
            let damaged = try Enrolment(port: port, invitations[0])
            let whole = try Enrolment(port: port, invitations[1])
            return (damaged, whole, try push(damaged, port), try push(whole, port))
        }
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let backup = try yard.office.backUp(halden, to: folder, passphrase: secret)
        await server.stop()
        try self.damage(yard.directory.tenant(halden).database, damage)

        server = try await yard.start()
        let later = server.port
        let third = try await blocking {
            let laptop = try damaged.connect(port: later)
            #expect(try laptop.expectProblem() == .storeDamaged)
            #expect(try laptop.receive() == nil)
            // Without a certificate nobody learns that there is such a tenant.
            let stranger = try Laptop(port: later, invitations[0])
            let request = CertificateSigningRequest(for: damaged.key).der
            guard case .problem(let problem)? = try Enrolment.ask(stranger, token: invitations[0].token, request: request, signing: damaged.signing) else { throw RawSocket.Ended.refused }
            #expect(problem.code == .unknownInvitation)
            return try push(whole, later, after: second.end)
        }
        #expect(third.first == second.end.number + 1)
        let status = try yard.office.status().tenants
        #expect(status.map(\.name) == [halden, north])
        #expect(status[0].damage != nil && status[1].damage == nil && status[1].devices == 1)
        #expect(status[0].damageProblem == 4061 && status[1].damageProblem == nil)
        #expect(server.counts.damagedStores == 1, "the device that was turned away is counted")
        #expect(try !yard.office.verify(halden).holds && yard.office.verify(north).holds)
        #expect(throws: (any Error).self) { _ = try yard.office.backUp(halden, to: folder, passphrase: secret) }
        await server.stop()
        #expect(try yard.office.status().serving?.counts.damagedStores == 1)

        let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        #expect(done.tenant == halden && done.replaced != nil)
        server = try await yard.start()
        let last = server.port
        let again = try await blocking { try push(damaged, last, after: first.end) }
        #expect(again.first == first.end.number + 1)
        #expect(try yard.office.status().tenants.allSatisfy { $0.damage == nil })
        await server.stop()
        #expect(try yard.office.verify(halden).holds)
    }

    @Test func `another tenant's database in a tenant's folder closes that tenant with a number, and costs the other nothing`() async throws {
        let yard = try Yard()
        let (halden, north) = try (ShortName(checking: "halden", for: "it"), ShortName(checking: "northlink", for: "it"))
        let invitations = try [halden, north].map { name in
            let tenant = try yard.addTenant(name.text)
            defer { try? tenant.store.close() }
            return try tenant.invite("anna", minutes: 600)
        }
        var server = try await yard.start()
        let port = server.port
        let (anna, other) = try await blocking { (try Enrolment(port: port, invitations[0]), try Enrolment(port: port, invitations[1])) }
        await server.stop()
        let own = URL(fileURLWithPath: yard.directory.tenant(halden).database)
        let kept = try Data(contentsOf: own)
        let copied = try Data(contentsOf: URL(fileURLWithPath: yard.directory.tenant(north).database))
        /// As an administrator copies a file, with nothing of the other beside it.
        func put(_ bytes: Data) throws {
            for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: own.path + ending) }
            try bytes.write(to: own)
        }
        try put(copied)

        server = try await yard.start()
        let later = server.port
        try await blocking {
            #expect(try anna.connect(port: later).expectProblem() == .storeDamaged, "and not that it was revoked")
            try other.greeted(port: later).0.close()
        }
        let status = try yard.office.status().tenants
        #expect(status.map(\.name) == [halden, north])
        #expect(status[0].damage?.contains("another tenant's") == true && status[0].damageProblem == 4061)
        #expect(status[1].damage == nil && status[1].devices == 1)
        #expect { _ = try yard.office.tenant(halden) } throws: { ($0 as? StoreError)?.reason == .otherTenant }
        #expect(try !yard.office.verify(halden).holds && yard.office.verify(north).holds)
        await server.stop()

        // Its own again.
        try put(kept)
        server = try await yard.start()
        let last = server.port
        try await blocking { try anna.greeted(port: last).0.close() }
        #expect(try yard.office.status().tenants.allSatisfy { $0.damage == nil })
        await server.stop()
    }

    @Test func `what is found damaged only when a device asks for it is told by the same number`() async throws {
        let yard = try Yard()
        let halden = try ShortName(checking: "halden", for: "it")
        let invitation = try {
            let tenant = try yard.addTenant("halden")
            defer { try? tenant.store.close() }
            return try tenant.invite("anna", minutes: 600)
        }()
        var server = try await yard.start()
        let port = server.port
        let anna = try await blocking { try Enrolment(port: port, invitation) }
        await server.stop()
        let file = yard.directory.tenant(halden).database
        let root = try await DatabaseQueue(path: file).read { try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'device'") }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let page = try #require(root) * 4096
        bytes.replaceSubrange(page - 4096..<page, with: Data(repeating: 0, count: 4096))
        try bytes.write(to: URL(fileURLWithPath: file))
        server = try await yard.start()
        let later = server.port
        let problem = try await blocking { try anna.connect(port: later).expectProblem() }
        #expect(problem == .storeDamaged)
        #expect(server.counts.faults > 0 && server.counts.damagedStores == 1)
        await server.stop()
        #expect(try !yard.office.verify(halden).holds)
    }
}
