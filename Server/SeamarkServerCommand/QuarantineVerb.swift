internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct QuarantineVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "What the server keeps and does not apply, and why.",
        discussion: """
            For example:
              seamark-server quarantine list --tenant halden
              seamark-server quarantine release --all --member bob --tenant halden

            Nothing in quarantine is ever dropped. A release is an entry of the engagement's log, which every device reads.
            """,
        subcommands: [List.self, Show.self, Release.self, Export.self])

    /// Which part of the quarantine is meant.
    struct Part: ParsableArguments {
        @Option(help: "Of one engagement alone.", completion: NameCompletion.engagements)
        var engagement: String?
        @Option(help: "Of one member alone.", completion: NameCompletion.members)
        var member: String?
        @Option(help: "Of one device alone: its letters or id.", completion: NameCompletion.devices)
        var device: String?
        @Option(help: "For one reason alone: its number, such as 3001.")
        var reason: UInt32?

        var filter: TenantOffice.QuarantineFilter {
            TenantOffice.QuarantineFilter(engagement: engagement, member: member, device: device, reason: reason)
        }

        var isEverything: Bool { engagement == nil && member == nil && device == nil && reason == nil }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the changes in quarantine, each with its reason.",
            discussion: """
                For example:
                  seamark-server quarantine list
                  seamark-server quarantine list --member bob --reason 3001
                """)

        @OptionGroup var tenant: TenantOption
        @OptionGroup var part: Part
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let held = try tenant.open().quarantine(part.filter)
            if json { return Output.json(.array(held.map { $0.summary.withTimes("made", "received") }), .quarantined) }
            Output.table(
                ["change", "engagement", "member", "device", "made", "received", "place", "records", "reason"],
                held.map { item in
                    [
                        String(item.change.id.description.prefix(13)), item.engagement, item.member, item.device, Output.time(item.change.stamp.time),
                        Output.time(item.received), item.position.map { "entry \($0)" } ?? "outside", QuarantineVerb.records(item),
                        "\(item.refusal.rawValue)",
                    ]
                }, empty: part.isEverything ? "The quarantine is empty." : "The quarantine holds nothing of that kind.")
            guard !held.isEmpty else { return }
            var reasons: [Refusal] = []
            for item in held where !reasons.contains(item.refusal) { reasons.append(item.refusal) }
            for refusal in reasons.sorted(by: { $0.rawValue < $1.rawValue }) {
                print("\(refusal.rawValue): \(QuarantineReason.words(refusal)).")
            }
            let coming = held.count { $0.comesInBySync == true }
            if coming > 0 { print("\(coming) of them come in by themselves when their devices sync: their members are staffed now.") }
            print("Look at one: seamark-server quarantine show CHANGE. Let it in: seamark-server quarantine release CHANGE.")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one change in quarantine with its values.",
            discussion: """
                For example:
                  seamark-server quarantine show 3f9c0a17

                Names, notes and quotes are left out unless --sensitive is given, which the audit log remembers.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "The change's id, or eight or more of its first digits.")
        var change: String
        @Flag(help: "Show sensitive values too; noted in the audit log.") var sensitive = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let office = try tenant.open()
            let item = try office.quarantined(change)
            if sensitive { try office.noteReadingSensitive([item.change.id]) }
            let document = item.document(sensitive: sensitive)
            if json { return Output.json(document.withTimes("made", "received"), .quarantinedChange) }
            print("Change \(item.change.id) of \(Output.shown(item.engagement)), in quarantine:")
            print("  reason \(item.refusal.rawValue): \(QuarantineReason.words(item.refusal)).")
            print("  by \(Output.shown(item.member)) on device \(item.device), made \(Output.time(item.change.stamp.time)), received \(Output.time(item.received))")
            print("  " + (item.position.map { "in the log at entry \($0), not applied" } ?? "outside the log, with its \(item.refusal == .withoutSensitive ? "block, sensitive values apart," : "whole block") \(item.block)"))
            if item.comesInBySync == true { print("  The member is staffed now: it comes in when the device syncs.") }
            for edit in document["edits"]?.elements ?? [] { print("  " + QuarantineVerb.line(edit, of: item)) }
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let changes out of quarantine, by new entries of the log.",
            discussion: """
                For example:
                  seamark-server quarantine release 3f9c0a17
                  seamark-server quarantine release --all --member bob

                A change that the log refused is applied as it is. A block that is kept outside the log enters it whole: the changes named \
                are judged by the rules as if their member were staffed now, and what the rules refuse stays in quarantine inside the log \
                (release it once more to apply it all the same). What came back without its sensitive values (3008) is let in once these are redacted, not before.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "Changes, by id or eight or more of its first digits.")
        var changes: [String] = []
        @Flag(help: "All that the quarantine holds, or all of the part that the options below name.") var all = false
        @OptionGroup var part: Part
        @Flag(help: "Apply what comes in from outside the log without judging it.") var unjudged = false
        @OptionGroup var trial: TrialOption
        @Flag(help: "As JSON.") var json = false

        func validate() throws {
            guard all == changes.isEmpty else { throw ValidationError("name changes, or say --all") }
            guard all || part.isEverything else { throw ValidationError("--engagement, --member, --device and --reason go with --all") }
        }

        func run() throws {
            let office = try tenant.open(isTrial: trial.dryRun)
            let ids = all ? try office.quarantine(part.filter).map(\.change.id) : try changes.map { try office.quarantined($0).change.id }
            guard !ids.isEmpty else {
                if json { return Output.json(.object([JSONMember("released", .array([])), JSONMember("refused", .array([])), JSONMember("entries", 0), JSONMember("stored", false)]), .release) }
                return print("The quarantine holds nothing of that kind; nothing was changed.")
            }
            let done = try office.release(ids, unjudged: unjudged)
            if !trial.dryRun { Output.note("They were released.") }
            if json {
                return Output.json(
                    .object([
                        JSONMember("released", .array(done.applied.map { .string($0.description) })),
                        JSONMember(
                            "refused",
                            .array(
                                done.refused.map {
                                    .object([
                                        JSONMember("change", .string($0.change.description)), JSONMember("reason", .integer(Int64($0.refusal.rawValue))),
                                        JSONMember("why", .string(QuarantineReason.words($0.refusal))),
                                    ])
                                })),
                        JSONMember("entries", .integer(Int64(done.entries))), JSONMember("stored", .bool(!trial.dryRun)),
                    ]), .release)
            }
            let changes = "\(done.applied.count) \(done.applied.count == 1 ? "change" : "changes")"
            trial.say("Released \(changes); devices read of it at their next sync.", trial: "release \(changes)")
            for (change, refusal) in done.refused {
                if refusal == .withoutSensitive {
                    print("\(change) stays where it is (\(refusal.rawValue): \(QuarantineReason.words(refusal))).")
                    continue
                }
                guard !trial.dryRun else {
                    print("\(change) would come into the log and be refused there (\(refusal.rawValue): \(QuarantineReason.words(refusal))).")
                    continue
                }
                print("\(change) came into the log and is refused there (\(refusal.rawValue): \(QuarantineReason.words(refusal))). Release it once more to apply it all the same.")
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what is in quarantine, with its values, into a JSON file.",
            discussion: """
                For example:
                  seamark-server quarantine export --out quarantine.json

                The file is for its owner alone, and none is overwritten. Sensitive values are left out unless --sensitive is given, which the audit log remembers.
                """)

        @OptionGroup var tenant: TenantOption
        @Option(help: "The file to write.", completion: .file())
        var out: String
        @OptionGroup var part: Part
        @Flag(help: "With sensitive values; noted in the audit log.") var sensitive = false

        func run() throws {
            let count = try tenant.open().exportQuarantine(part.filter, to: out, sensitive: sensitive)
            Output.done("Wrote \(count) \(count == 1 ? "change" : "changes") to \(Output.shown(out)).")
        }
    }

    private static func records(_ item: TenantOffice.Quarantined) -> String {
        let names = item.records.map { record in record.handle.map { "\(record.type) \($0)" } ?? record.type }
        return names.count > 3 ? names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more" : names.joined(separator: ", ")
    }

    /// One edit in a line, as its document says it.
    private static func line(_ edit: JSONValue, of item: TenantOffice.Quarantined) -> String {
        let record = item.records.first { $0.id.description == edit["record"]?.text }
        let name = "\(record?.type ?? "") \(record?.handle ?? record?.id.description ?? "")"
        if let deleted = edit["deleted"]?.bool { return "\(Output.shown(name)): \(deleted ? "deleted" : "restored")" }
        let field = "\(Output.shown(name)) \(edit["field"]?.text ?? "")"
        if let element = edit["element"] { return "\(field): \(edit["present"]?.bool == true ? "with" : "without") \(text(element))" }
        if let value = edit["value"] { return "\(field): \(value == .null ? "(cleared)" : text(value))" }
        return "\(field): \(edit["redacted"] != nil ? (item.refusal == .withoutSensitive ? "(not handed in)" : "(redacted)") : "(sensitive; --sensitive shows it)")"
    }

    private static func text(_ value: JSONValue) -> String {
        if let text = value.text { return Output.shown(text) }
        var bytes: [UInt8] = []
        JSONWriter.write(value, to: &bytes)
        return Output.shown(String(decoding: bytes, as: UTF8.self))
    }
}
