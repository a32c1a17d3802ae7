import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// How long sensitive values are kept. All people are fictitious.
@Suite struct RetentionTests {
    private static let day: Int64 = 86_400_000
    private let canary = "canary: the night shift hides the scrap"

    /// A tenant with an engagement; `push` hands in sites with these notes.
    private struct Scene: Sendable {
        let yard: Yard
        let tenant: TenantOffice
        let scope: Identifier
        let server: Server
        let devices: [Enrolment]

        /// Each device pushes once.
        func push(_ texts: [String], from device: Int = 0) async throws {
            try await blocking { [enrolment = devices[device], scope, server] in
                let laptop = try enrolment.greeted(port: server.port).0
                let author = PrivacyTests.Author(enrolment, scope)
                let changes = try texts.enumerated().map { number, text in
                    author.change(
                        Catalogue.site, try .drawn(at: 4), handle: "S-\(device)\(number)", [("name", .text("Plant \(number)")), ("notes", .text(text))])
                }
                guard try author.push(changes, laptop)?.verdicts.allSatisfy({ $0 == .accepted }) == true else { throw RawSocket.Ended.refused }
            }
        }

        var held: Int { get throws { try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.count } }
        var acts: [String] { get throws { try tenant.store.read { try $0.audit() }.map(\.act).filter { $0.hasPrefix("retention.") } } }
    }

    private func scene() async throws -> Scene {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitations = [try tenant.invite("anna", minutes: 600), try tenant.invite("ben", minutes: 600)]
        let devices = try await blocking { try invitations.map { try Enrolment(port: server.port, $0) } }
        let scope = try #require(try tenant.engagements().first).id
        return Scene(yard: yard, tenant: tenant, scope: scope, server: server, devices: devices)
    }

    @Test func `a value is redacted when it was kept for as long as was agreed, and none a moment sooner or that came later`() async throws {
        let scene = try await scene()
        try await scene.push(["\(canary) first", "\(canary) second"])
        scene.yard.clock.advance(milliseconds: 20 * Self.day)
        try await scene.push(["a later note"], from: 1)
        // Its schedule would be quicker than we are.
        await scene.server.stop()
        let (tenant, clock) = (scene.tenant, scene.yard.clock)

        #expect(try tenant.retention().days == nil && tenant.retention().values == 0)
        #expect(throws: OperationFailure.self) { try tenant.applyRetention() }
        #expect(try tenant.retention(ifDays: 19).due.map(\.values) == [2] && tenant.retention(ifDays: 21).values == 0)
        #expect(try scene.acts == [], "asking leaves no act")

        try tenant.setRetention(days: 30)
        clock.advance(milliseconds: 10 * Self.day - 60_000)
        #expect(try tenant.retention().days == 30 && tenant.retention().values == 0)
        #expect(try tenant.applyRetention().values == 0 && scene.held == 3)
        // Longer than what passed of the wall's own time since the first push.
        clock.advance(milliseconds: 600_000)
        #expect(try tenant.retention().due.map(\.engagement) == ["ops"] && tenant.retention().values == 2)
        #expect(try tenant.applyRetention().values == 2)
        #expect(try scene.held == 1 && tenant.retention().values == 0)
        #expect(try scene.acts == ["retention.set", "retention.look", "retention.redact"])

        // What stays open stays; a person reads why; nothing can bring the value back.
        try tenant.store.read { snapshot in
            var names = 0
            try snapshot.records(in: scene.scope, ofType: Catalogue.site.number) { id, state in
                if RecordView(id: id, state: state).text("name")?.hasPrefix("Plant") == true { names += 1 }
            }
            #expect(names == 3)
            var reasons: Set<String> = []
            try snapshot.records(in: scene.scope, ofType: Catalogue.redaction.number) { id, state in
                reasons.insert(RecordView(id: id, state: state).text("reason") ?? "")
            }
            #expect(reasons == [Retention.reason])
        }
        #expect(try tenant.verify().holds)

        try tenant.setRetention(days: nil)
        clock.advance(milliseconds: 1000 * Self.day)
        #expect(try tenant.retention().days == nil && scene.held == 1)
    }

    @Test func `the running server redacts by itself within a day what is due`() async throws {
        let scene = try await scene()
        try await scene.push(["\(canary) first", "\(canary) second"])
        let (tenant, scope, now) = (scene.tenant, scene.scope, scene.yard.clock.wall.now())
        let bytes = Array(canary.utf8)
        let named = SeamarkJournal.Attachment(hash: Digest.sha256(bytes), size: Int64(bytes.count))
        let attachment = try #require(named)
        let vault = try AttachmentVault(at: tenant.vault, dataKey: tenant.keys.dataKey)
        try vault.append(bytes, at: 0, of: attachment, by: scope)
        #expect(try vault.finish(attachment, by: scope))
        try tenant.store.write { transaction in
            try Headquarters(transaction, keys: tenant.keys, now: now).write(Catalogue.evidence, Identifier(high: 9, low: 1), in: scope, handle: "EV-1") {
                $0.set("kind", .int(1)); $0.set("title", .text("a photo")); $0.set("mediaType", .text("image/png"))
                $0.set("sha256", .bytes(attachment.hash.bytes)); $0.set("size", .int(Int64(attachment.size)))
            }
            try transaction.addAttachment(attachment, to: scope, received: now)
        }
        try tenant.setRetention(days: 1, attachments: true)
        scene.yard.clock.advance(milliseconds: 2 * Self.day)
        #expect(try await eventually { try scene.held == 0 && !vault.holds(attachment) })
        #expect(try scene.acts == ["retention.set", "retention.redact", "retention.redact"])
        await scene.server.stop()
        #expect(scene.server.counts.faults == 0)
        #expect(try scene.tenant.verify().holds)
    }

    @Test func `a clock that jumps by years redacts nothing until somebody has looked at it`() async throws {
        let scene = try await scene()
        try await scene.push(["\(canary) first"])
        await scene.server.stop()
        let store = scene.tenant.store
        let now = scene.yard.clock.wall.now()
        try scene.tenant.setRetention(days: 365)
        func round(_ days: Int64) throws -> Retention.Round { try Retention.keepSchedule(of: store, signer: scene.tenant.keys.signingKey, at: now + days * Self.day) }
        // A day after the other it gets there, with a sign every month.
        for days in Int64(1)...364 { #expect(try round(days) == .nothing) }
        #expect(try scene.acts.count { $0 == "retention.look" } == 11)
        #expect(try round(366 + 3650) == .silent(since: now + 341 * Self.day) && scene.held == 1)
        scene.yard.clock.advance(milliseconds: 4000 * Self.day)
        #expect(try scene.tenant.retention().silentSince == now + 341 * Self.day)
        #expect(try scene.held == 1)
        #expect(try scene.tenant.applyRetention().values == 1)
        #expect(try scene.held == 0 && scene.tenant.retention().silentSince == nil)
    }
}
