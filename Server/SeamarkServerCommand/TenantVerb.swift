internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct TenantVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Client companies, each with an authority, a database and a key of its own.",
        discussion: """
            For example:
              seamark-server tenant add halden --name "Halden Gears"
              seamark-server tenant list
            """, 
        subcommands: [Add.self, List.self, Key.self, Authority.self, Signing.self, Shred.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a tenant.",
            discussion: """
                For example:
                  seamark-server tenant add halden --name "Halden Gears"

                Laptops name the tenant's folder after what people call it, and whoever finds a closed laptop can read that. Where it is secret who the client is, give a code \
                name, or have members enrol with --as.
                """)

        @OptionGroup var data: DataOption
        @Argument(help: "A short name: a-z, 0-9 and inner hyphens.")
        var tenant: String
        @Option(help: "What people call it (default: the short name).")
        var name: String?
        @OptionGroup var trial: TrialOption

        func run() throws {
            let short = try ShortName(checking: tenant, for: "a tenant")
            if trial.dryRun {
                try data.office().requireFree(short)
                return trial.say("", trial: "add the tenant \(short.text), with an authority, a key and a database of its own")
            }
            let added = try data.office().addTenant(short, title: name ?? tenant)
            Output.done("Added the tenant \(added.name.text) (\(added.id)).")
            print("Write down the recovery text of its key, without which no backup of it opens on another machine: seamark-server tenant key \(added.name.text)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tenants.",
            discussion: "For example:\n  seamark-server tenant list")

        @OptionGroup var data: DataOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let office = try data.office()
            let (tenants, shredded) = (try office.tenants(), try office.shredded())
            if json {
                return Output.json(
                    .array(
                        tenants.map {
                            .object([
                                JSONMember("tenant", .string($0.name.text)), JSONMember("id", .string($0.id.description)),
                                JSONMember("name", .string($0.title)),
                            ])
                        }
                            + shredded.map {
                                .object([
                                    JSONMember("tenant", .string($0.name)), JSONMember("id", .string($0.tenant)), JSONMember("shredded", Output.iso($0.began)),
                                    JSONMember("finished", Output.iso($0.finished)), JSONMember("by", .string($0.by)), JSONMember("approvedBy", .string($0.approvedBy)),
                                    JSONMember("lastAct", $0.lastAct.map { .string($0) } ?? .null),
                                ])
                            }), .tenant)
            }
            Output.table(["tenant", "name", "id"], tenants.map { [$0.name.text, $0.title, $0.id.description] }, empty: "There are no tenants.")
            for note in shredded {
                let time = Output.time(note.finished ?? note.began)
                print(
                    note.finished == nil
                        ? "\(note.name) (\(note.tenant)) is being shredded since \(time): run seamark-server tenant shred again, which ends it."
                        : "\(note.name) (\(note.tenant)) was shredded \(time) by \(Output.shown(note.by)); approved by \(Output.shown(note.approvedBy)).")
            }
        }
    }
}
