import ArgumentParser
import Foundation
import SeamarkTestSupport
import Testing

@testable import SeamarkServerCommand

/// What `seamark-server` says of its verbs. The pages of all of them are held against the program by `ReferenceTests`.
struct ServerHelpTests {
    struct Verb: CustomTestStringConvertible {
        let type: any ParsableCommand.Type
        let path: [String]
        var testDescription: String { path.joined(separator: " ") }
        var examples: [[String]] {
            HelpExamples.lines(in: type.configuration.discussion).flatMap { HelpExamples.commands(in: $0, of: "seamark-server") }
        }
    }

    static let verbs: [Verb] = below(SeamarkServerCommand.self, [])

    private static func below(_ type: any ParsableCommand.Type, _ path: [String]) -> [Verb] {
        [Verb(type: type, path: path)] + type.configuration.subcommands.filter { $0.configuration.shouldDisplay }.flatMap { below($0, path + [$0._commandName]) }
    }

    @Test func `there are verbs to look at`() { #expect(Self.verbs.count > 60) }

    @Test func `every schema of the server's documents is on the page`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Documentation/Json.md"), encoding: .utf8)
        for schema in JSONSchema.allCases { #expect(page.contains("`\(schema.name)`"), "\(schema.name)") }
    }

    @Test(arguments: verbs)
    func `each verb of the server says what it is for and shows itself at work`(verb: Verb) {
        #expect(verb.type.configuration.abstract.count > 9)
        #expect(verb.type.configuration.abstract.count < 160)
        #expect(verb.examples.contains { $0.starts(with: verb.path) }, "no example begins with seamark-server \(verb.path)")
    }

    @Test(arguments: verbs)
    func `each example of the server is understood by the program`(verb: Verb) throws {
        for words in verb.examples {
            #expect(throws: Never.self, "\(words)") { _ = try SeamarkServerCommand.parseAsRoot(words) }
        }
    }
}
