import Foundation
import Glibc
import Synchronization
import Testing

/// A server with one tenant and one engagement in a folder of its own, running until it is closed. All people are fictitious.
final class Headquarters: Sendable {
    private struct State {
        var server: Program?
        var port: UInt16 = 0
        var programs: [Program] = []
        var links: [Link] = []
    }

    let folder: URL
    /// Where the server keeps everything.
    let data: URL
    private let state = Mutex(State())

    /// The one that the tests of a suite share.
    @TaskLocal static var shared: Headquarters?

    init(data: URL? = nil) throws {
        _ = try #require(Program.folder, "seamark-server is built beside the tests")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-\(UUID().uuidString)")
        self.data = data ?? folder.appendingPathComponent("headquarters")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: runtime, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try verb("init", "--name", "127.0.0.1:7440")
        try verb("tenant", "add", "halden", "--name", "Halden")
        for member in ["ann", "bob"] { try verb("member", "add", member, "--role", "lead") }
        try verb("engagement", "add", "baseline", "--currency", "USD", "--revenue", "100000000", "--planned-income", "8000000", "--fiscal-year", "2026")
        try verb("engagement", "staff", "baseline", "ann", "bob")
        try start()
    }

    /// What the system gives a user who is there: for the sockets of the laptops' programs.
    var runtime: URL { folder.appendingPathComponent("runtime") }

    var port: UInt16 { state.withLock { $0.port } }
    var server: Program { get throws { try #require(state.withLock { $0.server }) } }

    /// - Parameters:
    ///   - port: the one that laptops know; 0 for any that is free.
    ///   - clock: what sets its clock.
    func start(port: UInt16 = 0, clock: Clock? = nil) throws {
        let server = try program("seamark-server", ["run", "--listen", "127.0.0.1:\(port)", "--data", data.path], environment: clock?.environment ?? [:])
        let line = try eventually("the server listens") { server.outputSoFar.split(separator: "\n").first { $0.hasPrefix("Listening on") } }
        let port = try #require(line.split(separator: ":").last.flatMap { UInt16($0.dropLast()) })
        state.withLock { ($0.server, $0.port) = (server, port) }
    }

    /// Ends the server by `signal`; returns its status. `start` starts it anew, on another port.
    func stop(_ signal: Int32 = SIGTERM) throws -> Int32 {
        let server = try server
        server.send(signal)
        defer { state.withLock { $0.server = nil } }
        return try server.finish().status
    }

    @discardableResult
    func verb(_ words: String...) throws -> String {
        let done = try program("seamark-server", words + ["--data", data.path]).finish()
        try #require(done.status == 0, "seamark-server \(words) ended with \(done.status): \(done.error)")
        return done.output
    }

    /// How many entries the tenant's logs hold.
    func entries() throws -> Int {
        let status = try JSONSerialization.jsonObject(with: Data(try verb("status", "--json").utf8)) as? [String: Any]
        return try #require((status?["tenants"] as? [[String: Any]])?.first?["entries"] as? Int)
    }

    func invitation(_ member: String, port: UInt16? = nil) throws -> String {
        try verb("invite", member, "--name", "127.0.0.1:\(port ?? self.port)").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func program(_ name: String, _ words: [String], environment: [String: String] = [:], input: String = "", passphrase: String? = nil) throws -> Program {
        // An agent that was started for its laptops ends when this folder is removed.
        let environment = ["XDG_RUNTIME_DIR": runtime.path].merging(environment) { $1 }
        let program = try Program(name, words, in: folder, environment: environment, input: input, passphrase: passphrase)
        state.withLock { $0.programs.append(program) }
        return program
    }

    func link() throws -> Link {
        let link = try Link(to: port)
        state.withLock { $0.links.append(link) }
        return link
    }

    /// Ends every program that was started here, by its number, and removes the folder.
    func close() {
        let (links, programs) = state.withLock { ($0.links, $0.programs) }
        for link in links { link.close() }
        for program in programs where program.status == nil { program.kill() }
        try? FileManager.default.removeItem(at: folder)
    }
}

/// One headquarters for all tests of a suite.
struct SharedHeadquarters: SuiteTrait, TestScoping {
    @concurrent
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void) async throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try await Headquarters.$shared.withValue(headquarters) { try await function() }
    }
}

extension Trait where Self == SharedHeadquarters {
    static var sharedHeadquarters: Self { Self() }
}
