import Foundation
import SeamarkModel
import Testing

/// Both programs on a terminal of twenty columns: a phone, or a window beside five others.
@Suite(.sharedHeadquarters, .serialized) struct NarrowTerminalTests {
    private static let columns = 20
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func shown(_ name: String, _ words: [String], errors: Bool = false, environment: [String: String] = [:], passphrase: String? = nil) throws -> Program.Result {
        let path = try #require(Program.folder).appendingPathComponent(name).path
        let command = Screen.command(columns: Self.columns, errors: errors, [path] + words)
        return try headquarters.program(command.name, command.words, environment: environment, passphrase: passphrase).finish()
    }

    /// The rows with more than one word that are wider than the terminal.
    private func tooWide(_ output: String) -> [Substring] {
        output.split(separator: "\n").filter { TerminalText.width(String($0)) > Self.columns && $0.split(separator: " ").count > 1 }
    }

    private func words(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// Help, a noun alone and a verb's own help.
    private static let asking: [(String, [String])] = [
        ("seamark", ["help"]), ("seamark", []), ("seamark", ["line"]), ("seamark", ["help", "interview"]), ("seamark", ["status", "--help"]), ("seamark", ["line", "add", "--help"]),
        ("seamark-server", ["help"]), ("seamark-server", []), ("seamark-server", ["tenant"]), ("seamark-server", ["help", "engagement"]), ("seamark-server", ["status", "--help"]),
    ]

    @Test(arguments: asking) func `help says on twenty columns what it says on a wide terminal`(program: String, asked: [String]) throws {
        let narrow = try shown(program, asked)
        #expect(narrow.status == 0, "\(narrow)")
        #expect(tooWide(narrow.output).isEmpty, "\(tooWide(narrow.output))")
        let wide = try headquarters.program(program, asked).finish()
        #expect(wide.status == 0 && wide.output.count > 300)
        #expect(words(narrow.output) == words(wide.output))
        // A terminal that only says that it is narrow.
        let told = try headquarters.program(program, asked, environment: ["COLUMNS": "20"]).finish()
        #expect(told.status == 0 && told.output == wide.output, "\(told)")
    }

    @Test func `a command line that is not understood is a sentence on twenty columns too`() throws {
        for (program, asked) in [("seamark", ["stauts"]), ("seamark", ["show"]), ("seamark", ["help", "stauts"]), ("seamark-server", ["member", "ad"]), ("seamark-server", ["invite"])] {
            let done = try shown(program, asked, errors: true)
            #expect(done.status == 64 && !done.output.isEmpty && tooWide(done.output).isEmpty, "\(program) \(asked): \(done)")
        }
    }

    @Test func `what reads on a laptop fits twenty columns, but for ids and other long words`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Samples/halden.json").path
        try ann.must("import", sample)
        try ann.must("sync")
        for asked in [
            ["status"], ["list"], ["list", "line"], ["list", "interview"], ["show", "L2"], ["show", "ST1"], ["log", "--no-pager"], ["log", "L2", "--no-pager"], ["diff"], ["search", "furnace"], ["check"], ["signals"],
            ["conflicts"], ["conflicts", "--list"], ["duplicates"], ["verify"], ["use"], ["snapshot", "list"], ["attach", "list"], ["form", "list"], ["sync", "--forecast"], ["sync"],
        ] {
            let done = try shown("seamark", asked, environment: ["SEAMARK_HOME": ann.home.path], passphrase: ann.passphrase)
            #expect(done.status == 0, "\(asked): \(done)")
            // A word that is nearly as long as a row is wide takes what stands before it along.
            let wide = tooWide(done.output).filter { row in row.split(separator: " ").allSatisfy { $0.count < Self.columns / 2 } }
            #expect(wide.isEmpty, "\(asked): \(wide)")
        }
    }

    @Test func `what reads at headquarters fits twenty columns, but for ids and other long words`() throws {
        _ = try Laptop(of: "ann", at: headquarters)
        for asked in [["status"], ["tenant", "list"], ["member", "list"], ["engagement", "list"], ["device", "list"], ["quarantine", "list"], ["audit", "list"], ["audit", "verify"], ["retention", "show"], ["schema", "show"], ["verify"], ["authority", "status"]] {
            let done = try shown("seamark-server", asked + ["--data", headquarters.data.path])
            #expect(done.status == 0, "\(asked): \(done)")
            let wide = tooWide(done.output).filter { row in row.split(separator: " ").allSatisfy { $0.count < Self.columns / 2 } }
            #expect(wide.isEmpty, "\(asked): \(wide)")
        }
    }
}
