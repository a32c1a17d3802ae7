import ArgumentParser
import SeamarkModel
import SeamarkTestSupport
import Testing

@testable import SeamarkCommand

/// What `seamark` says of its verbs. The pages of all of them are held against the program by `ReferenceTests`.
struct HelpTests {
    struct Verb: CustomTestStringConvertible {
        let type: any ParsableCommand.Type
        let path: [String]
        var testDescription: String { path.joined(separator: " ") }
        var examples: [[String]] {
            HelpExamples.lines(in: type.configuration.discussion).flatMap { HelpExamples.commands(in: $0, of: "seamark") }
        }
    }

    static let verbs: [Verb] = below(Seamark.self, [])

    private static func below(_ type: any ParsableCommand.Type, _ path: [String]) -> [Verb] {
        [Verb(type: type, path: path)] + type.configuration.subcommands.filter { $0.configuration.shouldDisplay }.flatMap { below($0, path + [$0._commandName]) }
    }

    @Test func `there are verbs to look at`() { #expect(Self.verbs.count > 150) }

    @Test(arguments: verbs)
    func `each verb says what it is for and shows itself at work`(verb: Verb) {
        #expect(verb.type.configuration.abstract.count > 9)
        // An abstract has the length of a line or two; what is longer belongs below it.
        #expect(verb.type.configuration.abstract.count < 160)
        // 'seamark interview' alone is its verb 'run'.
        let ownPath = verb.path == ["interview", "run"] ? ["interview"] : verb.path
        #expect(verb.examples.contains { $0.starts(with: ownPath) }, "no example begins with seamark \(ownPath)")
    }

    @Test(arguments: verbs)
    func `each example is understood by the program`(verb: Verb) throws {
        for words in verb.examples {
            #expect(throws: Never.self, "\(words)") { _ = try Seamark.parseAsRoot(words) }
        }
    }

    @Test(arguments: verbs)
    func `what examples capture are fields of the record`(verb: Verb) throws {
        for words in verb.examples where words.count > 2 && ["add", "set"].contains(words[1]) {
            guard let type = CapturedTypes.type(words[0]) else { continue }
            for word in words.dropFirst(2) where word.contains("=") && !word.hasPrefix("-") {
                var path = word.prefix { $0 != "=" }.split(separator: ".").map { String($0.filter { $0 != "+" && $0 != "-" }) }
                // The two lines of an overlap stand by their ids, whatever their order.
                if type === Catalogue.overlap, path == ["lines"] { continue }
                // A part of one group alone stands without it, and the points of a range without the range.
                if ["low", "likely", "high"].contains(path.last) { path.removeLast() }
                let homes = type.fields.filter { if case .group(let group) = $0.kind { group.member(key: path[0]) != nil } else { false } }
                if type.field(key: path[0]) == nil, homes.count == 1 { path.insert(homes[0].key, at: 0) }
                let field = try #require(type.field(key: path[0]), "\(words)")
                if path.count == 2, case .group(let group) = field.kind { #expect(group.members.contains { $0.key == path[1] }, "\(words)") }
            }
        }
    }
}
