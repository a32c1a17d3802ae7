import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Every byte that the server says to devices is recorded where it comes out of TLS, and searched for words that were said where its member may not
/// read: in what was sent as it is, and in the blocks of it, opened. All people are fictitious.
@Suite struct RecordedFramesTests {
    private static let tenants = ["halden", "northlink"]
    /// What is said in each place of each tenant; no part of another. `open` places are told to analysts, `sensitive` ones as hashes.
    private static func canary(_ tenant: String, _ place: String) -> String { "zz\(tenant)\(place)qq" }

    private static let directory = ["member", "title"]
    private static let open = ["site", "seam"]
    private static let sensitive = ["notes", "quote", "teamquote", "person", "summary", "observation"]
    private static let published = ["published"]
    private static let secondEngagement = ["elsewhere"]
    private static var places: [String] { directory + open + sensitive + published + secondEngagement }

    /// A tenant with words in every place; anna has written them. Ida is an analyst, vera a client's viewer.
    private struct Scene {
        let name: String
        let tenant: TenantOffice
        let invitations: [String: InvitationLine]
        let scopes: [TenantScope]

        init(_ name: String, _ yard: Yard) throws {
            self.name = name
            let tenant = try yard.addTenant(name)
            self.tenant = tenant
            func say(_ place: String) -> String { RecordedFramesTests.canary(name, place) }
            _ = try tenant.addMember(ShortName(checking: "cleo", for: "a member"), name: say("member"), role: .lead)
            _ = try tenant.addEngagement(ShortName(checking: "second", for: "it"), title: say("title"), currency: "EUR", financials: nil)
            var viewer: Identifier?
            for (member, role) in [("ida", Role.analyst), ("vera", .clientViewer)] {
                viewer = try tenant.addMember(ShortName(checking: member, for: "a member"), name: member, role: role)
                try tenant.staff(member, on: "ops")
            }
            try tenant.staff("ben", on: "second")
            invitations = try Dictionary(uniqueKeysWithValues: ["anna", "ben", "ida", "vera"].map { ($0, try tenant.invite($0)) })
            scopes = try tenant.store.read { try $0.scopes() }
            // Were she staffed on more by mistake, her role would still keep it from her.
            let (all, vera) = (scopes, try #require(viewer))
            try tenant.store.write { transaction in for scope in all where scope.kind != .published { try transaction.staff(vera, on: scope.id) } }
            // What headquarters publishes of each engagement.
            let ops = try #require(try tenant.engagements().first { $0.handle == "ops" }).id
            for scope in scopes where scope.kind == .published {
                try publish(say(scope.engagement == ops ? "published" : "elsewhere"), in: scope.id)
            }
        }

        private func publish(_ text: String, in scope: Identifier) throws {
            let now = WallClock.system.now()
            try tenant.store.write { transaction in
                let author = try transaction.identity().author
                var editing = RecordEditing(record: try .drawn(at: now), type: Catalogue.site, state: nil) { .zero }
                editing.create(at: now, handle: "S-P")
                editing.set("name", .text(text))
                let change = Change(scope: scope, stamp: Stamp(time: now, device: author), member: author, schema: Catalogue.version, edits: editing.edits, primitives: SystemPrimitives())
                _ = try transaction.author([change], in: scope, by: tenant.keys.signingKey, received: now)
            }
        }

        func engagement(_ handle: String) throws -> Identifier { try #require(try tenant.engagements().first { $0.handle == handle }).id }

        /// Somebody of the team says something in every place of an engagement.
        func write(_ author: PrivacyTests.Author, _ laptop: Laptop) throws {
            func say(_ place: String) -> Value { .text(RecordedFramesTests.canary(name, place)) }
            let (person, interview) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 2))
            let consent = Consent(state: .given, scope: [.quotes, .role], method: 1).value
            let teamOnly = Int64(4)
            let changes = [
                author.change(Catalogue.person, person, handle: "P-A001", [("level", .int(3)), ("name", say("person")), ("consent", consent)]),
                author.change(Catalogue.interview, interview, handle: "IV-A001", [("summary", say("summary"))], elements: [("persons", .id(person))]),
                author.change(Catalogue.quote, try .drawn(at: 3), handle: "Q-A001", [("interview", .id(interview)), ("text", say("quote")), ("person", .id(person))]),
                author.change(
                    Catalogue.quote, try .drawn(at: 4), handle: "Q-A002",
                    [("interview", .id(interview)), ("text", say("teamquote")), ("person", .id(person)), ("attribution", .int(teamOnly))]),
                author.change(Catalogue.observation, try .drawn(at: 5), handle: "OB-A001", [("text", say("observation"))]),
                author.change(Catalogue.site, try .drawn(at: 6), handle: "S-A001", [("name", say("site")), ("notes", say("notes"))]),
                author.change(Catalogue.seam, try .drawn(at: 7), handle: "SM-A001", [("name", say("seam"))]),
            ]
            let receipt = try #require(try author.push(changes, laptop))
            #expect(receipt.verdicts.allSatisfy { $0 == .accepted }, "\(receipt.verdicts)")
        }
    }

    /// The places whose words stand in what was said: as it is, and in blocks once they are opened, with every value.
    private static func places(in heard: [UInt8]) throws -> Set<String> {
        var decoder = FrameDecoder()
        decoder.append(heard)
        var opened = ""
        let primitives = SystemPrimitives()
        while let payload = try decoder.next() {
            let message = try Message(payload: payload)
            dump(message, to: &opened)
            guard case .entries(let entries) = message else { continue }
            for entry in entries.entries {
                guard let bytes = entry.block else { continue }
                dump(try Block.open(bytes, sensitive: SensitivePart.decode(entry.sensitive, primitives), primitives).changes, to: &opened)
            }
        }
        let (raw, text) = (Data(heard), Data(opened.utf8))
        var found: Set<String> = []
        for tenant in tenants {
            for place in places {
                let word = Data(canary(tenant, place).utf8)
                if raw.range(of: word) != nil || text.range(of: word) != nil { found.insert("\(tenant) \(place)") }
            }
        }
        return found
    }

    /// Asks for everything that there is to ask for, of scopes of this tenant and of another.
    private static func ask(_ laptop: Laptop, _ welcome: Message.Welcome, _ scopes: [TenantScope]) throws {
        for scope in scopes {
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
            try laptop.send(.attachment(.wanted(.init(scope: scope.id, record: .zero, hash: .zero, offset: 0))))
            _ = try laptop.receive()
        }
    }

    @Test func `a client viewer's frames hold the published scope alone, an analyst's no sensitive word, and no tenant's a word of another`() async throws {
        let yard = try Yard()
        let scenes = try Self.tenants.map { try Scene($0, yard) }
        let server = try await yard.start()
        try await blocking {
            for scene in scenes {
                let anna = try Enrolment(port: server.port, try #require(scene.invitations["anna"]))
                let (laptop, _) = try anna.greeted(port: server.port)
                try scene.write(PrivacyTests.Author(anna, try scene.engagement("ops")), laptop)
                let ben = try Enrolment(port: server.port, try #require(scene.invitations["ben"]))
                let second = PrivacyTests.Author(ben, try scene.engagement("second"))
                let elsewhere = second.change(
                    Catalogue.site, try .drawn(at: 8), handle: "S-A009", [("name", .text(Self.canary(scene.name, "elsewhere"))), ("notes", .text(Self.canary(scene.name, "elsewhere")))])
                #expect(try second.push([elsewhere], ben.greeted(port: server.port).0) != nil)
            }
            let everything = try scenes.flatMap { scene in try scene.tenant.store.read { try $0.scopes() } }
            for scene in scenes {
                func own(_ places: [String]) -> Set<String> { Set(places.map { "\(scene.name) \($0)" }) }
                /// What a member's device is told from its enrolment on, whatever it asks for.
                func told(_ member: String) throws -> Set<String> {
                    let invitation = try #require(scene.invitations[member])
                    let enrolment = try Enrolment(port: server.port, invitation)
                    let door = try Laptop(port: server.port, invitation)
                    guard case .renewed = try enrolment.renew(door) else { throw RawSocket.Ended.refused }
                    let (laptop, welcome) = try enrolment.greeted(port: server.port)
                    try laptop.send(.status(Message.Status(time: 1, software: "test", schema: Catalogue.version, scopes: [])))
                    try Self.ask(laptop, welcome, everything)
                    return try Self.places(in: door.heard).union(Self.places(in: laptop.heard))
                }
                let (vera, ida) = (try told("vera"), try told("ida"))
                #expect(vera == own(Self.published), "\(vera)")
                // Names of members and titles are hashes to them too. What is open goes to analysts, also where it is marked for the team only:
                // `Documentation/STATUS.md`.
                #expect(ida == own(Self.open), "\(ida)")
            }
            // The search can find: a member of the team is told every word of the engagement, and of no other tenant.
            let scene = scenes[0]
            let invitation = try scene.tenant.invite("ben")
            let (laptop, welcome) = try Enrolment(port: server.port, invitation).greeted(port: server.port)
            try Self.ask(laptop, welcome, everything)
            let ben = try Self.places(in: laptop.heard)
            #expect(ben == Set((Self.directory + Self.open + Self.sensitive + ["elsewhere"]).map { "halden \($0)" }), "\(ben)")
        }
        await server.stop()
    }
}
