internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct MemberVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "People with a role in a tenant.",
        discussion: """
            For example:
              seamark-server member add ann --name "Ann Field" --role lead --tenant halden
              seamark-server member list --tenant halden
            """, subcommands: [Add.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a member.",
            discussion: "For example:\n  seamark-server member add ann --name \"Ann Field\" --role lead --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Argument(help: "A short name: a-z, 0-9 and inner hyphens.")
        var member: String
        @Option(help: "The person's name (default: the short name).")
        var name: String?
        @Option(help: "consultant, lead, analyst, clientViewer or tenantAdmin.")
        var role = "consultant"
        @Option(help: "The person's e-mail address.")
        var email: String?

        func run() throws {
            guard let role = Role(key: role) else {
                throw ValidationError("there is no role \(role); choose consultant, lead, analyst, clientViewer or tenantAdmin")
            }
            let office = try tenant.open()
            let short = try ShortName(checking: member, for: "a member")
            let id = try office.addMember(short, name: name ?? member, role: role, email: email)
            Output.done("Added \(short.text) as \(role.key) of \(office.name.text) (\(id)).")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the members.",
            discussion: "For example:\n  seamark-server member list --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let members = try tenant.open().members()
            if json {
                return Output.json(
                    .array(
                        members.map {
                            .object([
                                JSONMember("member", .string($0.handle)), JSONMember("id", .string($0.id.description)),
                                JSONMember("name", .string($0.name)), JSONMember("role", .string($0.role.key)), JSONMember("active", .bool($0.isActive)),
                                JSONMember("engagements", .array($0.engagements.map { .string($0) })),
                            ])
                        }), .member)
            }
            Output.table(
                ["member", "role", "name", "engagements", "id"],
                members.map { [$0.handle, $0.role.key + ($0.isActive ? "" : " (inactive)"), $0.name, $0.engagements.joined(separator: " "), $0.id.description] },
                empty: "There are no members.")
        }
    }
}
