internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct RecordVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "What headquarters alone may write in a record.",
        discussion: """
            For example:
              seamark-server record set methodSettings.iterations=20000 \\
                methodSettings.minCell=6 --engagement baseline
              seamark-server record set approvedForReport=true --record Q-A004 \\
                --engagement baseline
              seamark-server record set sector=energy region=EU
            """, subcommands: [Set.self])

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set fields of an engagement, of a record in it, or of the tenant.",
            discussion: """
                For example:
                  seamark-server record set methodSettings.seed=7 methodSettings.minCell=6 --engagement baseline
                  seamark-server record set status=fieldwork --engagement baseline
                  seamark-server record set legalName="Halden Works (fictitious)" sector=manufacturing

                Of an engagement: the settings of the method, and a state that is taken back. Of a quote: approvedForReport. Of a \
                recommendation: its rank. Of the tenant: legalName, sector, currency, region. All else is written by members. 'key=-' clears.
                """)

        @OptionGroup var tenant: TenantOption
        @Option(help: "The engagement's short name or id; without it the tenant itself is meant.", completion: NameCompletion.engagements)
        var engagement: String?
        @Option(help: "A record of the engagement, by its handle or id; without it the engagement itself is meant.")
        var record: String?
        @Argument(help: ArgumentHelp("What it says from now on.", valueName: "key=value"))
        var fields: [String]
        @OptionGroup var trial: TrialOption

        func validate() throws {
            guard record == nil || engagement != nil else { throw ValidationError("--record names a record of an engagement; say which with --engagement") }
            guard fields.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else { throw ValidationError("say each field as key=value") }
        }

        func run() throws {
            let pairs = fields.map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (key: String(parts[0]), text: String(parts[1]))
            }
            let done = try tenant.open(isTrial: trial.dryRun).set(pairs, of: record, in: engagement)
            let what = "\(done.type.label) \(done.name)"
            guard !done.changed.isEmpty else { return print("Everything stands so already in \(what).") }
            let fields = done.changed.joined(separator: ", ")
            trial.say("Set in \(what): \(fields).", trial: "set in \(what): \(fields)")
        }
    }
}
