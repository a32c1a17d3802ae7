import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Every byte that the server says to devices is recorded where it comes out of TLS, or of a bundle's seal, and searched for words that were said where
/// its member may not read: in what was sent as it is, in the blocks of it, opened, and in attachments' bytes. All people are fictitious.
@Suite struct RecordedFramesTests {
    private typealias Scene = RecordedScene

    /// Asks for everything that there is to ask for, of scopes of this tenant and of another.
    private static func ask(_ laptop: Laptop, _ welcome: Message.Welcome, _ scenes: [Scene]) throws {
        for scope in try scenes.flatMap({ scene in try scene.tenant.store.read { try $0.scopes() } }) {
            var place = LogPlace.beginning
            while true {
                try laptop.send(.pull(scope.id, after: place))
                guard case .entries(let answer) = try laptop.receive() else { break }
                for entry in answer.entries {
                    place = LogPlace(position: place.position + 1, hash: entry.entry.logHash(after: place.hash, SystemPrimitives()))
                }
                guard !answer.entries.isEmpty, place.position < scope.place.position + 8 else { break }
            }
            try laptop.send(.compare(Message.Compare(scope: scope.id, epoch: welcome.epoch, ranges: [RecordRange(of: .zero)])))
            _ = try laptop.receive()
            try laptop.send(.donate(Message.Donation(scope: scope.id, known: scope.place, incarnation: 1, isLast: true)))
            _ = try laptop.receive()
            // The bytes of every attachment that there is, and of one that there is none of: by their own scope, and by each other one.
            for (record, hash) in [(Identifier.zero, Hash256.zero)] + scenes.flatMap({ $0.filed.map { ($0.record, $0.attachment.hash) } }) {
                try laptop.send(.attachment(.wanted(.init(scope: scope.id, record: record, hash: hash, offset: 0))))
                _ = try laptop.receive()
            }
        }
    }

    /// Both tenants, with everything said, and enrolments of those who listen.
    private static func said(_ scenes: [Scene], on port: Int) throws {
        for scene in scenes {
            let anna = try Enrolment(port: port, try #require(scene.invitations["anna"]))
            let (laptop, _) = try anna.greeted(port: port)
            try scene.write(PrivacyTests.Author(anna, try scene.engagement("ops")), laptop)
            let ben = try Enrolment(port: port, try #require(scene.invitations["ben"]))
            let second = PrivacyTests.Author(ben, try scene.engagement("second"))
            let elsewhere = second.change(Catalogue.site, try .drawn(at: 8), handle: "S-A009", [("name", scene.say("elsewhere")), ("notes", scene.say("elsewhere"))])
            #expect(try second.push([elsewhere], ben.greeted(port: port).0) != nil)
        }
    }

    @Test func `a client viewer's frames hold the published scope alone, an analyst's no sensitive word, and no tenant's a word of another`() async throws {
        let yard = try Yard()
        let scenes = try Scene.tenants.map { try Scene($0, yard) }
        let server = try await yard.start()
        try await blocking {
            try Self.said(scenes, on: server.port)
            for scene in scenes {
                /// What a member's device is told from its enrolment on, whatever it asks for.
                func told(_ member: String) throws -> Set<String> {
                    let invitation = try #require(scene.invitations[member])
                    let enrolment = try Enrolment(port: server.port, invitation)
                    let door = try Laptop(port: server.port, invitation)
                    guard case .renewed = try enrolment.renew(door) else { throw RawSocket.Ended.refused }
                    let (laptop, welcome) = try enrolment.greeted(port: server.port)
                    try laptop.send(.status(Message.Status(time: 1, software: "test", schema: Catalogue.version, scopes: [])))
                    try Self.ask(laptop, welcome, scenes)
                    return try Scene.places(in: door.heard).union(Scene.places(in: laptop.heard))
                }
                let (vera, ida) = (try told("vera"), try told("ida"))
                // The report tells what was said in the open before it was frozen, and no sensitive word of the same time.
                #expect(vera == scene.own(Scene.published + Scene.reported), "\(vera)")
                // Names of members and titles are hashes to them too. What is open goes to analysts, also where it is marked for the team only:
                // `Documentation/STATUS.md`. What is published goes to viewers alone.
                #expect(ida == scene.own(Scene.open + Scene.reported), "\(ida)")
            }
            // The search can find: a member of the team is told every word of the engagement, and of no other tenant.
            let scene = scenes[0]
            // What was withdrawn is told to nobody any more, though its place in the log is: another laptop of the viewer reads the log from its beginning.
            _ = try scene.tenant.withdraw("PB-HQ001", reason: "trial")
            let (another, greeting) = try Enrolment(port: server.port, try scene.tenant.invite("vera")).greeted(port: server.port)
            try another.send(.status(Message.Status(time: 1, software: "test", schema: Catalogue.version, scopes: [])))
            try Self.ask(another, greeting, scenes)
            let gone = try Scene.places(in: another.heard)
            #expect(gone.isEmpty, "\(gone)")
            let invitation = try scene.tenant.invite("ben")
            let (laptop, welcome) = try Enrolment(port: server.port, invitation).greeted(port: server.port)
            try laptop.send(.status(Message.Status(time: 1, software: "test", schema: Catalogue.version, scopes: [])))
            try Self.ask(laptop, welcome, scenes)
            let ben = try Scene.places(in: laptop.heard)
            #expect(ben == scene.own(Scene.directory + Scene.open + Scene.sensitive + Scene.reported + Scene.filed + Scene.secondEngagement), "\(ben)")
        }
        await server.stop()
    }

    @Test func `the reply to a viewer's, an analyst's or another tenant's bundle holds no word and no scope that they may not read`() async throws {
        let yard = try Yard()
        let scenes = try Scene.tenants.map { try Scene($0, yard) }
        let server = try await yard.start()
        let listeners = try await blocking { () throws -> [(scene: Scene, member: String, enrolment: Enrolment)] in
            try Self.said(scenes, on: server.port)
            return try scenes.flatMap { scene in
                try ["vera", "ida"].map { (scene, $0, try Enrolment(port: server.port, try #require(scene.invitations[$0]))) }
            }
        }
        await server.stop()
        var files = 0
        func export(_ enrolment: Enrolment, _ scope: Identifier, to key: [UInt8]) throws -> (path: String, reply: AgreementKey) {
            files += 1
            let path = "\(yard.directory.path)/bundle-\(files)"
            let (reply, enrolled) = (try AgreementKey.generate(), enrolment.enrolled)
            let writer = try BundleWriter(path: path, kind: .push, to: key)
            let statement = BundleStatement(tenant: enrolled.tenant, member: enrolled.member, device: enrolled.device, made: 1_800_000_000_000, link: reply.publicKey)
            try writer.write(statement.signed(by: enrolment.signing, header: Digest.sha256(writer.header.bytes)))
            // As many blocks as there are scopes would show as much as one: an answer names its own scope.
            try writer.write(Message.push(try enrolment.block(scope)).frame)
            try writer.finish()
            return (path, reply)
        }
        for (scene, member, enrolment) in listeners {
            let allowed: Set<Identifier> = member == "vera" ? [try scene.publishedScope(of: "ops")] : Set(scene.scopes.filter { $0.kind == .shared }.map(\.id) + [try scene.engagement("ops")])
            for scope in scenes.flatMap(\.scopes) {
                let bundle = try export(enrolment, scope.id, to: try #require(enrolment.enrolled.bundleKey).key)
                _ = try scene.tenant.importBundle(bundle.path, reply: bundle.path + "-reply")
                let reader = try BundleReader(path: bundle.path + "-reply", kind: .reply, for: bundle.reply)
                var decoder = BundleDecoder()
                var (heard, messages): ([UInt8], [Message]) = ([], [])
                while let part = try reader.next() {
                    heard += part
                    decoder.append(part)
                    while let message = try decoder.next() { messages.append(message) }
                }
                #expect(decoder.isWhole && messages.count == 2)
                #expect(try Scene.places(in: heard, messages).isEmpty, "\(member)")
                guard case .welcome(let welcome)? = messages.first else { throw RawSocket.Ended.refused }
                // Where it handed work in before, it is told how far its own stream came, and that it is not staffed.
                let told = welcome.scopes.filter { $0.staffed }.map(\.scope)
                #expect(Set(told) == allowed, "\(member): \(told)")
                for other in welcome.scopes where !other.staffed { #expect(scene.scopes.contains { $0.id == other.scope }, "another tenant's scope") }
            }
            // Another tenant's key opens nothing, and nothing is answered.
            let other = try #require(listeners.first { $0.scene.name != scene.name })
            let foreign = try export(enrolment, try other.scene.engagement("ops"), to: try #require(other.enrolment.enrolled.bundleKey).key)
            #expect(throws: OperationFailure.self) { try other.scene.tenant.importBundle(foreign.path, reply: foreign.path + "-reply") }
            #expect(!FileManager.default.fileExists(atPath: foreign.path + "-reply"))
        }
    }

    @Test func `who watches hears news of the scopes that they may read, and no word and no other scope`() async throws {
        let yard = try Yard()
        let scenes = try Scene.tenants.map { try Scene($0, yard) }
        let server = try await yard.start()
        try await blocking {
            try Self.said(scenes, on: server.port)
            let scene = scenes[0]
            let (ops, shared) = (try scene.engagement("ops"), try #require(scene.scopes.first { $0.kind == .shared }).id)
            let published = try scene.publishedScope(of: "ops")
            let listeners: [(member: String, scene: Scene, allowed: Set<Identifier>, hears: Set<Identifier>)] = [
                ("vera", scene, [published], [published]), ("ida", scene, [ops, shared], [ops, shared]),
                // The other tenant's analyst, whose log stays as it is.
                ("ida", scenes[1], [], []),
            ]
            let watchers = try listeners.map { listener in
                let (laptop, _) = try Enrolment(port: server.port, try #require(listener.scene.invitations[listener.member])).greeted(port: server.port)
                try laptop.send(.status(Message.Status(time: 1, software: "test", schema: Catalogue.version, scopes: [])))
                try laptop.send(.watch)
                guard case .news = try laptop.receive() else { throw RawSocket.Ended.refused }
                return laptop
            }
            // Something new in every scope of the tenant, what is published last.
            let anna = try Enrolment(port: server.port, try scene.tenant.invite("anna"))
            let author = PrivacyTests.Author(anna, ops)
            let change = author.change(Catalogue.site, try .drawn(at: 9), handle: "S-B001", [("name", scene.say("site")), ("notes", scene.say("notes"))])
            #expect(try author.push([change], anna.greeted(port: server.port).0) != nil)
            let ben = try Enrolment(port: server.port, try scene.tenant.invite("ben"))
            let second = PrivacyTests.Author(ben, try scene.engagement("second"))
            #expect(try second.push([second.change(Catalogue.site, try .drawn(at: 9), handle: "S-B002", [("name", scene.say("elsewhere"))])], ben.greeted(port: server.port).0) != nil)
            try scene.freeze("SN-HQ002", ops)
            _ = try scene.publish("SN-HQ002")
            for (laptop, listener) in zip(watchers, listeners) {
                var heard: Set<Identifier> = []
                func take(_ message: Message?) {
                    if case .news(let news)? = message { heard.formUnion(news.scopes.map(\.scope)) }
                }
                while !heard.isSuperset(of: listener.hears) {
                    guard let message = try laptop.receive() else { throw RawSocket.Ended.closed }
                    take(message)
                }
                // What was committed before this answer was told before it, or never is.
                try laptop.send(.watch)
                take(try laptop.receive())
                #expect(heard.isSubset(of: listener.allowed), "\(listener.member): \(heard)")
                // Nobody asked for anything: news name places of logs, and what is there is fetched.
                #expect(try Scene.places(in: laptop.heard).isEmpty, "\(listener.member)")
            }
        }
        await server.stop()
    }
}
