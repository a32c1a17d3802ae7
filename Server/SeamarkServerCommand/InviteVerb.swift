internal import ArgumentParser
internal import SeamarkServer

struct InviteVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Make an invitation: one line that lets one device of a member enrol, once.",
        discussion: "The line is a secret until it is used. Hand it over by a way that only the member reads.")

    @OptionGroup var tenant: TenantOption
    @Argument(help: "The member's short name or id.")
    var member: String
    @Option(help: "How long it is valid, up to 4320.")
    var minutes = 10
    @Option(help: "HOST:PORT in the invitation, where it differs from init's.")
    var name: String?

    func run() throws {
        print(try tenant.open().invite(member, minutes: minutes, address: name).text)
    }
}
