import Foundation
import SeamarkJournal
import SeamarkServer
import SeamarkStore
import Testing

/// Every verb of the server's program that does something to a tenant is run for real, and what it did stands in the tenant's chain of acts at once, and in what
/// is listed and handed out of it. All people are fictitious.
@Suite struct AdministrativeActTests {
    private static let passphrase = "nine slow kettles sing"

    /// Acts that no administrator's verb does: devices, the schedule and what a server finds do them; or a verb, on a store that was put back to an older
    /// copy. Each is looked for in a suite of its own.
    private static let byOthers: [String: String] = [
        "device.renew": "SeamarkServerTests/RenewalTests", "device.twoCopies": "SeamarkStoreTests/Tenant/TenantDonationTests",
        "device.unknown": "SeamarkStoreTests/Tenant/TenantDonationTests", "engagement.unknown": "SeamarkStoreTests/Tenant/TenantDonationTests",
        "device.unprovenClaim": "SeamarkStoreTests/Tenant/TenantDonationTests", "rows.dispute": "SeamarkStoreTests/Tenant/TenantRepairTests",
        "rows.repair": "SeamarkServerTests/ComparisonTests", "schema.adopt": "SeamarkStoreTests/Tenant/TenantDonationTests",
        "retention.redact": "SeamarkServerTests/RetentionTests", "tenant.takeOver": "SeamarkServerTests/BackupTests",
        "redaction.takeOver": "SeamarkServerTests/BackupTests", "engagement.adopt": "SeamarkServerTests/AdoptionTests",
        "device.adopt": "SeamarkServerTests/AdoptionTests",
    ]

    /// A tenant's acts as they are found after each step, and which verbs were run.
    private final class Chain {
        let headquarters: Headquarters
        private(set) var verbs: Set<String> = []
        private(set) var acts: Set<String> = []
        private var known: Set<String> = []

        init(_ headquarters: Headquarters) throws {
            self.headquarters = headquarters
            acts.formUnion(try news())
        }

        /// The words of the acts that were not there when this was asked last, in the order of the alphabet.
        func news() throws -> [String] {
            let office = try Office(opening: DataDirectory(headquarters.data.path))
            var fresh: [String] = []
            for name in ["halden", "kestrel"] {
                guard let name = ShortName(name), let tenant = try? office.tenant(name) else { continue }
                for act in try tenant.audit() where known.insert("\(name.text) \(act.hash)").inserted { fresh.append(act.act) }
            }
            acts.formUnion(fresh)
            return fresh.sorted()
        }

        /// Runs a verb, which must end so and leave these acts and no others.
        @discardableResult
        func run(
            _ verb: String, _ words: [String] = [], leaving expected: [String], status: Int32 = 0, passphrase: String? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> String {
            _ = try news()
            verbs.insert(verb)
            let all = verb.split(separator: " ").map(String.init) + words + ["--data", headquarters.data.path]
            let done = try headquarters.program("seamark-server", all, passphrase: passphrase).finish()
            #expect(done.status == status, "\(verb) \(words): \(done)", sourceLocation: sourceLocation)
            let news = try news()
            #expect(news == expected.sorted(), "\(verb) \(words)", sourceLocation: sourceLocation)
            return done.output
        }
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The words that `Server/LOGS.md` has; `ServerLogTests` sees to it that they are all that the code has.
    private static func page() throws -> Set<String> {
        let page = try String(contentsOf: root.appendingPathComponent("Server/LOGS.md"), encoding: .utf8)
        let acts = try #require(page.components(separatedBy: "\n## Acts\n").last)
        return Set(acts.matches(of: /`([a-z]+\.[a-zA-Z-]+)`/).map { String($0.1) })
    }

    @Test func `every verb that does something to a tenant leaves its act in the chain, which is listed, verified and handed out whole`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        func path(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let site = try Interview.said(ann, ["site", "add", "name=Dayton plant", "notes=the night shift hides it"])
        let person = try Interview.said(ann, ["person", "add", "name=Casey Quill (fictitious)", "level=manager", "title=planner"])
        try ann.must("sync")
        try ann.must("snapshot", "freeze", "First")
        try ann.must("sync")
        let instrument = path("second.json")
        try Data(try InstrumentStoryTests.document(2).utf8).write(to: URL(fileURLWithPath: instrument))
        let chain = try Chain(headquarters)
        #expect(chain.acts.isSuperset(of: ["tenant.add", "key.make", "member.add", "engagement.add", "engagement.staff", "invitation.make", "device.enrol"]))

        // Members, engagements, what they ask.
        try chain.run("member add", ["eve", "--role", "analyst"], leaving: ["member.add"])
        try chain.run("member set", ["eve", "--role", "consultant"], leaving: ["member.set"])
        try chain.run("invite", ["eve"], leaving: ["invitation.make"])
        try chain.run("member uninvite", ["eve"], leaving: ["invitation.end"])
        try chain.run("engagement add", ["second", "--currency", "EUR"], leaving: ["engagement.add"])
        try chain.run("engagement staff", ["second", "bob"], leaving: ["engagement.staff"])
        try chain.run("engagement staff", ["second", "bob", "--remove", "--release-copies"], leaving: ["engagement.unstaff", "copies.release"])
        try chain.run("record set", ["sector=energy"], leaving: ["record.set"])
        try chain.run("instrument publish", [instrument], leaving: ["instrument.publish"])
        try chain.run("instrument use", ["second", "core-9@2"], leaving: ["engagement.instrument"])
        try chain.run("publication add", ["baseline", "--draft"], leaving: ["publication.add"])
        try chain.run("publication withdraw", ["PB-HQ001", "--reason", "asked for"], leaving: ["publication.withdraw", "redaction.make"])

        // Devices: one that waits for its words, one whose invitation is tried twice, one that is revoked, one that is wiped.
        let eve = Laptop(headquarters)
        let line = try chain.run("invite", ["eve", "--confirm", "--name", "127.0.0.1:\(headquarters.port)"], leaving: ["invitation.make"])
        let enrolled = try #require(try JSONSerialization.jsonObject(with: Data(eve.must("enrol", "--name", "Laptop", "--json", input: line).utf8)) as? [String: Any])
        let (letters, words) = (try #require(enrolled["letters"] as? String), try #require(enrolled["words"] as? String).split(separator: " ").map(String.init))
        #expect(try chain.news() == ["device.enrol"])
        try chain.run("device confirm", [letters] + words.reversed(), leaving: ["device.wrongWords"], status: 65)
        try chain.run("device confirm", [letters] + words, leaving: ["device.confirm"])
        #expect(try Laptop(headquarters).run(["enrol", "--name", "Other"], input: line).status != 0)
        #expect(try chain.news() == ["device.freeze", "invitation.reused"])
        try chain.run("device revoke", [letters], leaving: ["device.revoke"])
        try chain.run("device wipe", [letters, "--yes"], leaving: ["device.wipe"])
        _ = try eve.run("sync")
        #expect(try chain.news() == ["device.wiped"])

        // Nothing was put back here, and no laptop has shown anything that is lost.
        try chain.run("engagement adopt", ["01a2283b-1f6f-70c5-8c6f-be86e0ef4001", "bob", "--yes"], leaving: [], status: 66)
        try chain.run("device adopt", ["01a2283b-1f6f-70c5-8c6f-be86e0ef4001"] + words, leaving: [], status: 66)

        // What is held, and what comes in by other ways.
        for name in ["Erie depot", "Akron works"] { try bob.must("site", "add", "name=\(name)", "notes=\(name), in confidence") }
        try chain.run("engagement staff", ["baseline", "bob", "--remove"], leaving: ["engagement.unstaff"])
        _ = try bob.run("sync")
        let held = try JSONSerialization.jsonObject(with: Data(headquarters.verb("quarantine", "list", "--json").utf8)) as? [[String: Any]] ?? []
        let changes = held.compactMap { $0["change"] as? String }
        try #require(changes.count == 2)
        try chain.run("quarantine show", [changes[0], "--sensitive"], leaving: ["quarantine.read-sensitive"])
        try chain.run("quarantine export", ["--sensitive", "--out", path("held.json")], leaving: ["quarantine.read-sensitive"])
        try chain.run("quarantine release", [changes[0]], leaving: ["quarantine.release"])
        try chain.run("quarantine release", [changes[1], "--unjudged"], leaving: ["quarantine.release-unjudged"])
        try ann.must("site", "add", "name=Toledo yard")
        try ann.must("bundle", "export", path("stick"))
        try chain.run("bundle import", [path("stick")], leaving: ["bundle.import"])
        try Data(Data(contentsOf: URL(fileURLWithPath: path("stick"))).dropLast()).write(to: URL(fileURLWithPath: path("broken")))
        try chain.run("bundle import", [path("broken")], leaving: ["bundle.refuse"], status: 65)

        // What is handed out, redacted and kept.
        try chain.run("engagement export", ["baseline", "--out", path("export.jsonl"), "--sensitive"], leaving: ["engagement.export-sensitive"])
        try chain.run("evidence export", ["baseline", "--out", path("evidence")], leaving: ["evidence.export"])
        try chain.run("person export", ["baseline", person, "--out", path("person.json")], leaving: ["person.export"])
        try chain.run("redact", ["baseline", site, "notes", "--reason", "asked for"], leaving: ["redaction.make"])
        try chain.run("person erase", ["baseline", person, "--yes"], leaving: ["person.erase", "redaction.make"])
        try chain.run("retention set", ["400", "--attachments", "--yes"], leaving: ["retention.set"])
        try chain.run("retention apply", leaving: ["retention.look"])
        try chain.run("schema set", ["--write", "2"], leaving: ["schema.least"])

        // Keys and authorities.
        let text = try chain.run("tenant key", ["halden"], leaving: ["key.show"])
        try #require(FileManager.default.createFile(atPath: path("recovery"), contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        try chain.run("tenant key", ["halden", "--put-back", "--recovery-file", path("recovery")], leaving: ["key.putBack"])
        try chain.run("tenant authority begin", ["halden"], leaving: ["tenant.authorityBegin"])
        try chain.run("tenant authority finish", ["halden", "--force"], leaving: ["tenant.authorityFinish"])
        try chain.run("authority begin", leaving: ["authority.begin"])
        try chain.run("authority finish", ["--force"], leaving: ["authority.finish"])
        try chain.run("backup make", ["halden", "--to", path("backups")], leaving: ["tenant.backup"], passphrase: Self.passphrase)
        let backup = path("backups") + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: path("backups")).first))
        try chain.run("backup verify", [backup], leaving: [], passphrase: Self.passphrase)
        try #require(headquarters.stop() == 0)
        _ = try chain.news()
        let key = try #require((try JSONSerialization.jsonObject(with: Data(headquarters.verb("tenant", "signing-key", "status", "halden", "--json").utf8)) as? [String: Any])?["key"] as? String)
        try chain.run("tenant signing-key replace", ["halden"], leaving: ["epoch.renew", "tenant.signingKey"])
        try chain.run("tenant signing-key forget", ["halden", key], leaving: ["tenant.signingKeyForget"])
        try chain.run("tenant shred", ["halden", "--request"], leaving: ["shred.request"])
        // Somebody writes to the database by another way, and an administrator takes it as it lies.
        let alter = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(\"UPDATE member SET name = name || '!'\"); c.commit()"
        let database = headquarters.data.appendingPathComponent("tenants/halden/data/tenant.sqlite").path
        try #require(try headquarters.program("/usr/bin/env", ["python3", "-c", alter, database]).finish().status == 0)
        try chain.run("verify", ["--tenant", "halden"], leaving: [], status: 74)
        try chain.run("verify", ["--tenant", "halden", "--accept-decisions"], leaving: ["decisions.accept"])

        // Of all that the chain has every act, as it is listed, verified and handed out.
        #expect(try headquarters.verb("audit", "verify").contains("The chain holds"))
        let listed = try #require(try JSONSerialization.jsonObject(with: Data(headquarters.verb("audit", "list", "--json").utf8)) as? [[String: Any]])
        #expect(Set(listed.compactMap { $0["act"] as? String }) == chain.acts)
        #expect(listed.compactMap { $0["number"] as? Int } == Array(1...listed.count))
        try chain.run("audit export", ["--out", path("acts.json")], leaving: [])
        let exported = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path("acts.json")))) as? [String: Any])
        let acts = try #require(exported["acts"] as? [[String: Any]])
        for word in ["act", "detail", "hash"] { #expect(acts.map { $0[word] as? String } == listed.map { $0[word] as? String }) }
        #expect(try headquarters.verb("audit", "verify", "--hash", #require(acts.last?["hash"] as? String)).contains("The chain holds"))
        let table = Set(try headquarters.verb("audit", "list").split(whereSeparator: \.isWhitespace).map(String.init))
        #expect(chain.acts.subtracting(table).isEmpty)

        // A tenant that comes back, one that is new, and one that goes: its chain goes with it, and the note of that has its last act.
        try chain.run("restore", [backup], leaving: ["epoch.renew", "tenant.restore"], passphrase: Self.passphrase)
        #expect(try headquarters.verb("audit", "verify").contains("The chain holds"))
        try chain.run("tenant add", ["kestrel", "--name", "Kestrel"], leaving: ["key.make", "tenant.add"])
        try chain.run("tenant shred", ["kestrel", "--again", "kestrel", "--alone", "nobody is left"], leaving: [])
        #expect(try headquarters.verb("tenant", "list").contains("was shredded"))

        let without: Set = ["init", "run"]  // before there is a tenant, and the server itself
        let missing = Set(try VerbTree.of("seamark-server").running.map(\.words)).subtracting(ServerDryRunTests.reading).subtracting(without).subtracting(chain.verbs)
        #expect(missing.isEmpty, "a verb is new: run it here, and say which acts it leaves")
        for (act, suite) in Self.byOthers {
            let text = try String(contentsOf: Self.root.appendingPathComponent("Tests/\(suite).swift"), encoding: .utf8)
            #expect(text.contains("\"\(act)\""), "\(suite) looks for no \(act)")
        }
        #expect(chain.acts.union(Self.byOthers.keys) == (try Self.page()), "an act is new: run here what does it")
    }
}
