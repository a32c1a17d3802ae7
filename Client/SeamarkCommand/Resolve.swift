import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle a conflict.",
        discussion: """
            For example:
              seamark resolve L2 amount --choose 1
              seamark resolve L2 amount --choose 1 range=260k/380k/520k     the first, with another range
              seamark resolve L2 title --value "Scrap and rework"
              seamark resolve S4 workaround --merged                        both texts put together, as 'conflicts' proposes
              seamark resolve S4 workaround --merged --choose 2             the words of the second where they overlap
              seamark resolve S4 workaround --both                          both as they are, one after the other
              seamark resolve S4 workaround --editor
              seamark resolve S4 --keep

            Both can stand where the field is a long text (notes, a summary, a workaround). A set holds what everybody put in and is in no \
            conflict; everything else has one value, and two things that were meant are two records.

            The resolution is a change like any other: it names all values that you saw. A value that arrives later opens the \
            conflict again.
            """)

    @Argument(help: "The record.", completion: HandleCompletion.of()) var handle: String
    @Argument(help: "The field in conflict; none for a deletion.", completion: HandleCompletion.conflictFields) var field: String?
    @Argument(help: ArgumentHelp("Parts of a group to put in place of the chosen value's.", valueName: "part=value")) var parts: [String] = []

    @Option(help: ArgumentHelp("Take this value, as 'seamark conflicts' numbers them.", valueName: "n")) var choose: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Take a value of your own; - clears.", valueName: "value")) var value: String?
    @Flag(help: "Take the two texts put together, as 'seamark conflicts' proposes it; with --choose, that value's words where they overlap.")
    var merged = false
    @Flag(help: "Keep the texts of both (or all), one after the other, as one.") var both = false
    @Flag(help: "Write it in $EDITOR, beginning with the proposal; overlaps are marked there.") var editor = false
    @Flag(help: "The record that was deleted and edited stays.") var keep = false
    @Flag(help: "The record that was deleted and edited goes.") var delete = false
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        guard [choose != nil && !merged, value != nil, merged, both, editor, keep, delete].count(where: { $0 }) == 1 else {
            throw Explained(.usage, "Say one of --choose N, --merged, --both, --value TEXT, --editor, --keep and --delete.")
        }
        if keep || delete {
            guard field == nil else { throw Explained(.usage, "--keep and --delete settle a deletion; leave the field out.") }
            try capture.perform(work, to: .read) { capture in
                let record = try capture.finder.record(handle)
                guard record.isDeletedButEdited else {
                    throw Explained(.notFound, "\(capture.finder.name(of: record.id)) is not in conflict about being deleted. 'seamark conflicts' lists what is.")
                }
                return keep ? try capture.restoring(record) : try capture.deleting(record)
            }
            if !capture.json, !capture.dryRun, Terminal.errorsAreOnTerminal { Terminal.error([keep ? "It stays, with what was edited since." : "It goes; the history keeps it."]) }
            return
        }
        guard let field else { throw Explained(.usage, "Name the field in conflict, as 'seamark conflicts' shows it.") }
        let parts = try capture.assignments(parts)
        guard parts.isEmpty || choose != nil && !merged else { throw Explained(.usage, "Parts of a group are put into a value taken with --choose.") }
        let choice: RecordCapture.Choice
        var taken: TextEditor.Taken?
        // Opened once: a passphrase is read from its descriptor once.
        let place = try Workplace(work, to: .read)
        if editor {
            let text = try edited(field, place)
            taken = text
            choice = .text(text.text)
        } else if both {
            choice = .both
        } else if merged {
            choice = .merged(overlapsBy: choose)
        } else if let choose {
            choice = .number(choose)
        } else {
            // As in captures, @FILE is read from that file and @- from standard input.
            choice = .value(try capture.assignments([field + "=" + (value ?? "-")]).first?.text ?? "-")
        }
        do {
            // A person may write for an hour, and lock the store meanwhile.
            if place.device.store.isLocked { throw Workplace.Failure.endedMeanwhile(place.device.store, of: place.tenant, then: "settle it again") }
            try capture.perform(in: place) { capture in
                try capture.resolving(try capture.finder.record(handle), field: field, choice, parts: parts)
            }
        } catch {
            // What was written in the editor stands nowhere else.
            guard let taken else { throw error }
            throw taken.left(error)
        }
        guard let taken else { return }
        if capture.dryRun { Terminal.warning(Explanation(taken.left(Explained(.done, "This was a trial."))).sentence) } else { taken.remove() }
    }

    /// What the person makes of the proposal, or of both texts where none is offered. The state is read anew when it is written.
    private func edited(_ key: String, _ place: Workplace) throws -> TextEditor.Taken {
        let finder = try place.finder()
        let record = try finder.record(handle)
        guard let conflict = finder.conflicts.first(where: { $0.record.id == record.id && $0.key == key }), let field = conflict.field else {
            throw RecordCapture.Failure.noConflict(record.type?.field(key: key)?.label ?? key)
        }
        guard case .text(let rule) = field.kind else { throw Explained(.usage, "\(field.label) is no text. Settle it with --choose or --value.") }
        let draft = conflict.mergeOffer.merge?.text { MergeWords.mark(1, $0) + MergeWords.mark(2, $1) }
            ?? conflict.sides.enumerated().compactMap { side in side.element.value?.text.map { MergeWords.mark(side.offset + 1, $0) } }.joined(separator: "\n")
        let taken = try TextEditor.edit(draft, atMost: rule.longest * 4 + 64 * 1024) { text in
            if MergeWords.isMarked(text) { throw TextEditor.Failure.marksLeft }
        }
        guard taken.isUntouched else { return taken }
        // Who leaves an editor without saving does not want it.
        taken.remove()
        throw Explained(.refused, "The editor was left without saving, so nothing was settled. Save the text there to take it as it stands, or say --choose, --merged or --value.")
    }
}
