import ArgumentParser
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import Testing

@testable import SeamarkClient
@testable import SeamarkCommand

struct CommandTests {
    @Test func `the table of exit statuses is whole and in the help`() {
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 64, 65, 66, 69, 70, 71, 73, 74, 75, 76, 77, 78, 79, 80, 130])
        let help = Seamark.helpMessage(columns: 100)
        for status in ExitStatus.allCases { #expect(help.contains("\(status.rawValue)  \(status.words)")) }
    }

    @Test(arguments: ["-20 % of scrap", "-5", "-"]) func `a value of one's own is a word of its own, whatever it begins with`(value: String) throws {
        let parsed = try #require(try Seamark.parseAsRoot(["resolve", "L2", "title", "--value", value]) as? Resolve)
        #expect(parsed.value == value && parsed.handle == "L2" && parsed.field == "title" && parsed.parts.isEmpty)
    }

    @Test func `numbers of bytes are read as people write them, and nothing else is`() {
        let expected: [(String, Int?)] = [
            ("200000", 200_000), ("200k", 200_000), ("20K", 20_000), ("1.5M", 1_500_000), ("2G", 2_000_000_000), ("0", 0), ("0.25k", 250), ("1.2345k", 1234),
            ("", nil), ("k", nil), ("-5", nil), ("1.5", nil), ("1..5k", nil), (".5k", nil), ("5.k", nil), ("12T", nil), ("1e5", nil), ("9223372036854775807G", nil),
        ]
        for (text, bytes) in expected { #expect(ByteCount(argument: text)?.count == bytes, "\(text)") }
        for (bytes, text) in [(8704, "9k"), (9000, "9k"), (1_000_001, "1.1M"), (12_340_000, "12.4M")] {
            #expect(ByteCount(bytes).atLeast == text)
            #expect(ByteCount(argument: text).map { $0.count >= bytes } == true)
        }
    }

    @Test func `each refusal has its status and says what to do`() {
        let expected: [(any Error, Int32, String)] = [
            (DeviceStoreError.lock(.wrongPassphrase), 77, "passphrase"), (DeviceStoreError.full, 73, "free some space"), (DeviceStoreError.syncRunning, 75, "wait"),
            (DeviceStoreError.damagedRow(7), 74, "row 7"), (DeviceStoreError.missing, 78, "enrol"),
            (DeviceStoreError.wipedMeanwhile, 77, "nothing of this step was kept"), (Workplace.Failure.wipedMeanwhile(tenant: "halden"), 77, "what was being typed is not stored"),
            (DoorFailure.problem(Problem(.expiredInvitation, "")), 76, "Ask headquarters for a new one"),
            (DoorFailure.problem(Problem(.invitationOfAnotherRole, "")), 76, "made for another role"),
            (DoorFailure.problem(Problem(.usedInvitation, "")), 76, "used already"), (DoorFailure.network(.serverNotGenuine), 76, "not the server that was pinned"),
            (DoorFailure.network(.unreachable), 69, "still serves"),
            (SyncRun.Failure(cause: .network(.unreachable), acknowledged: 0), 69, "All work stays on this device"),
            (SyncRun.Failure(cause: .network(.cut), acknowledged: 3), 69, "3 changes arrived safely"),
            (SyncRun.Failure(cause: .network(.clockDiffers), acknowledged: 0), 76, "set the clock and try again"),
            (SyncRun.Failure(cause: .sync(.forgedOrder), acknowledged: 0), 76, "Nothing was wiped"),
            (SyncRun.Failure(cause: .sync(.forgedReceipt), acknowledged: 0), 76, "does not verify"),
            (SyncRun.Failure(cause: .renewal(Problem(.deviceRevoked, "")), acknowledged: 0), 76, "This device was revoked. Ask headquarters."),
            (SyncRun.Failure(cause: .sync(.server(Problem(.unknownDevice, ""))), acknowledged: 0), 76, "does not know this laptop, though headquarters enrolled it"),
            (SyncRun.Failure(cause: .sync(.server(Problem(.unknownDevice, ""))), acknowledged: 0), 76, "All work stays on this device."),
            (SyncRun.Failure(cause: .renewal(Problem(.unknownCertificate, "")), acknowledged: 0), 76, "seamark bundle export"),
            (SyncRun.Failure(cause: .stopped, acknowledged: 2), 130, "2 changes arrived safely"),
            (SyncRun.BudgetTooSmall(least: 8704), 64, "--max-bytes 9k"),
            (TenantHome.Failure.noTenant, 78, "seamark enrol"), (TenantHome.Failure.notChosen(["a", "b"]), 78, "a, b"),
            (Workplace.Failure.locked(tenant: "halden"), 77, "seamark unlock"), (RecordFinder.Failure.notFound("L9", types: "leakage line"), 66, "L9"),
            (Workplace.Failure.toBeWiped("halden", waiting: 2, because: "The connection broke."), 77, "The connection broke. Headquarters ordered halden wiped"),
            (Workplace.Failure.wiped("halden", lost: 0, attachments: 1, isTold: true), 77, "with headquarters. 1 attachment that was not handed in is lost. Headquarters knows."),
            (Workplace.Failure.wiped("halden", lost: 3, attachments: 0, isTold: false), 77, "of them is lost. Headquarters could not be told"),
            (Workplace.Failure.revoked, 77, "This device was revoked"), (Workplace.Failure.leaseOver, 79, "Run 'seamark sync'"), (Workplace.Failure.withdrawn(["E1"], waiting: 0), 77, "no longer staffed on E1. Everything"),
            (Workplace.Failure.withdrawn(["E1"], waiting: 2), 77, "2 changes without a receipt are kept here"),
            (Workplace.Failure.unknownToHeadquarters(["E1"]), 77, "Headquarters does not know E1 any more"),
            (EngagementExchange.Failure.file(.newerVersion), 65, "nothing was changed"), (Assignment.Malformed(word: "title"), 64, "key=value"),
            (InputFile.Failure.missing("x.json"), 66, "x.json"), (Device.Refused.noSuchScope, 77, "seamark sync"),
            (Device.Refused.tooLarge, 65, "several steps"),
        ]
        for (error, status, words) in expected {
            let explanation = Explanation(error)
            #expect(explanation.status.rawValue == status, "\(error)")
            #expect(explanation.sentence.contains(words), "\(explanation.sentence)")
        }
        struct Unforeseen: Error {}
        #expect(Explanation(Unforeseen()).status == .ourFault)
    }

    @Test func `of an engagement that headquarters does not know it is said how much stays here, and never that it is with the server`() {
        for (receipted, waiting, words) in [
            (4, 1, "4 changes that it had and 1 change without a receipt stay on this laptop."), (1, 0, "1 change that it had stays on this laptop."),
            (0, 2, "2 changes without a receipt stay on this laptop."), (0, 0, "What is here of it stays on this laptop."),
        ] {
            let sentence = UnknownScopeWords.sentence("the engagement second", receipted: receipted, waiting: waiting)
            #expect(sentence == "Headquarters does not know the engagement second any more. \(words) Do not wipe it, and tell headquarters.")
        }
    }

    @Test func `the name of a tenant's directory fits its limit and finds itself again, also as the second of that name`() {
        let long = String(repeating: "a", count: 59) + " b"
        for name in [long, String(repeating: "x", count: 80), "Halden Kommune", "--", "a" + String(repeating: "-", count: 70) + "b"] {
            let folder = TenantHome.folderName(for: name)
            #expect(folder.utf8.count <= 60 && TenantHome.folderName(for: folder) == folder && folder.last != "-")
            for number in [2, 10, 1234] {
                let next = TenantHome.folderName(folder, numbered: number)
                #expect(next.hasSuffix("-\(number)") && TenantHome.folderName(for: next) == next && !next.contains("--"))
            }
        }
        #expect(TenantHome.folderName("halden", numbered: 2) == "halden-2")
    }

    @Test func `a label is what a directory can be called, and nothing that leads out of Seamark's own`() throws {
        for label in ["k7", "7", "a-b", String(repeating: "a", count: 60)] { #expect(throws: Never.self) { _ = try Enrol.parse(["--as", label]) } }
        for label in ["", " ", "K7", "a--b", "-a", "a-", "..", "../k7", "/k7", ".agent", "current.json", "k 7", "k\n7", "\u{e5}", String(repeating: "a", count: 61)] {
            #expect(!TenantHome.isLabel(label), "\(label)")
            #expect(throws: (any Error).self, "\(label)") { _ = try Enrol.parse(["--as=\(label)"]) }
        }
    }

    @Test func `what 'list' says how to capture a type by is a verb that there is`() {
        for (noun, _, type) in CapturedTypes.nouns {
            let words = CapturedTypes.verb(capturing: type).split(separator: " ").map(String.init)
            let verb = HelpTests.verbs.first { $0.path == words }
            #expect(verb?.type.configuration.subcommands.isEmpty == true, "seamark \(words.joined(separator: " ")), of \(noun)")
        }
    }

    @Test func `every type that devices capture has a noun, and nouns are understood in the plural`() {
        for type in Catalogue.types where type.home == .engagement { #expect(CapturedTypes.nouns.contains { $0.type === type }, "\(type.key)") }
        #expect(CapturedTypes.type("lines") === Catalogue.leakageLine)
        #expect(CapturedTypes.type("leak") === Catalogue.leakageLine)
        #expect(CapturedTypes.type("people") === Catalogue.person)
        #expect(CapturedTypes.type("nothing") == nil)
    }

    @Test func `the help of conflicts`() {
        #expect(Seamark.helpMessage(for: Conflicts.self, columns: 100) == """
            OVERVIEW: Where two people said different things and neither had seen the other.

            For example:
              seamark conflicts
              seamark conflicts L-A001

            Both stay until somebody settles it with 'seamark resolve'; meanwhile value 1 is shown.

            USAGE: seamark conflicts [<handle>] [--by <person>] [--list] [--tenant <name>] [--engagement <handle>] [--passphrase-fd <n>] [--json]

            ARGUMENTS:
              <handle>                Only those of this record.

            OPTIONS:
              --by <person>           Only those in which this person said something: a name, a handle, or me.
              --list                  One line each, of all your engagements (or the one that --engagement
                                      names).
              --tenant <name>         Work for this tenant instead of the one chosen with 'use'.
              --engagement <handle>   Work on this engagement instead of the one chosen with 'use'.
              --passphrase-fd <n>     Read the passphrase from this file descriptor, for scripts.
              --json                  Write JSON instead of text.
              --version               Show the version.
              -h, --help              Show help information.

            """)
    }

    @Test func `the help of capturing a site`() {
        #expect(Seamark.helpMessage(for: CaptureCommand<Site>.Add.self, columns: 100) == """
            OVERVIEW: Capture a site; prints what it is called.

            For example:
              seamark site add name="Dayton plant" country=US kind=plant headcount=310

            Fields:
              handle      short code
              mergedInto  site, by handle
              name        text, up to 120 characters on one line (required)
              code        short code
              country     code of 2 characters
              timeZone    text, up to 60 characters on one line
              kind        plant, warehouse, hub, office, controlRoom, field or other
              headcount   whole number, 0 to 100000
              notes       text, up to 8000 characters

            USAGE: seamark site add [--dry-run] [--json] [--tenant <name>] [--engagement <handle>] [--passphrase-fd <n>] [<key=value> ...]

            ARGUMENTS:
              <key=value>             What it says. A value @FILE is read from that file, @- from standard
                                      input.

            OPTIONS:
              --dry-run               Check and show what would be captured; store nothing.
              --json                  Print what was captured as JSON.
              --tenant <name>         Work for this tenant instead of the one chosen with 'use'.
              --engagement <handle>   Work on this engagement instead of the one chosen with 'use'.
              --passphrase-fd <n>     Read the passphrase from this file descriptor, for scripts.
              --version               Show the version.
              -h, --help              Show help information.

            """)
    }
}
