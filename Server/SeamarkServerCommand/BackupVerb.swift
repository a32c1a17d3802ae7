internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct BackupVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write sealed backups while the server runs, and verify them.",
        discussion: """
            For example:
              seamark-server backup make --all --to /mnt/backup --passphrase-file backup.pass
              seamark-server backup verify FILE --passphrase-file backup.pass

            A backup is sealed under a passphrase of its own and, a tenant's, under the tenant key, which lies in the key folder and in no backup; \
            without both nobody can use it, you neither. Keep the passphrase, and the recovery text that 'tenant key NAME' gives, apart from \
            this machine and from the backups. --all also writes the installation's backup: without it devices do not know a new machine.
            """,
        subcommands: [Make.self, Verify.self], defaultSubcommand: Make.self)

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make", abstract: "Back up one tenant, or all and the installation.",
            discussion: """
                For example:
                  seamark-server backup make --all --to /mnt/backup --passphrase-file backup.pass
                  seamark-server backup make halden --to /mnt/backup
                """)

        @OptionGroup var data: DataOption
        @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants)
        var tenant: String?
        @Flag(help: "All tenants, and the installation.") var all = false
        @Option(help: "The folder to write into; made if it is not there. Files are named after tenant and time.", completion: .directory)
        var to: String
        @OptionGroup var passphrase: PassphraseOption
        @OptionGroup var trial: TrialOption
        @Flag(help: "As JSON.") var json = false

        /// The last folder is made where it is not there; those above it may be a disk that is not mounted.
        private func requireParent() throws {
            let place = to.count > 1 && to.hasSuffix("/") ? String(to.dropLast()) : to
            let parent = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? "."
            var facts = stat()
            guard !parent.isEmpty, stat(parent, &facts) != 0, errno == ENOENT else { return }
            throw OperationFailure(.notFound, doing: "backing up to \(to)", wrong: "the folder \(parent) is not there", remedy: "mount the disk or make that folder; only the last one is made")
        }

        func validate() throws {
            guard all == (tenant == nil) else { throw ValidationError("name one tenant, or say --all") }
        }

        func run() throws {
            let office = try data.office()
            let names = try tenant.map { [try ShortName(checking: $0, for: "a tenant")] } ?? office.tenantNames()
            if let tenant { _ = try data.tenant(tenant) }
            if trial.dryRun {
                let files = (all ? ["the installation"] : []) + names.map { "the tenant \($0.text)" }
                if json { return Output.json(.array([]), .backup) }
                return trial.say("", trial: "write a backup of each into \(Output.shown(to)): \(files.joined(separator: ", "))")
            }
            try requireParent()
            let secret = try passphrase.new()
            var rows: [JSONValue] = []
            var failure: (any Error)?
            func note(_ backup: Office.Backup) {
                Output.note("The backup \(Output.shown(backup.path)) was made, verified and sealed.")
                rows.append(
                    .object([
                        JSONMember("file", .string(backup.path)), JSONMember("tenant", backup.tenant.map { .string($0.text) } ?? .null),
                        JSONMember("made", Output.iso(backup.header.made)), JSONMember("entries", .integer(Int64(clamping: backup.header.entries))),
                        JSONMember("bytes", .integer(Int64(backup.byteCount))),
                        JSONMember("unreadableAttachments", .integer(Int64(backup.unreadableAttachments))),
                    ]))
                if let tenant = backup.tenant, backup.unreadableAttachments > 0 {
                    Output.say(
                        "seamark-server: \(backup.unreadableAttachments) of the attachments of \(tenant.text) are missing or damaged on this machine and in no new backup; the rest is. Run 'seamark-server verify \(tenant.text)', and put their files back from an older backup.\n",
                        on: 2)
                }
                guard !json else { return }
                let what = backup.tenant.map { "\($0.text): \(backup.header.entries) entries" } ?? "installation"
                print("\(what), verified and sealed, \(backup.byteCount) bytes: \(Output.shown(backup.path))")
            }
            if all { note(try office.backUpInstallation(to: to, passphrase: secret)) }
            for name in names {
                // One tenant's trouble must not cost the others their backup.
                do { note(try office.backUp(name, to: to, passphrase: secret)) } catch {
                    if names.count > 1, let (sentence, _) = Explanation.explain(error) { Output.say("seamark-server: \(Output.shown(sentence))\n", on: 2) }
                    failure = failure ?? error
                }
            }
            if json { Output.json(.array(rows), .backup) }
            if let failure { throw failure }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Restore a backup into a temporary folder, and recompute every chain, signature and digest there.",
            discussion: """
                For example:
                  seamark-server backup verify FILE --passphrase-file backup.pass

                Needs no data directory, but a tenant's key: from the key folder, or from its recovery text. The folder is taken away again; it lies \
                beside the backup unless --temporary names another place.
                """)

        @OptionGroup var data: DataOption

        @Argument(help: "The backup's file.", completion: .file())
        var file: String
        @Option(help: "The folder for the restored copy, on a disk with enough room.", completion: .directory)
        var temporary: String?
        @OptionGroup var passphrase: PassphraseOption
        @OptionGroup var recovery: RecoveryOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let stated = try BackupHeader(of: file)
            let secret = try passphrase.known()
            let key = try recovery.key(for: stated, in: Installation.keyFolder(of: data.directory))
            let beside = (file as NSString).deletingLastPathComponent
            let found = try BackupFinding.verify(file, passphrase: secret, tenantKey: key, below: temporary ?? (beside.isEmpty ? "." : beside))
            let header = found.header
            if json {
                Output.json(
                    .object([
                        JSONMember("file", .string(file)), JSONMember("kind", header.kind == .tenant ? "tenant" : "installation"),
                        JSONMember("tenant", found.name.isEmpty ? .null : .string(found.name)),
                        JSONMember("tenantId", header.kind == .tenant ? .string(header.tenant.description) : .null),
                        JSONMember("made", Output.iso(header.made)), JSONMember("files", .integer(Int64(found.files))), JSONMember("bytes", .integer(Int64(found.bytes))),
                        JSONMember(
                            "scopes",
                            .array(
                                header.scopes.map {
                                    .object([
                                        JSONMember("scope", .string($0.id.description)), JSONMember("position", .integer(Int64(clamping: $0.place.position))),
                                        JSONMember("logHash", .string($0.place.hash.description)),
                                    ])
                                })),
                        JSONMember("holds", .bool(found.holds)), JSONMember("finding", .string(found.sentence)),
                        JSONMember("shreddable", .bool(header.needsTenantKey)),
                    ]), .backupCheck)
            } else {
                let whose = header.kind == .tenant ? "the tenant \(Output.shown(found.name)) (\(header.tenant))" : "the installation"
                print("\(Output.shown(file)) is a backup of \(whose), made \(Output.time(header.made)).")
                print("It is whole and unaltered: \(found.files) files, \(found.bytes) bytes.")
                print(found.holds ? "Restored, it holds together: \(found.sentence)." : "Restored, it does not hold together: \(found.sentence).")
            }
            if header.kind == .tenant, !header.needsTenantKey, !json {
                print("An earlier version made it, under its passphrase alone: shredding the tenant does not reach it. Make a new one, and destroy this one.")
            }
            guard found.holds else {
                throw OperationFailure(.inputOutput, doing: "verifying the backup", wrong: found.sentence, remedy: "use an older backup")
            }
        }
    }
}
