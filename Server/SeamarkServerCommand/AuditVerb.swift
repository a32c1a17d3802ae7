internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

struct AuditVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "What administrators did with a tenant, chained so that no act can be altered or taken out.",
        discussion: """
            For example:
              seamark-server audit list --tenant halden
              seamark-server audit export --out audit.json
            """,
        subcommands: [List.self, Verify.self, Export.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the acts, oldest first.",
            discussion: """
                For example:
                  seamark-server audit list --limit 20

                Members, engagements and devices have the names that they have now; --json and 'audit export' have the ids, over which the chain goes.
                """)

        @OptionGroup var tenant: TenantOption
        @Option(parsing: .unconditional, help: ArgumentHelp("Only the newest so many; 0 for all.", valueName: "n"))
        var limit = 0
        @Flag(help: "As JSON.") var json = false

        func validate() throws {
            guard limit >= 0 else { throw ValidationError("--limit is at least 0") }
        }

        func run() throws {
            let office = try tenant.open()
            let all = try office.audit()
            let acts = limit == 0 ? all[...] : all.suffix(limit)
            if json { return Output.json(.array(acts.map { TenantOffice.document($0).withTimes("time") }), .act) }
            let names = try office.namesInActs()
            Output.table(
                ["number", "time", "act", "detail"], acts.map { ["\($0.number)", Output.time($0.time), $0.act, TenantOffice.words($0.detail, names)] }, empty: "There are no acts.")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute the chain of acts.",
            discussion: """
                For example:
                  seamark-server audit verify
                  seamark-server audit verify --hash "$(cat noted-hash.txt)"

                The last act's hash, noted elsewhere, proves later that nothing was cut off at the end: give it with --hash.
                """)

        @OptionGroup var tenant: TenantOption
        @Option(help: "A hash that was noted earlier; it must be in the chain.")
        var hash: String?
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let finding = try tenant.open().verifyAudit(containing: hash)
            if json {
                Output.json(.object([JSONMember("holds", .bool(finding.holds)), JSONMember("finding", .string(finding.sentence))]), .auditCheck)
            } else {
                print(finding.sentence.prefix(1).uppercased() + finding.sentence.dropFirst() + ".")
            }
            guard finding.holds else {
                throw OperationFailure(
                    .inputOutput, doing: "verifying the audit log", wrong: finding.sentence, remedy: "somebody wrote to the database by another way; compare it with a backup")
            }
        }
    }
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all acts with their hashes into a JSON file, to be kept elsewhere.",
            discussion: """
                For example:
                  seamark-server audit export --out audit.json

                The file is for its owner alone, and none is overwritten. Its last hash, given to 'audit verify --hash', shows later that nothing was cut off.
                """)

        @OptionGroup var tenant: TenantOption
        @Option(help: "The file to write.", completion: .file())
        var out: String

        func run() throws {
            let count = try tenant.open().exportAudit(to: out)
            Output.done("Wrote \(count) \(count == 1 ? "act" : "acts") into \(Output.shown(out)).")
        }
    }
}
