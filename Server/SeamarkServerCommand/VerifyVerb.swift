internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct VerifyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute every chain, signature, record and digest from the logs, and name the first that does not hold.",
        discussion: """
            For example:
              seamark-server verify
              seamark-server verify --tenant halden --skip-attachments
              seamark-server verify --evidence baseline.evidence

            Every attachment's file is read through and held against its hash as well; with many gigabytes of them that takes its time.

            What people decided (members, staffing, devices and so on) follows from no log and lies under a hash of its own. Where it is not as it was \
            decided, hold it against 'seamark-server audit list', mend it with the usual verbs, and take it as it is then with --accept-decisions; or \
            restore a backup.

            With --evidence it verifies such a file instead, by the tenant's authority (--tenant, or the only one there is) or by the fingerprint given with \
            --authority, for which no data directory is needed. With --report it says whether a report was made from this log, and from these records.
            """)

    @OptionGroup var data: DataOption
    @Option(help: "One tenant's short name (default: all).", completion: NameCompletion.tenants)
    var tenant: String?
    @Flag(help: "Leave out the attachments' files.") var skipAttachments = false
    @Option(help: "Records of one engagement that are held in memory at a time; fewer take less memory and longer.")
    var recordsAtOnce = TenantOffice.recordsAtOnce
    @Flag(help: "Take what people decided as it is now, with an act in the audit log; with --tenant.") var acceptDecisions = false
    @Option(help: ArgumentHelp("A file of seamark-server evidence export.", valueName: "file"), completion: .file())
    var evidence: String?
    @Option(help: ArgumentHelp("The JSON of a report, to be held against the log.", valueName: "file"), completion: .file())
    var report: String?
    @Option(help: ArgumentHelp("The fingerprint of the tenant authority that the evidence must be by.", valueName: "hex"))
    var authority: String?
    @Flag(help: "As JSON.") var json = false

    func validate() throws {
        guard authority == nil || evidence != nil else { throw ValidationError("--authority goes with --evidence.") }
        guard evidence == nil && report == nil || !acceptDecisions && !skipAttachments else {
            throw ValidationError("--evidence and --report look at nothing but the file and the log.")
        }
        guard !acceptDecisions || tenant != nil else { throw ValidationError("--accept-decisions goes with --tenant: one tenant's at a time.") }
        guard recordsAtOnce > 0 else { throw ValidationError("--records-at-once is 1 or more.") }
    }

    func run() throws {
        if evidence != nil || report != nil { return try runOnFiles() }
        let office = try data.office()
        let names = try tenant.map { [try ShortName(checking: $0, for: "a tenant")] } ?? office.tenantNames()
        var rows: [JSONValue] = []
        var fault: OperationFailure?
        for name in names {
            if acceptDecisions, try office.tenant(name).acceptDecisions(), !json {
                print("\(name.text): what people decided is taken as it is; the audit log notes it")
            }
            let finding = try office.verify(name, attachments: !skipAttachments, recordsAtOnce: recordsAtOnce)
            if !json { print("\(name.text): \(finding.sentence)") }
            rows.append(
                .object([JSONMember("tenant", .string(name.text)), JSONMember("holds", .bool(finding.holds)), JSONMember("finding", .string(finding.sentence))]))
            if !finding.holds {
                fault = fault ?? OperationFailure(
                    .inputOutput, doing: "verifying \(name.text)", wrong: finding.sentence, remedy: finding.remedy)
            }
        }
        if json { Output.json(.array(rows), .verification) } else if names.isEmpty { print("There is no tenant to verify.") }
        if let fault { throw fault }
    }
}
