import Foundation
import Testing

/// Names that are none, by the real programs: what was typed is repeated, as far as a person reads it, and what comes near is offered.
@Suite(.sharedHeadquarters, .serialized) struct NamesTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    private func server(_ words: [String]) throws -> Program.Result { try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish() }

    @Test func `what comes near is offered by both programs`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let site = try ann.must("site", "add", "name=Dayton").trimmingCharacters(in: .whitespacesAndNewlines)
        let line = try ann.must("line", "add", "title=Scrap", "category=QUALITY", "site=\(site)").trimmingCharacters(in: .whitespacesAndNewlines)
        let person = try ann.must("person", "add", "level=manager", "title=planner").trimmingCharacters(in: .whitespacesAndNewlines)
        for (words, status, parts) in [
            (["interview", person, "--plain"], 66, ["\(person) is a person", "'seamark interview --person \(person)'"]), (["interview", line, "--plain"], 66, ["is a leakage line"]),
            (["site", "set", line, "headcount=3"], 66, ["\(line) is a leakage line", "a site is wanted here"]), (["line", "set", line, "site=\(line)"], 66, ["is a leakage line"]),
            (["list", "sitte"], 66, ["Did you mean site?"]), (["search", "x", "--type", "sitte"], 66, ["Did you mean site?"]), (["site", "set", site, "headcout=3"], 66, ["Did you mean headcount?"]),
            (["list", "--tenant", "haldne"], 78, ["'haldne'", "Did you mean halden?"]), (["list", "--engagement", "baselin"], 78, ["'baselin'", "Did you mean baseline?"]),
        ] as [([String], Int32, [String])] {
            let done = try ann.run(words)
            #expect(done.status == status, "\(words): \(done)")
            for part in parts { #expect(done.error.contains(part), "\(words): \(done.error)") }
        }
        for (words, parts) in [
            (["invite", "anne"], ["'anne'", "did you mean ann"]), (["engagement", "staff", "baselne", "ann"], ["'baselne'", "did you mean baseline"]), (["member", "list", "--tenant", "haldne"], ["haldne", "did you mean halden"]),
            (["person", "export", "baselne", "P1", "--out", "nowhere"], ["did you mean baseline"]),
        ] {
            let done = try server(words)
            #expect(done.status == 66, "\(words): \(done)")
            for part in parts { #expect(done.error.contains(part), "\(words): \(done.error)") }
        }
    }

    @Test func `a name of a hundred thousand characters is repeated by its beginning`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let site = try ann.must("site", "add", "name=Dayton").trimmingCharacters(in: .whitespacesAndNewlines)
        for long in [String(repeating: "x", count: 100_000), String(repeating: "long name ", count: 10_000)] {
            for words in [
                ["show", long], ["site", "set", long, "headcount=3"], ["site", "set", site, "\(long)=3"], ["site", "set", site, long], ["site", "set", site, "headcount=\(long)"], ["line", "add", "title=A", "category=QUALITY", "site=\(long)"],
                ["list", long], ["list", "--tenant", long], ["list", "--engagement", long], ["use", long], ["attach", "add", long], ["import", long], ["resolve", site, long, "--choose", "1"], ["log", long], ["diff", "--since", long], ["snapshot", "show", long], ["form", "show", long], ["--\(long)"], [long],
            ] {
                let done = try ann.run(words)
                #expect(done.status != 0 && done.status != 70 && !done.error.isEmpty && done.error.count < 4_000, "\(words.map { $0.prefix(20) }): \(done.status), \(done.error.count): \(done.error.prefix(300))")
            }
            for words in [["invite", long], ["engagement", "staff", long, "ann"], ["device", "revoke", long], ["member", "list", "--tenant", long], ["member", "add", "x", "--role", long], ["quarantine", "show", long], ["person", "erase", "baseline", long], ["redact", "baseline", long, "text", "--reason", "x"], [long]] {
                let done = try server(words)
                #expect(done.status != 0 && done.status != 70 && !done.error.isEmpty && done.error.count < 4_000, "\(words.map { $0.prefix(20) }): \(done.status), \(done.error.count): \(done.error.prefix(300))")
            }
        }
    }
}
