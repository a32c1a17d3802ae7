internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct EngagementVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engagement", abstract: "What a tenant's members work on together.",
        discussion: """
            For example:
              seamark-server engagement add baseline --currency EUR --tenant halden
              seamark-server engagement staff baseline ann bob --tenant halden
            """, subcommands: [Add.self, Staff.self, Adopt.self, List.self, Export.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an engagement.",
            discussion: "For example:\n  seamark-server engagement add baseline --name \"Baseline 2026\" --currency EUR --revenue 100M --planned-income 8M --fiscal-year 2026")

        @OptionGroup var tenant: TenantOption
        @Argument(help: "A short name: a-z, 0-9 and inner hyphens.")
        var engagement: String
        @Option(help: "Its title (default: the short name).")
        var name: String?
        @Option(help: "Three letters, such as EUR.")
        var currency: String
        // What follows is their value, whatever it begins with: a plan may be below nought, and a revenue below it is refused by its bound.
        @Option(parsing: .unconditional, help: "Revenue of the fiscal year, in whole units of the currency: 100000000 or 100M (k, M and bn).")
        var revenue: MoneyWord?
        @Option(parsing: .unconditional, help: "Planned operating income of the fiscal year, as the revenue; -2M for a loss.")
        var plannedIncome: MoneyWord?
        @Option(help: "The fiscal year, such as 2026.")
        var fiscalYear: Int64?
        @OptionGroup var trial: TrialOption

        func validate() throws {
            let given = [revenue != nil, plannedIncome != nil, fiscalYear != nil].count { $0 }
            guard given == 0 || given == 3 else { throw ValidationError("give --revenue, --planned-income and --fiscal-year together, or none") }
        }

        func run() throws {
            let office = try tenant.open(isTrial: trial.dryRun)
            let short = try ShortName(checking: engagement, for: "an engagement")
            var financials: TenantOffice.Financials?
            if let revenue, let plannedIncome, let fiscalYear {
                financials = TenantOffice.Financials(revenue: revenue.whole, plannedOperatingIncome: plannedIncome.whole, fiscalYear: fiscalYear)
            }
            var money = ""
            if let revenue, let plannedIncome, revenue.isShort || plannedIncome.isShort {
                money = "revenue \(currency) \(revenue.words), planned operating income \(currency) \(plannedIncome.words)"
            }
            let id = try office.addEngagement(short, title: name ?? engagement, currency: currency, financials: financials)
            trial.say(
                "Added the engagement \(short.text) to \(office.name.text) (\(id)).\(money.isEmpty ? "" : " It has \(money).")",
                trial: "add the engagement \(short.text) in \(currency) to \(office.name.text)\(financials == nil ? "" : money.isEmpty ? ", with its financials" : ", with \(money)")")
        }
    }

    struct Staff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put members on an engagement, or take them off.",
            discussion: """
                For example:
                  seamark-server engagement staff baseline ann bob
                  seamark-server engagement staff baseline bob --remove
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Argument(help: "The members' short names or ids.", completion: NameCompletion.members)
        var members: [String]
        @Flag(help: "Take them off. What their devices still hold is kept in quarantine.")
        var remove = false
        @Flag(help: "With --remove: their devices destroy their copies as soon as they have handed in everything, without waiting for a backup.")
        var releaseCopies = false
        @OptionGroup var trial: TrialOption

        func validate() throws {
            guard remove || !releaseCopies else { throw ValidationError("--release-copies goes with --remove") }
        }

        func run() throws {
            try tenant.open(isTrial: trial.dryRun).staff(members, on: engagement, remove: remove, releasingCopies: releaseCopies)
            for member in members {
                trial.say(
                    remove ? "Took \(member) off \(engagement)." : "Staffed \(member) on \(engagement).",
                    trial: remove ? "take \(member) off \(engagement)\(releaseCopies ? ", and let its devices destroy their copies" : "")" : "staff \(member) on \(engagement)")
            }
        }
    }

    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an engagement back that the store has lost and laptops still hold.",
            discussion: """
                For example:
                  seamark-server engagement adopt 01a2283b-1f6f-70c5-8c6f-be86e0ef4001 ann bob --yes

                A server that was put back to an older copy does not know the engagements that began after it. Once a laptop shows what this server signed \
                of one, seamark-server status has an alarm with its id. Where a backup of after its beginning is left, restore that. Otherwise this makes \
                the engagement anew under that id, with nothing in it, and puts the members on it: at their next syncs their laptops hand in all that its \
                log held, with its name, verdicts and times, and what waits there. Ask the members which engagement it is, and name those who worked \
                on it; others are put on it with engagement staff, by its id until its name has come back. What was published of it is published anew. \
                Redactions come back with the log; whom you took off it before the server was put back, leave off. Without --yes it only says what it would mean.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's id, as status names it.")
        var engagement: String
        @Argument(help: "Short names or ids of members who worked on it: their laptops hand it in.", completion: NameCompletion.members)
        var members: [String]
        @Flag(help: "Do it, and do not only tell what it would mean.") var yes = false

        func run() throws {
            let done = try tenant.open(isTrial: !yes).adoptEngagement(engagement, staffing: members)
            let people = done.members.map { Output.shown($0) }.joined(separator: ", ")
            guard yes else {
                return print(
                    "The engagement \(done.id), which device \(done.device) showed, would be made anew with nothing in it, and \(people) put on it: their laptops would hand in what it held. Nothing was changed; say --yes to do it.")
            }
            Output.done("Took the engagement \(done.id) back, and put \(people) on it: their laptops hand in what it held when they sync. See seamark-server engagement list then.")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the engagements.",
            discussion: "For example:\n  seamark-server engagement list --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let engagements = try tenant.open().engagements()
            if json {
                return Output.json(
                    .array(
                        engagements.map {
                            .object([
                                JSONMember("engagement", .string($0.handle)), JSONMember("id", .string($0.id.description)),
                                JSONMember("name", .string($0.title)), JSONMember("currency", .string($0.currency)),
                                JSONMember("members", .array($0.members.map { .string($0) })),
                                JSONMember("position", .integer(Int64(clamping: $0.position))), JSONMember("digest", .string($0.digest.description)),
                            ])
                        }), .engagement)
            }
            Output.table(
                ["engagement", "name", "currency", "members", "entries", "id"],
                engagements.map { [$0.handle, $0.position == 0 && $0.title.isEmpty ? "(nothing of it is here yet)" : $0.title, $0.currency, $0.members.joined(separator: " "), String($0.position), $0.id.description] },
                empty: "There are no engagements.")
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an engagement's records and history as a workbook, as tables or line by line.",
            discussion: """
                For example:
                  seamark-server engagement export baseline --out baseline.xlsx
                  seamark-server engagement export baseline --out baseline.zip --headers labels

                .xlsx is a workbook with a sheet for each kind of record; .zip holds a table of comma-separated values for each; .sqlite is a database with \
                a table for each and views over them; .jsonl has one JSON document a line. All but .jsonl also hold the history, one row for each edit ('audit'), and what each column is ('columns'). The file is for \
                its owner alone, and none is overwritten. Names, narrative and quotes are in it with --sensitive only, which the audit log is told first.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Option(help: "The file to write.", completion: .file())
        var out: String
        @Option(help: "csv, xlsx, sqlite or jsonl (default: by the end of the file's name).")
        var format: EngagementExport.Format?
        @Option(help: "What the first row of a table says: keys for programs, labels for people.")
        var headers: TableHeaders = .keys
        @Flag(help: "With names, narrative and quotes.") var sensitive = false

        func validate() throws {
            guard chosen != nil else { throw ValidationError("say --format csv, xlsx, sqlite or jsonl, or give --out a name that ends in .zip, .xlsx, .sqlite or .jsonl") }
        }

        private var chosen: EngagementExport.Format? { format ?? EngagementExport.Format.allCases.first { out.lowercased().hasSuffix("." + $0.suffix) } }

        func run() throws {
            guard let chosen else { return }
            let count = try tenant.open().exportEngagement(engagement, as: chosen, headers: headers, to: out, sensitive: sensitive)
            Output.done("Wrote \(count) \(count == 1 ? "record" : "records") into \(Output.shown(out))\(sensitive ? ", with names and quotes in the open; keep it safe" : "").")
        }
    }
}
