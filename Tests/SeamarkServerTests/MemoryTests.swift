import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkServer

/// How much memory the server's program takes for many rows: the shipped program as a process of its own, measured by the system.
///
/// In the ordinary suite a few thousand rows and six times as many; `SEAMARK_MEMORY_ROWS=1000000 swift test --filter MemoryTests` compares with
/// a million, and takes long in a debug build.
@Suite(.serialized) struct MemoryTests {
    private static let few = 3000
    private static let many = ProcessInfo.processInfo.environment["SEAMARK_MEMORY_ROWS"].flatMap { Int($0) } ?? 18_000

    /// A tenant whose engagement holds so many sites of four fields, pushed by a device in blocks of a thousand.
    private func tenant(of rows: Int) throws -> (Yard, TenantOffice) {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let member = try #require(try tenant.members().first { $0.handle == "anna" }).id
        let (device, key) = (try Identifier.drawn(at: 1), try SigningKey.generate())
        try tenant.store.write { _ = try $0.addDevice(.init(id: device, name: "laptop", certificate: .zero, signingKey: key.publicKey), of: member, at: 1) }
        let scope = try #require(try tenant.store.read { try $0.scopes(ofMember: member).first { $0.kind == .engagement } }).id
        let stream = StreamName(device: device, incarnation: 1, scope: scope)
        let primitives = SystemPrimitives()
        var end = StreamEnd.beginning
        for start in stride(from: 0, to: rows, by: 1000) {
            let changes = (start..<min(rows, start + 1000)).map { number in
                let id = Identifier(high: 0x0190_0000_0000_7000 | UInt64(number) << 16 & 0xffff_0000, low: 0x8000_0000_0000_0000 | UInt64(number) &* 0x9e37_79b9_7f4a_7c15 >> 2)
                var editing = RecordEditing(record: id, type: Catalogue.site, state: nil, salt: { .zero })
                editing.create(at: Int64(number), handle: "ST-A\(number)")
                editing.set("name", .text("Plant \(number) of a tenant that is made up"))
                editing.set("headcount", .int(Int64(number)))
                return Change(scope: scope, stamp: Stamp(time: Int64(number), device: device), member: member, schema: 1, edits: editing.edits, primitives: primitives)
            }
            let block = Block.seal(changes, in: stream, after: end, by: key, primitives)
            end = block.end
            _ = try tenant.store.write { try $0.push([.init(device: device, block: block, sensitive: [], received: Int64(start))]) { _, _, _ in .accepted } }
        }
        return (yard, tenant)
    }

    /// The program that was built beside the tests.
    private static let program: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 where !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("seamark-server").path) { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent("seamark-server").path
    }()

    /// The most memory that the program holds until it ends, in bytes.
    private func peak(_ yard: Yard, _ words: String...) throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = words + ["--data", yard.directory.path]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var most = 0
        while process.isRunning {
            most = max(most, Self.peak(of: process.processIdentifier))
            usleep(2000)
        }
        #expect(process.terminationStatus == 0, "\(words)")
        try #require(most > 0)
        return most
    }

    private static func peak(of process: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
    }

    /// What six times the rows (or a million) took more, for each row more; and says it.
    private func growth(_ what: String, _ few: Int, _ many: Int) -> Double {
        let each = Double(many - few) / Double(Self.many - Self.few)
        print("memory: \(what): \(few / 1_000_000) MB at \(Self.few) rows, \(many / 1_000_000) MB at \(Self.many): \(Int(each)) bytes a row")
        return each
    }

    /// The most that a server holds while a new laptop reads everything.
    private func pullingPeak(_ yard: Yard, _ invitation: InvitationLine) async throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["run", "--listen", "127.0.0.1:0", "--data", yard.directory.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let id = process.processIdentifier
        return try await blocking {
            let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let port = try #require(said.split(separator: "\n").first?.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) }, "\(said)")
            let ben = try Enrolment(port: port, invitation)
            let (laptop, welcome) = try ben.greeted(port: port)
            _ = try laptop.readLog(try #require(welcome.engagement), reckoning: false)
            return Self.peak(of: id)
        }
    }

    @Test func `neither a first pull nor verifying holds all rows at once`() async throws {
        func peaks(of rows: Int) async throws -> (pull: Int, verify: Int) {
            let (yard, tenant) = try tenant(of: rows)
            let invitation = try tenant.invite("ben", minutes: 600)
            try tenant.store.close()
            return (try await pullingPeak(yard, invitation), try peak(yard, "verify", "--records-at-once", Self.many > 100_000 ? "50000" : "1000"))
        }
        let (few, many) = (try await peaks(of: Self.few), try await peaks(of: Self.many))
        // SQLite's pages, which are bounded, and blocks on their way, whatever the log's length.
        _ = growth("pull", few.pull, many.pull)
        #expect(many.pull - few.pull < 12_000_000)
        // And the ids of changes. A store that is held whole takes some eighteen hundred bytes a row.
        #expect(growth("verify", few.verify, many.verify) < 900)
    }
}
