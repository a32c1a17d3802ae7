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
              seamark-server member set ann --inactive --tenant halden
              seamark-server member list --tenant halden
            """, subcommands: [Add.self, Alter.self, Uninvite.self, List.self])

    struct Alter: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Give a member another role, or make one inactive or active again.",
            discussion: """
                For example:
                  seamark-server member set ann --role lead --tenant halden
                  seamark-server member set ann --inactive

                Devices of an inactive member are turned away as revoked ones are: a running server ends their connections within a second, what they hand in \
                goes into quarantine, and the member's unused invitations open nothing any more. Made active again, the devices work again and those \
                invitations do not. A device keeps what it read under a role that saw more: revoke it where that matters. Nobody becomes, or ceases to \
                be, a clientViewer or a tenantAdmin: add another member.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The member's short name or id.", completion: NameCompletion.members)
        var member: String
        @Option(help: "consultant, lead or analyst.", completion: .list(["consultant", "lead", "analyst"]))
        var role: String?
        @Flag(help: "Turn the member's devices and invitations away.") var inactive = false
        @Flag(help: "Let the member's devices work again.") var active = false
        @OptionGroup var trial: TrialOption

        func validate() throws {
            if inactive, active { throw ValidationError("say --inactive or --active, not both") }
            if role == nil, !inactive, !active { throw ValidationError("say what to alter: --role, --inactive or --active") }
            if let role, Role(key: role) == nil { throw ValidationError("there is no role \(role); choose consultant, lead or analyst") }
        }

        func run() throws {
            let wanted = role.flatMap { Role(key: $0) }
            let done = try tenant.open(isTrial: trial.dryRun).setMember(member, role: wanted, active: inactive ? false : active ? true : nil)
            let ended = done.endedInvitations == 0 ? "" : ", and \(done.endedInvitations) unused \(done.endedInvitations == 1 ? "invitation opens" : "invitations open") nothing any more"
            let what = "\(Output.shown(done.handle)) is \(done.role.key), \(done.isActive ? "active" : "inactive")\(ended)"
            guard done.isAltered else { return trial.say("Nothing to alter: \(what).", trial: "alter nothing: \(what)") }
            trial.say("Altered: \(what).", trial: "alter: \(what)")
        }
    }

    struct Uninvite: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a member's invitations that nobody has used.",
            discussion: """
                For example:
                  seamark-server member uninvite ann --tenant halden

                Whoever has one of those lines enrols nothing with it any more. Devices that are enrolled go on: see 'device revoke'.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The member's short name or id.", completion: NameCompletion.members)
        var member: String
        @OptionGroup var trial: TrialOption

        func run() throws {
            let count = try tenant.open(isTrial: trial.dryRun).endInvitations(of: member)
            let what = "\(count) unused \(count == 1 ? "invitation" : "invitations") of \(Output.shown(member))"
            trial.say("Ended \(what).", trial: "end \(what)")
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a member.",
            discussion: "For example:\n  seamark-server member add ann --name \"Ann Field\" --role lead --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Argument(help: "A short name: a-z, 0-9 and inner hyphens.")
        var member: String
        @Option(help: "The person's name (default: the short name).")
        var name: String?
        @Option(help: "consultant, lead, analyst, clientViewer or tenantAdmin.", completion: .list(["consultant", "lead", "analyst", "clientViewer", "tenantAdmin"]))
        var role = "consultant"
        @Option(help: "The person's e-mail address.")
        var email: String?
        @Option(help: "The id that the member had before the server was put back to an older copy, as 'device adopt' names it.")
        var id: String?
        @OptionGroup var trial: TrialOption

        func validate() throws {
            if let id, Identifier(id) == nil { throw ValidationError("--id is an id, such as 01a2283b-1f6f-70c5-8c6f-be86e0ef4001") }
            if Role(key: role) == nil { throw ValidationError("there is no role \(role); choose consultant, lead, analyst, clientViewer or tenantAdmin") }
        }

        func run() throws {
            guard let role = Role(key: role) else { return }
            let office = try tenant.open(isTrial: trial.dryRun)
            let short = try ShortName(checking: member, for: "a member")
            let id = try office.addMember(short, name: name ?? member, role: role, email: email, id: self.id.flatMap { Identifier($0) })
            trial.say("Added \(short.text) as \(role.key) of \(office.name.text) (\(id)).", trial: "add \(short.text) as \(role.key) of \(office.name.text)")
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
