internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct TenantVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Client companies, each with an authority, a database and a key of its own.", subcommands: [Add.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a tenant.")

        @OptionGroup var data: DataOption
        @Argument(help: "A short name: a-z, 0-9 and inner hyphens.")
        var tenant: String
        @Option(help: "What people call it (default: the short name).")
        var name: String?

        func run() throws {
            let short = try ShortName(checking: tenant, for: "a tenant")
            let added = try data.office().addTenant(short, title: name ?? tenant)
            print("Added the tenant \(added.name.text) (\(added.id)).")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tenants.")

        @OptionGroup var data: DataOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let tenants = try data.office().tenants()
            if json {
                return Output.json(
                    .array(
                        tenants.map {
                            .object([
                                JSONMember("tenant", .string($0.name.text)), JSONMember("id", .string($0.id.description)),
                                JSONMember("name", .string($0.title)),
                            ])
                        }))
            }
            Output.table(["tenant", "name", "id"], tenants.map { [$0.name.text, $0.title, $0.id.description] }, empty: "There are no tenants.")
        }
    }
}
