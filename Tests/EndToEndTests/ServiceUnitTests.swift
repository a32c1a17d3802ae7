import Foundation
import Glibc
import Testing

/// The service file that ships with the server: how much it closes, and that the server works inside it.
@Suite(.needsServiceJudge)
struct ServiceUnitTests {
    private static let unit = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Server/seamark-server.service").standardized

    private func analyze(_ words: String..., in folder: URL) throws -> Program.Result { try Program("/usr/bin/systemd-analyze", words, in: folder).finish() }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `the service is exposed by no more than two of ten`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let said = try analyze("security", "--offline=true", "--threshold=20", "--no-pager", Self.unit.path, in: folder)
        #expect(said.status == 0, "\(said.output)\(said.error)")
    }

    @Test func `what the unit has the server run is what the server takes`() throws {
        let text = try String(contentsOf: Self.unit, encoding: .utf8)
        let command = try #require(text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
        let words = command.split(separator: " ").dropFirst()
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let help = try headquarters.verb("run", "--help")
        #expect(words.first == "run")
        for option in words where option.hasPrefix("--") { #expect(help.contains(option)) }
    }

    /// Every system call of a server that starts, enrols a laptop, takes its work and ends, against the lists of the unit.
    @Test(.needsTracer)
    func `the server asks nothing of the kernel that its service forbids`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let port = headquarters.port
        #expect(try headquarters.stop() == 0)
        let trace = headquarters.folder.appendingPathComponent("calls")
        let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
        let server = try headquarters.program(
            "/usr/bin/strace", ["-D", "-f", "-qq", "-o", trace.path, program, "run", "--listen", "127.0.0.1:\(port)", "--data", headquarters.data.path])
        try eventually("the server listens", within: 60) { server.outputSoFar.contains("Listening on") ? true : nil }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant", "code=DAY", "country=US")
        try ann.must("sync")
        server.send(SIGTERM)
        #expect(try server.finish(within: 60).status == 0)
        // The tracer ends after what it traces.
        try eventually("the trace is whole", within: 60) { try String(contentsOf: trace, encoding: .utf8).contains("exit_group(") ? true : nil }

        let lines = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
        let called = Set(lines.compactMap { line -> String? in
            let call = line.drop { $0.isNumber || $0 == " " }
            guard let end = call.firstIndex(of: "("), call.first?.isLetter == true else { return nil }
            return String(call[..<end])
        })
        #expect(called.isSuperset(of: ["openat", "accept4", "fdatasync"]))
        let allowed = try members(of: "@system-service", in: headquarters.folder).subtracting(try members(of: "@privileged", in: headquarters.folder))
        // As root, and only then, SQLite gives its files to the owner of the database.
        let asRoot: Set<String> = geteuid() == 0 ? ["fchown"] : []
        #expect(called.subtracting(allowed).subtracting(asRoot) == [])
        let unit = try String(contentsOf: Self.unit, encoding: .utf8).split(separator: "\n")
        let named = try #require(unit.first { $0.hasPrefix("RestrictAddressFamilies=") }?.split(separator: "=").last)
        let families = Set(lines.filter { $0.contains(" socket(") }.compactMap { $0.split(separator: "(").last?.split(separator: ",").first.map(String.init) })
        #expect(families.contains("AF_INET") && families.isSubset(of: named.split(separator: " ").map(String.init)))
        #expect(!lines.contains { $0.contains("PROT_WRITE|PROT_EXEC") || $0.contains("PROT_EXEC|PROT_WRITE") })
    }

    /// The calls of a set, its sets opened.
    private func members(of set: String, in folder: URL) throws -> Set<String> {
        let said = try analyze("syscall-filter", "--no-pager", set, in: folder)
        try #require(said.status == 0, "\(said.error)")
        var calls: Set<String> = []
        for line in said.output.split(separator: "\n").dropFirst() {
            let word = line.trimmingCharacters(in: .whitespaces)
            if word.hasPrefix("@") { calls.formUnion(try members(of: word, in: folder)) } else if !word.hasPrefix("#") { calls.insert(word) }
        }
        return calls
    }
}
