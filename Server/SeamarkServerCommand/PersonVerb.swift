internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct PersonVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "What is held about one interviewee: hand it out, or erase it.",
        discussion: """
            For example:
              seamark-server person export baseline P-A001 --out person.json
              seamark-server person erase baseline P-A001

            Of one engagement: the person's record and those merged with it, whatever names the person, and what names nobody and belongs to an interview \
            of theirs. Somebody who was interviewed in several engagements has a record in each.
            """,
        subcommands: [Export.self, Erase.self])

    struct Subject: ParsableArguments {
        @Argument(help: "The engagement's short name or id.", completion: NameCompletion.engagements)
        var engagement: String
        @Argument(help: "The person's handle or id.")
        var person: String
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write everything that is held about a person into a JSON file.",
            discussion: """
                For example:
                  seamark-server person export baseline P-A001 --out person.json

                Every edit that was ever made of those records, whether it stands, was replaced or is kept in quarantine, with sensitive values, who made \
                it and when. The bytes of attachments that those records name go into a folder beside it, called as the file with .files at its end; the \
                document says which file is whose, and of which the server holds none. An interview of several people is in it whole: look through the file before it leaves the house. It is for its owner alone, \
                and none is overwritten. The audit log remembers.
                """)

        @OptionGroup var tenant: TenantOption
        @OptionGroup var subject: Subject
        @Option(help: "The file to write.", completion: .file())
        var out: String
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let held = try tenant.open().exportPerson(subject.person, in: subject.engagement, to: out)
            if json { return Output.json(PersonVerb.summary(held), .person) }
            Output.done("Wrote what is held about \(Output.shown(held.person)) into \(Output.shown(out)): \(PersonVerb.words(held)).")
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete every sensitive value that is held about a person, for ever and everywhere.",
            discussion: """
                For example:
                  seamark-server person erase baseline P-A001         what would go
                  seamark-server person erase baseline P-A001 --yes

                Names, contact, notes, quotes, rationales, references and summaries go, in everything that was ever said of those records and in quarantine; and so \
                do the bytes of attachments, recordings among them, that no record of anybody else names: the server gives them to nobody any more. Each \
                device deletes all that at its next sync. Without --yes it only tells what would go. Scores, times and titles stay, and so does \
                what somebody wrote about the person in records that do not name them, and backups until they expire, as well as \
                what a restore set aside under DATA/replaced. What a laptop hands in about the \
                person later is erased as it arrives.
                """)

        @OptionGroup var tenant: TenantOption
        @OptionGroup var subject: Subject
        @Option(help: "Why. Everybody who may read the engagement reads this; do not repeat there what is to go.")
        var reason = "erasure was asked for"
        @Flag(help: "Erase, and do not only tell.") var yes = false
        @OptionGroup var trial: TrialOption
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let office = try tenant.open(), yes = yes && !trial.dryRun
            let held =
                yes
                ? try office.erasePerson(subject.person, in: subject.engagement, reason: reason)
                : try office.holdings(ofPerson: subject.person, in: subject.engagement)
            if yes {
                Output.note("The values were erased.")
                try RedactVerb.tellWhatStays(of: office)
            }
            if json { return Output.json(.object((PersonVerb.summary(held).members ?? []) + [JSONMember("erased", .bool(yes))]), .person) }
            let person = Output.shown(held.person)
            guard yes else {
                print("Of \(person) there is held: \(PersonVerb.words(held)). Nothing was erased; say --yes to erase the values.")
                return
            }
            print("Erased what is held about \(person): \(PersonVerb.words(held)). Devices delete it at their next sync.")
            if !held.hasWithdrawn {
                print("The person has not withdrawn consent: what a laptop hands in later is erased as it arrives, and laptops go on asking. Have a consultant record the withdrawal: seamark person set \(person) --consent withdrawn")
            }
        }
    }

    static func words(_ held: TenantOffice.PersonHoldings) -> String {
        let records = held.records.map { "\($0.count) \($0.label)" }.joined(separator: ", ")
        let attachments = held.attachments == 0 ? "" : ", and \(held.attachments) \(held.attachments == 1 ? "attachment" : "attachments") of this person alone"
        return "\(held.values) sensitive \(held.values == 1 ? "value" : "values") in \(records)\(attachments)"
    }

    static func summary(_ held: TenantOffice.PersonHoldings) -> JSONValue {
        .object([
            JSONMember("person", .string(held.person)), JSONMember("values", .integer(Int64(held.values))),
            JSONMember("records", .object(held.records.map { JSONMember($0.label, .integer(Int64($0.count))) })),
            JSONMember("attachments", .integer(Int64(held.attachments))), JSONMember("consentWithdrawn", .bool(held.hasWithdrawn)),
        ])
    }
}
