import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

@Suite struct QuarantineTests {
    private func receipt(_ message: Message?) -> Receipt? { if case .receipt(let receipt)? = message { receipt } else { nil } }
    private func refused(_ message: Message?) -> Problem.Code? { if case .pushRefused(let refusal)? = message { refusal.code } else { nil } }

    private static let tooLong = String(repeating: "x", count: 300)

    @Test func `what the log refused is listed with its reason, and a release applies it by a new entry`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let invitation = try tenant.invite("anna", minutes: 600)
        try await blocking {
            let anna = try Enrolment(port: server.port, invitation)
            let (laptop, welcome) = try anna.greeted(port: server.port)
            let scope = try #require(welcome.engagement).scope
            let good = try anna.block(scope)
            try laptop.send(.push(good))
            #expect(self.receipt(try laptop.receive())?.verdicts == [.accepted])
            let bad = try anna.block(scope, after: good.end, name: Self.tooLong)
            try laptop.send(.push(bad))
            #expect(self.receipt(try laptop.receive())?.verdicts == [.refused(.badText)])

            let held = try tenant.quarantine()
            let one = try #require(held.first)
            #expect(held.count == 1 && one.refusal == .badText && one.member == "anna" && one.device == "A" && one.engagement == "ops")
            #expect(one.position == welcome.engagement.map { $0.place.position + 2 } && one.comesInBySync == nil && one.records.map(\.type) == ["site"] && one.records.first?.handle == "S-1-0")
            #expect(QuarantineReason.words(one.refusal).contains("too long"))
            #expect(try tenant.quarantine(.init(engagement: "ops", member: "anna", device: "A", reason: 3103)).count == 1)
            #expect(try tenant.quarantine(.init(member: "ben")).isEmpty)
            #expect(try tenant.quarantine(.init(reason: 3001)).isEmpty)
            #expect(try tenant.quarantined(String(one.change.id.description.prefix(8))).change == one.change)
            for name in ["00000000", "0000"] { #expect(throws: OperationFailure.self) { try tenant.quarantined(name) } }

            let told = try tenant.report(on: "ops", software: "test").provenance.quarantined
            #expect(told.map(\.changes) == [1] && told[0].reason == "a text is too long or holds characters that it may not")

            let done = try tenant.release([one.change.id])
            #expect(done.applied == [one.change.id] && done.refused.isEmpty && done.entries == 1)
            #expect(try tenant.report(on: "ops", software: "test").provenance.quarantined.isEmpty)
            #expect(try tenant.quarantine().isEmpty)
            try laptop.send(.pull(scope, after: LogPlace(position: 0, hash: .zero)))
            guard case .entries(let entries)? = try laptop.receive() else { throw RawSocket.Ended.silent }
            #expect(entries.entries.last?.entry.content == .release([one.change.id]))
        }
        await server.stop()
        #expect(try tenant.verify().holds)
        let acts = try tenant.store.read { try $0.audit() }
        #expect(acts.last?.act == "quarantine.release")
    }

    @Test func `a block kept outside the log comes in when it is released, judged by the rules, and its device gets its receipt`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (invitation, scope) = (try tenant.invite("zoe", minutes: 600), try #require(try tenant.engagements().first).id)
        try await blocking {
            let zoe = try Enrolment(port: server.port, invitation)
            let (laptop, _) = try zoe.greeted(port: server.port)
            let good = try zoe.block(scope, count: 2)
            let bad = try zoe.block(scope, after: good.end, name: Self.tooLong)
            for block in [good, bad] {
                try laptop.send(.push(block))
                #expect(self.refused(try laptop.receive()) == .notStaffed)
            }
            let held = try tenant.quarantine()
            #expect(held.map(\.change.id) == (good.changes + bad.changes).map(\.id))
            #expect(held.allSatisfy { $0.position == nil && $0.refusal == .notStaffed && $0.comesInBySync == false })
            try tenant.staff("zoe", on: "ops")
            #expect(try tenant.quarantine().allSatisfy { $0.comesInBySync == true })
            try tenant.staff("zoe", on: "ops", remove: true)

            let done = try tenant.release(held.map(\.change.id))
            #expect(done.applied == good.changes.map(\.id) && done.entries == 2)
            #expect(done.refused.map(\.change) == bad.changes.map(\.id) && done.refused.map(\.refusal) == [.badText])
            #expect(try tenant.quarantine().map(\.position) == [try #require(try tenant.engagements().first).position])
            #expect(try tenant.release(bad.changes.map(\.id)).applied == bad.changes.map(\.id))
            #expect(try tenant.quarantine().isEmpty)
            // What it pushes again is in the log: the receipts of the places that the release gave them.
            let again = try zoe.greeted(port: server.port).0
            try again.send(.push(good))
            #expect(self.receipt(try again.receive())?.verdicts == [.accepted, .accepted])
            try again.send(.push(bad))
            #expect(self.receipt(try again.receive())?.verdicts == [.refused(.badText)])
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `what came back without its sensitive values says so, and is released neither alone nor with others`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (invitations, scope) = ((try tenant.invite("anna", minutes: 600), try tenant.invite("zoe", minutes: 600)), try #require(try tenant.engagements().first).id)
        try await blocking {
            let (anna, zoe) = (try Enrolment(port: server.port, invitations.0), try Enrolment(port: server.port, invitations.1))
            let primitives = SystemPrimitives()
            let whole = try anna.block(scope, count: 2, name: "nobody owns the schedule", type: Catalogue.observation, field: "text")
            let leaves = Set(whole.changes.flatMap(\.edits).compactMap { SensitiveTree.leaf(of: $0.content, primitives) })
            let bare = try #require(whole.withholding(leaves, primitives))
            let given = Donation(
                device: anna.enrolled.device, scope: scope, items: [.bare(bare, sensitive: SensitivePart.encode(bare.sensitiveParts, primitives))], received: 5)
            _ = try tenant.store.write { transaction in
                try transaction.donate(given, judge: { _, _, _ in .accepted }) { try transaction.device($0)?.signingKey }
            }
            let held = try tenant.quarantine()
            #expect(held.count == 2 && held.allSatisfy { $0.refusal == .withoutSensitive && $0.comesInBySync == false && $0.position == nil })
            #expect(QuarantineReason.words(.withoutSensitive).contains("sensitive values"))
            for unjudged in [true, false] {
                let failure = #expect(throws: OperationFailure.self) { try tenant.release(held.map(\.change.id), unjudged: unjudged) }
                #expect(failure?.kind == .notPermitted && failure?.wrong.contains("without its sensitive values") == true)
            }
            let (laptop, _) = try zoe.greeted(port: server.port)
            let other = try zoe.block(scope)
            try laptop.send(.push(other))
            #expect(self.refused(try laptop.receive()) == .notStaffed)
            let done = try tenant.release(try tenant.quarantine().map(\.change.id))
            #expect(done.applied == other.changes.map(\.id) && done.entries == 1)
            #expect(done.refused.map(\.change) == bare.changes.map(\.id) && done.refused.allSatisfy { $0.refusal == .withoutSensitive })
            #expect(try tenant.quarantine().map(\.change.id) == bare.changes.map(\.id))
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `released unjudged, everything that is named is applied, and what is not named stays`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (invitation, scope) = (try tenant.invite("zoe", minutes: 600), try #require(try tenant.engagements().first).id)
        try await blocking {
            let zoe = try Enrolment(port: server.port, invitation)
            let (laptop, _) = try zoe.greeted(port: server.port)
            let block = try zoe.block(scope, count: 3, name: Self.tooLong)
            try laptop.send(.push(block))
            #expect(self.refused(try laptop.receive()) == .notStaffed)
            let done = try tenant.release([block.changes[1].id], unjudged: true)
            #expect(done.applied == [block.changes[1].id] && done.refused.isEmpty)
            #expect(try tenant.quarantine().map(\.change.id) == [block.changes[0].id, block.changes[2].id])
            #expect(try tenant.quarantine().allSatisfy { $0.position != nil && $0.refusal == .notStaffed })
        }
        await server.stop()
        #expect(try tenant.verify().holds)
        #expect(try tenant.store.read { try $0.audit() }.last?.act == "quarantine.release-unjudged")
    }

    @Test func `an unknown change releases nothing, also beside a known one`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (invitation, scope) = (try tenant.invite("zoe", minutes: 600), try #require(try tenant.engagements().first).id)
        try await blocking {
            let zoe = try Enrolment(port: server.port, invitation)
            let (laptop, _) = try zoe.greeted(port: server.port)
            let block = try zoe.block(scope)
            try laptop.send(.push(block))
            #expect(self.refused(try laptop.receive()) == .notStaffed)
            #expect(throws: StoreError.self) { try tenant.release([block.changes[0].id, Identifier(high: 1, low: 2)]) }
            #expect(try tenant.quarantine().map(\.position) == [nil])
        }
        await server.stop()
        #expect(try tenant.verify().holds)
    }

    @Test func `sensitive values are shown and exported only when asked for, and the audit log remembers`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let server = try await yard.start()
        let (invitation, scope) = (try tenant.invite("zoe", minutes: 600), try #require(try tenant.engagements().first).id)
        let name = "Perpetua Invented"
        try await blocking {
            let zoe = try Enrolment(port: server.port, invitation)
            let (laptop, _) = try zoe.greeted(port: server.port)
            let primitives = SystemPrimitives()
            let now = WallClock.system.now()
            var editing = RecordEditing(record: try .drawn(at: now), type: Catalogue.person, state: nil, salt: { Identifier(high: 8, low: 9) })
            editing.create(at: now, handle: "P1")
            editing.set("name", .text(name))
            let change = Change(
                scope: scope, stamp: Stamp(time: now, device: zoe.enrolled.device), member: zoe.enrolled.member, schema: 1, edits: editing.edits,
                primitives: primitives)
            let block = Block.seal(
                [change], in: StreamName(device: zoe.enrolled.device, incarnation: 1, scope: scope), after: .beginning, by: zoe.signing, primitives)
            try laptop.send(
                .push(Message.Push(scope: scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, primitives))))
            #expect(self.refused(try laptop.receive()) == .notStaffed)
        }
        await server.stop()
        let one = try #require(try tenant.quarantine().first)
        func text(_ value: JSONValue) -> String {
            var bytes: [UInt8] = []
            JSONWriter.writePretty(value, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(!text(one.summary).contains(name) && !text(one.document(sensitive: false)).contains(name))
        #expect(text(one.document(sensitive: true)).contains(name))
        let before = try tenant.store.read { try $0.audit() }.count
        let (open, full) = (yard.directory.path + "/open.json", yard.directory.path + "/full.json")
        #expect(try tenant.exportQuarantine(to: open, sensitive: false) == 1)
        #expect(try tenant.store.read { try $0.audit() }.count == before)
        #expect(try tenant.exportQuarantine(to: full, sensitive: true) == 1)
        #expect(try tenant.store.read { try $0.audit() }.last?.act == "quarantine.read-sensitive")
        #expect(try !String(contentsOfFile: open, encoding: .utf8).contains(name))
        #expect(try String(contentsOfFile: full, encoding: .utf8).contains(name))
        #expect(throws: OperationFailure.self, "an export overwrote a file") { try tenant.exportQuarantine(to: open, sensitive: false) }
    }
}
