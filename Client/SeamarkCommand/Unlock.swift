import ArgumentParser
import SeamarkClient
import SeamarkCrypto
import SeamarkStore

struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a tenant's store for the next commands, for some time.",
        discussion: """
            For example:
              seamark unlock
              seamark unlock --minutes 30 --tenant halden
              seamark unlock --recovery                     when the passphrase is forgotten

            The key goes into the kernel's keyring, which forgets it after the time given, or at 'seamark lock'. Where the kernel keeps no \
            keys, a small process of your own does, the key agent, until the same moment; ended, it takes the key along.
            """)

    @Option(help: ArgumentHelp("How long, 1 to \(KeyHolder.mostMinutes) (default: \(KeyHolder.usualMinutes), or as your settings have it).", valueName: "n"))
    var minutes: Int?

    @OptionGroup var proof: ProofOptions

    func run() throws {
        let minutes = minutes ?? SettingsFile.settings.unlockMinutes ?? KeyHolder.usualMinutes
        guard (1...KeyHolder.mostMinutes).contains(minutes) else {
            throw Explained(.usage, "The minutes are \(minutes); they must lie between 1 and \(KeyHolder.mostMinutes).")
        }
        let (tenant, store) = try proof.store()
        let open = try proof.prove(for: tenant) { try store.unlock(with: $0) }
        let home = try Workplace.home()
        Workplace.sweepEditors(of: tenant, home)
        try Workplace.obeyWipe(Device(store: open, now: TimeText.now), of: tenant, in: home)
        let holder = try KeyHolder.keep(open.storeKey, of: open.id, minutes: minutes)
        Terminal.line("\(tenant) is unlocked for \(counted(minutes, "minute")): \(holder.words).")
    }
}

extension KeyHolder {
    /// Who keeps the key, in words.
    var words: String {
        switch self {
        case .kernel: "the kernel's keyring keeps its key"
        case .agent: "the key agent keeps its key, since the kernel keeps none here"
        }
    }
}
