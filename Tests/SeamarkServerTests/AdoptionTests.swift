import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// What a store that was put back does not know at all is taken back by a person, and by nothing that a laptop says alone. Sessions without a network.
@Suite struct AdoptionTests {
    private let yard: Yard
    private let office: TenantOffice
    private let tenant: OpenTenant
    private let anna: DeviceName
    private let signing: SigningKey
    private let lost: Identifier

    init() throws {
        let yard = try Yard()
        let office = try yard.addTenant("halden")
        let tenant = try OpenTenant(opening: yard.directory.tenantFolders()[0].folder, under: yard.keyFolder, clock: yard.clock.wall)
        let signing = try SigningKey.generate()
        let member = try #require(try office.members().first { $0.handle == "anna" }).id
        let name = DeviceName(tenant: tenant.keys.tenant, member: member, device: try Identifier.drawn(at: 1))
        let key = signing.publicKey
        try tenant.store.write {
            _ = try $0.addDevice(DeviceEnrolment(id: name.device, name: "laptop", certificate: .zero, signingKey: key), of: member, at: 1)
        }
        (self.yard, self.office, self.tenant, anna, self.signing) = (yard, office, tenant, name, signing)
        lost = try Identifier.drawn(at: 5)
    }

    // MARK: Engagements

    /// An entry of the log that was lost, and this server's signature for the place behind it.
    private func lostEntry() throws -> (entry: Message.Entry, signed: SignedPlace) {
        let primitives = SystemPrimitives()
        var editing = RecordEditing(record: try Identifier.drawn(at: 6), type: Catalogue.site, state: nil, salt: { .zero })
        editing.create(at: 6, handle: "ST-A1")
        editing.set("name", .text("Plant"))
        let change = Change(
            scope: lost, stamp: Stamp(time: 6, device: anna.device), member: anna.member, schema: 1, edits: editing.edits, primitives: primitives)
        let block = Block.seal([change], in: StreamName(device: anna.device, incarnation: 1, scope: lost), after: .beginning, by: signing, primitives)
        let entry = LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 77)
        let place = LogPlace(position: 1, hash: entry.logHash(after: LogPlace.beginning.hash, primitives))
        let epoch = try tenant.store.read { try $0.identity().epoch }
        return (Message.Entry(entry: entry, block: block.bytes, sensitive: []), SignedPlace(epoch: epoch, scope: lost, place: place, signer: tenant.desk.signer))
    }

    @Test func `an engagement that is lost is made anew on a person's word, under its own id, and a laptop gives its log back as it was`() throws {
        let (entry, signed) = try lostEntry()
        #expect(throws: OperationFailure.self, "no laptop has shown it") { _ = try office.adoptEngagement(lost.description, staffing: ["anna"]) }
        let cursor = Message.ScopeCursor(
            scope: lost, epoch: signed.epoch, cursor: signed.place, mark: signed.place, incarnation: 1, unsent: 0, proof: .place(signed))
        let first = DeviceSession(anna, of: tenant.desk)
        #expect(try first.note(Message.Status(time: 0, software: "test", schema: 1, scopes: [cursor])) == .renewed)
        let donation = Message.Donation(
            scope: lost, before: LogPlace.beginning.hash, entries: [entry], proof: .place(signed), incarnation: 1, isLast: true)
        let session = DeviceSession(anna, of: tenant.desk)
        if case .refused(let problem) = try session.donate(donation) { #expect(problem.code == .unknownScope) } else { Issue.record("the laptop's word made an engagement") }

        // Told what it would mean, and refused, nothing is there.
        #expect(try office.trial.adoptEngagement(lost.description, staffing: ["anna"]).members == ["anna"])
        for members in [["nobody"], ["anna", "nobody"]] {
            #expect(throws: OperationFailure.self) { _ = try office.adoptEngagement(lost.description, staffing: members) }
        }
        #expect(try tenant.store.read { try $0.scope(lost) } == nil)

        let adopted = try office.adoptEngagement(lost.description, staffing: ["anna"])
        #expect(adopted.id == lost && adopted.device == "A" && adopted.members == ["anna"])
        #expect(throws: OperationFailure.self, "once") { _ = try office.adoptEngagement(lost.description, staffing: ["anna"]) }
        guard case .donated(let donated) = try session.donate(donation) else { throw RawSocket.Ended.refused }
        #expect(donated.place.place == signed.place, "with its verdict and its time")
        let held = try tenant.store.read { try $0.entries(of: lost, after: 0) }
        #expect(held.map(\.entry) == [entry.entry] && held.map(\.block) == [entry.block ?? []])

        // Of whom it says nothing here the engagement's record comes with the log: putting somebody on it makes no second one.
        try office.staff("ben", on: lost.description)
        #expect(try tenant.store.read { try $0.record(lost, in: lost) } == nil)
        #expect(try office.engagements().first { $0.id == lost }?.members == ["anna", "ben"])
        let acts = try office.audit().filter { $0.act == "engagement.adopt" }
        #expect(acts.map(\.detail) == ["\(lost) \(anna.device)"])
        #expect(try yard.office.status().tenants.first?.unknownEngagements == [])
    }

    @Test func `what a client viewer's laptop shows is no engagement, and no viewer is put on one`() throws {
        let viewer = try office.addMember(ShortName(checking: "vera", for: "a member"), name: "vera", role: .clientViewer)
        let (device, other, published, scope) = (try Identifier.drawn(at: 2), anna.device, try Identifier.drawn(at: 7), lost)
        try tenant.store.write {
            _ = try $0.addDevice(DeviceEnrolment(id: device, name: "laptop", certificate: .zero, signingKey: [UInt8](repeating: 1, count: 32)), of: viewer, at: 1)
            try $0.hear(ofScopes: [published], of: device, at: 2)
            try $0.hear(ofScopes: [scope], of: other, at: 2)
        }
        #expect(throws: OperationFailure.self) { _ = try office.adoptEngagement(published.description, staffing: ["anna"]) }
        #expect(throws: OperationFailure.self) { _ = try office.adoptEngagement(lost.description, staffing: ["vera"]) }
        for id in [published, lost] { #expect(try tenant.store.read { try $0.scope(id) } == nil) }
        #expect(try office.adoptEngagement(lost.description, staffing: ["zoe"]).members == ["zoe"])
    }

    // MARK: Devices

    private func words(of device: Identifier, _ key: SigningKey) -> String {
        DeviceWords(tenant: tenant.keys.tenant, device: device, signingKey: key.publicKey, SystemPrimitives()).description
    }

    /// The device comes with a certificate of the tenant's authority. True where it is let in.
    private func comes(_ device: Identifier, of member: Identifier) throws -> Bool {
        let now = yard.clock.wall.seconds
        let uri = DeviceName(tenant: tenant.keys.tenant, member: member, device: device).uri
        let certificate = try tenant.keys.authority.issueDevice(
            for: CertificateSigningRequest(for: CertificateKey.generate()), uri: uri, notBefore: now - 60, notAfter: now + 3600)
        do { return try TenantDoor().open(certificate: certificate.der, chosen: tenant) != nil } catch let problem as Problem where problem.code == .unknownDevice { return false }
    }

    /// Keys that were shown beside such a certificate.
    private func show(_ keys: [SigningKey], for device: Identifier, of member: Identifier) throws {
        let shown = keys.map { UnknownDeviceKey(signingKey: $0.publicKey, member: member, certificate: .zero, certificateEnd: 9_000_000_000_000) }
        try tenant.store.write { for key in shown { try $0.hear(ofDevice: device, showing: key, at: 3) } }
    }

    @Test func `a device that is lost is taken back by the words of the key that it holds, whatever else was shown beside its certificate`() throws {
        let device = try Identifier.drawn(at: 2)
        let (genuine, thief, nobody) = (try SigningKey.generate(), try SigningKey.generate(), try SigningKey.generate())
        #expect(throws: OperationFailure.self, "it never came") { _ = try office.adoptDevice(device.description, words: words(of: device, genuine)) }
        #expect(try !comes(device, of: anna.member))
        #expect(throws: OperationFailure.self, "it showed no key") { _ = try office.adoptDevice(device.description, words: words(of: device, genuine)) }
        try show([thief, genuine], for: device, of: anna.member)
        for wrong in [words(of: device, nobody), words(of: anna.device, genuine)] {
            #expect(throws: OperationFailure.self) { _ = try office.adoptDevice(device.description, words: wrong) }
        }
        #expect(throws: OperationFailure.self) { _ = try office.adoptDevice(device.description, words: words(of: device, genuine), letters: "b?") }
        #expect(try tenant.store.read { try $0.device(device) } == nil && !comes(device, of: anna.member))

        let row = try office.adoptDevice(device.description, words: words(of: device, genuine).uppercased(), letters: "Q")
        #expect(row.signingKey == genuine.publicKey && row.member == anna.member && row.letters == "Q" && row.revoked == nil && !row.awaitsConfirmation)
        #expect(try comes(device, of: anna.member))
        #expect(throws: OperationFailure.self, "once") { _ = try office.adoptDevice(device.description, words: words(of: device, genuine)) }
        // Others learn the key from the directory; what the thief showed is nowhere any more.
        let shared = try #require(try tenant.store.read { try $0.scopes() }.first { $0.kind == .shared }).id
        let record = try #require(try tenant.store.read { try $0.record(device, in: shared) })
        #expect(RecordView(id: device, state: record).value("signingKey") == .bytes(genuine.publicKey))
        #expect(try tenant.store.read { try $0.unknownDeviceKeys(of: device) }.isEmpty)
        let acts = try office.audit()
        #expect(acts.count { $0.act == "device.wrongWords" } == 2 && acts.filter { $0.act == "device.adopt" }.map(\.detail) == ["\(device) \(anna.member)"])
        #expect(try yard.office.status().tenants.first?.unknownDevices == [] && office.verify().holds)

        // Letters are never given twice: neither those of a device that is there, nor afterwards those that one was given back.
        var next = try Identifier.drawn(at: 8)
        for (wanted, given) in [("A", "C"), ("E", "E")] {
            #expect(try !comes(next, of: anna.member))
            try show([genuine], for: next, of: anna.member)
            #expect(try office.adoptDevice(next.description, words: words(of: next, genuine), letters: wanted).letters == given)
            next = try Identifier.drawn(at: 9)
        }
        let member = anna.member
        let enrolled = try tenant.store.write {
            try $0.addDevice(DeviceEnrolment(id: next, name: "laptop", certificate: .zero, signingKey: genuine.publicKey), of: member, at: 9)
        }
        #expect(enrolled.letters == "F")
    }

    @Test func `the key that headquarters itself published leaves no choice, and a device that it had revoked is revoked`() throws {
        let (device, member) = (try Identifier.drawn(at: 2), anna.member)
        let (genuine, thief) = (try SigningKey.generate(), try SigningKey.generate())
        let keys = tenant.keys
        try tenant.store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: 9)
            try headquarters.write(Catalogue.device, device, in: headquarters.shared, handle: "DV-K") { record in
                record.set("member", .id(member))
                record.set("signingKey", .bytes(genuine.publicKey))
                record.set("letters", .text("K"))
                record.set("name", .text("Old laptop"))
                record.set("status", .int(2))
            }
        }
        try show([thief], for: device, of: member)
        #expect(throws: OperationFailure.self) { _ = try office.adoptDevice(device.description, words: words(of: device, thief)) }
        let row = try office.adoptDevice(device.description, words: words(of: device, genuine), letters: "Q")
        #expect(row.signingKey == genuine.publicKey && row.letters == "K" && row.name == "Old laptop" && row.revoked != nil)
        #expect(try DeviceSession(DeviceName(tenant: keys.tenant, member: member, device: device), of: tenant.desk).welcome().revoked)
        // And where nobody published it, a person may say so.
        let other = try Identifier.drawn(at: 3)
        try show([genuine], for: other, of: member)
        #expect(try office.adoptDevice(other.description, words: words(of: other, genuine), revoked: true).revoked != nil)
        #expect(try office.audit().count { $0.act == "device.revoke" } == 2)
    }

    @Test func `a member who is lost with the device is added under the id that the certificate names, and under no other`() throws {
        let (device, carl, key) = (try Identifier.drawn(at: 2), try Identifier.drawn(at: 3), try SigningKey.generate())
        let short = try ShortName(checking: "carl", for: "a member")
        try show([key], for: device, of: carl)
        #expect(throws: OperationFailure.self) { _ = try office.adoptDevice(device.description, words: words(of: device, key)) }
        for id in [try Identifier.drawn(at: 4), device, anna.member] {
            #expect(throws: OperationFailure.self) { _ = try office.addMember(short, name: "Carl", role: .consultant, id: id) }
        }
        #expect(try office.addMember(short, name: "Carl", role: .consultant, id: carl) == carl)
        #expect(try office.adoptDevice(device.description, words: words(of: device, key)).member == carl)
        #expect(throws: OperationFailure.self, "there is one") { _ = try office.addMember(short, name: "Carl", role: .consultant, id: carl) }
    }
}
