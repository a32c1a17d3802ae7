import ArgumentParser
import SeamarkClient
import SeamarkModel

struct Redact: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete what a sensitive field says, for ever and everywhere (for leads).",
        discussion: """
            For example:
              seamark redact O-A004 text --reason "names a customer"

            It is hidden here at once. At the next sync the server deletes it, and every device deletes it when it syncs; the act, \
            its date and the reason stay. What the field said before goes too, and what it says in records that were merged with this one or took it over from there; \
            --dry-run names those. What somebody else says there unseen of you does not go. Backups of the server keep it until they expire.
            """)

    @Argument(help: "The record's handle, or what else it is called.", completion: HandleCompletion.of()) var handle: String
    @Argument(help: "The field: text, rationale, reference, name, contact, notes or summary.", completion: .list(["text", "rationale", "reference", "name", "contact", "notes", "summary"])) var field: String
    @Option(help: "Why. Everybody who may read the engagement reads this; do not repeat there what is to go.") var reason: String
    @OptionGroup var capture: CaptureOptions
    @OptionGroup var work: WorkOptions

    func run() throws {
        try capture.perform(work, to: .work) { try $0.redacting(try $0.finder.record(handle), field: field, reason: reason) }
    }
}
