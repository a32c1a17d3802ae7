import Foundation
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Devices that stay connected, over real sockets.
@Suite struct WatchingTests {
    private func news(_ message: Message?) -> Message.News? { if case .news(let news) = message { news } else { nil } }

    @Test func `a watching device is told of another's push as it commits, and not of its own after the receipt`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (pusher, greeting) = try anna.greeted(port: server.port)
            let (watcher, _) = try ben.greeted(port: server.port)
            let scope = try #require(greeting.engagement)
            for laptop in [pusher, watcher] {
                try laptop.send(.watch)
                #expect(self.news(try laptop.receive()) != nil, "a Watch has an answer")
            }
            let block = try anna.block(scope.scope)
            try pusher.send(.push(block))
            // News of the directory, which grew when the two enrolled, may come between any answers.
            func next(_ receive: () throws -> Message?) throws -> Message? {
                while let message = try receive() {
                    if let news = self.news(message), !news.scopes.contains(where: { $0.scope == scope.scope }) { continue }
                    return message
                }
                return nil
            }
            // News may overtake the receipt of the same entry; after it there is none.
            var answer = try pusher.receive()
            while self.news(answer) != nil { answer = try pusher.receive() }
            guard case .receipt(let receipt) = answer else { throw RawSocket.Ended.refused }
            let told = try #require(self.news(try next { try watcher.receive() })?.scopes.first { $0.scope == scope.scope })
            #expect(told.place == receipt.place)
            try watcher.send(.pull(scope.scope, after: scope.place))
            guard case .entries(let entries) = try next({ try watcher.receive() }) else { throw RawSocket.Ended.refused }
            #expect(entries.entries.map(\.block) == [block.bytes] && entries.digest == told.digest)
            // The next thing of the engagement that the pusher hears is the answer to its next question.
            try pusher.send(.pull(scope.scope, after: receipt.place))
            guard case .entries = try next({ try pusher.receive() }) else { return #expect(Bool(false), "the pusher was told of its own push") }
        }
        await server.stop()
    }

    @Test func `a member who is removed while watching is let go, and told nothing of what comes after`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        let engagement = try #require(try tenant.engagements().first)
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (pusher, greeting) = try anna.greeted(port: server.port)
            let (watcher, _) = try ben.greeted(port: server.port)
            let scope = try #require(greeting.engagement)
            try watcher.send(.watch)
            _ = try watcher.receive()
            try tenant.staff("ben", on: engagement.handle, remove: true)
            // At once, before the server looks at what other processes did.
            try pusher.send(.push(try anna.block(scope.scope)))
            _ = try pusher.receive()
            #expect(try watcher.expectProblem() == .greetingOutdated)
            #expect(try watcher.receive() == nil)
            let (again, welcome) = try ben.greeted(port: server.port)
            #expect(welcome.engagement?.staffed != true)
            try again.send(.pull(scope.scope))
            #expect(try again.expectProblem() == .unknownScope)
        }
        await server.stop()
    }

    @Test func `a watching device that says Watch now and then outlives the limit of silence, and one that does not is let go`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let idle: Int64 = 10_000
        let server = try await yard.start { $0.idleMilliseconds = idle }
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (lively, _) = try Enrolment(port: server.port, invitations[0]).greeted(port: server.port)
            let (silent, _) = try Enrolment(port: server.port, invitations[1]).greeted(port: server.port)
            try silent.send(.watch)
            _ = try silent.receive()
            let began = WallClock.system.now()
            while WallClock.system.now() - began < idle * 3 / 2 {
                try lively.send(.watch)
                #expect(self.news(try lively.receive()) != nil)
                usleep(100_000)
            }
            #expect(try silent.receive() == nil)
        }
        await server.stop()
    }

    @Test func `what the server itself commits, as when a colleague enrols, is told to those who watch`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (watcher, greeting) = try Enrolment(port: server.port, invitations[0]).greeted(port: server.port)
            try watcher.send(.watch)
            #expect(self.news(try watcher.receive())?.scopes.isEmpty == true)
            _ = try Enrolment(port: server.port, invitations[1])
            let shared = try #require(greeting.scopes.first { $0.kind == .shared })
            let told = try #require(self.news(try watcher.receive()))
            #expect(told.scopes.map(\.scope) == [shared.scope])
            #expect(told.scopes.first.map { $0.place.position > shared.place.position } == true)
        }
        await server.stop()
    }

    @Test func `an answer is no longer than the pull allows, and says what the next entry would take`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben")]
        try await blocking {
            let (anna, ben) = (try Enrolment(port: server.port, invitations[0]), try Enrolment(port: server.port, invitations[1]))
            let (pusher, greeting) = try anna.greeted(port: server.port)
            let scope = try #require(greeting.engagement)
            var end = StreamEnd.beginning
            for count in [3, 40, 5] {
                let block = try anna.block(scope.scope, after: end, count: count)
                try pusher.send(.push(block))
                guard case .receipt = try pusher.receive() else { throw RawSocket.Ended.refused }
                end = block.end
            }
            let (puller, _) = try ben.greeted(port: server.port)
            func pull(_ most: Int) throws -> Message.Entries {
                try puller.send(.pull(Message.Pull(scope: scope.scope, cursor: scope.place, credit: 900_000, ownIncarnation: 0, atMost: UInt32(most))))
                guard case .entries(let entries) = try puller.receive() else { throw RawSocket.Ended.refused }
                return entries
            }
            let all = Message.entries(try pull(0)).frame.count
            var counts: Set<Int> = []
            for most in stride(from: 256, through: all + 1000, by: 53) {
                let entries = try pull(most)
                counts.insert(entries.entries.count)
                #expect(Message.entries(entries).frame.count <= most)
                #expect((entries.nextAtMost > 0) == entries.entries.isEmpty)
                guard entries.entries.isEmpty else { continue }
                #expect(Int(entries.nextAtMost) > most)
                #expect(try pull(Int(entries.nextAtMost)).entries.count == 1)
            }
            #expect(counts == [0, 1, 2, 3])
        }
        await server.stop()
    }

    @Test func `a forecast weighs what a pull would bring and sends none of it`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben"), try tenant.invite("zoe")]
        try await blocking {
            let devices = try invitations.map { try Enrolment(port: server.port, $0) }
            let (pusher, greeting) = try devices[0].greeted(port: server.port)
            let scope = try #require(greeting.engagement)
            let block = try devices[0].block(scope.scope, count: 3)
            try pusher.send(.push(block))
            _ = try pusher.receive()
            func weight(_ laptop: Laptop, own: UInt64 = 0) throws -> UInt64? {
                try laptop.send(.pull(Message.Pull(scope: scope.scope, cursor: scope.place, credit: 0, ownIncarnation: own, isForecast: true)))
                return self.news(try laptop.receive())?.scopes.first?.bytes
            }
            let (other, _) = try devices[1].greeted(port: server.port)
            try other.send(.pull(scope.scope, after: scope.place))
            guard case .entries(let entries) = try other.receive(), let entry = entries.entries.first else { throw RawSocket.Ended.refused }
            let one = Message.entries(Message.Entries(scope: scope.scope, after: 0, entries: [entry], place: entries.place, digest: entries.digest))
            let none = Message.entries(Message.Entries(scope: scope.scope, after: 0, entries: [], place: entries.place, digest: entries.digest))
            let (told, taken) = (Int(try #require(try weight(other))), one.payload.count - none.payload.count)
            #expect(taken <= told && told <= taken + 128, "a bound, and a close one")
            #expect(try weight(pusher, own: 1) == 128, "own blocks come by hash alone")
            let (stranger, _) = try devices[2].greeted(port: server.port)
            #expect(try weight(stranger) == nil, "who may not read the log learns nothing of its weight")
        }
        await server.stop()
    }
}
