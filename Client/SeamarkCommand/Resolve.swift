import ArgumentParser
import SeamarkClient
import SeamarkModel

struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle a conflict.",
        discussion: """
            For example:
              seamark resolve L2 amount --choose 1
              seamark resolve L2 amount --choose 1 range=260k/380k/520k     the first, with another range
              seamark resolve L2 title --value "Scrap and rework"
              seamark resolve S4 --keep

            The resolution is a change like any other: it names all values that you saw. A value that arrives later opens the
            conflict again.
            """)

    @Argument(help: "The record.") var handle: String
    @Argument(help: "The field in conflict; none for a deletion.") var field: String?
    @Argument(help: ArgumentHelp("Parts of a group to put in place of the chosen value's.", valueName: "part=value")) var parts: [String] = []

    @Option(help: ArgumentHelp("Take this value, as 'seamark conflicts' numbers them.", valueName: "n")) var choose: Int?
    @Option(help: ArgumentHelp("Take a value of your own; - clears.", valueName: "value")) var value: String?
    @Flag(help: "The record that was deleted and edited stays.") var keep = false
    @Flag(help: "The record that was deleted and edited goes.") var delete = false
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        guard [choose != nil, value != nil, keep, delete].count(where: { $0 }) == 1 else {
            throw Explained(.usage, "Say one of --choose N, --value TEXT, --keep and --delete.")
        }
        if keep || delete {
            guard field == nil else { throw Explained(.usage, "--keep and --delete settle a deletion; leave the field out.") }
            return try capture.perform(work) { capture in
                let record = try capture.finder.record(handle)
                guard record.isDeletedButEdited else {
                    throw Explained(.notFound, "\(capture.finder.name(of: record.id)) is not in conflict about being deleted. 'seamark conflicts' lists what is.")
                }
                return keep ? try capture.restoring(record) : try capture.deleting(record)
            }
        }
        guard let field else { throw Explained(.usage, "Name the field in conflict, as 'seamark conflicts' shows it.") }
        let parts = try capture.assignments(parts)
        let choice: RecordCapture.Choice = choose.map { .number($0) } ?? .value(value ?? "-")
        try capture.perform(work) { capture in
            try capture.resolving(try capture.finder.record(handle), field: field, choice, parts: parts)
        }
    }
}
