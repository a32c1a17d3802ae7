import ArgumentParser
import Foundation
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct Enrol: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make this laptop a device of a tenant.",
        discussion: """
            For example:
              seamark enrol --name "Ann's laptop"   asks for the invitation and a passphrase
              seamark enrol < invitation.txt
              seamark-server invite ann | seamark enrol
              seamark enrol --as k7 < invitation.txt   a folder that names no client

            Reads the invitation from headquarters (one line, seamark://…) from standard input, never from an argument, where \
            others could see it. It serves once. Then chooses a passphrase, which seals everything on this laptop: nobody can \
            read it without; it is asked for on the terminal, wherever the invitation comes from. 'seamark passphrase recovery' makes a code for when it is forgotten.

            What stays in the open is what the laptop calls the tenant: its folder is named so, and whoever finds the closed laptop can read it. That is the tenant's name, \
            unless --as says otherwise. Commands, questions and warnings say the label too.
            """)

    @Option(help: ArgumentHelp("What to call this laptop; administrators see it.", valueName: "device"))
    var name: String?

    @Option(name: .customLong("as"), help: ArgumentHelp("What the laptop calls the tenant, in the open (default: after its name).", valueName: "label"))
    var label: String?

    @Option(help: ArgumentHelp("Read the new passphrase from this file descriptor, for scripts.", valueName: "n"))
    var passphraseFd: Int32?

    @OptionGroup var trial: DryRunOption
    @OptionGroup var format: JSONOption

    func validate() throws {
        guard label.map(TenantHome.isLabel) ?? true else { throw ValidationError("Give --as a label of a-z, 0-9 and single inner hyphens, sixty at most.") }
    }

    func run() throws {
        let home = try Workplace.home()
        // Before the invitation is looked at: a label that is taken must not use it up.
        if let label, FileManager.default.fileExists(atPath: home.storePath(label)) {
            throw Explained(.refused, "'\(label)' is taken on this laptop: 'seamark use' lists what there is. The invitation was not used.")
        }
        if !trial.dryRun { try home.make() }
        let line: String
        if Terminal.inputIsTerminal {
            guard let typed = try Passphrase.ask("Paste the invitation (it is not shown): ") else { throw Passphrase.Failure.cancelled }
            line = String(decoding: typed.copy(), as: UTF8.self)
        } else {
            guard let typed = try Passphrase.read(from: 0) else {
                throw Explained(.refused, "No invitation came on standard input. Run 'seamark enrol < invitation.txt', or paste it when asked.")
            }
            line = String(decoding: typed.copy(), as: UTF8.self)
        }
        let invitation = try SeamarkClient.Invitation(line)
        if trial.dryRun {
            if format.json { return Terminal.json(.object([JSONMember("host", .string(invitation.host)), JSONMember("port", .integer(Int64(invitation.port))), JSONMember("stored", false)]), .invitation) }
            return Terminal.line("The invitation is whole: it enrols this laptop at ", .init("\(invitation.host):\(invitation.port)", .bold), ". Nobody was asked whether it is still good, and it was not used.")
        }
        // The passphrase before the network: a mistake here must not use the invitation up.
        let passphrase: SecretBytes
        if let passphraseFd {
            passphrase = try Passphrase.checkedNew(try Passphrase.read(from: passphraseFd))
        } else {
            // The invitation may come through a pipe, as in 'invite | enrol': whoever started that sits at the terminal that errors go to.
            guard Terminal.inputIsTerminal || Terminal.errorsAreOnTerminal else { throw Passphrase.Failure.noTerminal }
            passphrase = try Passphrase.askNew("A passphrase for this tenant's work")
        }
        try home.tryWriting()
        let enrolled = try Enrolment.redeem(invitation, deviceName: name ?? ProcessInfo.processInfo.hostName)
        let identity = enrolled.identity
        let tenant = try freeName(label ?? TenantHome.folderName(for: identity.tenantName), home)
        let store = try DeviceStore.create(at: home.storePath(tenant), identity: identity, passphrase: passphrase.copy())
        try enrolled.begin(store)
        try home.choose(tenant)
        let minutes = SettingsFile.settings.unlockMinutes ?? KeyHolder.usualMinutes
        let holder = try? KeyHolder.keep(store.storeKey, of: store.id, minutes: minutes)
        if format.json {
            Terminal.json(
                .object([
                    JSONMember("tenant", .string(tenant)), JSONMember("tenantName", .string(identity.tenantName)),
                    JSONMember("device", .string(identity.device.description)), JSONMember("member", .string(identity.member.description)),
                    JSONMember("role", .string(Role(rawValue: Int64(identity.role))?.key ?? "")), JSONMember("letters", .string(identity.letters)),
                    JSONMember("unlocked", .bool(holder != nil)),
                ] + WaitWords.members(enrolled.awaitsConfirmation ? identity.words : nil)), .enrolment)
            return
        }
        Terminal.line("This laptop is now a device of ", .init(identity.tenantName, .bold), ". Your handles begin with ", .init(identity.letters, .bold), ".")
        if label != nil { Terminal.line("Commands call it ", .init(tenant, .bold), ", and that is what can be read while it is closed.") }
        let standing = holder != nil ? "It is unlocked for \(minutes % 60 == 0 ? counted(minutes / 60, "hour") : counted(minutes, "minute"))." : "This system keeps no keys; give --passphrase-fd N with each command."
        guard enrolled.awaitsConfirmation else { return Terminal.line("\(standing) Next: seamark sync") }
        Terminal.line("\(standing)")
        for line in WaitWords.lines(identity.words, holdsEngagement: false) { Terminal.line(.init(line, .yellow)) }
    }

    /// A second device of the same tenant on one laptop lies beside the first.
    private func freeName(_ name: String, _ home: TenantHome) throws -> String {
        var candidate = name
        var number = 2
        while FileManager.default.fileExists(atPath: home.storePath(candidate)) {
            candidate = TenantHome.folderName(name, numbered: number)
            number += 1
        }
        return candidate
    }
}
