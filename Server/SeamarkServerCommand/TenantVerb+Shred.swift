internal import ArgumentParser
internal import Glibc
internal import SeamarkProtocol
internal import SeamarkServer

extension TenantVerb {
    struct Shred: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroy a tenant's key, so that its backups and all that is sealed are unreadable for ever, then its files here.",
            discussion: """
                For example:
                  seamark-server tenant shred halden --dry-run
                  seamark-server tenant shred halden --request
                  seamark-server tenant shred halden --again halden --approval "$(cat approval.txt)"

                For the end of a contract, while no server runs; nobody can undo it. Look at --dry-run first. It takes a second person: --request notes in \
                the audit log that the tenant is to go, and prints what a lead or an administrator of the tenant signs on their own laptop, within a day \
                ('seamark approve'); the line that comes of it is given with --approval. Where there is no such laptop any more, --alone says why; the \
                reason stays in the note. The key goes first: cut off, it leaves the tenant as it was, or unreadable, and the same command ends it.

                It reaches every backup that was sealed under the tenant key, wherever copies lie. It does not reach the devices (have them wiped first: \
                device wipe), backups that earlier versions made, recovery texts on paper, and what lies unsealed in a copy of the data \
                directory made by other means: ids, times, scores and amounts, which disk encryption alone protects. A disk that writes elsewhere than it \
                was told (an SSD) may keep the bytes of the overwritten key: keep the key folder on an encrypted disk, or on one that is destroyed.
                """)

        @OptionGroup var data: DataOption
        @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants)
        var tenant: String
        @Option(help: "The same short name again.")
        var again: String?
        @Flag(help: "Only say what would be destroyed, and what would not be reached.") var dryRun = false
        @Flag(help: "Ask a second person: print what they sign.") var request = false
        @Option(help: ArgumentHelp("The line that 'seamark approve' printed.", valueName: "line")) var approval: String?
        @Option(help: ArgumentHelp("Shred without a second person, and keep why.", valueName: "reason")) var alone: String?

        func validate() throws {
            guard !(dryRun || request) else {
                guard dryRun != request, again == nil, approval == nil, alone == nil else { throw ValidationError("--dry-run and --request stand for themselves") }
                return
            }
            guard (approval == nil) != (alone == nil) else { throw ValidationError("give --approval, of a second person (see --request), or --alone with the reason") }
            guard again == tenant else { throw ValidationError("name the tenant twice: tenant shred \(tenant) --again \(tenant); or look first, with --dry-run") }
        }

        func run() throws {
            let shredding = Shredding(in: try data.office())
            let name = try ShortName(checking: tenant, for: "a tenant")
            if dryRun { return Self.say(try shredding.effects(on: name), of: tenant) }
            if request {
                let hash = try shredding.request(name)
                Output.say("Within a day a lead or an administrator of \(tenant), somebody else than you, runs on their own laptop:\n", on: STDERR_FILENO)
                Output.note("The request was noted; make it again for a line to hand over.")
                return print("seamark approve \(hash)")
            }
            let note = try shredding.shred(name, by: Self.account, authority())
            Output.done("Shredded the tenant \(tenant) (\(note.tenant)): its key is destroyed, and its files here are gone.")
            for path in try shredding.unclaimed() { print("Nobody can tell whose \(Output.shown(path)) is: look, and destroy it by hand if it was this tenant's.") }
            print("Destroy the copies of its key's recovery text, and what backups of other tools hold of the data directory and the key folder.")
        }

        private func authority() throws -> ShreddingAuthority {
            if let alone { return .alone(reason: alone) }
            guard let approval = approval.flatMap({ ShredApproval($0) }) else {
                throw OperationFailure(
                    .badInput, doing: "reading the approval", wrong: "it is not one line of 160 hexadecimal digits", remedy: "give it as 'seamark approve' printed it")
            }
            return .approved(approval)
        }

        private static func say(_ effects: Shredding.Effects, of tenant: String) {
            print("Shredding \(tenant) (\(effects.tenant)) would destroy its key for ever, and with it:")
            if let unread = effects.unread {
                print("  its store, which cannot be read now (\(Output.shown(unread)))")
            } else {
                print("  entries: \(effects.entries); attachments: \(effects.attachments)")
                print("  backups that were sealed under it, wherever copies lie: \(effects.backups - effects.earlierBackups)")
            }
            for path in effects.replaced { print("  what a restore set aside in \(Output.shown(path))") }
            print("It would not reach:")
            if effects.earlierBackups > 0 { print("  backups from before it had a key, which open by their passphrase alone, to be destroyed by hand: \(effects.earlierBackups)") }
            if effects.keyCopies > 0 { print("  the recovery text of its key; destroy every copy, each opens the backups. Times that it was handed out: \(effects.keyCopies)") }
            if !effects.devices.isEmpty { print("  devices that are not revoked (\(effects.devices.joined(separator: ", "))): have them wiped first, with seamark-server device wipe") }
            for path in effects.unclaimed { print("  \(Output.shown(path)), of which nobody can tell whose it is; look, and destroy it by hand if it is this tenant's") }
            print("  rows that lie unsealed in copies that other tools made of the data directory")
            print("Nothing was changed.")
        }

        /// Who runs this, as far as the system says.
        private static var account: String {
            let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
            guard let before = getenv("SUDO_USER").map({ String(cString: $0) }), !before.isEmpty, before != name else { return name }
            return "\(before) as \(name)"
        }
    }
}
