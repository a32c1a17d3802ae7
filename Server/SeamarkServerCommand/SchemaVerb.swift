internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct SchemaVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The least schema of a device's program that may read and write.",
        discussion: """
            For example:
              seamark-server schema show --tenant halden
              seamark-server schema set --write 2 --tenant halden

            A program that is too old to write can always hand in its work: it is kept in quarantine, and comes in when the program is updated, \
            or when it is released. One that is too old to read hands in its work as well, and is told nothing new.
            """, subcommands: [Show.self, Set.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the least schemas.",
            discussion: "For example:\n  seamark-server schema show --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Flag(help: "As JSON.") var json = false

        func run() throws { SchemaVerb.show(try tenant.open().leastSchemas(), json) }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the least schema to read, to write, or both. Noted in the audit log.",
            discussion: "For example:\n  seamark-server schema set --read 1 --write 2")

        @OptionGroup var tenant: TenantOption
        @Option(help: "The least schema that may read.") var read: UInt32?
        @Option(help: "The least schema that may write; not less than the one that may read.") var write: UInt32?
        @OptionGroup var trial: TrialOption
        @Flag(help: "As JSON.") var json = false

        func validate() throws {
            guard read != nil || write != nil else { throw ValidationError("say --read, --write or both") }
        }

        func run() throws {
            let set = try tenant.open(isTrial: trial.dryRun).setLeastSchemas(read: read, write: write)
            guard !trial.dryRun || json else { return trial.say("", trial: "let programs that know schema \(set.read) or later read, and those that know \(set.write) or later write") }
            if !trial.dryRun { Output.note("The least schemas were set.") }
            SchemaVerb.show(set, json, stored: !trial.dryRun)
        }
    }

    private static func show(_ schemas: LeastSchemas, _ json: Bool, stored: Bool? = nil) {
        if json {
            return Output.json(
                .object([
                    JSONMember("server", .integer(Int64(schemas.server))), JSONMember("leastRead", .integer(Int64(schemas.read))),
                    JSONMember("leastWrite", .integer(Int64(schemas.write))),
                ] + (stored.map { [JSONMember("stored", .bool($0))] } ?? [])), .schemas)
        }
        print("The server writes schema \(schemas.server). Programs that know schema \(schemas.read) or later may read, those that know \(schemas.write) or later may write.")
    }
}
