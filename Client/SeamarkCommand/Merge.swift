import ArgumentParser
import SeamarkClient
import SeamarkModel

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make one record stand for another that was captured for the same thing.",
        discussion: """
            For example:
              seamark merge ST-A001 ST-B001
              seamark merge ST-A001 ST-B001 --take name=gone --take headcount=keep
              seamark merge L-A002 L-B001 --rest keep

            What refers to the second counts for the first from now on: in lists, figures and the report. The first takes over what it \
            lacks; where both say something else you choose. The second keeps all that it says, and 'seamark unmerge' brings it back.
            """)

    @Argument(help: "The record that stays.", completion: HandleCompletion.of()) var kept: String
    @Argument(help: "The record that it stands for from now on.", completion: HandleCompletion.of()) var gone: String
    @Option(help: ArgumentHelp("Whose value a field takes: keep or gone.", valueName: "field=whose")) var take: [String] = []
    @Option(help: ArgumentHelp("Whose value all other fields take that differ: keep or gone.", valueName: "whose"), completion: .list(["keep", "gone"])) var rest: String?
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        let takings = try take.map { try Assignment($0) }
        let chosen = try Dictionary(takings.map { ($0.key, try whose($0.text)) }) { _, last in last }
        let rest = try rest.map { try whose($0) }
        try capture.perform(work, to: .read) { capture in
            try capture.merging(try capture.finder.record(kept), try capture.finder.record(gone), takings: chosen, rest: rest)
        }
    }

    private func whose(_ word: String) throws -> RecordCapture.Taking {
        guard let taking = RecordCapture.Taking(rawValue: word.lowercased()) else { throw Explained(.usage, "Say keep (the first record's value) or gone (the second's).") }
        return taking
    }
}
