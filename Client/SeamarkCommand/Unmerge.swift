import ArgumentParser
import SeamarkClient

struct Unmerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a merge back: the record stands for itself again.",
        discussion: """
            For example:
              seamark unmerge ST-A002

            What the other took over at the merge, and nobody has changed since, says again what it said before.
            """)

    @Argument(help: "The record that was merged into another.", completion: HandleCompletion.of()) var handle: String
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        var left: [String] = []
        try capture.perform(work, to: .read) { capture in
            let result = try capture.unmerging(try capture.finder.record(handle))
            left = result.left
            return result
        }
        if !left.isEmpty { Terminal.warning("Left as it is, because it was changed since or never goes back: \(left.joined(separator: ", ")).") }
    }
}
