internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct EvidenceVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Hand out an engagement's log so that anybody can verify it.",
        discussion: "For example:\n  seamark-server evidence export baseline --out baseline.evidence", subcommands: [Export.self])

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an engagement's whole log into a file that proves itself.",
            discussion: """
                For example:
                  seamark-server evidence export baseline --out baseline.evidence
                  seamark-server evidence export baseline --out public.evidence --without-values

                Every block as its author signed it, every verdict, time and release, the authors' keys, and a signed checkpoint. Whoever verifies it \
                (seamark verify --evidence, seamark-server verify --evidence, or a program of their own written from Protocol/SPEC.md) needs the tenant \
                authority's fingerprint from elsewhere: it is printed here. The file is for its owner alone, and none is overwritten. With the names, notes \
                and quotes it is as confidential as the engagement; --without-values leaves their hashes. The audit log remembers.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Option(help: "The file to write.", completion: .file())
        var out: String
        @Flag(help: "Put a hash in the place of every sensitive value; everything verifies all the same.") var withoutValues = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let done = try tenant.open().exportEvidence(of: engagement, values: !withoutValues, to: out)
            if json {
                return Output.json(
                    .object([
                        JSONMember("file", .string(out)), JSONMember("bytes", .integer(Int64(done.bytes))), JSONMember("entries", .integer(Int64(done.entries))),
                        JSONMember("position", .integer(Int64(clamping: done.position))), JSONMember("logHash", .string(done.logHash.description)),
                        JSONMember("digest", .string(done.digest.description)), JSONMember("authority", .string(done.authority.description)),
                        JSONMember("values", .bool(!withoutValues)),
                    ]), .evidence)
            }
            Output.done("Wrote \(done.entries) \(done.entries == 1 ? "entry" : "entries") into \(Output.shown(out)), up to position \(done.position), log hash \(done.logHash).")
            print("The tenant authority's fingerprint, for whoever verifies it, by another way than the file:\n\(done.authority)")
        }
    }
}
