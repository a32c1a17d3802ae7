import Foundation
import Testing

/// Work that goes to headquarters on a stick, with the real programs.
@Suite struct BundleTests {
    private func number(_ json: String, _ key: String) throws -> Int {
        let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        return try #require(document?[key] as? Int, "\(key)")
    }

    @Test func `a laptop that hands in by stick alone loses nothing, and everybody's digests agree`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (bob, ann) = (try Laptop(of: "bob", at: headquarters), try Laptop(of: "ann", at: headquarters))
        func stick(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }
        #expect(try ann.must("bundle", "export", stick("none")).contains("no file was written"))
        #expect(!FileManager.default.fileExists(atPath: stick("none")))

        let canary = "CanaryWordOnTheStick-7f3a"
        try ann.must("site", "add", "name=\(canary) plant", "code=CAN")
        try ann.must("person", "add", "--consent", "given", "--method", "written", "--scope", "quotes,role", "name=\(canary) person", "title=lead", "level=frontline")
        let unsent = try ann.unsent()
        #expect(unsent == 2)
        try ann.must("bundle", "export", stick("a"))
        #expect(try ann.unsent() == unsent, "only receipts empty the outbox")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: stick("a")))
        #expect(bytes.range(of: Data("Canary".utf8)) == nil)
        #expect(try FileManager.default.attributesOfItem(atPath: stick("a"))[.posixPermissions] as? Int == 0o600)
        try ann.refuses(["bundle", "export", stick("a")], 73, saying: ["Choose another name"])

        let told = try headquarters.verb("bundle", "import", stick("a"), "--reply", stick("r"))
        #expect(told.contains("Took in 2 changes; 0 changes were here already"))
        #expect(try ann.must("bundle", "import", stick("r")).contains("Receipts for 2 changes"))
        #expect(try ann.unsent() == 0)
        let before = try ann.everything()
        #expect(try number(try ann.must("bundle", "import", stick("r"), "--json"), "acknowledged") == 0)
        #expect(try ann.everything() == before)
        try bob.refuses(["bundle", "import", stick("r")], 65, saying: ["another device"])
        try ann.refuses(["bundle", "import", stick("a")], 65, saying: ["not a reply"])

        // The reply is refused like the bundle when a byte of it is not as it was.
        var altered = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stick("r"))))
        for place in [0, 4, 5, 20, 50, 71, 75, altered.count / 2, altered.count - 1] {
            altered[place] ^= 1
            try Data(altered).write(to: URL(fileURLWithPath: stick("x")))
            altered[place] ^= 1
            #expect(try ann.run("bundle", "import", stick("x")).status == 65, "byte \(place)")
        }
        #expect(try ann.everything() == before)

        try bob.must("sync")
        #expect(try bob.must("export", "-").contains(canary))
        #expect(try bob.digests().sorted() == ann.digests().sorted())
        // Again, and while no server runs.
        let entries = try headquarters.entries()
        #expect(try headquarters.stop() == 0)
        #expect(try headquarters.verb("bundle", "import", stick("a")).contains("Took in 0 changes; 2 changes were here already"))
        #expect(try headquarters.entries() == entries)
        try headquarters.verb("verify")
    }

    @Test func `the receipts of a bundle also come with an ordinary sync, and a bundle of another tenant or an altered one is refused`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        func stick(_ name: String) -> String { headquarters.folder.appendingPathComponent(name).path }
        try ann.must("site", "add", "name=Dayton", "code=DAY")
        try ann.must("bundle", "export", stick("a"))
        try headquarters.verb("tenant", "add", "kestrel", "--name", "Kestrel")
        func refused(_ words: [String], _ sentence: String) throws {
            let done = try headquarters.program("seamark-server", ["bundle", "import"] + words + ["--data", headquarters.data.path]).finish()
            #expect(done.status == 65 && done.error.contains(sentence) && done.output.isEmpty, "\(done.error)")
        }
        let entries = try headquarters.entries()
        try refused([stick("a"), "--tenant", "kestrel"], "another tenant")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stick("a"))))
        bytes[bytes.count - 20] ^= 4
        try Data(bytes).write(to: URL(fileURLWithPath: stick("x")))
        try refused([stick("x"), "--tenant", "halden"], "not as it was written")
        try Data(bytes.dropLast(40)).write(to: URL(fileURLWithPath: stick("x")))
        try refused([stick("x"), "--tenant", "halden"], "ends before the bundle does")
        #expect(try headquarters.entries() == entries)

        try headquarters.verb("bundle", "import", stick("a"), "--tenant", "halden")
        #expect(try ann.unsent() == 1)
        try ann.must("sync")
        #expect(try ann.unsent() == 0)
        #expect(try headquarters.entries() == entries + 1)
    }
}
