internal import ArgumentParser
internal import SeamarkCrypto

/// `seamark-server`: sets up a server's data directory, runs it, and looks after its tenants. A file per verb.
@main
struct SeamarkServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamark-server",
        abstract: "The server of Seamark: it keeps what consultants capture, each client's apart.",
        discussion: """
            Begin with: seamark-server init --name HOST:PORT, then tenant add, member add, engagement add, engagement staff, run, invite. \
            The data directory is --data, or the environment's SEAMARK_DATA, or ./seamark-data. \
            Exit codes: 0 done; 64 wrong usage; 65 refused, as stated; 66 not found; 69 cannot listen; 70 a fault of the server; \
            71 too few open files, or too little memory; 73 disk full; 74 disk error; 75 busy, try again; 77 not permitted; 78 the data directory is not as it must be.
            """,
        version: "0.1.0",
        subcommands: [
            InitVerb.self, TenantVerb.self, MemberVerb.self, EngagementVerb.self, InviteVerb.self, DeviceVerb.self, RunVerb.self,
            QuarantineVerb.self, BundleVerb.self, BackupVerb.self, RestoreVerb.self, AuditVerb.self, ReportVerb.self, SnapshotVerb.self, EvidenceVerb.self, RedactVerb.self, PersonVerb.self, RetentionVerb.self, SchemaVerb.self, VerifyVerb.self, StatusVerb.self, AuthorityVerb.self, RolesVerb.self,
        ])

    static func main() async {
        do {
            try ProcessHardening.apply()
            try OpenFiles.require(OpenFiles.ofACommand)
            Heap.settle()
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            Explanation.exit(error)
        }
    }
}
