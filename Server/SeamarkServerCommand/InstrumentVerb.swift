internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct InstrumentVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instrument", abstract: "Editions of the questions that interviews ask.",
        discussion: """
            For example:
              seamark-server instrument publish core-9-2.json --tenant halden
              seamark-server instrument use baseline core-9@2 --tenant halden

            An edition never changes: other words are the next edition, and answers keep the one that they were given to.
            """, subcommands: [Publish.self, Use.self])

    struct Publish: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish an edition to the tenant's devices.",
            discussion: """
                For example:
                  seamark-server instrument publish core-9-2.json --dry-run
                  seamark-server instrument publish core-9-2.json

                The file is JSON of the format seamark-instrument. A question that may be answered by answers to another one of an earlier edition says \
                so: "comparable": {"1": "LB1"}. The same file twice changes nothing.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The instrument's file.", completion: .file())
        var file: String
        @Flag(help: "Read and judge it; publish nothing.")
        var dryRun = false

        func run() throws {
            let office = try tenant.open()
            let (instrument, isNew) = try office.publishInstrument(file, isTrial: dryRun)
            let asks = "\(Output.shown(instrument.reference)): \(instrument.domains.count) domains, \(instrument.domains.map(\.questions.count).reduce(0, +)) questions"
            if dryRun { return print(isNew ? "\(asks); nothing was published." : "\(asks); it is published already.") }
            guard isNew else { return print("\(asks); it was published already.") }
            Output.done("Published \(asks). 'instrument use' has an engagement ask it.")
        }
    }

    struct Use: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have an engagement ask an edition, and read its figures by it.",
            discussion: """
                For example:
                  seamark-server instrument use baseline core-9@2

                Interviews that are begun from then on are asked with it. Drafts of an earlier edition are carried over on laptops ('seamark interview carry'); \
                what was finalised keeps its edition, and counts for the questions that are comparable.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Argument(help: ArgumentHelp("The edition.", valueName: "key@edition"))
        var edition: String
        @OptionGroup var trial: TrialOption

        func run() throws {
            try tenant.open(isTrial: trial.dryRun).useInstrument(edition, in: engagement)
            trial.say("\(Output.shown(engagement)) asks \(Output.shown(edition)) from now on.", trial: "have \(Output.shown(engagement)) ask \(Output.shown(edition))")
        }
    }
}
