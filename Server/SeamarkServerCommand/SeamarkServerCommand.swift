internal import ArgumentParser
internal import Glibc
internal import SeamarkCrypto
internal import SeamarkProtocol

/// `seamark-server`: sets up a server's data directory, runs it, and looks after its tenants. A file per verb.
@main
struct SeamarkServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamark-server",
        abstract: "The server of Seamark: it keeps what consultants capture, each client's apart.",
        discussion: """
            For example, from nothing to the first invitation:
              seamark-server init --name seamark.example.com:7440
              seamark-server tenant add halden --name "Halden Gears"
              seamark-server member add ann --name "Ann Field" --role lead
              seamark-server engagement add baseline --currency EUR
              seamark-server engagement staff baseline ann
              seamark-server run --listen 0.0.0.0:7440 &
              seamark-server invite ann

            Environment:
              SEAMARK_DATA  the data directory, where --data names none
              SEAMARK_KEYS  the folder of the tenants' keys, where --keys names none

            Files:
              ./seamark-data         the data directory, where nothing else names one
              DATA.keys              the tenants' keys, beside the data directory; keep it out of every copy and backup
              /var/lib/seamark/data  the data directory of the system service

            Exit status:
                0  done
               64  the command line was not understood
               65  refused, as stated; nothing was changed
               66  no such tenant, member, engagement, record or file
               69  the address cannot be listened on
               70  a mistake of the server's own; please report it
               71  the system gives too few open files, or too little memory or randomness
               73  a file cannot be written, or the disk is full
               74  the disk failed, or what is kept is damaged
               75  another process is at it; try again
               77  not permitted, or a wrong passphrase
               78  the data directory is not there, or not as it must be
            """,
        version: SoftwareVersion.text,
        subcommands: [
            InitVerb.self, TenantVerb.self, MemberVerb.self, EngagementVerb.self, InstrumentVerb.self, InviteVerb.self, DeviceVerb.self, RunVerb.self,
            QuarantineVerb.self, BundleVerb.self, BackupVerb.self, RestoreVerb.self, AuditVerb.self, ReportVerb.self, SnapshotVerb.self, PublicationVerb.self, EvidenceVerb.self, RedactVerb.self, RecordVerb.self, PersonVerb.self, RetentionVerb.self, SchemaVerb.self, VerifyVerb.self, StatusVerb.self, AuthorityVerb.self, RolesVerb.self,
        ])

    static func main() async {
        // Before any file is opened, which would take the number of one that is closed, and get what is printed into it.
        OpenFiles.holdStandard()
        // Who closes a pipe is told of by the write that fails.
        signal(SIGPIPE, SIG_IGN)
        if let place = CommandWords.firstThatIsNoText { Explanation.refuse(word: place) }
        do {
            try ProcessHardening.apply()
            try OpenFiles.require(OpenFiles.ofACommand)
            Heap.settle()
            Explanation.refuseUnknownHelp(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            Explanation.exit()
        } catch {
            Explanation.exit(error)
        }
    }
}
