import ArgumentParser
import SeamarkClient
import SeamarkModel

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take an engagement file in, whole or not at all.",
        discussion: """
            For example:
              seamark import engagement.json --dry-run
              seamark import engagement.json

            The file is JSON, as 'seamark export' writes it. Records are met by their handles; what stands like that already is \
            not written again, and what the file does not mention stays as it is. Answers under an edition of an instrument that is not known here are \
            taken and counted: no report scores them before headquarters publishes it.
            """)

    @Argument(help: ArgumentHelp("The file; - for standard input.", valueName: "file"), completion: .file()) var file: String
    @Flag(help: "Check the file and say what would happen; store nothing.") var dryRun = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let bytes = try InputFile.read(file, atMost: EngagementFile.longest)
        let place = try Workplace(work, to: dryRun ? .read : .work)
        let imported = try EngagementExchange.take(bytes, into: try place.engagement(), of: place.device, isTrial: dryRun)
        if format.json {
            return Terminal.json(
                .object([
                    JSONMember("stored", .bool(!dryRun)), JSONMember("newRecords", .integer(Int64(imported.newRecords))),
                    JSONMember("changedRecords", .integer(Int64(imported.records - imported.newRecords))),
                    JSONMember("edits", .integer(Int64(imported.edits))), JSONMember("changes", .integer(Int64(imported.changes))),
                    JSONMember("unknownEditions", .array(imported.unknownEditions.map { unknown in
                        .object([
                            JSONMember("edition", .string(unknown.edition)), JSONMember("answers", .integer(Int64(unknown.answers))),
                            JSONMember("interviews", .integer(Int64(unknown.interviews))),
                        ])
                    })),
                ]), .imported)
        }
        if imported.records == 0 {
            Terminal.line("Nothing to import: everything stands like that already.")
        } else {
            let changed = imported.records - imported.newRecords
            let changes = changed > 0 ? " and changes to \(counted(changed, "record"))" : ""
            Terminal.line("\(dryRun ? "Would import" : "Imported") \(counted(imported.newRecords, "new record"))\(changes).")
        }
        for unknown in imported.unknownEditions { Terminal.warning(Self.words(unknown)) }
    }

    /// What nobody would see before the report leaves it out.
    static func words(_ unknown: EngagementExchange.UnknownEdition) -> String {
        let isOne = unknown.answers == 1
        return "\(counted(unknown.answers, "answer")) in \(counted(unknown.interviews, "interview")) of the file \(isOne ? "was" : "were") given to \(unknown.edition), an edition that is not known here. "
            + "\(isOne ? "It is" : "They are") kept, and no report scores \(isOne ? "it" : "them"). Have headquarters publish it and give it to the engagement "
            + "('seamark-server instrument publish', then 'instrument use'), or capture \(unknown.interviews == 1 ? "the interview" : "the interviews") anew with one that is known."
    }
}
