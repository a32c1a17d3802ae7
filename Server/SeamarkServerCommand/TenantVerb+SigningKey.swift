internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

extension TenantVerb {
    struct Signing: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "signing-key", abstract: "Replace the key with which the server signs for a tenant.",
            discussion: """
                For example:
                  seamark-server tenant signing-key status halden
                  seamark-server tenant signing-key replace halden

                Receipts, checkpoints and headquarters' blocks are signed with it. replace draws another one and begins a new epoch with it; stop the \
                server first, and start it again. Each laptop hears of it with its next sync and reads its logs anew, so have them sync before, where \
                the key was not stolen. What the former one signed goes on verifying; nothing that is shown of it from then on is believed by a laptop that \
                has heard of it (who verifies evidence with the authority's fingerprint alone cannot know). Back the \
                tenant up afterwards: in a backup of before lies the former key, and where nothing else is left of the tenant its laptops refuse a \
                server that has it, until it is replaced there too. After a restore from before, a log takes the former key's word until it \
                holds the place where that key ended, which may be never: where it was stolen, do not restore from before, or have it forgotten \
                afterwards. forget ends that, with the server stopped too: from then on each laptop hands in its own work alone, and what others wrote \
                after the backup stays away unless they do. Let laptops sync first where the key was not stolen.
                """, subcommands: [Status.self, Replace.self, Forget.self])

        struct Status: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "With which key the server signs, and with which it did.",
                discussion: "For example:\n  seamark-server tenant signing-key status halden")

            @OptionGroup var data: DataOption
            @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants) var tenant: String
            @Flag(help: "As JSON.") var json = false

            func run() throws { try Signing.show(data, tenant, json) }
        }

        struct Replace: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Draw another key. Noted in the tenant's audit log.",
                discussion: "For example:\n  seamark-server tenant signing-key replace halden")

            @OptionGroup var data: DataOption
            @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants) var tenant: String
            @Flag(help: "As JSON.") var json = false

            func run() throws {
                try data.office().replaceSigningKey(of: ShortName(checking: tenant, for: "a tenant"))
                Output.note("The key was replaced.")
                try Signing.show(data, tenant, json)
            }
        }

        struct Forget: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Let an earlier key's word count for no log, also for one that was put back to before that key was replaced. Noted in the tenant's audit log.",
                discussion: "For example:\n  seamark-server tenant signing-key forget halden 3f9c0a17be526881")

            @OptionGroup var data: DataOption
            @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants) var tenant: String
            @Argument(help: "The key, as status prints it.") var key: String
            @Flag(help: "As JSON.") var json = false

            func run() throws {
                try data.office().forgetSigningKey(key, of: ShortName(checking: tenant, for: "a tenant"))
                Output.note("The earlier key was forgotten.")
                try Signing.show(data, tenant, json)
            }
        }

        private static func show(_ data: DataOption, _ tenant: String, _ json: Bool) throws {
            let name = try ShortName(checking: tenant, for: "a tenant")
            let status = try data.office().signingKeyStatus(name)
            if json {
                return Output.json(
                    .object([
                        JSONMember("key", .string(Hexadecimal.text(of: status.key))), JSONMember("epoch", .string(hexadecimal(status.epoch))),
                        JSONMember(
                            "earlier",
                            .array(
                                status.earlier.map { earlier in
                                    .object([
                                        JSONMember("key", .string(Hexadecimal.text(of: earlier.key))), JSONMember("epoch", .string(hexadecimal(earlier.epoch))),
                                        JSONMember("forgotten", .bool(earlier.isForgotten)),
                                    ])
                                })),
                    ]), .signingKey)
            }
            print("The key \(Hexadecimal.text(of: status.key)) signs for \(name.text), in the epoch \(hexadecimal(status.epoch)).")
            for earlier in status.earlier {
                print("Until the epoch \(hexadecimal(earlier.epoch)) it was \(Hexadecimal.text(of: earlier.key))\(earlier.isForgotten ? ", which is forgotten" : "").")
            }
        }

        private static func hexadecimal(_ epoch: UInt64) -> String {
            let digits = String(epoch, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }
}
