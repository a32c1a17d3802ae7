import Foundation
import Testing

/// Rows of the server that are not what its log says, and least schemas, with the real programs.
@Suite(.serialized) struct RepairTests {
    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func status(_ headquarters: Headquarters) throws -> [String: Any] {
        try #require((document(headquarters.verb("status", "--json"))["tenants"] as? [[String: Any]])?.first)
    }

    @Test func `rows that somebody altered at the server are found by the next sync, computed anew from the log, and told on both sides`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let bob = try Laptop(of: "bob", at: headquarters)
        for number in 0..<12 { try ann.must("site", "add", "name=Plant \(number)") }
        try ann.must("sync")
        try bob.must("sync")
        // The row of one site goes, and the digest is what is left, as if the server had merged wrongly. The server runs.
        let alter = """
            import glob, sqlite3, sys
            d = sqlite3.connect(glob.glob(sys.argv[1] + '/**/*.sqlite', recursive=True)[0], timeout=20)
            d.execute('PRAGMA foreign_keys = OFF')
            key, scope = d.execute("SELECT key, scope FROM record WHERE document LIKE '%Plant 7%'").fetchone()
            d.execute('DELETE FROM sensitive WHERE record = ?', (key,))
            d.execute('DELETE FROM record WHERE key = ?', (key,))
            d.execute('UPDATE scope SET digest = ? WHERE key = ?', (bytes(15) + b'7', scope))
            d.commit()
            """
        let done = try Program("/usr/bin/env", ["python3", "-c", alter, headquarters.data.path], in: headquarters.folder).finish()
        try #require(done.status == 0, "\(done.error)")
        #expect(try headquarters.program("seamark-server", ["verify", "--data", headquarters.data.path]).finish().status != 0)
        try ann.must("site", "add", "name=Late depot")
        let told = try ann.must("sync")
        #expect(told.contains("1 record at the server was not what its log says"), "\(told)")
        #expect(try ann.unsent() == 0)
        try headquarters.verb("verify")
        #expect(try headquarters.verb("status").contains("ALARM halden: records were not what the log says once"))
        #expect(try status(headquarters)["repairs"] as? Int == 1)
        #expect(try headquarters.verb("audit", "list").contains("rows.repair"))
        let scopes = try #require(try ann.status()["scopes"] as? [[String: Any]])
        let notes = scopes.flatMap { $0["repairs"] as? [[String: Any]] ?? [] }
        #expect(notes.map { $0["finding"] as? String } == ["serverWasWrong"] && notes.first?["count"] as? Int == 1)
        #expect(try ann.must("status").contains("computed it anew"))
        #expect(try SchemaCheck.faults(ofDocument: ann.must("status", "--json")) == [])
        try bob.must("sync")
        #expect(try bob.must("export", "-").contains("Plant 7") && ann.digests() == bob.digests())
        #expect(try document(ann.must("sync", "--json"))["repairs"] as? [String] == [])
    }

    @Test func `the least schemas are set, shown and noted; a program that is too old hands its work in, is told plainly, and goes on when it may`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let bob = try Laptop(of: "bob", at: headquarters)
        let schemas = try document(headquarters.verb("schema", "show", "--json"))
        let server = try #require(schemas["server"] as? Int)
        #expect(schemas["leastRead"] as? Int == 1 && schemas["leastWrite"] as? Int == 1)
        for (words, part) in [(["--read", "\(server + 1)"], "raise --write"), (["--write", "\(server + 2)"], "up to \(server)"), (["--read", "0"], "from 1")] {
            let refused = try headquarters.program("seamark-server", ["schema", "set", "--data", headquarters.data.path] + words).finish()
            #expect(refused.status == 65 && refused.error.contains(part), "\(refused.error)")
        }
        #expect(try headquarters.program("seamark-server", ["schema", "set", "--data", headquarters.data.path]).finish().status == 64)
        // Programs must be newer than these to write.
        #expect(try headquarters.verb("schema", "set", "--write", "\(server + 1)").contains("\(server + 1) or later may write"))
        #expect(try headquarters.verb("audit", "list").contains("schema.least"))
        try ann.must("site", "add", "name=Dayton plant")
        let behind = try ann.must("sync")
        #expect(behind.contains("too old to write") && behind.contains("quarantine"), "\(behind)")
        #expect(try headquarters.verb("quarantine", "list").contains("4008"))
        // Too old to read as well: the work is handed in, and nothing is told.
        try headquarters.verb("schema", "set", "--read", "\(server + 1)")
        try bob.must("site", "add", "name=Erie depot")
        let blind = try bob.must("sync")
        #expect(blind.contains("too old to read") && blind.contains("handed in"), "\(blind)")
        let refused = try bob.must("sync", "--json")
        #expect(try document(refused)["tooOldToRead"] as? Bool == true && SchemaCheck.faults(ofDocument: refused) == [])
        #expect(try status(headquarters)["leastReadSchema"] as? Int == server + 1 && status(headquarters)["quarantined"] as? Int == 2)
        // The programs may again: what waited comes in by itself.
        try headquarters.verb("schema", "set", "--read", "\(server)", "--write", "\(server)")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        #expect(try ann.must("export", "-").contains("Erie depot") && bob.must("export", "-").contains("Dayton plant"))
        #expect(try ann.unsent() == 0 && bob.unsent() == 0 && ann.digests() == bob.digests())
        #expect(try headquarters.verb("quarantine", "list").contains("The quarantine is empty."))
    }
}
