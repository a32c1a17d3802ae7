import ArgumentParser
import SeamarkClient
import SeamarkCrypto
import SeamarkStore

/// `seamark passphrase`, and `seamark passphrase recovery`.
struct PassphraseVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase",
        abstract: "Change the passphrase of a tenant's store, or make a recovery code for it.",
        discussion: """
            For example:
              seamark passphrase change
              seamark passphrase recovery

            Nothing that was captured is touched: the store's key alone is wrapped anew. Whatever happens meanwhile, the old passphrase or \
            the new one opens the store. Whoever copied the store's file 'lock' before and knows the old passphrase opens that copy, and this \
            store too where they can put it back, with what is captured later. After that only a new store helps: sync, wipe and enrol anew.
            """,
        subcommands: [Change.self, Recovery.self], defaultSubcommand: Change.self)

    struct Change: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change the passphrase: the old one is asked for, then the new one twice.",
            discussion: """
                For example:
                  seamark passphrase change
                  seamark passphrase change --recovery

                With --recovery the recovery code takes the place of a forgotten passphrase. The recovery code stays valid.
                """)

        @OptionGroup var proof: ProofOptions
        @Option(help: ArgumentHelp("Read the new passphrase from this file descriptor; it may be the same one, then on its next line.", valueName: "n"))
        var newPassphraseFd: Int32?

        func run() throws {
            let (tenant, store) = try proof.store()
            let old = try proof.prove(for: tenant) { old in
                // A mistake in the old one is told before a new one is thought of.
                if newPassphraseFd == nil { _ = try store.unlock(with: old) }
                return old
            }
            let new = try newPassphraseFd.map { try Passphrase.checkedNew(try Passphrase.read(from: $0)) } ?? Passphrase.askNew("The new passphrase")
            try store.changePassphrase(from: old, to: new.copy())
            Terminal.line("\(tenant) has a new passphrase; the old one opens nothing here any more.")
        }
    }

    struct Recovery: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a recovery code, which opens the store when the passphrase is forgotten.",
            discussion: """
                For example:
                  seamark passphrase recovery

                It is shown this once: write it down, and keep it away from this laptop. It takes the place of an earlier one. With it \
                'seamark unlock --recovery' opens the store, and 'seamark passphrase --recovery' sets a new passphrase.
                """)

        @OptionGroup var proof: ProofOptions

        func run() throws {
            let (tenant, store) = try proof.store()
            let code = try proof.prove(for: tenant) { try store.makeRecoveryCode(with: $0) }
            Terminal.line(.init(code.text, .bold))
            Terminal.warning("This is the recovery code of \(tenant). It is not shown again, and no earlier one opens anything here any more.")
        }
    }
}

/// Whose store, and how whoever sits here shows that they may open it: for verbs that never go by the kept key.
struct ProofOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Open this tenant's store instead of the chosen one.", valueName: "name"), completion: HandleCompletion.tenants)
    var tenant: String?

    @Flag(help: "With the recovery code instead of the passphrase.")
    var recovery = false

    @Option(help: ArgumentHelp("Read the passphrase, or the recovery code, from this file descriptor, for scripts.", valueName: "n"))
    var passphraseFd: Int32?

    func store() throws -> (tenant: String, store: DeviceStore) {
        let home = try Workplace.home()
        let tenant = try home.tenant(asked: tenant)
        return (tenant, try DeviceStore(at: home.storePath(tenant)))
    }

    /// What `body` makes of what is shown; at a terminal that is asked for again where it is wrong.
    func prove<Value>(for tenant: String, _ body: (DeviceProof) throws -> Value) throws -> Value {
        func open(_ typed: SecretBytes?) throws -> Value {
            guard let typed else { throw Workplace.Failure.locked(tenant: tenant) }
            guard recovery else { return try body(.passphrase(typed.copy())) }
            guard let code = RecoveryCode(String(decoding: typed.copy(), as: UTF8.self)) else { throw MistypedCode() }
            return try body(.recovery(code))
        }
        if let passphraseFd { return try open(try Passphrase.read(from: passphraseFd)) }
        guard Terminal.inputIsTerminal else { throw Passphrase.Failure.noTerminal }
        return try PassphraseTries.ask("\(recovery ? "Recovery code" : "Passphrase") for \(tenant): ", open)
    }
}
