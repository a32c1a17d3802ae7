import Foundation
import Glibc
import Testing

/// Whatever ends a program, its memory reaches no file: a core would hold keys and what people said in the clear.
@Suite(.serialized) struct CoreFileTests {
    /// Started where cores are written, of any size.
    private func start(_ name: String, _ words: [String], at headquarters: Headquarters, home: URL? = nil, passphrase: String? = nil) throws -> Program {
        let path = name.hasPrefix("/") ? name : try #require(Program.folder).appendingPathComponent(name).path
        return try headquarters.program(
            "/usr/bin/prlimit", ["--core=unlimited", "--", path] + words, environment: home.map { ["SEAMARK_HOME": $0.path] } ?? [:], passphrase: passphrase)
    }

    /// The most that a core of it may have, in the kernel's words.
    private func mostOfACore(of program: Program) throws -> String {
        let limits = try String(contentsOfFile: "/proc/\(program.id)/limits", encoding: .utf8)
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        return line.dropFirst("Max core file size".count).split(separator: " ").prefix(2).joined(separator: " ")
    }

    private func crash(_ program: Program) throws {
        program.send(SIGSEGV)
        #expect(try program.finish().status == -SIGSEGV)
        #expect(!program.leftCore)
    }

    @Test func `a server and a laptop that crash at work leave no core where others leave theirs`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let other = try start("/bin/sleep", ["600"], at: headquarters)
        try eventually("the limit is lifted") { try? mostOfACore(of: other) == "unlimited unlimited" ? true : nil }
        other.kill()

        _ = try headquarters.stop()
        let server = try start("seamark-server", ["run", "--listen", "127.0.0.1:\(headquarters.port)", "--data", headquarters.data.path], at: headquarters)
        try eventually("the server listens", within: 60) { server.outputSoFar.contains("Listening on") ? true : nil }
        let watch = try start("seamark", ["sync", "--watch"], at: headquarters, home: ann.home, passphrase: Laptop.passphrase)
        try eventually("it watches", within: 60) { watch.outputSoFar.contains("atching") ? true : nil }
        for program in [watch, server] {
            #expect(try mostOfACore(of: program) == "0 0")
            try crash(program)
        }
    }
}
