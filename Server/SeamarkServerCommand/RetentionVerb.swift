internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct RetentionVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "How long a tenant's sensitive values are kept.",
        discussion: """
            For example:
              seamark-server retention show --tenant halden
              seamark-server retention set 1095 --tenant halden --yes

            So many days after the server received it, each sensitive value of the tenant's engagements is redacted by the running server, once a day: names, \
            contacts, notes, quotes, rationales, references and summaries, what was replaced and what waits in quarantine among them. Each device deletes them at its next \
            sync. Scores, times, titles and amounts stay, and backups until they expire. What is redacted never comes back.

            Attachments stay, unless they were agreed on too: then the bytes of each go when the server received them, and each row that names them, so many days ago. \
            The rows stay, with their titles.
            """,
        subcommands: [Show.self, Set.self, Apply.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is agreed and what is due now.",
            discussion: "For example:\n  seamark-server retention show --tenant halden")

        @OptionGroup var tenant: TenantOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let standing = try tenant.open().retention()
            if json { return Output.json(RetentionVerb.summary(standing, redacted: false), .retention) }
            print(RetentionVerb.agreed(standing.days, attachments: standing.includesAttachments))
            if standing.days != nil { print("Due now: \(RetentionVerb.words(standing)).") }
            RetentionVerb.printSilence(standing)
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree on it; 'none' keeps everything.",
            discussion: """
                For example:
                  seamark-server retention set 1095
                  seamark-server retention set 1095 --yes
                  seamark-server retention set 1095 --attachments
                  seamark-server retention set none --yes

                Without --yes it only tells what would be due at once. Without --attachments attachments are kept, whatever was agreed before.
                """)

        @OptionGroup var tenant: TenantOption
        @Argument(help: "1 to 36500 days from when the server received a value, or 'none'.")
        var days: String
        @Flag(help: "Of attachments too: what a report rests on goes as well.") var attachments = false
        @Flag(help: "Agree, and do not only tell.") var yes = false
        @OptionGroup var trial: TrialOption
        @Flag(help: "As JSON.") var json = false

        func validate() throws {
            guard days == "none" || (1...36500).contains(Int64(days) ?? 0) else { throw ValidationError("Give 1 to 36500 days, or 'none'.") }
            guard days != "none" || !attachments else { throw ValidationError("'none' keeps everything: say how many days with --attachments.") }
        }

        func run() throws {
            let office = try tenant.open()
            let days = Int64(days), yes = yes && !trial.dryRun
            let standing = try days.map { try office.retention(ifDays: $0, attachments: attachments) }
            if yes {
                try office.setRetention(days: days, attachments: attachments)
                Output.note("The retention was agreed.")
            }
            if json {
                let members = standing.map { RetentionVerb.summary($0, redacted: false).members ?? [] } ?? [JSONMember("days", .null), JSONMember("values", .integer(0)), JSONMember("attachments", .integer(0))]
                return Output.json(.object(members + [JSONMember("agreed", .bool(yes))]), .retention)
            }
            let due = standing.map { "Due at once: \(RetentionVerb.words($0))." } ?? ""
            guard yes else {
                print("\(RetentionVerb.agreed(days, attachments: attachments)) \(due)".trimmed + " That is not agreed yet: nothing was changed; say --yes to agree.")
                return
            }
            print("\(RetentionVerb.agreed(days, attachments: attachments)) \(due)".trimmed)
            if let standing, !standing.due.isEmpty { print("The running server redacts it within a day; seamark-server retention apply does it now.") }
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Redact what is due now, without waiting for the running server.",
            discussion: """
                For example:
                  seamark-server retention apply --dry-run
                  seamark-server retention apply

                It also redacts where the running server does not, because it was off for more than 60 days or its clock has jumped: look at the clock first.
                """)

        @OptionGroup var tenant: TenantOption
        @Flag(help: "Only tell what would be redacted.") var dryRun = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let office = try tenant.open()
            let standing = dryRun ? try office.retention() : try office.applyRetention()
            if !dryRun, !standing.due.isEmpty { try RedactVerb.tellWhatStays(of: office) }
            if json { return Output.json(RetentionVerb.summary(standing, redacted: !dryRun), .retention) }
            guard standing.days != nil else { return print(RetentionVerb.agreed(nil)) }
            if dryRun {
                print("Would be redacted: \(RetentionVerb.words(standing)). Nothing was changed.")
                RetentionVerb.printSilence(standing)
            } else {
                Output.done(standing.due.isEmpty ? "Nothing is due." : "Redacted: \(RetentionVerb.words(standing)). Devices delete it at their next sync.")
            }
        }
    }

    static func agreed(_ days: Int64?, attachments: Bool = false) -> String {
        let what = attachments ? "Sensitive values and attachments" : "Sensitive values"
        guard let days else { return "\(what) are kept until somebody redacts them." }
        return "\(what) are kept for \(days) \(days == 1 ? "day" : "days") from when the server received them."
    }

    static func words(_ standing: TenantOffice.RetentionStanding) -> String {
        func counted(_ count: Int, _ what: String) -> String? { count > 0 ? "\(count) \(what)\(count == 1 ? "" : "s")" : nil }
        guard !standing.due.isEmpty else { return "nothing" }
        return standing.due.map { due in
            let parts = [counted(due.values, "value"), counted(due.attachments, "attachment")].compactMap(\.self)
            return "\(parts.joined(separator: " and ")) of \(Output.shown(due.engagement))"
        }.joined(separator: ", ")
    }

    static func printSilence(_ standing: TenantOffice.RetentionStanding) {
        guard let since = standing.silentSince else { return }
        print("The running server redacts nothing by itself: by this machine's clock it last looked on \(Output.time(since)). If the clock is right, say seamark-server retention apply.")
    }

    static func summary(_ standing: TenantOffice.RetentionStanding, redacted: Bool) -> JSONValue {
        .object([
            JSONMember("days", standing.days.map(JSONValue.integer) ?? .null), JSONMember("values", .integer(Int64(standing.values))),
            JSONMember("engagements", .object(standing.due.map { JSONMember($0.engagement, .integer(Int64($0.values))) })),
            JSONMember("includesAttachments", .bool(standing.includesAttachments)), JSONMember("attachments", .integer(Int64(standing.attachments))),
            JSONMember("engagementAttachments", .object(standing.due.map { JSONMember($0.engagement, .integer(Int64($0.attachments))) })),
            JSONMember("silentSince", standing.silentSince.map { .string(CalendarDate.text(milliseconds: $0)) } ?? .null), JSONMember("redacted", .bool(redacted)),
        ])
    }
}

extension String {
    fileprivate var trimmed: String { hasSuffix(" ") ? String(dropLast()) : self }
}
