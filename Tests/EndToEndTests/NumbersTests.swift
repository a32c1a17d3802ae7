import Foundation
import Testing

/// The figures of the real programs, beside a second calculation that was written from the method's description alone.
@Suite struct NumbersTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `every figure of a report is what a second calculation has, of both samples and of engagements from seeds, one under two editions`() throws {
        let programs = try #require(Program.folder).path
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let samples = ["halden", "northlink"].map { Self.root.appendingPathComponent("Samples/\($0).json").path }
        let done = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path,
            [Self.root.appendingPathComponent("Tests/PythonPeer/numbers_check.py").path, programs, "30", "2", "1"] + samples
        ).finish(within: 400)
        #expect(done.status == 0, "\(done.output)\(done.error)")
        #expect(done.output.contains(#""engagements": 4, "figures": "#) && done.output.contains(#""failures": 0"#), "\(done.output)")
    }
}
