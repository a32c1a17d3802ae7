import Foundation
import Testing

struct RolesTests {
    private func said(_ words: String...) throws -> String {
        let server = Process()
        server.executableURL = try #require(Program.folder).appendingPathComponent("seamark-server")
        server.arguments = words
        let out = Pipe()
        server.standardOutput = out
        try server.run()
        let said = out.fileHandleForReading.readDataToEndOfFile()
        server.waitUntilExit()
        #expect(server.terminationStatus == 0)
        return String(decoding: said, as: UTF8.self)
    }

    @Test func `the server's program prints the table of roles that is documented, and the same for programs`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("Documentation/Records.md"), encoding: .utf8)
        #expect(page.contains("```\n\(try said("roles"))```"))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(try said("roles", "--json").utf8)) as? [String: Any])
        #expect(document["schema"] as? String == "seamark-server.roles/1")
        let json = document.compactMapValues { $0 as? [String: Any] }
        #expect(json.keys.sorted() == ["analyst", "clientViewer", "consultant", "lead", "tenantAdmin"] && document.count == 6)
        #expect(json["analyst"]?["reads"] as? String == "withoutSensitive")
        let writes = try #require(json["lead"]?["writes"] as? [String: [String: String]])
        #expect(writes["quote"] == ["create": "own", "edit": "any", "delete": "own", "resolve": "any"])
        #expect((json["clientViewer"]?["writes"] as? [String: Any])?.isEmpty == true)
    }
}
