import GRDB
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// Devices that wait to be confirmed, and what freezes one.
@Suite struct TenantConfirmationTests {
    private let member = TenantMember(id: Identifier(high: 1, low: 1), name: "Fictitious Member", role: "lead")
    private let directory = TemporaryDirectory()
    private let token = Hash256(words: (1, 0, 0, 0))
    private static let day: Int64 = 86_400_000

    private func made(mustConfirm: Bool) throws -> TenantStore {
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { transaction in
            try transaction.addMember(member)
            try transaction.addInvitation(token: token, member: member.id, made: 0, expires: 1000, mustConfirm: mustConfirm)
        }
        return store
    }

    private func device(_ number: UInt64) -> DeviceEnrolment {
        DeviceEnrolment(id: Identifier(high: 5, low: number), name: "laptop", certificate: .zero, signingKey: [UInt8(number)])
    }

    private func redeem(_ number: UInt64, at time: Int64, _ store: TenantStore) throws -> Redemption { try store.write { try $0.redeem(token, for: device(number), at: time) } }

    private func first(_ store: TenantStore) throws -> TenantDevice { try #require(try store.read { try $0.device(device(1).id) }) }

    private func acts(_ store: TenantStore) throws -> [String] { try store.read { try $0.audit() }.map(\.act) }

    @Test func `of sixty-four who redeem an invitation at once one enrols, and waits; as one of them was no friend, it is not taken for confirmed`() async throws {
        for mustConfirm in [true, false] {
            let directory = TemporaryDirectory()
            let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
            let (member, token) = (member, token)
            try store.write { transaction in
                try transaction.addMember(member)
                try transaction.addInvitation(token: token, member: member.id, made: 0, expires: 1000, mustConfirm: mustConfirm)
            }
            let devices = (UInt64(0)..<64).map { device($0) }
            let outcomes = await withTaskGroup(of: Redemption?.self) { group in
                for device in devices { group.addTask { try? store.write { try $0.redeem(token, for: device, at: 50) } } }
                return await group.reduce(into: [Redemption?]()) { $0.append($1) }
            }
            #expect(outcomes.count { if case .redeemed? = $0 { true } else { false } } == 1)
            let rows = try store.read { try $0.devices() }
            #expect(rows.count == 1 && rows[0].awaitsConfirmation && rows[0].wait?.cause == .reused)
            #expect(try store.read { try $0.audit() }.count { $0.act == "device.freeze" } == 1, "however many try, it is frozen once")
            try store.close()
        }
    }

    @Test func `a device of an invitation that asks for it waits, wrong words leave it waiting and are counted, and it is confirmed once`() throws {
        let store = try made(mustConfirm: true)
        guard case .redeemed(let row) = try redeem(1, at: 50, store) else { throw Unexpected() }
        #expect(row.awaitsConfirmation && row.wait == DeviceWait(since: 50, cause: .invited, wrongWords: 0))
        for count in Int64(1)...3 {
            #expect(try store.write { try $0.noteWrongWords(row.id) })
            #expect(try first(store).wait?.wrongWords == count && first(store).awaitsConfirmation)
        }
        #expect(try store.write { try $0.confirmDevice(row.id, at: 60) })
        #expect(try first(store).wait == nil && !first(store).awaitsConfirmation)
        #expect(try !store.write { try $0.confirmDevice(row.id, at: 61) } && !store.write { try $0.noteWrongWords(row.id) }, "it waits no more")
        try store.close()
        // What was decided lies in the file, under the hash over decisions.
        let reopened = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
        #expect(try reopened.read { try $0.decisionsHold() })
        #expect(try !first(reopened).awaitsConfirmation)
        try reopened.withConnection { try $0.execute(sql: "UPDATE confirmation SET confirmed = NULL") }
        #expect(try !reopened.read { try $0.decisionsHold() }, "a confirmation that was taken back by hand is found")
        try reopened.close()
    }

    @Test func `a device of an invitation that does not ask is confirmed from the beginning, and one that is revoked waits for nothing`() throws {
        let store = try made(mustConfirm: false)
        guard case .redeemed(let row) = try redeem(1, at: 50, store) else { throw Unexpected() }
        #expect(row.wait == nil && !row.awaitsConfirmation)
        try store.write { transaction in
            try transaction.awaitConfirmation(of: row.id, because: .invited, at: 51)
            try transaction.revokeDevice(row.id, at: 52)
        }
        #expect(try !first(store).awaitsConfirmation)
        // And is not frozen besides.
        #expect(try redeem(2, at: 60, store) == .usedBefore(.init(time: 50, device: row.id)))
        #expect(try !acts(store).contains("device.freeze"))
        try store.close()
    }

    @Test func `a second redemption freezes the device of the first, once for each invitation and within thirty days, confirmed or not`() throws {
        for (mustConfirm, isConfirmed) in [(false, false), (true, false), (true, true)] {
            let directory = TemporaryDirectory()
            let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
            try store.write { transaction in
                try transaction.addMember(member)
                try transaction.addInvitation(token: token, member: member.id, made: 0, expires: 1000, mustConfirm: mustConfirm)
            }
            guard case .redeemed = try redeem(1, at: 50, store) else { throw Unexpected() }
            if isConfirmed { #expect(try store.write { try $0.confirmDevice(device(1).id, at: 55) }) }
            // Whoever knows no token freezes nobody.
            #expect(try store.write { try $0.redeem(Hash256(words: (2, 0, 0, 0)), for: device(2), at: 60) } == .unknown)
            #expect(try first(store).awaitsConfirmation == (mustConfirm && !isConfirmed))
            let last = 50 + 30 * Self.day - 1
            #expect(try redeem(2, at: last, store) == .usedBefore(.init(time: 50, device: device(1).id)))
            #expect(try first(store).wait == DeviceWait(since: last, cause: .reused, wrongWords: 0))
            #expect(try store.read { try $0.devices() }.count == 1)
            // Headquarters has asked: the token has done all that it can.
            #expect(try store.write { try $0.confirmDevice(device(1).id, at: last) })
            _ = try redeem(3, at: last, store)
            #expect(try !first(store).awaitsConfirmation)
            #expect(try acts(store) == ["invitation.reused", "device.freeze"])
            try store.close()
        }
    }

    @Test func `a token that is found after thirty days raises the alarm and stops nobody`() throws {
        let store = try made(mustConfirm: false)
        guard case .redeemed = try redeem(1, at: 50, store) else { throw Unexpected() }
        _ = try redeem(2, at: 50 + 30 * Self.day, store)
        #expect(try !first(store).awaitsConfirmation)
        #expect(try store.read { try $0.alarms() }.map(\.kind) == [.invitationReused])
        try store.close()
    }

    @Test func `a device whose own answer was lost is refused as before when it tries again with its key, and not frozen`() throws {
        let store = try made(mustConfirm: false)
        guard case .redeemed = try redeem(1, at: 50, store) else { throw Unexpected() }
        let again = DeviceEnrolment(id: Identifier(high: 5, low: 9), name: "laptop", certificate: .zero, signingKey: device(1).signingKey)
        #expect(try store.write { try $0.redeem(token, for: again, at: 51) } == .usedBefore(.init(time: 50, device: device(1).id)))
        #expect(try !first(store).awaitsConfirmation && acts(store) == ["invitation.reused"])
        // Somebody else's try still freezes it.
        _ = try redeem(2, at: 52, store)
        #expect(try first(store).awaitsConfirmation)
        try store.close()
    }

    private struct Unexpected: Error {}
}
