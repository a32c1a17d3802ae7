import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take your last step back; again, the one before it.",
        discussion: """
            For example:
              seamark undo --dry-run
              seamark undo

            A step is what one command captured (of an import, its last part). It is taken back by a change like any other: the history keeps both. What somebody else has \
            written over since stays as it is, and so does what never goes back (consent that was withdrawn, a finalised interview). Where all of the newest step stays, nothing is taken back, and it says why. \
            'seamark redo' takes an undo back.
            """)

    @OptionGroup var options: TakeBackOptions
    @OptionGroup var work: WorkOptions

    func run() throws { try options.perform(work, isRedo: false) }
}

struct Redo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take your last undo back.",
        discussion: "For example:\n  seamark redo")

    @OptionGroup var options: TakeBackOptions
    @OptionGroup var work: WorkOptions

    func run() throws { try options.perform(work, isRedo: true) }
}

struct TakeBackOptions: ParsableArguments {
    /// So many reasons are told of a step of which nothing can be taken back.
    private static let mostTold = 5

    @Flag(help: "Show what would be taken back; store nothing.") var dryRun = false
    @Flag(help: "Print what was taken back as JSON.") var json = false

    func perform(_ work: WorkOptions, isRedo: Bool) throws {
        // What is taken back is shown, with words that stood there before.
        let place = try Workplace(work, to: .read)
        let scope = try place.engagement()
        guard let taken = try place.device.takeBack(in: scope, isRedo: isRedo, isTrial: dryRun) else {
            throw Explained(.notFound, isRedo ? "No undo of yours stands that could be taken back." : "No step of yours stands that could be taken back.")
        }
        guard !taken.edits.isEmpty else {
            let step = isRedo ? "Your newest undo" : "Your newest step"
            throw Explained(.refused, "\(step), captured \(TimeText.local(taken.change.stamp.time)), cannot be taken back, so nothing was. " + taken.left.prefix(Self.mostTold).joined(separator: " ") + " Write what is to stand in its place.")
        }
        let finder = try place.finder()
        let references = finder.references
        if json { return Terminal.json(document(taken, finder, references), .undoing) }
        Terminal.line("\(dryRun ? "Would take back" : "Took back") what was captured ", .init(TimeText.local(taken.change.stamp.time), .bold), ":")
        for edit in taken.edits {
            Terminal.line("  ", .init(finder.name(of: edit.record), .bold), "  \(EditWords.words(edit, Catalogue.type(edit.type), references, RedactionWords(finder)))")
        }
        for reason in taken.left { Terminal.line(.init("  Left: \(reason)", .yellow)) }
    }

    private func document(_ taken: RecordCapture.TakenBack, _ finder: RecordFinder, _ references: References) -> JSONValue {
        .object([
            JSONMember("change", .string(taken.change.id.description)), JSONMember("stored", .bool(!dryRun)),
            JSONMember("edits", .array(taken.edits.map { edit in
                .object([
                    JSONMember("record", .string(finder.name(of: edit.record))), JSONMember("id", .string(edit.record.description)),
                    JSONMember("edit", EditWords.json(edit, Catalogue.type(edit.type), references)),
                ])
            })),
            JSONMember("left", .array(taken.left.map { .string($0) })),
        ])
    }
}
