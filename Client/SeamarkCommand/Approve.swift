import ArgumentParser
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign, as a second person, that headquarters may shred this tenant.",
        discussion: """
            For example:
              seamark approve 4f3c9a0d17be52688d10c4e7a95b3f26e1d07c84b96a2f5383cc1e40d7695ab2

            For a lead or an administrator, on their own laptop. The request is what 'seamark-server tenant shred NAME --request' printed; the answer, one \
            line, goes back by any way: nothing of it is secret. A request is good for a day. Shredding destroys all that headquarters and its backups hold.
            """)

    @Argument(help: "The request: 64 hexadecimal digits.")
    var request: String
    @Flag(help: "Sign it without asking.") var yes = false
    @OptionGroup var work: WorkOptions

    func run() throws {
        guard let bytes = Hexadecimal.bytes(of: Array(request.lowercased().utf8)), let hash = Hash256(bytes: bytes) else {
            throw ValidationError("a request has 64 hexadecimal digits, as seamark-server tenant shred --request prints it")
        }
        let place = try Workplace(work, to: .work)
        let identity = try place.device.state.identity
        guard identity.role == UInt32(Role.lead.rawValue) || identity.role == UInt32(Role.tenantAdmin.rawValue) else {
            throw Explained(.refused, "Only a lead or an administrator may approve that a tenant is shredded. Nothing was signed.")
        }
        if !yes {
            let question = "Headquarters would destroy all that it and its backups hold of \(TerminalText.line(identity.tenantName)), for ever."
            guard Terminal.inputIsTerminal else { throw Explained(.refused, "\(question) Nothing was signed. Say --yes to sign it all the same.") }
            Terminal.warning(question)
            let typed = try Passphrase.ask("To approve it, type \(place.tenant): ")
            guard let typed, typed.copy() == Array(place.tenant.utf8) else { throw Explained(.refused, "Nothing was signed.") }
        }
        let approval = ShredApproval(of: hash, tenant: identity.tenant, device: identity.device, by: SigningKey(seed: identity.signingSeed))
        Terminal.line("\(approval.text)")
    }
}
