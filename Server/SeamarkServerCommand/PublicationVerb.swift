internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct PublicationVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publication", abstract: "Frozen reports for a client's viewers: publish, list, withdraw.",
        discussion: """
            For example:
              seamark-server report baseline --as-of SN-A001 --for-viewers --out look
              seamark-server publication add baseline --snapshot SN-A001
              seamark-server publication list
              seamark-server publication withdraw PB-HQ001 --reason "a line was priced twice"

            Viewers read it with 'seamark report' after their next sync, and nothing else of the engagement. Staff them with 'engagement staff'.
            """, subcommands: [Add.self, List.self, Withdraw.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish the frozen report of a snapshot to the engagement's viewers.",
            discussion: """
                For example:
                  seamark-server publication add baseline --dry-run
                  seamark-server publication add baseline --snapshot SN-A001 --title "First quarter"

                Page, Markdown and JSON go out byte for byte as 'report --as-of SN-A001 --for-viewers' writes them: the figures, without points to check, \
                conflicts or omissions that concern what single people said, and without the handles of what stands behind a figure. It is refused where a \
                title or note in it names somebody by handle, or by a name of several words. Where the gate before the board has not passed it is a DRAFT, \
                and goes out only with --draft.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Option(help: "A snapshot of it: handle, id or name (default: the last one).")
        var snapshot: String?
        @Option(help: "What viewers see it called (default: what the snapshot is called).")
        var title: String?
        @Flag(help: "Publish it although it is a DRAFT.")
        var draft = false
        @OptionGroup var trial: TrialOption

        func run() throws {
            let done = try tenant.open(isTrial: trial.dryRun).publish(
                engagement, snapshot: snapshot, title: title, asDraft: draft, software: "seamark-server \(SeamarkServerCommand.configuration.version)")
            let what = "\(done.handle) \(Output.shown(done.title)), the report of \(Output.shown(done.snapshot.handle)) (\((done.size + 1023) / 1024) KB)"
            let readers = done.viewers == 0 ? "No viewer is staffed on \(Output.shown(engagement)) yet" : "\(done.viewers) viewer\(done.viewers == 1 ? "" : "s") of \(Output.shown(engagement)) may read it"
            trial.say("Published \(what). \(readers).", trial: "publish \(what). \(readers)")
            if !done.reasons.isEmpty {
                print("It is a DRAFT, and says so on every page:")
                for reason in done.reasons { print("  \(Output.shown(reason))") }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was published, and what was withdrawn since.",
            discussion: """
                For example:
                  seamark-server publication list
                  seamark-server publication list baseline --json
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "An engagement's short name or id (default: all).", completion: NameCompletion.engagements)
        var engagement: String?
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let found = try tenant.open().publications(of: engagement)
            if json { return Output.json(.array(found.map(\.json)), .publication) }
            Output.table(
                ["publication", "engagement", "title", "snapshot", "day", "published (UTC)", "state"],
                found.map { one in
                    [
                        one.handle, one.engagement, one.withdrawal == nil ? one.title : "-", one.snapshot, CalendarDate.text(days: one.day), Output.time(one.publishedAt),
                        one.withdrawal.map { "withdrawn: \($0)" } ?? (one.isDraft ? "DRAFT" : "board-ready"),
                    ]
                }, empty: "Nothing is published.")
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a publication back from the viewers' devices.",
            discussion: """
                For example:
                  seamark-server publication withdraw PB-HQ001 --reason "a line was priced twice" --dry-run
                  seamark-server publication withdraw PB-HQ001 --reason "a line was priced twice"

                Its title and texts are redacted for ever: here at once, on viewers' devices at their next contact. Viewers read the reason in its place. \
                Files that a viewer wrote of it, and backups until they expire, keep it. The same snapshot may be published again.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The publication's handle or id.")
        var publication: String
        @Option(help: "Why, in a line; viewers read it.")
        var reason: String
        @OptionGroup var trial: TrialOption

        func run() throws {
            let office = try tenant.open(isTrial: trial.dryRun)
            let done = try office.withdraw(publication, reason: reason)
            trial.say(
                "Withdrew \(Output.shown(done.handle)): it goes from viewers' devices at their next contact.",
                trial: "withdraw \(Output.shown(done.handle)) and redact its texts for ever")
            if !trial.dryRun { try RedactVerb.tellWhatStays(of: office) }
        }
    }
}
