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
            written over since stays as it is, and so does what never goes back (consent that was withdrawn, a finalised interview). Where all of the newest step stays, nothing is taken back, and it says why; asked once more, it goes on to the step before. \
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
            throw Explained(.refused, stuck(taken, isRedo))
        }
        let finder = try place.finder()
        let references = finder.references
        if json { return Terminal.json(document(taken, finder, references), .undoing) }
        Terminal.line("\(dryRun ? isRedo ? "Would do again" : "Would take back" : isRedo ? "Did again" : "Took back") what was \(isRedo ? "undone" : "captured") ", .init(TimeText.local(taken.change.stamp.time), .bold), ":")
        for edit in taken.edits {
            Terminal.line("  ", .init(finder.name(of: edit.record), .bold), "  \(EditWords.words(edit, Catalogue.type(edit.type), references, RedactionWords(finder)))")
        }
        for reason in taken.left { Terminal.line(.init("  Left: \(reason)", .yellow)) }
    }

    /// Why nothing was taken back, what to do instead, and how to go on behind it.
    private func stuck(_ taken: RecordCapture.TakenBack, _ isRedo: Bool) -> String {
        let more = taken.stuck.count - 1
        var words = ["Your newest \(isRedo ? "undo" : "step"), captured \(TimeText.local(taken.change.stamp.time)), cannot be taken back, so nothing was."]
        words += taken.left.prefix(Self.mostTold)
        if !taken.isForEver { words.append("Write what is to stand in its place.") }
        if more > 0 { words.append("\(more == 1 ? "The one" : "The \(more)") before it cannot be taken back either.") }
        if let next = taken.next, !dryRun {
            words.append("'seamark \(isRedo ? "redo" : "undo")' once more takes back the one of \(TimeText.local(next.stamp.time)).")
        }
        return words.joined(separator: " ")
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
