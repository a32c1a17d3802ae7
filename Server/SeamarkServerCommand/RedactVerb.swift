internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct RedactVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Delete what a sensitive field of a record says, for ever and everywhere.",
        discussion: """
            For example:
              seamark-server redact baseline O-A004 text --reason "names a customer"

            For an erasure that headquarters must carry out; leads have 'seamark redact'. Every device deletes the value when it syncs. What \
            the field says in records that were merged with this one or took it over from there goes too; --dry-run names those. The act, its date and the reason stay. Backups keep the value until they expire, and so does what a restore set aside under DATA/replaced.
            """)

    @OptionGroup var tenant: TenantOption
    @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
    var engagement: String
    @Argument(help: "The record's handle or id.")
    var record: String
    @Argument(help: "The field: text, rationale, reference, name, contact, notes or summary.", completion: .list(["text", "rationale", "reference", "name", "contact", "notes", "summary"]))
    var field: String
    @Option(help: "Why. Everybody who may read the engagement reads this; do not repeat there what is to go.")
    var reason: String
    @OptionGroup var trial: TrialOption

    func run() throws {
        let office = try tenant.open(isTrial: trial.dryRun)
        let redacted = try office.redact(field, of: record, in: engagement, reason: reason)
        let what = "the \(redacted.field.label) of \(redacted.type.label) \(Output.shown(record)): \(redacted.values) \(redacted.values == 1 ? "value" : "values")\(Self.words(redacted.others))"
        trial.say("Redacted \(what).", trial: "redact \(what)")
        if !trial.dryRun { try Self.tellWhatStays(of: office) }
    }

    private static func words(_ others: [String]) -> String {
        others.isEmpty ? "" : ", with what \(others.map { Output.shown($0) }.joined(separator: ", ")) \(others.count == 1 ? "says" : "say") there because of a merge"
    }

    /// Where the bytes of what was deleted stay: in the files while somebody reads them, and in what restores set aside, which no redaction reaches.
    static func tellWhatStays(of office: TenantOffice) throws {
        if !office.settleErasures() {
            let line = "seamark-server: somebody is reading the tenant's store, so the bytes of what was deleted still lie in its files. The running server removes them within seconds of their end; without one, say seamark-server status after it.\n"
            Output.say(line, on: 2)
        }
        for path in try office.setAside() { Output.say("seamark-server: what a restore set aside still holds what was redacted: \(Output.shown(path)). Remove it as soon as nobody needs it.\n", on: 2) }
    }
}
