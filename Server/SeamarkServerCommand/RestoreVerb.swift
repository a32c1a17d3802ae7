internal import ArgumentParser
internal import Glibc
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
              seamark-server restore FILE --erased acts.json

            The backup is unpacked and verified beside its place first. What was there before is kept under DATA/replaced; as far as it can \
            be read, what it holds beyond the backup is taken over: entries of logs, quarantine, redactions. A restored \
            tenant begins a new epoch: devices that are ahead of it hand in what it lacks. On a new machine, restore the installation first. \
            A tenant's backup takes the tenant key beside the passphrase: from the key folder, or from its recovery text, which is then kept there. \
            At a terminal it asks before anything takes the place of what is there; scripts are not asked.

            A backup holds people who were erased after it was made. Where the store in its place can be read, they are erased again; where nothing of it is left, \
            name the acts that audit export wrote after the last erasure: those that are the tenant's and in one chain are heeded, for this alone.
            """)

    @OptionGroup var data: DataOption
    @Argument(help: "The backup's file.", completion: .file())
    var file: String
    @Option(help: "The tenant's short name here (default: the one that it had).", completion: NameCompletion.tenants)
    var name: String?
    @OptionGroup var passphrase: PassphraseOption
    @OptionGroup var recovery: RecoveryOption
    @Option(help: ArgumentHelp("Erase again who was erased by these acts, as audit export wrote them (mode 0600).", valueName: "file"), completion: .file())
    var erased: String?
    @Flag(help: "Put it in the place of what is there without asking.") var yes = false
    @Flag(help: "As JSON.") var json = false

    /// Whoever sits at a terminal says once more whose present state is to go.
    private func confirm(_ header: BackupHeader) throws {
        guard !yes, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1, let present = try Restoring(into: data.directory).inItsPlace(header) else { return }
        let what = header.kind == .tenant ? "the tenant \(present)" : "the installation"
        Output.say("This puts \(what) back to \(Output.time(header.made)). What is there now is set aside under DATA/replaced.\n", on: STDERR_FILENO)
        guard let typed = try Passphrase.ask("To restore it, type \(present): "), typed.copy() == Array(present.utf8) else {
            throw OperationFailure(.badInput, doing: "restoring \(file)", wrong: "it was not confirmed", remedy: "nothing was changed; --yes does it without asking")
        }
    }

    func run() throws {
        let short = try name.map { try ShortName(checking: $0, for: "the tenant") }
        let header = try BackupHeader(of: file)
        try confirm(header)
        let secret = try passphrase.known()
        let key = try recovery.key(for: header, in: Installation.keyFolder(of: data.directory))
        let done = try Restoring(into: data.directory).restore(file, as: short, passphrase: secret, tenantKey: key, erasedBy: erased)
        Output.note("It was restored.")
        if json {
            return Output.json(
                .object([
                    JSONMember("tenant", done.tenant.map { .string($0.text) } ?? .null), JSONMember("made", Output.iso(done.header.made)),
                    JSONMember("finding", .string(done.sentence)), JSONMember("replaced", done.replaced.map { .string($0) } ?? .null),
                    JSONMember("entriesAhead", done.entriesAhead.map { .integer(Int64(clamping: $0)) } ?? .null),
                    JSONMember("takenOver", Self.json(done.takenOver)),
                    JSONMember("revokedAgain", .integer(Int64(done.revokedAgain))), JSONMember("wipesTakenOver", .integer(Int64(done.wipesTakenOver))),
                    JSONMember("erasedAgain", .integer(Int64(done.erasedAgain))),
                    JSONMember("keepsSigningKey", .bool(done.keepsSigningKey)),
                    JSONMember("unread", done.unread.map { .string($0) } ?? .null),
                    JSONMember("knowsAnotherInstallation", .bool(done.knowsAnotherInstallation)),
                ]), .restore)
        }
        let time = Output.time(done.header.made)
        print(done.tenant.map { "Restored the tenant \($0.text) as it was \(time): \(done.sentence)." } ?? "Restored the installation as it was \(time).")
        if let replaced = done.replaced { print("What was there before is kept in \(Output.shown(replaced)).") }
        Self.tell(done.takenOver, replaced: done.replaced)
        if done.replaced != nil, done.entriesAhead == nil, done.tenant != nil {
            print("It could not be read: devices hand in what they have beyond the backup. Revoke again whoever was revoked since: device list.")
        }
        if done.revokedAgain > 0 { print("\(done.revokedAgain) devices that were revoked since are revoked again.") }
        if done.wipesTakenOver > 0 { print("\(done.wipesTakenOver) devices that were to be wiped, or were wiped, since are so here too.") }
        if done.erasedAgain > 0 {
            print(done.erasedAgain == 1 ? "1 person who was erased since is erased again." : "\(done.erasedAgain) people who were erased since are erased again.")
        }
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

    /// So many of what was left are told in lines of their own; all of them are in the JSON.
    private static let mostTold = 10

    private static func tell(_ taken: Restoring.TakenOver?, replaced: String?) {
        guard let taken else { return }
        func counted(_ count: UInt64, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        if taken.entriesAhead > 0 {
            print("It held \(counted(taken.entriesAhead, "more entry", "more entries")); \(counted(taken.entries, "was", "were")) taken over.")
        }
        if taken.scopes > 0 { print("\(counted(UInt64(taken.scopes), "engagement is", "engagements are")) younger than the backup and here again; nobody is staffed there: engagement list.") }
        if taken.quarantined > 0 { print("\(counted(UInt64(taken.quarantined), "change was", "changes were")) taken over into the quarantine: quarantine list.") }
        if taken.redactions > 0 { print("\(counted(UInt64(taken.redactions), "value that was redacted since is", "values that were redacted since are")) redacted here too.") }
        guard !taken.left.isEmpty else { return }
        print("What could not be taken over lies in \(replaced.map { Output.shown($0) } ?? "the store of before") alone; devices hand in what they have of it when they sync:")
        for left in taken.left.prefix(mostTold) { print("  " + Output.shown(line(left, counted))) }
        if taken.left.count > mostTold { print("  and \(taken.left.count - mostTold) more: --json names them all.") }
    }

    private static func line(_ left: Restoring.Left, _ counted: (UInt64, String, String) -> String) -> String {
        let what =
            switch left.kind {
            case .entries: counted(left.count, "entry", "entries")
            case .quarantined: counted(left.count, "change in quarantine", "changes in quarantine")
            case .redactions: counted(left.count, "redaction", "redactions")
            }
        let place = left.position.map { " from place \($0) on" } ?? ""
        return "\(what)\(left.engagement.map { " of \($0)" } ?? "")\(place)\(left.block.map { ", block \($0)" } ?? ""): \(left.reason)"
    }

    private static func json(_ taken: Restoring.TakenOver?) -> JSONValue {
        guard let taken else { return .null }
        return .object([
            JSONMember("entries", .integer(Int64(clamping: taken.entries))), JSONMember("engagements", .integer(Int64(taken.scopes))),
            JSONMember("quarantined", .integer(Int64(taken.quarantined))), JSONMember("redactions", .integer(Int64(taken.redactions))),
            JSONMember(
                "left",
                .array(
                    taken.left.map { left -> JSONValue in
                        .object([
                            JSONMember("kind", .string(left.kind.rawValue)), JSONMember("count", .integer(Int64(clamping: left.count))),
                            JSONMember("engagement", left.engagement.map { .string($0) } ?? .null),
                            JSONMember("position", left.position.map { .integer(Int64(clamping: $0)) } ?? .null),
                            JSONMember("block", left.block.map { .string($0.description) } ?? .null), JSONMember("reason", .string(left.reason)),
                        ])
                    })),
        ])
    }
}
