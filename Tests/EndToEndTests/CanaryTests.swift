import Foundation
import Testing

/// Several tenants on one server, each with words of its own in every place where words go; then every file is searched for the others'.
///
/// The server's memory holds all tenants, naturally, and so would its core: that none is written is `CoreFileTests`.
@Suite(.serialized) struct CanaryTests {
    private static let tenants = ["halden", "northlink", "southlink"]

    /// What is said in one place of one tenant; no part of another's.
    private static func canary(_ tenant: String, _ place: String) -> String { "zz\(tenant)\(place)qq" }

    private static let openPlaces = ["tenant", "member", "title", "site", "seam"]
    private static let sensitivePlaces = ["notes", "person", "attachment", "refused"]
    private static var places: [String] { openPlaces + sensitivePlaces }

    /// The bytes by which a word would be found: as it is, in UTF-16, in hexadecimal and in base64 at each of its three offsets.
    private static func forms(_ word: String) -> [Data] {
        let bytes = Data(word.utf8)
        var forms = [bytes, word.data(using: .utf16LittleEndian) ?? Data(), Data(bytes.map { String($0, radix: 16) }.joined().utf8)]
        for offset in 0..<3 {
            let whole = (Data(repeating: 0x20, count: offset) + bytes).base64EncodedString()
            // What the bytes around it cannot alter.
            forms.append(Data(whole.dropFirst(offset == 0 ? 0 : 4).dropLast(4).utf8))
        }
        return forms
    }

    private static func files(_ folder: URL) throws -> [(path: String, bytes: Data)] {
        let found = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]))
        return try found.compactMap { $0 as? URL }.filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
            .map { ($0.path, try Data(contentsOf: $0)) }
    }

    /// The tenants whose words stand in the bytes, with the places that they were said in.
    private static func heard(in bytes: Data) -> Set<String> {
        var heard: Set<String> = []
        for tenant in tenants {
            for place in places where forms(canary(tenant, place)).contains(where: { bytes.range(of: $0) != nil }) { heard.insert("\(tenant) \(place)") }
        }
        return heard
    }

    @Test func `a client viewer's laptop holds and shows no word of the directory or of an engagement`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        func say(_ place: String) -> String { Self.canary("halden", place) }
        try headquarters.verb("member", "add", "cleo", "--role", "lead", "--name", say("member"))
        try headquarters.verb("engagement", "add", "plants", "--name", say("title"), "--currency", "USD", "--revenue", "100000000", "--planned-income", "8000000", "--fiscal-year", "2026")
        try headquarters.verb("engagement", "staff", "plants", "cleo")
        try headquarters.verb("member", "add", "vera", "--role", "clientViewer", "--name", "Vera (fictitious)")
        try headquarters.verb("engagement", "staff", "plants", "vera")
        let (cleo, vera) = (try Laptop(of: "cleo", at: headquarters), try Laptop(of: "vera", at: headquarters))
        try cleo.must("site", "add", "name=\(say("site"))", "notes=\(say("notes"))")
        try cleo.must("seam", "add", "name=\(say("seam"))")
        try cleo.must("person", "add", "--consent", "given", "--method", "written", "--scope", "quotes,role", "level=frontline", "title=lead", "name=\(say("person"))")
        try cleo.must("sync")
        let refused = try vera.run("sync", "--json")
        #expect(refused.status == 0, "\(refused.error)")
        var said = Data()
        for words in [["export", "-"], ["log", "--json"], ["list", "site"], ["list", "person"], ["status", "--json"], ["status"], ["verify"], ["conflicts"], ["attach", "list"], ["use"]] {
            let done = try vera.run(words)
            said += Data((done.output + done.error).utf8)
        }
        #expect(Self.heard(in: said).isEmpty, "\(Self.heard(in: said))")
        for (path, bytes) in try Self.files(vera.home) { #expect(Self.heard(in: bytes).isEmpty, "\(path)") }
        // The search can find: somebody of the team has them all.
        let shown = try cleo.must("export", "-") + cleo.must("log", "--json")
        #expect(Self.heard(in: Data(shown.utf8)).isSuperset(of: ["site", "notes", "seam", "person"].map { "halden \($0)" }))
    }

    @Test func `no file, log line, backup, report or evidence of one tenant holds a word of another's, and each holds its own where it is meant to`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let out = headquarters.folder.appendingPathComponent("out")
        var laptops: [String: Laptop] = [:]
        // `halden` is there without words; it gets a member and an engagement of its own like the others.
        for tenant in Self.tenants {
            func say(_ place: String) -> String { Self.canary(tenant, place) }
            if tenant != "halden" { try headquarters.verb("tenant", "add", tenant, "--name", say("tenant")) }
            try headquarters.verb("member", "add", "cleo", "--role", "lead", "--name", say("member"), "--tenant", tenant)
            try headquarters.verb("engagement", "add", "plants", "--name", say("title"), "--currency", "USD", "--revenue", "100000000", "--planned-income", "8000000", "--fiscal-year", "2026", "--tenant", tenant)
            try headquarters.verb("engagement", "staff", "plants", "cleo", "--tenant", tenant)
            let laptop = Laptop(headquarters)
            try laptop.must("enrol", "--name", "Laptop", input: headquarters.verb("invite", "cleo", "--name", "127.0.0.1:\(headquarters.port)", "--tenant", tenant))
            try laptop.must("sync")
            laptops[tenant] = laptop
            try laptop.must("site", "add", "name=\(say("site"))", "notes=\(say("notes"))")
            try laptop.must("seam", "add", "name=\(say("seam"))")
            try laptop.must("person", "add", "--consent", "given", "--method", "written", "--scope", "quotes,role", "level=frontline", "title=lead", "name=\(say("person"))")
            let photo = headquarters.folder.appendingPathComponent("\(tenant).txt")
            try Data(say("attachment").utf8).write(to: photo)
            try laptop.must("attach", "add", photo.path, "title=Photo")
            try laptop.must("sync")
            try FileManager.default.removeItem(at: photo)
            // Work of somebody who is no longer staffed goes into quarantine.
            try laptop.must("site", "add", "name=Late", "notes=\(say("refused"))")
            try headquarters.verb("engagement", "staff", "plants", "cleo", "--remove", "--tenant", tenant)
            _ = try laptop.run("sync")
            #expect(try headquarters.verb("quarantine", "list", "--tenant", tenant).contains("site"))
            try headquarters.verb("engagement", "staff", "plants", "cleo", "--tenant", tenant)
            try laptop.must("sync")
            let folder = out.appendingPathComponent(tenant)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try headquarters.verb("report", "plants", "--out", folder.appendingPathComponent("report").path, "--tenant", tenant)
            try headquarters.verb("evidence", "export", "plants", "--out", folder.appendingPathComponent("evidence").path, "--tenant", tenant)
            try headquarters.verb("audit", "export", "--out", folder.appendingPathComponent("acts").path, "--tenant", tenant)
            let backup = try headquarters.program(
                "seamark-server", ["backup", "make", tenant, "--to", folder.appendingPathComponent("backups").path, "--data", headquarters.data.path], passphrase: Laptop.passphrase
            ).finish(within: 60)
            try #require(backup.status == 0, "\(backup.error)")
        }
        // What each laptop holds, when all have been heard.
        for (tenant, laptop) in laptops {
            try laptop.must("sync")
            let shown = try laptop.must("export", "-") + laptop.must("log", "--json") + laptop.must("list", "site") + laptop.must("status", "--json")
            let heard = Self.heard(in: Data(shown.utf8))
            #expect(heard.allSatisfy { $0.hasPrefix("\(tenant) ") } && heard.isSuperset(of: ["\(tenant) site", "\(tenant) notes", "\(tenant) person"]), "\(heard)")
            // Its store is sealed. Which tenant it is of stands beside it in the open, and nothing else.
            for (path, bytes) in try Self.files(laptop.home) { #expect(Self.heard(in: bytes).isSubset(of: ["\(tenant) tenant"]), "\(path)") }
        }
        for tenant in Self.tenants {
            var own: Set<String> = []
            for folder in [headquarters.data.appendingPathComponent("tenants/\(tenant)"), out.appendingPathComponent(tenant)] {
                for (path, bytes) in try Self.files(folder) {
                    let heard = Self.heard(in: bytes)
                    #expect(heard.allSatisfy { $0.hasPrefix("\(tenant) ") }, "\(path): \(heard)")
                    // On the server sensitive words are sealed, and so is a backup.
                    if folder.path.contains("/tenants/") { #expect(heard.isDisjoint(with: Self.sensitivePlaces.map { "\(tenant) \($0)" }), "\(path): \(heard)") }
                    if path.contains("/backups/") { #expect(heard.isEmpty, "\(path)") }
                    own.formUnion(heard)
                }
            }
            // The search can find: the tenant's own words are where they are meant to be.
            #expect(own.isSuperset(of: (Self.openPlaces + ["notes", "person"]).filter { tenant != "halden" || $0 != "tenant" }.map { "\(tenant) \($0)" }), "\(own)")
        }
        // What belongs to no tenant has nobody's words: counts, the installation's keys, the tenants' keys, the lines of the server.
        let keys = URL(fileURLWithPath: headquarters.data.path + ".keys")
        for folder in [headquarters.data, keys] {
            for (path, bytes) in try Self.files(folder) where !path.contains("/tenants/") { #expect(Self.heard(in: bytes).isEmpty, "\(path)") }
        }
        let lines = try headquarters.server.errorSoFar
        #expect(Self.heard(in: Data(lines.utf8)).isEmpty)
    }
}
