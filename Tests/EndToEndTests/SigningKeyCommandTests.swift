import Foundation
import Testing

/// The server's signing key is replaced, with the real programs and with the verifier in Python. All people are fictitious.
@Suite(.serialized) struct SigningKeyCommandTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `a laptop works on over two replacements of the server's key, and what each key signed is verified`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let port = headquarters.port
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("site", "add", "name=Before")
        try ann.must("sync")
        let beside = try headquarters.program("seamark-server", ["tenant", "signing-key", "replace", "halden", "--data", headquarters.data.path]).finish()
        #expect(beside.status != 0 && beside.error.contains("server"), "not while it runs: \(beside)")

        var keys = [try #require(try document(headquarters.verb("tenant", "signing-key", "status", "halden", "--json"))["key"] as? String)]
        for name in ["Between", "After"] {
            // What waits here meanwhile is handed in under the new key.
            try ann.must("site", "add", "name=\(name)")
            #expect(try headquarters.stop() == 0)
            let now = try document(headquarters.verb("tenant", "signing-key", "replace", "halden", "--json"))
            keys.append(try #require(now["key"] as? String))
            #expect((now["earlier"] as? [[String: Any]])?.compactMap { $0["key"] as? String } == keys.dropLast())
            try headquarters.start(port: port)
            try ann.must("sync")
        }
        #expect(Set(keys).count == 3)
        // Bob slept through both.
        try bob.must("sync")
        for laptop in [ann, bob] {
            let sites = try laptop.must("list", "site")
            #expect(["Before", "Between", "After"].allSatisfy(sites.contains), "\(sites)")
            try laptop.must("verify")
        }
        #expect(try headquarters.verb("verify").contains("holds"))
        let forgetting = try headquarters.program("seamark-server", ["tenant", "signing-key", "forget", "halden", keys[0], "--data", headquarters.data.path]).finish()
        #expect(forgetting.status != 0 && forgetting.error.contains("server"), "not while it runs: \(forgetting)")
        #expect(try headquarters.stop() == 0)
        let earlier = try #require(try document(headquarters.verb("tenant", "signing-key", "forget", "halden", keys[0], "--json"))["earlier"] as? [[String: Any]])
        #expect(earlier.map { $0["forgotten"] as? Bool } == [true, false])
        let told = try headquarters.verb("tenant", "signing-key", "forget", "halden", keys[1]).split(separator: "\n")
        #expect(told.count == 3 && told.dropFirst().allSatisfy { $0.hasSuffix(", which is forgotten.") }, "\(told)")
        try headquarters.start(port: port)
        try ann.must("sync")
        let acts = try headquarters.verb("audit", "list")
        #expect(acts.contains("signingKey") && acts.contains("signingKeyForget"))

        let file = headquarters.folder.appendingPathComponent("evidence").path
        let authority = try #require(try document(headquarters.verb("evidence", "export", "baseline", "--out", file, "--json"))["authority"] as? String)
        #expect(try ann.must("verify", "--evidence", file).contains("The evidence holds"))
        let python = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path, [Self.root.appendingPathComponent("Tests/PythonPeer/verify_evidence.py").path, authority, file]
        ).finish(within: 240)
        #expect(python.output == "holds\n", "\(python)")
    }
}
