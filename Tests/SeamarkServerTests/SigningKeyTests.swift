import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Replacing the server's signing key of a tenant: its files, step by step; what the former key's word is worth afterwards; and backups of before.
@Suite struct SigningKeyTests {
    private struct Cut: Error {}

    private let halden = ShortName("halden")!
    private let secret = SecretBytes(copying: Array("four random words here".utf8))
    private let primitives = SystemPrimitives()

    private func kind(_ body: () throws -> Void) -> OperationFailure.Kind? {
        do { try body() } catch let error as OperationFailure { return error.kind } catch { return nil }
        return nil
    }

    private func keys(_ yard: Yard, _ tenant: String = "halden") throws -> TenantKeys {
        try TenantKeys(opening: yard.directory.tenant(#require(ShortName(tenant))), under: yard.keyFolder)
    }

    private func files(_ yard: Yard, _ tenant: String) throws -> [String: [UInt8]] {
        let folder = try yard.directory.tenant(#require(ShortName(tenant))).keys
        return try Dictionary(uniqueKeysWithValues: PrivateFile.allNames(in: folder).map { ($0, try PrivateFile.read(folder + "/" + $0)) })
    }

    private func receipt(_ message: Message?) throws -> Receipt {
        guard case .receipt(let receipt)? = message else { throw RawSocket.Ended.refused }
        return receipt
    }

    @Test func `cut off before any of its steps, replacing the key leaves a tenant that opens with the next one, in its epoch, and ends by itself`() throws {
        var steps = 0
        for cut in 0..<20 {
            let yard = try Yard()
            for tenant in ["halden", "rival"] { try yard.addTenant(tenant).store.close() }
            let folder = yard.directory.tenant(halden)
            let (before, rival) = (try keys(yard), try files(yard, "rival"))
            let office = try yard.office.tenant(halden)
            let (identity, scopes) = try office.store.read { (try $0.identity(), try $0.scopes()) }
            try before.beginReplacement(in: folder, office.store)
            #expect(throws: OperationFailure.self) { try before.beginReplacement(in: folder, office.store) }
            let begun = try keys(yard)
            let former = EarlierServerKey(
                epoch: identity.epoch, key: before.signingKey.publicKey,
                ends: Dictionary(uniqueKeysWithValues: scopes.filter { $0.place.position > 0 }.map { ($0.id, $0.place) }),
                farewell: before.signingKey.sign(ServerKeyStatement.farewell(tenant: identity.id, key: before.signingKey.publicKey)))
            #expect(begun.earlier == [former] && begun.signingKey.publicKey != before.signingKey.publicKey)
            var step = 0
            do {
                try begun.finishReplacement(in: folder, office.store, at: 7) {
                    if step == cut { throw Cut() }
                    step += 1
                }
            } catch is Cut {}
            try office.store.close()
            // As a server opens it that starts now: it goes on by itself.
            let open = try OpenTenant(opening: folder, under: yard.keyFolder, clock: yard.clock.wall)
            #expect(open.keys.signingKey.publicKey == begun.signingKey.publicKey, "cut before step \(cut)")
            #expect(try open.store.read { try $0.identity() }.epoch == begun.replacement?.epoch)
            let after = try keys(yard)
            #expect(after.signingKey.publicKey == begun.signingKey.publicKey && after.earlier == [former] && after.replacement == nil)
            #expect(try files(yard, "halden").keys.sorted() == ["authority.pem", "authority.wrapped", "data.wrapped", "earlier.wrapped", "signing.wrapped"])
            #expect(try files(yard, "rival") == rival, "the other tenant is untouched, byte for byte")
            let again = try yard.office.tenant(halden)
            #expect(try again.verify().holds && again.verifyAudit().holds)
            #expect(try again.audit().count { $0.act == "epoch.renew" } == 1)
            steps = step
            if step < cut { break }
        }
        #expect(steps == 5)
    }

    @Test func `a key is replaced while no server runs, sixteen times and not more, each an act of the tenant; a file that was put in another's place is refused`() async throws {
        let yard = try Yard()
        for tenant in ["halden", "rival"] { try yard.addTenant(tenant).store.close() }
        let server = try await yard.start()
        #expect(kind { try yard.office.replaceSigningKey(of: halden) } == .busy, "under a running server")
        await server.stop()
        #expect(kind { try yard.office.replaceSigningKey(of: #require(ShortName("nobody"))) } == .notFound)
        var former: [[UInt8]] = []
        for _ in 0..<TenantKeys.mostEarlier {
            former.append(try yard.office.signingKeyStatus(halden).key)
            try yard.office.replaceSigningKey(of: halden)
        }
        let status = try yard.office.signingKeyStatus(halden)
        #expect(status.earlier.map(\.key) == former && Set(former + [status.key]).count == 17 && Set(status.earlier.map(\.epoch) + [status.epoch]).count == 17)
        #expect(kind { try yard.office.replaceSigningKey(of: halden) } == .exhausted)
        #expect(try yard.office.signingKeyStatus(halden).key == status.key)
        let office = try yard.office.tenant(halden)
        #expect(try office.audit().filter { $0.act == "tenant.signingKey" }.map(\.detail) == former.map(Hexadecimal.text))
        #expect(try office.verify().holds)
        #expect(try yard.office.signingKeyStatus(#require(ShortName("rival"))).earlier.isEmpty)
        // Wrapped for its role: a list of earlier keys is no key, and is not another tenant's.
        let (folder, rival) = (yard.directory.tenant(halden), yard.directory.tenant(try #require(ShortName("rival"))))
        let earlier = try PrivateFile.read(folder.wrapped(.earlier))
        for (path, bytes) in [(folder.wrapped(.replacing), earlier), (rival.wrapped(.earlier), earlier), (folder.wrapped(.earlier), earlier.dropLast() + [earlier.last! ^ 1])] {
            let was = try PrivateFile.exists(path) ? PrivateFile.read(path) : nil
            try PrivateFile.replace(path, Array(bytes))
            #expect(throws: OperationFailure.self) { try TenantKeys(opening: path.hasPrefix(rival.path) ? rival : folder, under: yard.keyFolder) }
            if let was { try PrivateFile.replace(path, was) } else { try PrivateFile.destroy(path) }
        }
        #expect(try keys(yard).earlier.count == 16)
    }

    @Test func `a greeting names the earlier keys; what they signed verifies, and nothing that is shown of them anew is believed`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let invitations = (try tenant.invite("anna"), try tenant.invite("ben"))
        let before = tenant.keys.signingKey
        var server = try await yard.start()
        let scope = try #require(try tenant.engagements().first).id
        let (anna, ben, block, old) = try await blocking { [port = server.port] in
            let (anna, ben) = (try Enrolment(port: port, invitations.0), try Enrolment(port: port, invitations.1))
            let (laptop, welcome) = try anna.greeted(port: port)
            #expect(welcome.earlierKeys.isEmpty && welcome.serverKey.key == before.publicKey)
            let block = try anna.block(scope)
            try laptop.send(.push(block))
            return (anna, ben, block, try self.receipt(laptop.receive()))
        }
        await server.stop()
        let standing = try tenant.store.read { try TenantStanding($0, tenant.keys, at: 5) }
        try tenant.store.close()
        try yard.office.replaceSigningKey(of: halden)
        server = try await yard.start()
        try await blocking { [port = server.port, primitives] in
            let (laptop, welcome) = try anna.greeted(port: port)
            let authority = try Certificate(der: anna.enrolled.authority)
            func isGenuine(_ key: Message.ServerKey) -> Bool {
                authority.publicKey.verifies(key.signature, of: Message.ServerKey.message(tenant: anna.enrolled.tenant, epoch: key.epoch, device: key.device, key: key.key))
            }
            #expect(welcome.serverKey.key != before.publicKey && welcome.serverKey.epoch == welcome.epoch && welcome.epoch != old.epoch && isGenuine(welcome.serverKey))
            #expect(welcome.earlierKeys.map(\.key) == [before.publicKey] && welcome.earlierKeys.map(\.epoch) == [old.epoch] && welcome.earlierKeys.allSatisfy(isGenuine))
            #expect(welcome.earlierKeys.allSatisfy { $0.hasEnded(of: anna.enrolled.tenant, primitives) } && !welcome.serverKey.hasEnded(of: anna.enrolled.tenant, primitives))
            // What was given before is worth what it was.
            #expect(old.isSigned(by: welcome.earlierKeys[0].key, primitives) && !old.isSigned(by: welcome.serverKey.key, primitives))
            #expect(standing.checkpoint.isSigned(by: welcome.earlierKeys[0].key, primitives))
            let next = try anna.block(scope, after: block.end)
            try laptop.send(.push(Message.Push(scope: scope, block: next.bytes, sensitive: [], epoch: welcome.epoch)))
            let receipt = try self.receipt(laptop.receive())
            #expect(receipt.isSigned(by: welcome.serverKey.key, primitives) && !receipt.isSigned(by: before.publicKey, primitives) && receipt.epoch == welcome.epoch)

            // Whoever stole the former key, with Ben's device: places and receipts beyond the log's end and within it, in its own epoch and in the
            // present one, and headquarters' words.
            let (thief, greeting) = try ben.greeted(port: port)
            let forged = try ben.block(scope, name: "canary of a thief")
            let end = receipt.place
            let nobody = Message.Donation.Proof.place(SignedPlace(epoch: old.epoch, scope: scope, place: end, signer: try SigningKey.generate()))
            let entry = Message.Entry(entry: old.entry, block: block.bytes, sensitive: [])
            try thief.send(.donate(Message.Donation(scope: scope, before: .zero, entries: [entry], proof: nobody, incarnation: 4, isLast: true)))
            #expect(try thief.expectProblem() == .badDonation, "no key of the server signed that")
            for epoch in [old.epoch, greeting.epoch] {
                for position in [UInt64(1), 2, 3, 9] {
                    let entry = LogEntry(content: .block(forged.hash), verdicts: [.accepted], received: 5)
                    let hash = entry.logHash(after: .zero, primitives)
                    let place = LogPlace(position: position, hash: hash)
                    let proofs: [Message.Donation.Proof] = [
                        .place(SignedPlace(epoch: epoch, scope: scope, place: place, signer: before)),
                        .receipt(Receipt(epoch: epoch, scope: scope, place: place, block: forged.hash, verdicts: [.accepted], received: 5, signer: before)),
                    ]
                    for proof in proofs {
                        let item = Message.Entry(entry: entry, block: forged.bytes, sensitive: [])
                        try thief.send(.donate(Message.Donation(scope: scope, before: .zero, entries: [item], proof: proof, incarnation: 4, isLast: true)))
                        guard case .donated(let donated)? = try thief.receive() else { throw RawSocket.Ended.refused }
                        #expect(donated.place.place == end, "passed over")
                    }
                    // Nor is a log put back because a thief says so.
                    let cursor = Message.ScopeCursor(
                        scope: scope, epoch: greeting.epoch, cursor: place, mark: place, incarnation: 4, unsent: 0,
                        proof: .place(SignedPlace(epoch: greeting.epoch, scope: scope, place: place, signer: before)))
                    try thief.send(.status(Message.Status(time: 1, software: "test", schema: 1, scopes: [cursor])))
                    #expect(try thief.expectProblem() == .unprovenClaim)
                }
            }
        }
        await server.stop()
        let after = try yard.office.tenant(halden)
        #expect(try after.verify().holds)
        #expect(try after.audit().count { $0.act == "epoch.renew" } == 1, "the thief renewed nothing")
        #expect(try after.quarantine().isEmpty)
        // A report of before was made from this log, and says so by the former key.
        let path = yard.directory.path + "-evidence"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try after.exportEvidence(of: "ops", to: path)
        let file = try PrivateFile.read(path)
        #expect(AlteredEvidence.word(of: file, after.evidenceTrust) == "holds")
        #expect(try AlteredEvidence.python("verify_evidence.py", [after.evidenceTrust.authority.description, path]) == "holds\n")
        var verification = EvidenceVerification(after.evidenceTrust)
        verification.append(file)
        #expect(verification.head?.serverKeys.count == 2)
    }

    @Test func `a tenant with thousands of logs opens after its key was replaced, again and again, and one with more than can be kept is refused before anything is written`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let scopes = (0..<UInt64(2_000)).map { Identifier(high: 0x5c09e, low: $0) }
        let author = try tenant.store.read { try $0.identity() }.author
        func write(_ scopes: [Identifier]) throws {
            try tenant.store.write { transaction in
                for (number, scope) in scopes.enumerated() {
                    try transaction.addScope(scope, kind: .engagement)
                    let edit = Edit(record: Identifier(high: 0x5ec, low: UInt64(number)), type: 3, target: .field(11), content: .open(.int(1)))
                    let change = Change(
                        scope: scope, stamp: Stamp(time: Int64(number) + 1, device: author), member: author, schema: 1, edits: [edit], primitives: primitives)
                    _ = try transaction.author([change], in: scope, by: tenant.keys.signingKey, received: 5)
                }
            }
        }
        try write(scopes)
        let folder = yard.directory.tenant(halden)
        var former = [tenant.keys.signingKey.publicKey]
        for _ in 0..<3 {
            try yard.office.replaceSigningKey(of: halden)
            let after = try keys(yard)
            #expect(after.earlier.map(\.key) == former && after.earlier.allSatisfy { Set($0.ends.keys).isSuperset(of: scopes) })
            former.append(after.signingKey.publicKey)
        }
        #expect(try PrivateFile.read(folder.wrapped(.earlier), atMost: 1 << 20).count > 3 * 2_000 * 49)
        // Logs without an entry have no place to keep.
        try tenant.store.write { transaction in
            for number in 0..<UInt64(EarlierServerKey.mostScopes) { try transaction.addScope(Identifier(high: 0xe, low: number), kind: .engagement) }
        }
        let present = try keys(yard)
        #expect(try tenant.store.read { try present.retired($0) }.ends.count < 2_100)
        try write((0..<UInt64(EarlierServerKey.mostScopes)).map { Identifier(high: 0xf, low: $0) })
        let acts = try tenant.audit().count
        #expect(kind { try yard.office.replaceSigningKey(of: halden) } == .exhausted)
        #expect(try keys(yard).replacement == nil && tenant.audit().count == acts)
    }

    @Test func `files of before keys said farewell are read: the list, and a replacement that such a program was cut off in`() throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        try yard.office.replaceSigningKey(of: halden)
        let folder = yard.directory.tenant(halden)
        func silent(_ key: EarlierServerKey) -> EarlierServerKey { EarlierServerKey(epoch: key.epoch, key: key.key, ends: key.ends, farewell: []) }
        var before = try keys(yard)
        var expected = before.earlier.map(silent)
        // Such a file ends where each farewell, here of no bytes, would say how long it is.
        try PrivateFile.replace(folder.wrapped(.earlier), before.tenantKey.wrap(Array(TenantKeys.bytes(expected).dropLast(expected.count)), as: .earlier))
        before = try keys(yard)
        #expect(before.earlier == expected)
        let office = try yard.office.tenant(halden)
        let former = silent(try office.store.read { try before.retired($0) })
        let replacement = TenantKeys.Replacement(seed: try SigningKey.generate().seed, epoch: 5, incarnation: 6, former: former)
        try PrivateFile.create(folder.wrapped(.replacing), before.tenantKey.wrap(Array(replacement.bytes.dropLast()), as: .replacing))
        try office.store.close()
        try yard.office.tenant(halden).store.close()
        expected.append(former)
        #expect(try keys(yard).earlier == expected && keys(yard).replacement == nil)
        try yard.office.replaceSigningKey(of: halden)
        #expect(try keys(yard).earlier.dropLast() == expected[...] && keys(yard).earlier.map(\.farewell.count) == [0, 0, 64])
        #expect(try yard.office.tenant(halden).verify().holds)
    }

    @Test func `an earlier key is forgotten while no server runs, once, as an act of the tenant; and stays so over restores from before and after`() async throws {
        let yard = try Yard()
        try yard.addTenant("halden").store.close()
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = Hexadecimal.text(of: try yard.office.signingKeyStatus(halden).key)
        let oldest = try yard.office.backUp(halden, to: folder, passphrase: secret)
        try yard.office.replaceSigningKey(of: halden)
        let second = Hexadecimal.text(of: try yard.office.signingKeyStatus(halden).key)
        try yard.office.replaceSigningKey(of: halden)
        let present = try yard.office.signingKeyStatus(halden)
        let between = try yard.office.backUp(halden, to: folder, passphrase: secret)
        func forgotten() throws -> [Bool] { try yard.office.signingKeyStatus(halden).earlier.map(\.isForgotten) }

        let server = try await yard.start()
        #expect(kind { try yard.office.forgetSigningKey(first, of: halden) } == .busy, "under a running server")
        await server.stop()
        for (text, expected) in [("first", OperationFailure.Kind.badInput), (String(first.dropLast(2)), .badInput), (Hexadecimal.text(of: present.key), .badInput), (String(repeating: "0", count: 64), .notFound)] {
            #expect(kind { try yard.office.forgetSigningKey(text, of: halden) } == expected, "\(text)")
        }
        #expect(kind { try yard.office.forgetSigningKey(first, of: #require(ShortName("nobody"))) } == .notFound)
        #expect(try forgotten() == [false, false])
        let before = try keys(yard).earlier
        for text in [first.uppercased(), first] { try yard.office.forgetSigningKey(text, of: halden) }
        let after = try keys(yard).earlier
        #expect(try forgotten() == [true, false] && after[1] == before[1] && after[0].farewell == before[0].farewell && after.map(\.key) == before.map(\.key))
        #expect(try yard.office.tenant(halden).audit().filter { $0.act == "tenant.signingKeyForget" }.map(\.detail) == [first])
        #expect(try yard.office.signingKeyStatus(halden).key == present.key && yard.office.tenant(halden).verify().holds)

        for (backup, keeps) in [(between, false), (oldest, true), (between, false)] {
            #expect(try Restoring(into: yard.directory).restore(backup.path, passphrase: secret).keepsSigningKey == keeps)
            #expect(try forgotten() == [true, false])
            #expect(try yard.office.tenant(halden).verify().holds)
        }
        // One of after it knows by itself, also where what is there does not.
        try yard.office.forgetSigningKey(second, of: halden)
        let last = try yard.office.backUp(halden, to: folder, passphrase: secret)
        for path in [yard.directory.tenant(halden).path, yard.directory.replaced] { try FileManager.default.removeItem(atPath: path) }
        _ = try Restoring(into: yard.directory).restore(between.path, passphrase: secret)
        #expect(try forgotten() == [false, false], "nothing was left that knew better")
        _ = try Restoring(into: yard.directory).restore(last.path, passphrase: secret)
        #expect(try forgotten() == [true, true])
    }

    @Test func `what was begun before the key was replaced signs nothing in the next one's epoch: evidence, a report and a bundle's reply are refused, and work stays`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let invitation = try tenant.invite("anna")
        let scope = try #require(try tenant.engagements().first).id
        let server = try await yard.start()
        let anna = try await blocking { [port = server.port] in try Enrolment(port: port, invitation) }
        await server.stop()
        let folder = yard.directory.path + "-files"
        try PrivateFile.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bundle = folder + "/work.bundle"
        let writer = try BundleWriter(path: bundle, kind: .push, to: #require(anna.enrolled.bundleKey).key)
        let statement = BundleStatement(
            tenant: anna.enrolled.tenant, member: anna.enrolled.member, device: anna.enrolled.device, made: 5, link: try AgreementKey.generate().publicKey)
        try writer.write(statement.signed(by: anna.signing, header: Digest.sha256(writer.header.bytes)))
        try writer.write(Message.push(anna.block(scope)).frame)
        try writer.finish()
        let begun = try yard.office.tenant(halden)
        try yard.office.replaceSigningKey(of: halden)

        #expect(kind { _ = try begun.exportEvidence(of: "ops", to: folder + "/evidence") } == .busy)
        #expect(kind { _ = try begun.report(on: "ops", software: "test") } == .busy)
        #expect(kind { _ = try begun.importBundle(bundle, reply: folder + "/reply") } == .busy)
        #expect(try PrivateFile.names(in: folder) == ["work.bundle"])
        // Blocks of headquarters that the former key seals there verify as all of its blocks do.
        _ = try begun.addMember(ShortName(checking: "late", for: "a member"), name: "late", role: .consultant)
        let office = try yard.office.tenant(halden)
        #expect(try office.verify().holds && office.members().contains { $0.handle == "late" })
        let again = try office.importBundle(bundle, reply: folder + "/reply")
        #expect(again.present == 1 && again.accepted == 0, "it had been taken in")
        _ = try office.report(on: "ops", software: "test")
        _ = try office.exportEvidence(of: "ops", to: folder + "/evidence")
        #expect(try AlteredEvidence.word(of: PrivateFile.read(folder + "/evidence"), office.evidenceTrust) == "holds")
    }

    @Test func `a restore that was cut off between its two renames keeps the key of now, and what was revoked, when it is said again`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let invitation = try tenant.invite("anna")
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await yard.start()
        let anna = try await blocking { [port = server.port] in try Enrolment(port: port, invitation) }
        let backup = try yard.office.backUp(halden, to: folder, passphrase: secret)
        _ = try tenant.revoke(anna.enrolled.device.description)
        await server.stop()
        try tenant.store.close()
        try yard.office.replaceSigningKey(of: halden)
        let present = try yard.office.signingKeyStatus(halden).key
        // An older one of another tenant, one whose name begins the same, and then the one that was set aside.
        try PrivateFile.makeFolder(yard.directory.replaced)
        try PrivateFile.makeFolder(yard.directory.replaced + "/halden-two-20991231T000000Z")
        let aside = yard.directory.replaced + "/halden-20261122T214400Z"
        try FileManager.default.moveItem(atPath: yard.directory.tenant(halden).path, toPath: aside)
        let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        #expect(done.keepsSigningKey && done.revokedAgain == 1 && done.unread == nil && done.replaced == aside && done.entriesAhead != nil)
        #expect(try yard.office.signingKeyStatus(halden).key == present)
        #expect(try yard.office.tenant(halden).verify().holds)
    }

    @Test func `a restore from before the key was replaced keeps the key of now, and takes what was lost since from who has the former one's word for it`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let invitations = (try tenant.invite("anna"), try tenant.invite("ben"))
        let scope = try #require(try tenant.engagements().first).id
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var server = try await yard.start()
        let (anna, ben) = try await blocking { [port = server.port] in (try Enrolment(port: port, invitations.0), try Enrolment(port: port, invitations.1)) }
        let backup = try yard.office.backUp(halden, to: folder, passphrase: secret)
        let (database, older) = (yard.directory.tenant(halden).database, folder + "/older.sqlite")
        try tenant.store.copy(to: older)
        let block = try anna.block(scope)
        let old = try await blocking { [port = server.port] in
            let (laptop, _) = try anna.greeted(port: port)
            try laptop.send(.push(block))
            return try self.receipt(laptop.receive())
        }
        await server.stop()
        let before = tenant.keys.signingKey
        try tenant.store.close()
        try yard.office.replaceSigningKey(of: halden)
        let present = try yard.office.signingKeyStatus(halden)
        // Of the store that is replaced the keys alone are of now: its logs could be read, and nothing would be lost.
        for path in [database, database + "-wal", database + "-shm"] { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.moveItem(atPath: older, toPath: database)
        let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        #expect(done.keepsSigningKey && done.unread == nil)
        let restored = try yard.office.signingKeyStatus(halden)
        #expect(restored.key == present.key && restored.earlier.map(\.key) == [before.publicKey] && restored.epoch != present.epoch)
        #expect(try yard.office.tenant(halden).verify().holds)
        server = try await yard.start()
        try await blocking { [port = server.port, primitives] in
            let (laptop, welcome) = try ben.greeted(port: port)
            let base = try #require(welcome.engagement).place
            #expect(base.position + 1 == old.place.position, "the entry of after the backup is lost")
            func give(_ entry: LogEntry, _ bytes: [UInt8], _ proof: Message.Donation.Proof) throws -> Message? {
                let item = Message.Entry(entry: entry, block: bytes, sensitive: [])
                try laptop.send(.donate(Message.Donation(scope: scope, before: base.hash, entries: [item], proof: proof, incarnation: 4, isLast: true)))
                return try laptop.receive()
            }
            // Beyond where the former key ended nothing counts of it, here either.
            let forged = try ben.block(scope)
            let entry = LogEntry(content: .block(forged.hash), verdicts: [.accepted], received: 5)
            let place = LogPlace(position: old.place.position + 1, hash: entry.logHash(after: base.hash, primitives))
            guard case .donated(let beyond)? = try give(entry, forged.bytes, .place(SignedPlace(epoch: old.epoch, scope: scope, place: place, signer: before))) else {
                throw RawSocket.Ended.refused
            }
            #expect(beyond.place.place == base, "passed over")
            guard case .donated(let donated)? = try give(old.entry, block.bytes, .receipt(old)) else { throw RawSocket.Ended.refused }
            #expect(donated.place.place == old.place && donated.place.isSigned(by: present.key, primitives))
            // Now that the log is whole up to there, nothing more does.
            let first = LogPlace(position: old.place.position, hash: entry.logHash(after: base.hash, primitives))
            guard case .donated(let again)? = try give(entry, forged.bytes, .place(SignedPlace(epoch: old.epoch, scope: scope, place: first, signer: before))) else {
                throw RawSocket.Ended.refused
            }
            #expect(again.place.place == old.place, "passed over")
        }
        await server.stop()
        #expect(try yard.office.tenant(halden).verify().holds)
        // One of after the replacement brings nothing else back, and says nothing of it.
        let later = try yard.office.backUp(halden, to: folder, passphrase: secret)
        #expect(try !Restoring(into: yard.directory).restore(later.path, passphrase: secret).keepsSigningKey)
        #expect(try yard.office.signingKeyStatus(halden).key == present.key)
        // Where nothing else is left of the tenant, the former key comes back, and is replaced again by the same verb.
        for path in [yard.directory.tenant(halden).path, yard.directory.replaced] { try FileManager.default.removeItem(atPath: path) }
        _ = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        #expect(try yard.office.signingKeyStatus(halden).key == before.publicKey)
        try yard.office.replaceSigningKey(of: halden)
        #expect(try yard.office.signingKeyStatus(halden).earlier.map(\.key) == [before.publicKey])
        #expect(try yard.office.tenant(halden).verify().holds)
    }
}
