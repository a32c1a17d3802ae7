import ArgumentParser
import SeamarkClient
import SeamarkCrypto
import SeamarkStore

struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a tenant's store for the next commands, for some time.",
        discussion: "The key goes into the kernel's keyring, which forgets it after the time given, or at 'seamark lock'.")

    @Option(help: ArgumentHelp("How long, 1 to \(KeyHolder.mostMinutes).", valueName: "n"))
    var minutes: Int = KeyHolder.usualMinutes

    @Option(help: ArgumentHelp("Open this tenant's store instead of the chosen one.", valueName: "name"))
    var tenant: String?

    @Option(help: ArgumentHelp("Read the passphrase from this file descriptor, for scripts.", valueName: "n"))
    var passphraseFd: Int32?

    func run() throws {
        guard (1...KeyHolder.mostMinutes).contains(minutes) else {
            throw Explained(.usage, "--minutes is \(minutes), must lie between 1 and \(KeyHolder.mostMinutes).")
        }
        let home = try Workplace.home()
        let tenant = try home.tenant(asked: tenant)
        let store = try DeviceStore(at: home.storePath(tenant))
        let typed: SecretBytes?
        if let passphraseFd {
            typed = try Passphrase.read(from: passphraseFd)
        } else {
            guard Terminal.inputIsTerminal else { throw Passphrase.Failure.noTerminal }
            typed = try Passphrase.ask("Passphrase for \(tenant): ")
        }
        guard let typed else { throw Workplace.Failure.locked(tenant: tenant) }
        let open = try store.unlock(passphrase: typed.copy())
        try KeyHolder.keep(open.storeKey, of: open.id, minutes: minutes)
        Terminal.line("\(tenant) is unlocked for \(counted(minutes, "minute")).")
    }
}
