import Foundation
import Testing

/// A program's verbs, as it says them itself. Asked once for all tests: a debug program takes seconds to say it.
struct VerbTree: Sendable {
    let name: String
    let aliases: [String]
    /// What is done where no verb below this one is said.
    let usual: String?
    /// Its options and flags, without their dashes.
    let options: Set<String>
    /// Where a value is said: its words and the options that take one.
    let places: [Place]
    let below: [VerbTree]

    struct Place: Hashable, Sendable {
        /// Without its dashes; nil for a word that stands by itself.
        let option: String?
        /// What the help calls the value.
        let value: String
        let isOptional: Bool
        /// What the help says of it.
        let says: String
        /// With what a shell completes it, as the parser calls it: `file`, `directory`, `list`, `custom`; nil with nothing.
        let completion: String?
    }

    private static let client = Result { try read("seamark") }
    private static let server = Result { try read("seamark-server") }

    static func of(_ program: String) throws -> VerbTree { try (program == "seamark" ? client : server).get() }

    private static func read(_ program: String) throws -> VerbTree {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("verbs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let said = try Program(program, ["--experimental-dump-help"], in: folder).finish()
        let root = try #require(try JSONSerialization.jsonObject(with: Data(said.output.utf8)) as? [String: Any])
        return VerbTree(try #require(root["command"] as? [String: Any]))
    }

    private init(_ command: [String: Any]) {
        name = command["commandName"] as? String ?? ""
        aliases = command["aliases"] as? [String] ?? []
        usual = command["defaultSubcommand"] as? String
        let arguments = command["arguments"] as? [[String: Any]] ?? []
        let names = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }
        options = Set(names.compactMap { $0["name"] as? String })
        places = arguments.compactMap { argument in
            guard let kind = argument["kind"] as? String, kind != "flag" else { return nil }
            let option = (argument["names"] as? [[String: Any]])?.first { $0["kind"] as? String == "long" }?["name"] as? String
            guard option != nil || kind == "positional" else { return nil }
            return Place(option: kind == "positional" ? nil : option, value: argument["valueName"] as? String ?? "", isOptional: argument["isOptional"] as? Bool ?? false,
                says: argument["abstract"] as? String ?? "", completion: (argument["completionKind"] as? [String: Any])?.keys.first)
        }
        below = (command["subcommands"] as? [[String: Any]] ?? []).filter { $0["commandName"] as? String != "help" }.map { VerbTree($0) }
    }

    /// Every verb that runs, by its words: `site add`.
    var running: [(words: String, verb: VerbTree)] {
        below.flatMap { verb in
            verb.below.isEmpty ? [(verb.name, verb)] : verb.running.map { ("\(verb.name) \($0.words)", $0.verb) }
        }
    }
}
