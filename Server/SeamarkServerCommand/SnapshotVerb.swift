internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct SnapshotVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "What leads and analysts froze of an engagement.",
        discussion: """
            For example:
              seamark-server snapshot list baseline
              seamark-server snapshot compare baseline SN-A001 SN-A002

            They freeze with 'seamark snapshot freeze'. 'report --as-of' makes the report of one.
            """, subcommands: [List.self, Compare.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The snapshots of an engagement, the earliest place of its log first.",
            discussion: "For example:\n  seamark-server snapshot list baseline")

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let found = try tenant.open().snapshots(of: engagement)
            if json { return Output.json(.array(found.map { $0.snapshot.document(author: $0.author) }), .snapshot) }
            Output.table(
                ["snapshot", "name", "day", "position", "frozen", "by", "inputs"],
                found.map { snapshot, author in
                    [
                        snapshot.handle, snapshot.name, CalendarDate.text(days: snapshot.day), String(snapshot.place.position), Output.time(snapshot.frozenAt), author,
                        String(snapshot.inputsHash.description.prefix(16)),
                    ]
                }, empty: "Nothing is frozen yet. A lead or an analyst freezes with: seamark snapshot freeze NAME")
        }
    }

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What changed from one snapshot to another: the exact bridge of the mean.",
            discussion: """
                For example:
                  seamark-server snapshot compare baseline SN-A001 SN-A002

                Each step is computed from what the log said; together they are the difference. Amounts are for a year, in the unit that the head of the table names; --json has them exactly.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Argument(help: "The earlier snapshot: handle, id or name.")
        var first: String
        @Argument(help: "The later one.")
        var second: String
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let comparison = try tenant.open().compareSnapshots(first, second, of: engagement)
            if json { return Output.json(ofFormat: comparison.document.named(JSONSchema.snapshotComparison)) }
            Output.table(comparison.head, comparison.rows, empty: "", whole: SnapshotComparison.amounts)
        }
    }
}
