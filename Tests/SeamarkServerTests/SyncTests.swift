import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

@Suite struct SyncTests {
    private func refused(_ message: Message?) -> Problem.Code? {
        if case .pushRefused(let refusal) = message { refusal.code } else { nil }
    }

    private func receipt(_ message: Message?) -> Receipt? { if case .receipt(let receipt) = message { receipt } else { nil } }

    private func entries(_ message: Message?) -> Message.Entries? { if case .entries(let entries) = message { entries } else { nil } }

    @Test func `a pushed block gets the server's receipt, and another device pulls it`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement)
            #expect(scope.staffed)
            let first = try anna.block(scope.scope, count: 3)
            let second = try anna.block(scope.scope, after: first.end)
            // Without waiting for answers; they come in order.
            try laptop.send(.push(first))
            try laptop.send(.push(second))
            try laptop.send(.push(first))
            let receipts = [self.receipt(try laptop.receive()), self.receipt(try laptop.receive()), self.receipt(try laptop.receive())]
            #expect(receipts.map { $0?.block } == [first.hash, second.hash, first.hash])
            #expect(receipts[0] == receipts[2], "a block that the log holds gets the receipt of its place")
            let receipt = try #require(receipts[1])
            #expect(receipt.isSigned(by: welcome.serverKey.key, SystemPrimitives()))
            #expect(receipt.epoch == welcome.epoch)
            #expect(receipt.verdicts == [.accepted])
            #expect(receipt.place.position == scope.place.position + 2)

            let (other, greeting) = try ben.greeted(port: server.port)
            let standing = try #require(greeting.engagement)
            #expect(standing.place == receipt.place)
            try other.send(.pull(scope.scope, after: scope.place))
            let answer = try #require(self.entries(try other.receive()))
            #expect(answer.after == scope.place.position)
            #expect(answer.entries.map(\.block) == [first.bytes, second.bytes])
            #expect(answer.place == receipt.place)
            #expect(answer.digest == standing.digest)
            // With credit for one byte: one entry. The author gets its own by hash alone.
            try other.send(.pull(scope.scope, after: scope.place, credit: 1))
            #expect(try self.entries(other.receive())?.entries.count == 1)
            try laptop.send(.pull(scope.scope, after: scope.place, own: 1))
            let own = try #require(self.entries(try laptop.receive()))
            #expect(own.entries.map(\.block) == [nil, nil])
            #expect(own.entries.map(\.entry.content) == [.block(first.hash), .block(second.hash)])
            // The stream's end is in the next greeting.
            let (_, again) = try anna.greeted(port: server.port)
            #expect(again.engagement?.streams == [Message.KnownStream(incarnation: 1, end: second.end)])
            try laptop.close()
            #expect(try laptop.receive() == nil)
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `each push and pull that is refused has its number, and the conversation goes on`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("zoe")]
        let engagement = try #require(try tenant.engagements().first).id
        try await blocking {
            let (anna, zoe) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement)
            func push(_ block: Block, scope: Identifier? = nil, spoil: (inout [UInt8]) -> Void = { _ in }) throws -> Message? {
                var bytes = block.bytes
                spoil(&bytes)
                try laptop.send(.push(Message.Push(scope: scope ?? block.stream.scope, block: bytes, sensitive: [])))
                return try laptop.receive()
            }
            let first = try anna.block(scope.scope)
            let second = try anna.block(scope.scope, after: first.end)
            #expect(self.refused(try push(second)) == .streamGap)
            #expect(self.receipt(try push(first)) != nil)
            let fork = try push(try anna.block(scope.scope, name: "Other"))
            #expect(self.refused(fork) == .streamFork)
            if case .pushRefused(let refusal) = fork { #expect(refusal.end == Message.KnownStream(incarnation: 1, end: first.end)) }
            #expect(self.refused(try push(second) { $0[$0.count - 70] ^= 1 }) == .damagedBlock)
            #expect(self.refused(try push(second) { $0[$0.count - 1] ^= 1 }) == .badSignature)
            #expect(self.refused(try push(try anna.block(scope.scope, device: zoe.enrolled.device))) == .foreignStream)
            #expect(self.refused(try push(second, scope: welcome.shared?.scope)) == .unknownScope)
            #expect(self.refused(try push(try anna.block(.zero))) == .unknownScope)
            // A value that the model refuses is in the log, with the verdict.
            let bad = try anna.block(scope.scope, after: first.end, name: "")
            let verdicts = try #require(self.receipt(try push(bad))).verdicts
            #expect(verdicts == [.refused(.badText)])
            // Headquarters alone writes in shared.
            let shared = try #require(welcome.shared).scope
            let inShared = try #require(self.receipt(try push(try anna.block(shared)))).verdicts
            #expect(inShared == [.refused(.headquartersOnly)])

            try laptop.send(.pull(scope.scope, after: LogPlace(position: 1, hash: first.hash)))
            #expect(try laptop.expectProblem() == .unknownCursor)
            try laptop.send(.pull(.zero))
            #expect(try laptop.expectProblem() == .unknownScope)
            try laptop.send(.pull(scope.scope))
            #expect(try self.entries(laptop.receive()) != nil)

            // Not staffed: kept in quarantine, and nothing to read.
            let (stranger, greeting) = try zoe.greeted(port: server.port)
            #expect(greeting.engagement == nil)
            #expect(greeting.shared != nil)
            try stranger.send(.push(try zoe.block(engagement)))
            #expect(self.refused(try stranger.receive()) == .notStaffed)
            try stranger.send(.pull(engagement))
            #expect(try stranger.expectProblem() == .unknownScope)
        }
        await server.stop()
        #expect(try tenant.store.read { try $0.quarantine() }.contains { $0.position == nil && $0.refusal == .notStaffed })
        #expect(try tenant.verify().holds)
    }

    @Test func `pushes that wait together share one transaction`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = try (0..<4).map { try tenant.invite($0.isMultiple(of: 2) ? "anna" : "ben") }
        let open = try #require(server.roster.tenants.first)
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        try await blocking {
            var laptops: [(Laptop, Enrolment, Identifier)] = []
            for invitation in invitations {
                let enrolment = try Enrolment(port: server.port, invitation)
                let (laptop, welcome) = try enrolment.greeted(port: server.port)
                laptops.append((laptop, enrolment, try #require(welcome.engagement).scope))
            }
            // The disk is slow: meanwhile eight pushes of four connections arrive.
            open.writer.submit(
                .alone {
                    begun.signal()
                    gate.wait()
                })
            begun.wait()
            for (laptop, enrolment, scope) in laptops {
                let first = try enrolment.block(scope)
                try laptop.send(.push(first))
                try laptop.send(.push(try enrolment.block(scope, after: first.end)))
            }
            while open.writer.waitingCount < 8 { usleep(1000) }
            gate.signal()
            for (laptop, _, _) in laptops {
                #expect(self.receipt(try laptop.receive()) != nil)
                #expect(self.receipt(try laptop.receive()) != nil)
            }
        }
        #expect(server.counts.pushTransactions == 1)
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `a revoked device's connection ends within a second, and then it may hand in and not read`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let first = try anna.block(scope)
            try laptop.send(.push(first))
            #expect(self.receipt(try laptop.receive()) != nil)
            let began = ContinuousClock.now
            _ = try tenant.revoke("A")
            #expect(try laptop.expectProblem() == .deviceRevoked)
            #expect(try laptop.receive() == nil)
            #expect(ContinuousClock.now - began < .seconds(1))

            let (again, greeting) = try anna.greeted(port: server.port)
            #expect(greeting.revoked)
            #expect(greeting.shared == nil)
            #expect(greeting.engagement?.staffed == false)
            #expect(greeting.engagement?.streams.first?.end == first.end)
            try again.send(.pull(scope))
            #expect(try again.expectProblem() == .unknownScope)
            try again.send(.push(try anna.block(scope, after: first.end)))
            #expect(self.refused(try again.receive()) == .deviceRevoked)
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `a running server finds a tenant that is added beside it`() async throws {
        let yard = try Yard()
        let server = try await yard.start()
        let tenant = try yard.addTenant("halden")
        let invitation = try tenant.invite("anna", minutes: 600)
        #expect(try await eventually { server.roster.tenants.count == 1 })
        try await blocking { _ = try Enrolment(port: server.port, invitation) }
        await server.stop()
    }

    @Test func `what a device says of itself is listed`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let cursor = Message.ScopeCursor(
                scope: try #require(welcome.engagement).scope, epoch: welcome.epoch, cursor: .beginning, mark: .beginning, incarnation: 5, unsent: 3)
            try laptop.send(.status(Message.Status(time: welcome.time + 90_000, software: "test\u{1b}[31m 1", schema: 1, scopes: [cursor])))
            try laptop.send(.pull(.zero))
            _ = try laptop.receive()
        }
        await server.stop()
        let contact = try #require(try tenant.devices().first?.device.contact)
        #expect(contact.unsent == 3)
        #expect((80_000...91_000).contains(contact.skew))
        #expect(contact.version == "test[31m 1")
        #expect(contact.incarnation == 5)
    }

    /// Deflated, thirty thousand sensitive values of nothing fit any push; redacted, each would be a leaf that no frame could carry.
    @Test func `a block whose sensitive values would not fit into a pull is refused, and the server goes on`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let primitives = SystemPrimitives()
            let now = WallClock.system.now()
            let nothing = Content.sensitive(SensitiveValue(salt: .zero, value: .text("")))
            let changes = (0..<1000).map { index in
                Change(
                    scope: scope, stamp: Stamp(time: now + Int64(index), device: anna.enrolled.device), member: anna.enrolled.member, schema: 1,
                    edits: (1...30).map { Edit(record: scope, type: 9, target: .field($0), content: nothing) }, primitives: primitives)
            }
            let block = Block.seal(
                changes, in: StreamName(device: anna.enrolled.device, incarnation: 1, scope: scope), after: .beginning, by: anna.signing, primitives)
            let push = Message.Push(scope: scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, primitives))
            #expect(push.block.count + push.sensitive.count < Block.longest, "the push itself is no longer than it may be")
            try laptop.send(.push(push))
            #expect(self.refused(try laptop.receive()) == .damagedBlock)
            // The same conversation, and a new one.
            let honest = try anna.block(scope)
            try laptop.send(.push(honest))
            #expect(self.receipt(try laptop.receive())?.block == honest.hash)
            let (again, greeting) = try anna.greeted(port: server.port)
            #expect(greeting.engagement?.streams == [Message.KnownStream(incarnation: 1, end: honest.end)])
            try again.close()
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }
}
