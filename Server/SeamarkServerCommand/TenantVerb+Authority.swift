internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

extension TenantVerb {
    struct Authority: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "authority", abstract: "Replace a tenant's authority, which certifies its devices.",
            discussion: """
                For example:
                  seamark-server tenant authority begin halden
                  seamark-server tenant authority status halden
                  seamark-server tenant authority finish halden

                begin makes the next authority; it signs a moment later, and devices of both are let in, so that nobody is locked out and no session \
                ends. Each device gets a certificate of it, and the present one's word for it, when it has its own renewed, which is within three weeks. \
                finish destroys the former one's key. A device that has a certificate of that yet is let in no more, and has it renewed at the door by \
                its signing key, with the next sync. Was the key stolen, say begin and then finish --force. Back the tenant up after each of the two.
                """, subcommands: [Status.self, Begin.self, Finish.self])

        struct Status: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Which authority signs, and which devices have certificates of the former one.",
                discussion: "For example:\n  seamark-server tenant authority status halden")

            @OptionGroup var data: DataOption
            @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants) var tenant: String
            @Flag(help: "As JSON.") var json = false

            func run() throws { try Authority.show(data, tenant, json) }
        }

        struct Begin: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Make the next authority. Noted in the tenant's audit log.",
                discussion: "For example:\n  seamark-server tenant authority begin halden")

            @OptionGroup var data: DataOption
            @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants) var tenant: String
            @Flag(help: "As JSON.") var json = false

            func run() throws {
                try data.office().beginAuthority(of: ShortName(checking: tenant, for: "a tenant"))
                Output.note("The next authority was made.")
                try Authority.show(data, tenant, json)
            }
        }

        struct Finish: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Destroy the former authority's key. Noted in the tenant's audit log.",
                discussion: """
                    For example:
                      seamark-server tenant authority finish halden
                      seamark-server tenant authority finish halden --force
                    """)

            @OptionGroup var data: DataOption
            @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants) var tenant: String
            @Flag(help: "Also while devices have certificates of the former one: they renew them at the door.") var force = false
            @Flag(help: "As JSON.") var json = false

            func run() throws {
                try data.office().finishAuthority(of: ShortName(checking: tenant, for: "a tenant"), force: force)
                Output.note("The former authority's key was destroyed.")
                try Authority.show(data, tenant, json)
            }
        }

        private static func show(_ data: DataOption, _ tenant: String, _ json: Bool) throws {
            let name = try ShortName(checking: tenant, for: "a tenant")
            let status = try data.office().tenantAuthorityStatus(name)
            if json { return Output.json(summary(status), .authorityReplacement) }
            print("The authority \(status.pin) signs for \(name.text), until \(Output.time(status.until)).")
            guard let succession = status.succession else { return print("It is not being replaced.") }
            print("Since \(Output.time(succession.began)) it takes over from \(succession.formerPin), which vouches for it.")
            for letters in succession.waiting { print("Has a certificate of the former one: device \(letters)") }
            if succession.waiting.isEmpty { print("No device has a certificate of the former one. Next: seamark-server tenant authority finish \(name.text)") }
        }

        private static func summary(_ status: Office.TenantAuthorityStatus) -> JSONValue {
            let succession = status.succession.map { succession in
                JSONValue.object([
                    JSONMember("formerPin", .string(succession.formerPin.description)), JSONMember("began", Output.iso(succession.began)),
                    JSONMember("waiting", .array(succession.waiting.map { .string($0) })),
                ])
            }
            return .object([
                JSONMember("pin", .string(status.pin.description)), JSONMember("until", Output.iso(status.until)), JSONMember("succession", succession ?? .null),
            ])
        }
    }
}
