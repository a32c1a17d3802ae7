import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

@testable import SeamarkServer

/// Who was erased stays erased, whatever comes about them later and whichever process takes it. All people are fictitious.
@Suite struct ErasedPersonsTests {
    private let yard: Yard
    private let tenant: TenantOffice
    private let scope: Identifier
    private let erased = Identifier(high: 1, low: 1)
    private let other = Identifier(high: 1, low: 2)
    /// An interview with who was erased, and one with the other.
    private let theirs = Identifier(high: 2, low: 1)
    private let others = Identifier(high: 2, low: 2)

    init() throws {
        yard = try Yard()
        tenant = try yard.addTenant("halden")
        scope = try #require(try tenant.engagements().first).id
        for (number, (person, interview)) in [(erased, theirs), (other, others)].enumerated() {
            try write(Catalogue.person, person, "P-A\(number)") { $0.set("level", .int(3)); $0.set("name", .text("name \(number)")) }
            try write(Catalogue.interview, interview, "IV-A\(number)") { $0.add("persons", .id(person)) }
        }
    }

    private func write(_ type: RecordType, _ record: Identifier, _ handle: String, to store: TenantStore? = nil, _ fill: (inout RecordEditing) -> Void) throws {
        let now = yard.clock.wall.now()
        try (store ?? tenant.store).write { try Headquarters($0, keys: tenant.keys, now: now).write(type, record, in: scope, handle: handle, fill) }
    }

    /// The records of which the server holds a sensitive value.
    private func held() throws -> Set<Identifier> { Set(try tenant.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.map(\.record)) }

    private static func id(_ number: UInt64) -> Identifier { Identifier(high: 9, low: number) }

    @Test func `whatever comes about a person who was erased goes as it comes, in any process, and what is of others stays`() throws {
        _ = try tenant.erasePerson("P-A0", in: "ops", reason: "asked for")
        #expect(try held() == [other])
        // As a server that is started afterwards opens it: what was erased is in the store alone.
        let folder = URL(fileURLWithPath: tenant.vault).deletingLastPathComponent()
        let later = try TenantStore.open(at: folder.appendingPathComponent("tenant.sqlite").path, tools: .standard(tenant.keys, yard.clock.wall))
        for store in [tenant.store, later] {
            let isLater: UInt64 = store === later ? 100 : 0
            func come(_ type: RecordType, _ number: UInt64, _ fill: (inout RecordEditing) -> Void) throws {
                try write(type, Self.id(number + isLater), "X-\(number + isLater)", to: store, fill)
            }
            try come(Catalogue.quote, 1) { $0.set("interview", .id(theirs)); $0.set("person", .id(erased)); $0.set("text", .text("theirs")) }
            try come(Catalogue.quote, 2) { $0.set("interview", .id(theirs)); $0.set("text", .text("nobody's")) }
            // No words of theirs, so that withdrawn consent would leave it; it goes all the same.
            try come(Catalogue.observation, 3) { $0.set("interview", .id(theirs)); $0.set("text", .text("seen")) }
            try write(Catalogue.person, erased, "P-A0", to: store) { $0.set("name", .text("typed anew \(isLater)")) }
            try write(Catalogue.interview, theirs, "IV-A0", to: store) { $0.set("summary", .text("typed anew \(isLater)")) }
            try come(Catalogue.quote, 4) { $0.set("interview", .id(others)); $0.set("person", .id(other)); $0.set("text", .text("of another")) }
            try come(Catalogue.site, 5) { $0.set("name", .text("Plant")); $0.set("notes", .text("of nobody")) }
        }
        #expect(try held() == [other, Self.id(4), Self.id(5), Self.id(104), Self.id(105)])
        #expect(try tenant.verify().holds)
    }

    @Test func `words of another that become those of a person who was erased go, with all that they replaced`() throws {
        _ = try tenant.erasePerson("P-A0", in: "ops", reason: "asked for")
        for text in ["first", "second"] { try write(Catalogue.interview, others, "IV-A1") { $0.set("summary", .text(text)) } }
        try write(Catalogue.observation, Self.id(1), "O-1") { $0.set("interview", .id(others)); $0.set("text", .text("seen")) }
        #expect(try held() == [other, others, Self.id(1)])
        try write(Catalogue.interview, others, "IV-A1") { $0.add("persons", .id(erased)) }
        #expect(try held() == [other], "both were there")
    }

    @Test func `bytes that come for a person who was erased are given to nobody, and those that somebody else names too stay`() throws {
        _ = try tenant.erasePerson("P-A0", in: "ops", reason: "asked for")
        let (own, shared) = (Self.id(1), Self.id(2))
        func hash(_ row: Identifier) -> Hash256 { Hash256(bytes: row.bytes + row.bytes) ?? .zero }
        for row in [own, shared] {
            try write(Catalogue.evidence, row, "EV-\(row.bytes[15])") {
                $0.set("kind", .int(1)); $0.set("title", .text("a photo"))
                $0.set("sha256", .bytes(hash(row).bytes)); $0.set("size", .int(9)); $0.set("mediaType", .text("image/png"))
            }
        }
        try write(Catalogue.observation, Self.id(3), "O-3") { $0.set("interview", .id(others)); $0.set("text", .text("seen")); $0.add("evidence", .id(shared)) }
        try write(Catalogue.observation, Self.id(4), "O-4") {
            $0.set("interview", .id(theirs)); $0.set("text", .text("seen")); $0.add("evidence", .id(own)); $0.add("evidence", .id(shared))
        }
        func isBarred(_ row: Identifier) throws -> Bool {
            try tenant.store.read { try $0.isBarred(Redaction.leaf(ofAttachment: hash(row), namedBy: row, SystemPrimitives()), in: scope) }
        }
        #expect(try isBarred(own))
        #expect(try !isBarred(shared))
        #expect(try held() == [other, Self.id(3)])
    }

    @Test func `who was erased after a backup stays erased when it is restored over a store that can be read`() throws {
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let secret = SecretBytes(copying: Array("four random words here".utf8))
        let backup = try yard.office.backUp(try ShortName(checking: "halden", for: "it"), to: folder, passphrase: secret)
        _ = try tenant.erasePerson("P-A0", in: "ops", reason: "asked for")
        try tenant.store.close()
        _ = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret)
        let restored = try yard.office.tenant(try ShortName(checking: "halden", for: "it"))
        let now = yard.clock.wall.now()
        try restored.store.write { transaction in
            try Headquarters(transaction, keys: restored.keys, now: now).write(Catalogue.observation, Self.id(1), in: scope, handle: "O-1") {
                $0.set("interview", .id(theirs)); $0.set("text", .text("seen"))
            }
        }
        #expect(Set(try restored.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.map(\.record)) == [other])
        #expect(try restored.verify().holds)
    }

    @Test func `in an empty place a restored backup forgets who was erased since, unless it is told the tenant's own acts, whole as they were`() throws {
        let folder = yard.directory.path + "-backups"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let name = try ShortName(checking: "halden", for: "it")
        let secret = SecretBytes(copying: Array("four random words here".utf8))
        let backup = try yard.office.backUp(name, to: folder, passphrase: secret)
        // Of whom the backup knows nothing.
        let younger = Identifier(high: 1, low: 3)
        try write(Catalogue.person, younger, "P-A3") { $0.set("level", .int(3)); $0.set("name", .text("name 3")) }
        for person in ["P-A0", "P-A3"] { _ = try tenant.erasePerson(person, in: "ops", reason: "asked for") }
        let (acts, others, altered, cut) = (folder + "/acts.json", folder + "/others.json", folder + "/altered.json", folder + "/cut.json")
        _ = try tenant.exportAudit(to: acts)
        _ = try yard.addTenant("rival").exportAudit(to: others)
        let text = try String(contentsOfFile: acts, encoding: .utf8)
        try PrivateFile.create(altered, Array(text.replacingOccurrences(of: erased.description, with: other.description).utf8))
        try PrivateFile.create(cut, Array(text.prefix(text.count / 2).utf8))
        try tenant.store.close()

        func restore(telling acts: String?) throws -> (office: TenantOffice, erased: Int) {
            let done = try Restoring(into: yard.directory).restore(backup.path, passphrase: secret, erasedBy: acts)
            return (try yard.office.tenant(name), done.erasedAgain)
        }
        func held(_ office: TenantOffice) throws -> Set<Identifier> { Set(try office.store.read { try $0.sensitiveValues(in: scope) { _, _ in true } }.map(\.record)) }
        let place = yard.directory.tenant(name).path
        try FileManager.default.removeItem(atPath: place)
        let forgetful = try restore(telling: nil)
        #expect(try forgetful.erased == 0 && held(forgetful.office) == [erased, other])
        try forgetful.office.store.close()

        try FileManager.default.removeItem(atPath: place)
        for path in [others, altered, cut, folder + "/missing.json"] {
            #expect(throws: OperationFailure.self, "\(path)") { _ = try restore(telling: path) }
        }
        #expect(!FileManager.default.fileExists(atPath: place))

        let (office, again) = try restore(telling: acts)
        #expect(try again == 2 && held(office) == [other])
        let now = yard.clock.wall.now()
        try office.store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: office.keys, now: now)
            try headquarters.write(Catalogue.person, younger, in: scope, handle: "P-A3") { $0.set("level", .int(3)); $0.set("name", .text("name 3")) }
            try headquarters.write(Catalogue.observation, Self.id(1), in: scope, handle: "O-1") { $0.set("interview", .id(theirs)); $0.set("text", .text("seen")) }
        }
        #expect(try held(office) == [other])
        #expect(try office.verify().holds)
        try office.store.close()
        // What the store in its place tells is not told twice.
        #expect(try restore(telling: acts).erased == 0)
    }
}
