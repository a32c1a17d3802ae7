import Foundation
import Glibc
import Testing

@Suite(.sharedHeadquarters, .serialized) struct BesideASyncTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    @Test func `a second sync of one store is turned away while other commands go on beside the first`() throws {
        let link = try headquarters.link()
        let ann = try Laptop(of: "ann", at: headquarters, by: link)
        try ann.must("site", "add", "name=Dayton plant")
        link.stall(afterUpward: 1000)
        let first = try ann.start(["sync"])
        try eventually("the first sync stands still") { link.hasStalled ? true : first.status.map { _ in false } }
        #expect(first.status == nil, "\(first.errorSoFar)")
        try ann.refuses(["sync"], 75, saying: ["another sync of this store is running", "wait for it"])
        try ann.must("site", "add", "name=Erie depot")
        #expect(try ann.must("list", "site").contains("Erie depot"))
        #expect(first.status == nil, "the first sync did not outlast the other commands")
        link.mend()
        #expect(try first.finish().status == 69)
        try ann.must("sync")
        #expect(try ann.unsent() == 0)
        #expect(try ann.must("list", "site").contains("Erie depot"))
    }

    @Test func `no secret stands where other users of the machine can read it`() throws {
        let link = try headquarters.link()
        let line = try headquarters.invitation("ann", port: link.port)
        let token = try #require(line.split(separator: "/").last.map(String.init))
        let laptop = Laptop(headquarters)
        link.stall(afterUpward: 0)
        let enrolling = try laptop.start(["enrol"], input: line)
        try eventually("enrolling stands still") { link.hasStalled ? true : nil }
        try showsNothing(of: [token, Laptop.passphrase], enrolling)
        link.mend()
        #expect(try enrolling.finish().status == 69)
        try laptop.must("enrol", input: line)
        link.stall(afterUpward: 0)
        let syncing = try laptop.start(["sync"], passphrase: Laptop.passphrase)
        try eventually("the sync stands still") { link.hasStalled ? true : nil }
        try showsNothing(of: [token, Laptop.passphrase], syncing)
        link.mend()
        #expect(try syncing.finish().status == 69)
    }

    private func showsNothing(of secrets: [String], _ program: Program, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for file in ["cmdline", "environ"] {
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(program.id)/\(file)")), as: UTF8.self)
            if file == "cmdline" { #expect(text.contains("seamark"), sourceLocation: sourceLocation) }
            for secret in secrets { #expect(!text.contains(secret), "\(file) shows a secret", sourceLocation: sourceLocation) }
        }
    }
}
