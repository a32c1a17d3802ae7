internal import ArgumentParser
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct RestoreVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a tenant or the installation back from a backup, while no server runs.",
        discussion: """
            For example:
              seamark-server restore FILE --passphrase-file backup.pass
              seamark-server restore FILE --recovery-file recovery.txt

            The backup is unpacked and verified beside its place first. What was there before is kept under DATA/replaced. A restored \
            tenant begins a new epoch: devices that are ahead of it hand in what it lacks. On a new machine, restore the installation first. \
            A tenant's backup takes the tenant key beside the passphrase: from the key folder, or from its recovery text, which is then kept there.
            """)

    @OptionGroup var data: DataOption
    @Argument(help: "The backup's file.")
    var file: String
    @Option(help: "The tenant's short name here (default: the one that it had).")
    var name: String?
    @OptionGroup var passphrase: PassphraseOption
    @OptionGroup var recovery: RecoveryOption
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let short = try name.map { try ShortName(checking: $0, for: "the tenant") }
        let header = try BackupHeader(of: file)
        let secret = try passphrase.known()
        let key = try recovery.key(for: header, in: Installation.keyFolder(of: data.directory))
        let done = try Restoring(into: data.directory).restore(file, as: short, passphrase: secret, tenantKey: key)
        Output.note("It was restored.")
        if json {
            return Output.json(
                .object([
                    JSONMember("tenant", done.tenant.map { .string($0.text) } ?? .null), JSONMember("made", Output.iso(done.header.made)),
                    JSONMember("finding", .string(done.sentence)), JSONMember("replaced", done.replaced.map { .string($0) } ?? .null),
                    JSONMember("entriesAhead", done.entriesAhead.map { .integer(Int64(clamping: $0)) } ?? .null),
                    JSONMember("revokedAgain", .integer(Int64(done.revokedAgain))), JSONMember("wipesTakenOver", .integer(Int64(done.wipesTakenOver))),
                    JSONMember("keepsSigningKey", .bool(done.keepsSigningKey)),
                    JSONMember("unread", done.unread.map { .string($0) } ?? .null),
                    JSONMember("knowsAnotherInstallation", .bool(done.knowsAnotherInstallation)),
                ]), .restore)
        }
        let time = Output.time(done.header.made)
        print(done.tenant.map { "Restored the tenant \($0.text) as it was \(time): \(done.sentence)." } ?? "Restored the installation as it was \(time).")
        if let replaced = done.replaced { print("What was there before is kept in \(Output.shown(replaced)).") }
        if let ahead = done.entriesAhead, ahead > 0 { print("It held \(ahead) more \(ahead == 1 ? "entry" : "entries"); devices hand in what they have of them when they sync.") }
        if done.replaced != nil, done.entriesAhead == nil, done.tenant != nil {
            print("It could not be read: devices hand in what they have beyond the backup. Revoke again whoever was revoked since: device list.")
        }
        if done.revokedAgain > 0 { print("\(done.revokedAgain) devices that were revoked since are revoked again.") }
        if done.wipesTakenOver > 0 { print("\(done.wipesTakenOver) devices that were to be wiped, or were wiped, since are so here too.") }
        if done.keepsSigningKey {
            print("The server's signing key was replaced since: it stays the one that it was last.")
            print("Logs take the former one's word for what they lost. Once the laptops have synced, or now if it was stolen, end that: tenant signing-key forget.")
        }
        if let unread = done.unread {
            print("What was there before could not be read (\(Output.shown(unread))). Devices that were revoked since are not revoked: look at device list. If the server's signing key was replaced since, replace it again: tenant signing-key replace.")
        }
        if done.tenant != nil { print("Staffing, members and invitations are as they were then: look at member list, engagement list and device list.") }
        if done.knowsAnotherInstallation {
            print("Its devices know another installation than this one: restore that installation's backup too, or invite them anew.")
        }
        print(done.tenant == nil ? "Now restore its tenants, one after the other; then start the server: seamark-server run." : "Now start the server: seamark-server run.")
    }
}
