import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

/// Bundles as a device writes them, and what headquarters makes of them.
@Suite struct BundleTests {
    /// A device that hands its work in on a stick.
    private struct Courier {
        let device: Enrolment
        let scope: Identifier
        let reply: AgreementKey

        init(_ yard: Yard, _ tenant: TenantOffice, of handle: String) async throws {
            let server = try await yard.start()
            let invitation = try tenant.invite(handle)
            device = try await blocking { try Enrolment(port: server.port, invitation) }
            await server.stop()
            scope = try #require(try tenant.engagements().first).id
            reply = try .generate()
        }

        func write(
            _ blocks: [Block], to path: String, key: [UInt8]? = nil, signer: SigningKey? = nil, also: [[UInt8]] = []
        ) throws {
            let enrolled = device.enrolled
            let writer = try BundleWriter(path: path, kind: .push, to: key ?? #require(enrolled.bundleKey).key)
            let statement = BundleStatement(
                tenant: enrolled.tenant, member: enrolled.member, device: enrolled.device, made: 1_800_000_000_000, link: reply.publicKey)
            try writer.write(statement.signed(by: signer ?? device.signing, header: Digest.sha256(writer.header.bytes)))
            for bytes in blocks.map({ Message.push($0).frame }) + also { try writer.write(bytes) }
            try writer.finish()
        }

        /// What a reply holds behind its greeting, after its maker was checked.
        func read(_ path: String) throws -> [Message] {
            let reader = try BundleReader(path: path, kind: .reply, for: reply)
            var decoder = BundleDecoder()
            var messages: [Message] = []
            while let part = try reader.next() {
                decoder.append(part)
                while let message = try decoder.next() { messages.append(message) }
            }
            let statement = try #require(decoder.statement)
            #expect(decoder.isWhole && statement.device == device.enrolled.device)
            #expect(statement.isSigned(decoder.signature, by: device.enrolled.serverKey.key, header: Digest.sha256(reader.header.bytes), SystemPrimitives()))
            guard case .welcome? = messages.first else { throw RawSocket.Ended.refused }
            return Array(messages.dropFirst())
        }
    }

    private func file(_ yard: Yard, _ name: String) -> String { yard.directory.path + "/" + name }

    private func entries(_ tenant: TenantOffice) throws -> [UInt64] {
        try tenant.store.read { snapshot in try snapshot.scopes().map(\.place.position) }
    }

    /// The number with which a bundle is refused; nil where it is taken, or refused for something else.
    private func number(_ body: () throws -> TenantOffice.BundleImport) -> UInt32? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? OperationFailure).flatMap { $0.description.contains("(\($0.problem ?? 0))") ? $0.problem : nil } }
    }

    private func kind(_ body: () throws -> TenantOffice.BundleImport) -> OperationFailure.Kind? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? OperationFailure)?.kind }
    }

    @Test func `a bundle is a push: receipts come back, and a second import changes nothing`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let courier = try await Courier(yard, tenant, of: "anna")
        let first = try courier.device.block(courier.scope, count: 3)
        let second = try courier.device.block(courier.scope, after: first.end, count: 2)
        try courier.write([first, second], to: file(yard, "a"))
        // A server that runs at the same time sees what came in.
        let server = try await yard.start()
        let done = try tenant.importBundle(file(yard, "a"), reply: file(yard, "r"))
        #expect(done.accepted == 5 && done.present == 0 && done.quarantined.isEmpty && done.refused.isEmpty)
        #expect(done.member == "anna" && done.device == "A" && done.made == 1_800_000_000_000)
        try await blocking {
            let (_, welcome) = try courier.device.greeted(port: server.port)
            #expect(welcome.engagement?.streams.first?.end == second.end)
        }
        await server.stop()
        let receipts = try courier.read(file(yard, "r")).compactMap { if case .receipt(let receipt) = $0 { receipt } else { nil } }
        #expect(receipts.map(\.block) == [first.hash, second.hash])
        #expect(receipts.allSatisfy { $0.isSigned(by: courier.device.enrolled.serverKey.key, SystemPrimitives()) })

        let names = try tenant.namesInActs()
        #expect(try tenant.audit().last.map { TenantOffice.words($0.detail, names) } == "device A 5")
        let (before, acts) = (try entries(tenant), try tenant.store.read { try $0.audit() }.count)
        let again = try tenant.importBundle(file(yard, "a"), reply: file(yard, "r2"))
        #expect(again.accepted == 0 && again.present == 5)
        #expect(try entries(tenant) == before)
        #expect(try tenant.store.read { try $0.audit() }.count == acts)
        #expect(try courier.read(file(yard, "r2")).compactMap { if case .receipt(let receipt) = $0 { receipt } else { nil } } == receipts)
        #expect(try tenant.verify().holds)
        // A file that is there is never overwritten, and then nothing is taken in.
        #expect(kind { try tenant.importBundle(file(yard, "a"), reply: file(yard, "r")) } == .cannotWrite)
    }

    /// All that an import says, for comparing.
    private func words(_ done: TenantOffice.BundleImport) -> String {
        "\(done.device) \(done.member) \(done.made) \(done.accepted) \(done.present) \(done.quarantined.map { "\($0.reason) \($0.changes)" }) \(done.refused.map { "\($0.code) \($0.changes)" })"
    }

    @Test func `a trial says of each block what the import says, however many there are, and nothing of it stays`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let (courier, ben) = (try await Courier(yard, tenant, of: "anna"), try await Courier(yard, tenant, of: "ben"))
        // More than share a transaction: each fits the one before it alone.
        var (blocks, end): ([Block], StreamEnd) = ([], .beginning)
        for number in 0..<20 {
            blocks.append(try courier.device.block(courier.scope, after: end, count: 2, name: number == 18 ? String(repeating: "x", count: 300) : "Dayton"))
            end = blocks[number].end
        }
        let far = try courier.device.block(courier.scope, after: StreamEnd(number: 99, hash: end.hash))
        try courier.write(blocks + [far, try ben.device.block(courier.scope)], to: file(yard, "a"))
        func kept() throws -> [String] {
            let (scopes, acts) = try tenant.store.read { snapshot in (try snapshot.scopes(), try snapshot.audit()) }
            let held = try tenant.quarantine().count
            return scopes.map { "\($0.place) \($0.digest)" } + acts.map { "\($0.hash)" } + ["\(held)"]
        }
        let before = try kept()
        let tried = try tenant.importBundle(file(yard, "a"), reply: file(yard, "r"), isTrial: true)
        #expect(tried.accepted == 38 && tried.quarantined.map(\.changes) == [2] && tried.refused.map(\.code) == [4001, 4005])
        #expect(try kept() == before)
        #expect(!FileManager.default.fileExists(atPath: file(yard, "r")))
        // What is refused is refused, and counted by no trial.
        try Data([UInt8](repeating: 1, count: 200)).write(to: URL(fileURLWithPath: file(yard, "x")))
        #expect(kind { try tenant.importBundle(file(yard, "x"), reply: nil, isTrial: true) } == .badInput)
        #expect(kind { try tenant.importBundle(file(yard, "a"), reply: file(yard, "x"), isTrial: true) } == .cannotWrite)
        #expect(kind { try tenant.importBundle(file(yard, "a"), reply: file(yard, "none/r"), isTrial: true) } == .notFound)
        #expect(try kept() == before)
        #expect(words(try tenant.importBundle(file(yard, "a"), reply: file(yard, "r"))) == words(tried))
        let again = try tenant.importBundle(file(yard, "a"), reply: nil, isTrial: true)
        #expect(again.accepted == 0 && again.present == 40)
        #expect(try tenant.verify().holds)
    }

    @Test func `a bundle that was altered in any byte, or cut anywhere, is refused whole`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let courier = try await Courier(yard, tenant, of: "anna")
        try courier.write([try courier.device.block(courier.scope, count: 2)], to: file(yard, "whole"))
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(yard, "whole"))))
        let before = try entries(tenant)
        let altered = file(yard, "altered")
        var numbers: [UInt32: Int] = [:]
        func isRefused(_ bytes: [UInt8]) throws -> Bool {
            try Data(bytes).write(to: URL(fileURLWithPath: altered))
            guard let number = number({ try tenant.importBundle(altered, reply: nil) }), (4501...4507).contains(number) else { return false }
            numbers[number, default: 0] += 1
            return true
        }
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= UInt8(1) << UInt8(place % 8)
            #expect(try isRefused(bytes), "byte \(place)")
        }
        for length in 0..<whole.count { #expect(try isRefused(Array(whole[..<length])), "cut at \(length)") }
        #expect(try isRefused(whole + [0]))
        #expect(try isRefused(Array(whole[..<5]) + [2] + whole[6...]), "a reply")
        #expect(try entries(tenant) == before)
        // Each of them is counted, and the audit log has its number.
        #expect(Set(numbers.keys).isSuperset(of: [4501, 4502, 4503, 4504, 4505, 4506]), "\(numbers)")
        #expect(try yard.office.status().tenants.map(\.refusedBundles) == [numbers.values.reduce(0, +)])
        let noted = try tenant.store.read { try $0.audit() }.filter { $0.act == "bundle.refuse" }
        #expect(Dictionary(noted.map { (UInt32($0.detail) ?? 0, 1) }, uniquingKeysWith: +) == numbers)
        #expect(kind { try tenant.importBundle(file(yard, "whole"), reply: nil) } == nil)
    }

    @Test func `a late part that was altered leaves nothing of the parts before it`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let courier = try await Courier(yard, tenant, of: "anna")
        var (blocks, end): ([Block], StreamEnd) = ([], .beginning)
        for _ in 0..<12 {
            blocks.append(try courier.device.block(courier.scope, after: end, count: 400))
            end = blocks[blocks.count - 1].end
        }
        try courier.write(blocks, to: file(yard, "long"))
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(yard, "long"))))
        try #require(bytes.count > SealedParts.most + 4096)
        let before = try entries(tenant)
        let whole = bytes
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: file(yard, "late")))
        #expect(kind { try tenant.importBundle(file(yard, "late"), reply: nil) } == .badInput)
        // A whole part left out, and the file ended where a part ends.
        let part = 5 + SealedParts.most + Sealer.overhead
        try Data(whole[..<70] + whole[(70 + part)...]).write(to: URL(fileURLWithPath: file(yard, "late")))
        #expect(kind { try tenant.importBundle(file(yard, "late"), reply: nil) } == .badInput)
        try Data(whole[..<(70 + part)]).write(to: URL(fileURLWithPath: file(yard, "late")))
        #expect(kind { try tenant.importBundle(file(yard, "late"), reply: nil) } == .badInput)
        #expect(try entries(tenant) == before)
        #expect(try tenant.importBundle(file(yard, "long"), reply: nil).accepted == 4800)
    }

    @Test func `only a device of the tenant hands in, and only to its own tenant`() async throws {
        let yard = try Yard()
        let (tenant, other) = (try yard.addTenant("halden"), try yard.addTenant("kestrel"))
        let courier = try await Courier(yard, tenant, of: "anna")
        let block = try courier.device.block(courier.scope)
        try courier.write([block], to: file(yard, "a"))
        #expect(number { try other.importBundle(file(yard, "a"), reply: nil) } == 4504)
        // Sealed to the other tenant by somebody who knows its key, but signed by a device that it does not have.
        try courier.write([block], to: file(yard, "b"), key: other.keys.bundleKey.publicKey)
        #expect(number { try other.importBundle(file(yard, "b"), reply: nil) } == 4507)
        // Anybody may know the tenant's key; nobody else has the device's.
        try courier.write([block], to: file(yard, "c"), signer: try .generate())
        #expect(number { try tenant.importBundle(file(yard, "c"), reply: nil) } == 4507)
        // What belongs into no bundle: another message, a length that no frame has, half a frame.
        for (name, bytes) in [("d", Message.pull(courier.scope).frame), ("e", [0xff, 0xff, 0xff, 0xff]), ("f", Array(Message.push(block).frame.dropLast()))] {
            try courier.write([block], to: file(yard, name), also: [bytes])
            #expect(number { try tenant.importBundle(file(yard, name), reply: nil) } == 4506)
        }
        #expect(try yard.office.status().tenants.map(\.refusedBundles) == [4, 2])
        #expect(try tenant.importBundle(file(yard, "a"), reply: nil).accepted == 1)
        // No file at all is nothing that a laptop handed in.
        #expect(kind { try tenant.importBundle(file(yard, "none"), reply: nil) } == .notFound)
        #expect(try yard.office.status().tenants.map(\.refusedBundles) == [4, 2])
    }

    @Test func `a revoked device's bundle goes into quarantine, and so does one of an engagement that its member left`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let courier = try await Courier(yard, tenant, of: "anna")
        try courier.write([try courier.device.block(courier.scope, count: 2)], to: file(yard, "a"))
        try tenant.staff("anna", on: "ops", remove: true)
        #expect(try tenant.importBundle(file(yard, "a"), reply: file(yard, "r")).quarantined.map(\.reason) == [3001])
        guard case .pushRefused(let refusal)? = try courier.read(file(yard, "r")).first else { throw RawSocket.Ended.refused }
        #expect(refusal.code == .notStaffed)
        try tenant.staff("anna", on: "ops")
        _ = try tenant.revoke("A")
        let done = try tenant.importBundle(file(yard, "a"), reply: nil)
        #expect(done.accepted == 0 && done.quarantined.map(\.reason) == [3002] && done.quarantined.map(\.changes) == [2])
        #expect(try tenant.quarantine().count == 2)
    }

    @Test func `an older program's bundle goes into quarantine, and is told as kept`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let courier = try await Courier(yard, tenant, of: "anna")
        try courier.write([try courier.device.block(courier.scope, count: 2)], to: file(yard, "a"))
        _ = try tenant.setLeastSchemas(write: LeastSchemas.greatest)
        let done = try tenant.importBundle(file(yard, "a"), reply: file(yard, "r"))
        #expect(done.refused.isEmpty && done.quarantined.map(\.reason) == [4008] && done.quarantined.map(\.changes) == [2])
        guard case .pushRefused(let refusal)? = try courier.read(file(yard, "r")).first else { throw RawSocket.Ended.refused }
        #expect(refusal.code == .outdatedSchema)
        #expect(try tenant.quarantine().count == 2)
    }

    @Test func `changes of a bundle that the log refuses are counted as kept in quarantine, and not as accepted`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let courier = try await Courier(yard, tenant, of: "anna")
        let good = try courier.device.block(courier.scope, count: 2)
        let bad = try courier.device.block(courier.scope, after: good.end, name: String(repeating: "x", count: 300))
        try courier.write([good, bad], to: file(yard, "a"))
        let done = try tenant.importBundle(file(yard, "a"), reply: nil)
        #expect(done.accepted == 2 && done.quarantined.map(\.reason) == [3103] && done.quarantined.map(\.changes) == [1])
        #expect(try tenant.quarantine().map(\.change.id) == bad.changes.map(\.id))
    }

    @Test func `blocks that do not fit are not taken, and the others are`() async throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let (courier, ben) = (try await Courier(yard, tenant, of: "anna"), try await Courier(yard, tenant, of: "ben"))
        let first = try courier.device.block(courier.scope)
        let third = try courier.device.block(courier.scope, after: StreamEnd(number: 2, hash: first.hash))
        let foreign = try ben.device.block(courier.scope)
        try courier.write([first, third, foreign], to: file(yard, "a"))
        let done = try tenant.importBundle(file(yard, "a"), reply: nil)
        #expect(done.accepted == 1 && done.refused.map(\.code) == [4001, 4005])
    }
}
