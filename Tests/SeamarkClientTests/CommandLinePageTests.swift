import ArgumentParser
import Foundation
import SeamarkClient
import SeamarkModel
import Testing

@testable import SeamarkCommand

/// What `Documentation/CommandLine.md` and `Documentation/Json.md` promise to scripts is what the programs do.
@Suite struct CommandLinePageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func page(_ name: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: "Documentation/\(name)"), encoding: .utf8)
    }

    /// Every verb that runs, by its words.
    private func verbs(_ command: any ParsableCommand.Type = Seamark.self, _ path: [String] = []) -> [(name: String, type: any ParsableCommand.Type)] {
        let below = command.configuration.subcommands
        guard !below.isEmpty else { return [(path.joined(separator: " "), command)] }
        return below.flatMap { verbs($0, path + [$0._commandName]) }
    }

    /// The names in the first column of the table under a heading.
    private func names(under heading: String, of page: String) -> Set<String> {
        let rows = page.components(separatedBy: "\n## ").first { $0.hasPrefix(heading) }?.split(separator: "\n") ?? []
        return Set(rows.compactMap { $0.firstMatch(of: /^\| `([^`]+)` \|/).map { String($0.1) } })
    }

    @Test func `every environment variable that the programs read is on the page, and no other`() throws {
        var read: Set<String> = []
        for folder in ["Client", "Server", "Sources"] {
            let files = try #require(FileManager.default.enumerator(at: Self.root.appending(path: folder), includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.contains("nvironment") || line.contains("getenv(") || line.contains(#"value("#) || line.contains("locale") {
                    for match in line.matches(of: /"([A-Z][A-Z_]{3,})"/) { read.insert(String(match.1)) }
                }
            }
        }
        #expect(read.contains("NO_COLOR") && read.contains("SEAMARK_HOME") && read.contains("SEAMARK_DATA"))
        // The system's own library reads this one.
        #expect(names(under: "Environment", of: try page("CommandLine.md")) == read.union(["TZ"]))
    }

    @Test func `every exit status is on the page with its words, and no other`() throws {
        let page = try page("CommandLine.md")
        for status in ExitStatus.allCases { #expect(page.contains("| `\(status.rawValue)` | \(status.words) |"), "\(status)") }
        #expect(names(under: "Exit statuses of seamark\n", of: page) == Set(ExitStatus.allCases.map { String($0.rawValue) }))
    }

    @Test func `every setting is on the page, and no other`() throws {
        #expect(names(under: "Settings", of: try page("CommandLine.md")) == Set(Settings.names))
    }

    @Test func `every verb that writes has --dry-run, or the page says why not`() throws {
        let page = try page("CommandLine.md")
        let excused = names(under: "Dry runs", of: page), reading = names(under: "Verbs that read", of: page)
        #expect(excused.isDisjoint(with: reading))
        var without: Set<String> = []
        for (name, type) in verbs() where !type.helpMessage(columns: 200).contains("--dry-run") { without.insert(name) }
        without.remove("key-agent")
        #expect(without == excused.union(reading))
    }

    @Test func `every verb that reads has --json, or writes a file of a format of its own`() throws {
        let reading = names(under: "Verbs that read", of: try page("CommandLine.md"))
        for (name, type) in verbs() where reading.contains(name) && name != "export" { #expect(type.helpMessage(columns: 200).contains("--json"), "\(name)") }
    }

    @Test func `every schema is on the page, and every file of one, which names it`() throws {
        let folder = Self.root.appending(path: "Documentation/Schema")
        let page = try page("Json.md")
        for schema in JSONSchema.allCases { #expect(page.contains("`\(schema.name)`"), "\(schema.name)") }
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            #expect(page.contains("(Schema/\(file))"), "\(file)")
            let json = try JSONParser.parse(Array(Data(contentsOf: folder.appending(path: file))), atMost: 256 * 1024)
            #expect(json["$id"]?.text?.replacing("/", with: ".") == String(file.dropLast(5)), "\(file)")
        }
    }
}
