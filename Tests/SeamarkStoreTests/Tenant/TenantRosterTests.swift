import GRDB
import SeamarkJournal
@testable import SeamarkStore
import Testing

@Suite struct `Members, devices and invitations` {
    private let member = TenantMember(id: Identifier(high: 1, low: 1), name: "Fictitious Member", role: "lead")
    private let directory = TemporaryDirectory()

    private func made() throws -> TenantStore {
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        try store.write { try $0.addMember(member) }
        return store
    }

    private func device(_ number: UInt64, certificate: Hash256 = .zero) -> DeviceEnrolment {
        DeviceEnrolment(id: Identifier(high: 5, low: number), name: "laptop", certificate: certificate, signingKey: [1, 2, 3])
    }

    private func token(_ number: UInt64) -> Hash256 { Hash256(words: (number, 0, 0, 0)) }

    @Test func `of sixty-four who redeem one invitation at once, one enrols`() async throws {
        let store = try made()
        try store.write { try $0.addInvitation(token: self.token(1), member: member.id, made: 0, expires: 100) }
        let token = self.token(1)
        let devices = (UInt64(0)..<64).map { device($0) }
        let outcomes = await withTaskGroup(of: Redemption?.self) { group in
            for device in devices {
                group.addTask { try? store.write { try $0.redeem(token, for: device, at: 50) } }
            }
            return await group.reduce(into: [Redemption?]()) { $0.append($1) }
        }
        let enrolled = outcomes.compactMap { outcome -> TenantDevice? in if case .redeemed(let device)? = outcome { device } else { nil } }
        let used = outcomes.filter { if case .usedBefore? = $0 { true } else { false } }
        #expect(enrolled.count == 1 && used.count == 63)
        #expect(try store.read { try $0.devices() } == enrolled)
        #expect(try store.read { try $0.invitation(token) }?.redeemed?.device == enrolled.first?.id)
        let alarms = try store.read { try $0.alarms() }
        #expect(alarms.map(\.kind) == [.invitationReused] && alarms.first?.device == enrolled.first?.id && alarms.first?.count == 1)
        #expect(try store.read { try $0.audit() }.count { $0.act == "invitation.reused" } == 1, "however many try, the chain of acts grows once")
        try store.close()
    }

    @Test func `a thousand invitations that sixty-four try at once each make a thousand devices`() async throws {
        let store = try made()
        let (invitations, rivals) = (1000, 64)
        let tokens = (0..<UInt64(invitations)).map(token)
        let devices = (0..<UInt64(invitations * rivals)).map { device($0, certificate: token($0 + 1)) }
        try store.write { transaction in
            for token in tokens { try transaction.addInvitation(token: token, member: member.id, made: 0, expires: 100) }
        }
        let enrolled = await withTaskGroup(of: [Int].self) { group in
            for rival in 0..<rivals {
                group.addTask {
                    // Each in an order of its own, so that all meet at many invitations at once.
                    var dice = Dice(seed: UInt64(rival))
                    var won: [Int] = []
                    for number in (0..<invitations).shuffled(using: &dice) {
                        let outcome = try? store.write { try $0.redeem(tokens[number], for: devices[number * rivals + rival], at: 50) }
                        if case .redeemed? = outcome { won.append(number) }
                    }
                    return won
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(enrolled.sorted() == Array(0..<invitations))
        let rows = try store.read { try $0.devices() }
        #expect(rows.count == 1000 && Set(rows.map(\.certificate)).count == 1000 && Set(rows.map(\.letters)).count == 1000)
        try store.close()
    }

    @Test func `an invitation is refused from the moment it expires, and when nobody made it`() throws {
        let store = try made()
        try store.write { try $0.addInvitation(token: token(1), member: member.id, made: 0, expires: 100) }
        #expect(try store.write { try $0.redeem(token(2), for: device(1), at: 50) } == .unknown)
        #expect(try store.write { try $0.redeem(token(1), for: device(1), at: 100) } == .expired)
        var inactive = member
        inactive = TenantMember(id: member.id, name: member.name, role: member.role, isActive: false)
        try store.write { [inactive] in try $0.updateMember(inactive) }
        #expect(try store.write { try $0.redeem(token(1), for: device(1), at: 99) } == .unknown)
        try store.write { try $0.updateMember(member) }
        guard case .redeemed = try store.write({ try $0.redeem(token(1), for: device(1), at: 99) }) else {
            Issue.record("not redeemed a moment before it expires")
            return
        }
        try store.close()
    }

    @Test func `an invitation serves for the role that its member had when it was made, and for no other, higher or lower`() throws {
        let store = try made()
        func become(_ role: String) throws { try store.write { try $0.updateMember(TenantMember(id: member.id, name: member.name, role: role)) } }
        try store.write { try $0.addInvitation(token: token(1), member: member.id, made: 0, expires: 100) }
        #expect(try store.read { try $0.invitation(token(1)) }?.role == "lead")
        try become("consultant")
        #expect(try store.write { try $0.redeem(token(1), for: device(1), at: 50) } == .otherRole)
        try store.write { try $0.addInvitation(token: token(2), member: member.id, made: 0, expires: 100) }
        try become("lead")
        #expect(try store.write { try $0.redeem(token(2), for: device(1), at: 50) } == .otherRole)
        #expect(try store.write { try $0.redeem(token(2), for: device(1), at: 100) } == .expired)
        #expect(try store.read { try $0.devices() }.isEmpty && store.read { try $0.invitations() }.allSatisfy { $0.redeemed == nil }, "nothing was used up")
        // The first one is for a lead, who the member is again.
        guard case .redeemed = try store.write({ try $0.redeem(token(1), for: device(1), at: 50) }) else {
            Issue.record("not redeemed by the role that it was made for")
            return
        }
        #expect(try store.write { try $0.decisionsHold() })
        try store.withConnection { try $0.execute(sql: "UPDATE invitation SET role = 'lead' WHERE redeemed IS NULL") }
        #expect(try store.read { try !$0.decisionsHold() }, "whoever alters the role in the file is found")
        try store.close()
    }

    @Test func `letters go from A by enrolment, and no device is enrolled twice`() throws {
        let store = try made()
        let letters = try store.write { transaction in
            try (UInt64(0)..<28).map { try transaction.addDevice(device($0), of: member.id, at: 1).letters }
        }
        #expect(letters.prefix(2) == ["A", "B"] && letters.suffix(3) == ["Z", "AA", "AB"])
        #expect(throws: StoreError.self) { try store.write { try $0.addDevice(device(3), of: member.id, at: 1) } }
        #expect(throws: StoreError.self) { try store.write { try $0.addDevice(device(99), of: Identifier(high: 8, low: 8), at: 1) } }
        try store.close()
    }

    @Test func `the first revocation counts, and contact is noted`() throws {
        let store = try made()
        let contact = DeviceContact(time: 7, skew: -3, work: UnsentWork(changes: 2), version: "1.0", incarnation: .max)
        try store.write { transaction in
            try transaction.addDevice(device(1), of: member.id, at: 1)
            try transaction.noteContact(contact, of: device(1).id)
            try transaction.revokeDevice(device(1).id, at: 10)
            try transaction.revokeDevice(device(1).id, at: 20)
        }
        let found = try store.read { try $0.device(device(1).id) }
        #expect(found?.revoked == 10 && found?.contact == contact)
        try store.close()
    }

    @Test func `what a device says of each scope that waits takes the place of what it said before, and of unknown scopes nothing is kept`() throws {
        let store = try made()
        let (first, second, unknown) = (Identifier(high: 2, low: 1), Identifier(high: 2, low: 2), Identifier(high: 2, low: 3))
        let (one, other) = (device(1).id, device(2).id)
        try store.write { transaction in
            for number in UInt64(1)...2 { try transaction.addDevice(device(number), of: member.id, at: 1) }
            for scope in [first, second] { try transaction.addScope(scope, kind: .engagement) }
        }
        let full = UnsentWork(changes: 3, bytes: 900, oldest: 5, attachments: 2, attachmentBytes: 77)
        let sum = UnsentWork(changes: 10, bytes: nil, oldest: 5, attachments: nil, attachmentBytes: nil)
        let contact = DeviceContact(time: 7, skew: 0, work: sum, version: "1", incarnation: 1)
        func said() throws -> [Identifier: [Identifier: UnsentWork]] {
            try store.read { try $0.unsentWork() }.mapValues { Dictionary(uniqueKeysWithValues: $0.map { ($0.scope, $0.work) }) }
        }
        try store.write { transaction in
            try transaction.noteContact(contact, by: [first: full, second: UnsentWork(changes: 7), unknown: full], of: one)
            // All is sent but an attachment.
            try transaction.noteContact(contact, by: [first: UnsentWork(changes: 0, bytes: 0, attachments: 1, attachmentBytes: 8), second: UnsentWork(changes: 0)], of: other)
            // Somebody whom the store does not know, as after a rollback, keeps nobody's word from being noted.
            try transaction.noteContact(contact, by: [first: full], of: device(9).id)
        }
        #expect(try said() == [one: [first: full, second: UnsentWork(changes: 7)], other: [first: UnsentWork(changes: 0, bytes: 0, attachments: 1, attachmentBytes: 8)]])
        #expect(try store.read { try $0.devices() }.map(\.contact) == [contact, contact])
        let nothing = UnsentWork(changes: 0, bytes: 0, attachments: 0, attachmentBytes: 0)
        let later = DeviceContact(time: 8, skew: 0, work: nothing, version: "1", incarnation: 1)
        try store.write { try $0.noteContact(later, by: [first: nothing], of: one) }
        #expect(try said().keys.sorted() == [other] && store.read { try $0.device(one) }?.contact == later)
        try store.close()
    }

    @Test func `a wipe is ordered of a revoked device alone, once, and its first word that it is done counts`() throws {
        let store = try made()
        let id = device(1).id
        _ = try store.write { try $0.addDevice(device(1), of: member.id, at: 1) }
        #expect(throws: StoreError.self) { try store.write { try $0.orderWipe(of: id, at: 5) } }
        #expect(throws: StoreError.self) { try store.write { try $0.orderWipe(of: Identifier(high: 9, low: 9), at: 5) } }
        #expect(try !store.write { try $0.noteWiped(id, at: 6) }, "nobody ordered it")
        try store.write { transaction in
            try transaction.revokeDevice(id, at: 10)
            for time in [Int64(11), 12] { try transaction.orderWipe(of: id, at: time) }
        }
        #expect(try store.read { try $0.device(id) }?.wipe == WipeOrder(ordered: 11))
        #expect(try store.write { try $0.noteWiped(id, at: 20) })
        #expect(try !store.write { try $0.noteWiped(id, at: 21) })
        #expect(try store.read { try $0.devices() }.map(\.wipe) == [WipeOrder(ordered: 11, wiped: 20)])
        try store.close()
    }

    @Test func `the end of a certificate is known from its issue and renewal on, and not of one that an older program issued`() throws {
        let store = try made()
        let known = DeviceEnrolment(id: Identifier(high: 5, low: 2), name: "laptop", certificate: .zero, certificateEnd: 40, signingKey: [1])
        try store.write { transaction in
            for device in [device(1), known] { try transaction.addDevice(device, of: member.id, at: 1) }
        }
        #expect(try store.read { try $0.devices() }.map(\.certificateEnd) == [nil, 40])
        try store.write { try $0.renewDevice(known.id, certificate: .zero, until: 90) }
        #expect(try store.read { try $0.devices() }.map(\.certificateEnd) == [nil, 90])
        try store.close()
    }

    /// What an older program wrote of what people decided must go on verifying: the number is the one that it gives.
    @Test func `without an order and without ends of certificates the hash of what people decided is what it always was`() throws {
        let store = try made()
        try store.write { transaction in
            try transaction.addDevice(device(1), of: member.id, at: 1)
            try transaction.revokeDevice(device(1).id, at: 10)
        }
        let before = try store.read { try $0.decisionsHash() }
        #expect("\(before)" == "40882f56c7193a2373fac16366c5e8a086ee77e2b2d9d2d75bb034ff7098bb5d")
        try store.write { try $0.orderWipe(of: device(1).id, at: 11) }
        let ordered = try store.read { try $0.decisionsHash() }
        try store.write { _ = try $0.noteWiped(device(1).id, at: 12) }
        let wiped = try store.read { try $0.decisionsHash() }
        try store.write { try $0.renewDevice(device(1).id, certificate: .zero, until: 12) }
        #expect(try Set([before, ordered, wiped, store.read { try $0.decisionsHash() }]).count == 4)
        #expect(try store.read { try $0.decisionsHold() })
        try store.close()
    }

    @Test func `staffing decides which scopes a member sees, and an inactive member sees none`() throws {
        let store = try made()
        let scopes = [Identifier(high: 3, low: 1), Identifier(high: 3, low: 2)]
        try store.write { transaction in
            try transaction.addScope(scopes[0], kind: .engagement)
            try transaction.addScope(scopes[1], kind: .published, engagement: scopes[0])
            try transaction.staff(member.id, on: scopes[1])
            try transaction.staff(member.id, on: scopes[1])
        }
        #expect(try store.read { try $0.scopes(ofMember: member.id) }.map(\.id) == [scopes[1]])
        #expect(try store.read { try $0.scopes(ofMember: member.id) }.first?.engagement == scopes[0])
        #expect(try store.read { try $0.isStaffed(member.id, on: scopes[1]) })
        #expect(try store.read { try $0.members(staffedOn: scopes[1]) } == [member])
        try store.write { try $0.updateMember(TenantMember(id: member.id, name: member.name, role: member.role, isActive: false)) }
        #expect(try store.read { try $0.scopes(ofMember: member.id) }.isEmpty)
        #expect(try !store.read { try $0.isStaffed(member.id, on: scopes[1]) })
        #expect(throws: StoreError.self) { try store.write { try $0.staff(Identifier(high: 9, low: 9), on: scopes[0]) } }
        try store.close()
    }

    @Test func `the audit log is chained`() throws {
        let store = try made()
        try store.write { transaction in
            try transaction.noteAct("member.add", detail: "a fictitious member", at: 1)
            try transaction.noteAct("device.revoke", detail: "A", at: 2)
        }
        let acts = try store.read { try $0.audit() }
        #expect(acts.map(\.number) == [1, 2] && acts.map(\.act) == ["member.add", "device.revoke"])
        #expect(acts[0].hash != acts[1].hash)
        #expect(try store.read { try $0.verify { _ in nil } } == .holds(entries: 0, changes: 0, records: 0))
        try store.close()
    }
}
