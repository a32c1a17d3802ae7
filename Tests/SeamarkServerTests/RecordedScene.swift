import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// A tenant with words in every place; anna has written them, headquarters has published a report. Ida is an analyst, vera a client's viewer. All
/// people are fictitious.
final class RecordedScene: @unchecked Sendable {
    static let tenants = ["halden", "northlink"]
    /// What is said in each place of each tenant; no part of another. `open` places are told to analysts, `sensitive` ones as hashes.
    static func canary(_ tenant: String, _ place: String) -> String { "zz\(tenant)\(place)qq" }

    static let directory = ["member", "title"]
    static let open = ["site", "seam"]
    static let sensitive = ["notes", "quote", "teamquote", "person", "summary", "observation"]
    /// Said in the engagement before it was frozen, so that the report tells it.
    static let reported = ["reported"]
    /// Said in what is published alone.
    static let published = ["publication"]
    /// In the bytes of an attachment.
    static let filed = ["filed"]
    static let secondEngagement = ["elsewhere"]
    static var places: [String] { directory + open + sensitive + reported + published + filed + secondEngagement }

    let name: String
    let tenant: TenantOffice
    let invitations: [String: InvitationLine]
    let scopes: [TenantScope]
    /// Rows of evidence that name bytes which the server holds, with their engagement.
    private(set) var filed: [(scope: Identifier, record: Identifier, attachment: SeamarkJournal.Attachment)] = []

    init(_ name: String, _ yard: Yard) throws {
        self.name = name
        let tenant = try yard.addTenant(name)
        self.tenant = tenant
        _ = try tenant.addMember(ShortName(checking: "cleo", for: "a member"), name: Self.canary(name, "member"), role: .lead)
        _ = try tenant.addEngagement(ShortName(checking: "second", for: "it"), title: Self.canary(name, "title"), currency: "EUR", financials: nil)
        var viewer: Identifier?
        for (member, role) in [("ida", Role.analyst), ("vera", .clientViewer)] {
            viewer = try tenant.addMember(ShortName(checking: member, for: "a member"), name: member, role: role)
            try tenant.staff(member, on: "ops")
        }
        try tenant.staff("ben", on: "second")
        invitations = try Dictionary(uniqueKeysWithValues: ["anna", "ben", "ida", "vera"].map { ($0, try tenant.invite($0, minutes: 600)) })
        scopes = try tenant.store.read { try $0.scopes() }
        // Were she staffed on more by mistake, her role would still keep it from her.
        let (all, vera) = (scopes, try #require(viewer))
        try tenant.store.write { transaction in for scope in all where scope.kind != .published { try transaction.staff(vera, on: scope.id) } }
    }

    func say(_ place: String) -> Value { .text(Self.canary(name, place)) }

    func engagement(_ handle: String) throws -> Identifier { try #require(try tenant.engagements().first { $0.handle == handle }).id }

    func publishedScope(of handle: String) throws -> Identifier {
        let id = try engagement(handle)
        return try #require(scopes.first { $0.kind == .published && $0.engagement == id }).id
    }

    /// Somebody of the team says something in every place of an engagement; headquarters freezes it and publishes the report; then more is said.
    func write(_ author: PrivacyTests.Author, _ laptop: Laptop) throws {
        func push(_ changes: [Change]) throws {
            let receipt = try #require(try author.push(changes, laptop))
            #expect(receipt.verdicts.allSatisfy { $0 == .accepted }, "\(receipt.verdicts)")
        }
        let (person, interview) = (try Identifier.drawn(at: 1), try Identifier.drawn(at: 2))
        let consent = Consent(state: .given, scope: [.quotes, .role], method: 1).value
        let teamOnly = Int64(4)
        try push([
            author.change(Catalogue.person, person, handle: "P-A001", [("level", .int(3)), ("name", say("person")), ("consent", consent)]),
            author.change(Catalogue.interview, interview, handle: "IV-A001", [("summary", say("summary"))], elements: [("persons", .id(person))]),
            author.change(Catalogue.quote, try .drawn(at: 3), handle: "Q-A001", [("interview", .id(interview)), ("text", say("quote")), ("person", .id(person))]),
            author.change(
                Catalogue.quote, try .drawn(at: 4), handle: "Q-A002",
                [("interview", .id(interview)), ("text", say("teamquote")), ("person", .id(person)), ("attribution", .int(teamOnly))]),
            author.change(Catalogue.observation, try .drawn(at: 5), handle: "OB-A001", [("text", say("observation"))]),
            author.change(Catalogue.site, try .drawn(at: 6), handle: "S-A002", [("name", .text("Plant")), ("notes", say("notes"))]),
            author.change(Catalogue.seam, try .drawn(at: 6), handle: "SM-A002", [("name", say("reported"))]),
        ])
        try freeze("SN-HQ001", author.scope)
        let done = try publish("SN-HQ001")
        #expect(done.viewers == 1 && !done.reasons.isEmpty, "an engagement without a line is a draft")
        let bytes = Array(Self.canary(name, "filed").utf8)
        let attachment = try #require(Attachment(hash: Digest.sha256(bytes), size: Int64(bytes.count)))
        let record = try Identifier.drawn(at: 7)
        try push([
            author.change(Catalogue.site, try .drawn(at: 6), handle: "S-A001", [("name", say("site")), ("notes", say("notes"))]),
            author.change(Catalogue.seam, try .drawn(at: 7), handle: "SM-A001", [("name", say("seam"))]),
            author.change(
                Catalogue.evidence, record, handle: "EV-A001",
                [("kind", .int(1)), ("title", .text("Press 3")), ("sha256", .bytes(attachment.hash.bytes)), ("size", .int(Int64(bytes.count)))]),
        ])
        try laptop.send(.attachment(.offer(.init(scope: author.scope, record: record, attachment: attachment))))
        guard case .attachment(.held) = try laptop.receive() else { throw RawSocket.Ended.refused }
        try laptop.send(.attachment(.chunk(.init(scope: author.scope, hash: attachment.hash, offset: 0, bytes: bytes))))
        guard case .attachment(.held(let held)) = try laptop.receive(), case .wholly = held.standing else { throw RawSocket.Ended.refused }
        filed.append((author.scope, record, attachment))
    }

    func publish(_ snapshot: String) throws -> TenantOffice.Published {
        try tenant.publish("ops", snapshot: snapshot, title: Self.canary(name, "publication"), asDraft: true, software: "test")
    }

    /// Freezes the engagement as it stands; the server writes it, as if a lead had.
    func freeze(_ handle: String, _ scope: Identifier) throws {
        let now = WallClock.system.now()
        try tenant.store.write { transaction in
            let log = EngagementLog(of: scope, transaction, try Directory(transaction))
            let found = try #require(try log.moments([.end])[.end])
            let frozen = FrozenRecords(found.state, at: found.place, day: now / 86_400_000, SystemPrimitives())
            let author = try transaction.identity().author
            var editing = RecordEditing(record: try .drawn(at: now), type: Catalogue.snapshot, state: nil) { .zero }
            editing.freeze(frozen, try frozen.reading(log.instrument), digest: found.state.digest, name: "Quarter", handle: handle, at: now, SystemPrimitives())
            let change = Change(scope: scope, stamp: Stamp(time: now, device: author), member: author, schema: Catalogue.version, edits: editing.edits, primitives: SystemPrimitives())
            _ = try transaction.author([change], in: scope, by: tenant.keys.signingKey, received: now)
        }
    }

    // MARK: What was heard

    static func messages(in heard: [UInt8]) throws -> [Message] {
        var decoder = FrameDecoder()
        decoder.append(heard)
        var messages: [Message] = []
        while let payload = try decoder.next() { messages.append(try Message(payload: payload)) }
        return messages
    }

    /// The places whose words stand in what was said: as it is, and in blocks once they are opened, with every value; in the bytes of attachments too.
    static func places(in heard: [UInt8], _ messages: [Message]) throws -> Set<String> {
        var opened = ""
        var bytes: [UInt8] = []
        let primitives = SystemPrimitives()
        for message in messages {
            dump(message, to: &opened)
            if case .attachment(.chunk(let chunk)) = message { bytes += chunk.bytes }
            guard case .entries(let entries) = message else { continue }
            for entry in entries.entries {
                guard let block = entry.block else { continue }
                dump(try Block.open(block, sensitive: SensitivePart.decode(entry.sensitive, primitives), primitives).changes, to: &opened)
            }
        }
        let texts = [Data(heard), Data(opened.utf8), Data(bytes)]
        var found: Set<String> = []
        for tenant in tenants {
            for place in places {
                let word = Data(canary(tenant, place).utf8)
                if texts.contains(where: { $0.range(of: word) != nil }) { found.insert("\(tenant) \(place)") }
            }
        }
        return found
    }

    static func places(in heard: [UInt8]) throws -> Set<String> { try places(in: heard, messages(in: heard)) }

    func own(_ places: [String]) -> Set<String> { Set(places.map { "\(name) \($0)" }) }
}
