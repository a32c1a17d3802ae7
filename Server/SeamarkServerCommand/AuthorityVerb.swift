internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct AuthorityVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority", abstract: "Replace the installation's authority, by which devices know the server.",
        discussion: """
            For example:
              seamark-server authority begin
              seamark-server authority status
              seamark-server authority finish

            begin makes the next authority; it signs the server's certificate at once, and the present one vouches for it, so that nobody is locked out \
            and no session ends. Each device learns of it when it syncs. finish destroys the former one's key. Was that stolen, say begin and then \
            finish --force: every device that did not sync between the two needs a new invitation, and hands in its work as a bundle first. Back the \
            installation up after each of the two. An invitation that waits serves until finish.
            """, subcommands: [Status.self, Begin.self, Finish.self])

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Which authority signs, and which devices have not heard of it.",
            discussion: "For example:\n  seamark-server authority status")

        @OptionGroup var data: DataOption
        @Flag(help: "As JSON.") var json = false

        func run() throws { try AuthorityVerb.show(data, json) }
    }

    struct Begin: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the next authority. Noted in every tenant's audit log.",
            discussion: "For example:\n  seamark-server authority begin")

        @OptionGroup var data: DataOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            try data.office().beginAuthority()
            Output.note("The next authority was made.")
            try AuthorityVerb.show(data, json)
        }
    }

    struct Finish: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroy the former authority's key. Noted in every tenant's audit log.",
            discussion: """
                For example:
                  seamark-server authority finish
                  seamark-server authority finish --force
                """)

        @OptionGroup var data: DataOption
        @Flag(help: "Also while devices have not heard of the next one: they need new invitations.") var force = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            try data.office().finishAuthority(force: force)
            Output.note("The former authority's key was destroyed.")
            try AuthorityVerb.show(data, json)
        }
    }

    private static func show(_ data: DataOption, _ json: Bool) throws {
        let status = try data.office().authorityStatus()
        if json { return Output.json(summary(status), .authority) }
        print("The authority \(status.pin) signs, until \(Output.time(status.until)).")
        guard let succession = status.succession else { return print("It is not being replaced.") }
        print("Since \(Output.time(succession.began)) it takes over from \(succession.formerPin), which vouches for it.")
        for name in succession.unread { print("The store of \(name.text) cannot be read: nobody knows which of its devices have heard.") }
        for device in succession.waiting { print("Not heard since: device \(device.letters) of \(device.tenant.text)") }
        if succession.waiting.isEmpty, succession.unread.isEmpty { print("Every device was heard since. Next: seamark-server authority finish") }
    }

    private static func summary(_ status: Office.AuthorityStatus) -> JSONValue {
        let succession = status.succession.map { succession in
            JSONValue.object([
                JSONMember("formerPin", .string(succession.formerPin.description)), JSONMember("began", Output.iso(succession.began)),
                JSONMember("waiting", .array(succession.waiting.map { .object([JSONMember("tenant", .string($0.tenant.text)), JSONMember("letters", .string($0.letters))]) })),
                JSONMember("unread", .array(succession.unread.map { .string($0.text) })),
            ])
        }
        return .object([JSONMember("pin", .string(status.pin.description)), JSONMember("until", Output.iso(status.until)), JSONMember("succession", succession ?? .null)])
    }
}
