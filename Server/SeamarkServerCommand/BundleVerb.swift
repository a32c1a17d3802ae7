internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct BundleVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Take in what a laptop hands over on a stick.",
        discussion: "For example:\n  seamark-server bundle import /media/stick/ann.bundle --reply /media/stick/ann.reply", subcommands: [Import.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a laptop's bundle in, as if it had synced.",
            discussion: """
                For example:
                  seamark-server bundle import /media/stick/ann.bundle --reply /media/stick/ann.reply
                  seamark-server bundle import /media/stick/ann.bundle --dry-run

                The same rules as over the network, whether the server runs or not. A bundle that was altered in any byte is refused whole. \
                Importing one twice changes nothing. The reply is for that laptop alone: seamark bundle import.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The file that seamark bundle export wrote.", completion: .file())
        var file: String
        @Option(help: "Write the receipts into this new file.", completion: .file())
        var reply: String?
        @OptionGroup var trial: TrialOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let done = try tenant.open().importBundle(file, reply: reply, isTrial: trial.dryRun)
            if !trial.dryRun { Output.note("The bundle was taken in.") }
            if json {
                func rows(_ rows: [(UInt32, Int)]) -> JSONValue {
                    .array(rows.map { .object([JSONMember("reason", .integer(Int64($0.0))), JSONMember("changes", .integer(Int64($0.1)))]) })
                }
                return Output.json(
                    .object([
                        JSONMember("device", .string(done.device)), JSONMember("member", .string(done.member)), JSONMember("made", Output.iso(done.made)),
                        JSONMember("accepted", .integer(Int64(done.accepted))), JSONMember("present", .integer(Int64(done.present))),
                        JSONMember("quarantined", rows(done.quarantined.map { ($0.reason, $0.changes) })),
                        JSONMember("refused", rows(done.refused.map { ($0.code, $0.changes) })),
                        JSONMember("reply", trial.dryRun ? .null : reply.map { .string($0) } ?? .null), JSONMember("stored", .bool(!trial.dryRun)),
                    ]), .bundle)
            }
            print("A bundle of \(Output.shown(done.member)), device \(done.device), made \(Output.time(done.made)).")
            if trial.dryRun { return tell(done) }
            print("Took in \(Self.changes(done.accepted)); \(Self.changes(done.present)) \(done.present == 1 ? "was" : "were") here already.")
            for held in done.quarantined { print("In quarantine: \(Self.changes(held.changes)) (\(held.reason): \(held.words)).") }
            for refused in done.refused { print("Not taken: \(Self.changes(refused.changes)) (\(refused.code): \(Self.words(refused.code))). They stay on the laptop.") }
            if let reply { Output.done("Wrote the receipts to \(Output.shown(reply)): take them to the laptop, for seamark bundle import.") }
        }

        /// What a trial found.
        private func tell(_ found: TenantOffice.BundleImport) {
            trial.say("", trial: "take in \(Self.changes(found.accepted)); \(Self.changes(found.present)) \(found.present == 1 ? "is" : "are") here already")
            for held in found.quarantined { print("Would go into quarantine: \(Self.changes(held.changes)) (\(held.reason): \(held.words)).") }
            for refused in found.refused { print("Would not be taken: \(Self.changes(refused.changes)) (\(refused.code): \(Self.words(refused.code))). They stay on the laptop.") }
            if let reply { print("The receipts would go into \(Output.shown(reply)). No file was written.") }
        }

        private static func changes(_ count: Int) -> String { "\(count) \(count == 1 ? "change" : "changes")" }

        private static func words(_ code: UInt32) -> String {
            switch code {
            case 4001: "earlier work of this laptop is missing here; it must sync, or make a new bundle"
            case 4002: "this laptop's store was restored or copied; it must sync"
            case 4009: "headquarters has not confirmed this laptop; see seamark-server device confirm"
            case 4006: "there is no such engagement here"
            case _: "the block does not hold together"
            }
        }
    }
}
