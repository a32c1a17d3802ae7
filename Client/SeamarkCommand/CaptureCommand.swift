import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// `seamark NOUN add|set|delete|restore`: one implementation for every type, out of the catalogue.
struct CaptureCommand<Noun: CapturedType>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Noun.noun, abstract: Noun.abstract,
            discussion: "For example:\n" + (Noun.verbs.isEmpty ? "" : "  seamark \(Noun.noun)\n  seamark \(Noun.noun) \(Noun.exampleName)\n")
                + "  seamark \(Noun.noun) add \(Noun.example)\n\n\(FieldGuide.text(Noun.type))",
            subcommands: Noun.verbs + [Add.self, Set.self, Delete.self, Restore.self], defaultSubcommand: Noun.verbs.first, aliases: Noun.aliases)
    }

    struct Add: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "add", abstract: "Capture \(withArticle(Noun.type.label)); prints what it is called.",
                discussion: "For example:\n  seamark \(Noun.noun) add \(Noun.example)\n\n\(FieldGuide.text(Noun.type))")
        }

        @OptionGroup var extra: Noun.Extra
        @OptionGroup var capture: CaptureOptions
        @OptionGroup var work: WorkOptions

        @Argument(help: ArgumentHelp("What it says. A value @FILE is read from that file, @- from standard input.", valueName: "key=value"), completion: FieldCompletion.of(Noun.type))
        var words: [String] = []

        func run() throws {
            let assignments = try capture.assignments(words) + extra.assignments
            try capture.perform(work, to: .work, asksOfPrices: Noun.type === Catalogue.leakageLine) { try $0.adding(Noun.type, assignments) }
        }
    }

    struct Set: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "set", abstract: "Change \(withArticle(Noun.type.label)). key=- clears; key+=x and key-=x change a set.",
                discussion: "For example:\n  seamark \(Noun.noun) set \(Noun.exampleName) \(Noun.exampleChange)\n\n\(FieldGuide.text(Noun.type))")
        }

        @OptionGroup var extra: Noun.Extra
        @OptionGroup var capture: CaptureOptions
        @OptionGroup var work: WorkOptions

        @Argument(help: "Its handle, or what else it is called.", completion: HandleCompletion.of(Noun.type))
        var handle: String

        @Argument(help: ArgumentHelp("What it says from now on.", valueName: "key=value"), completion: FieldCompletion.of(Noun.type))
        var words: [String] = []

        func run() throws {
            let assignments = try capture.assignments(words) + extra.assignments
            guard !assignments.isEmpty else { throw CaptureOptions.nothingSaid }
            try capture.perform(work, to: .work, asksOfPrices: Noun.type === Catalogue.leakageLine, asksOfLosses: Noun.type === Catalogue.person && !extra.agrees) {
                try $0.changing(try $0.finder.record(handle, type: Noun.type), assignments)
            }
        }
    }

    struct Delete: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "delete", abstract: "Delete \(withArticle(Noun.type.label)). It can be restored; the history keeps it.",
                discussion: "For example:\n  seamark \(Noun.noun) delete \(Noun.exampleName)")
        }

        @OptionGroup var capture: CaptureOptions
        @OptionGroup var work: WorkOptions

        @Argument(help: "Its handle, or what else it is called.", completion: HandleCompletion.of(Noun.type))
        var handle: String

        func run() throws {
            try capture.perform(work, to: .work) { try $0.deleting(try $0.finder.record(handle, type: Noun.type)) }
        }
    }

    struct Restore: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "restore", abstract: "Bring a deleted \(Noun.type.label) back.",
                discussion: "For example:\n  seamark \(Noun.noun) restore \(Noun.exampleName)")
        }

        @OptionGroup var capture: CaptureOptions
        @OptionGroup var work: WorkOptions

        @Argument(help: "Its handle, or what else it is called.", completion: HandleCompletion.of(Noun.type))
        var handle: String

        func run() throws {
            try capture.perform(work, to: .work) { try $0.restoring(try $0.finder.record(handle, type: Noun.type)) }
        }
    }
}

/// The engagement itself is made by headquarters; a lead changes it.
struct EngagementCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "engagement", abstract: "The engagement itself: its title, figures and state (for leads).",
            discussion: "\(example)\n\n\(FieldGuide.text(Catalogue.engagement))", subcommands: [Set.self])
    }

    private static let example = "For example:\n  seamark engagement set title=\"Baseline 2026\" status=fieldwork"

    struct Set: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "set", abstract: "Change the engagement.", discussion: "\(EngagementCommand.example)\n\n\(FieldGuide.text(Catalogue.engagement))")
        }

        @OptionGroup var capture: CaptureOptions
        @OptionGroup var work: WorkOptions

        @Argument(help: ArgumentHelp("What it says from now on.", valueName: "key=value"), completion: FieldCompletion.of(Catalogue.engagement))
        var words: [String] = []

        func run() throws {
            let assignments = try capture.assignments(words)
            guard !assignments.isEmpty else { throw CaptureOptions.nothingSaid }
            try capture.perform(work, to: .work) { capture in
                try capture.changing(try capture.finder.record(capture.finder.scope.description, type: Catalogue.engagement), assignments)
            }
        }
    }
}

/// What every capturing verb takes, and how it ends.
struct CaptureOptions: ParsableArguments {
    @Flag(help: "Check and show what would be captured; store nothing.")
    var dryRun = false

    @Flag(help: "Print what was captured as JSON.")
    var json = false

    static let nothingSaid = Explained(.usage, "Say what it is to say from now on, as key=value; 'seamark help' with the same verb lists the fields. Nothing was changed.")

    /// Values larger than any field are not read from files.
    private static let longestFile = 256 * 1024

    func assignments(_ words: [String]) throws -> [Assignment] {
        try words.map { word in
            let assignment = try Assignment(word)
            guard assignment.text.hasPrefix("@") else { return assignment }
            let rest = String(assignment.text.dropFirst())
            // `@@x` is the text `@x`.
            let text = rest.hasPrefix("@") ? rest : try InputFile.text(rest, atMost: Self.longestFile)
            return Assignment(key: assignment.key, sign: assignment.sign, text: text)
        }
    }

    /// - Parameter asksOfPrices: before a range is saved whose likely value lies close to one end.
    func perform(
        _ work: WorkOptions, to purpose: Workplace.Purpose, asksOfPrices: Bool = false, asksOfLosses: Bool = false, _ make: (RecordCapture) throws -> RecordCapture.Result
    ) throws {
        // A trial captures nothing: it shows, and what it shows holds parts that nobody typed.
        try perform(in: Workplace(work, to: dryRun ? .read : purpose), asksOfPrices: asksOfPrices, asksOfLosses: asksOfLosses, make)
    }

    func perform(in place: Workplace, asksOfPrices: Bool = false, asksOfLosses: Bool = false, _ make: (RecordCapture) throws -> RecordCapture.Result) throws {
        let scope = try place.engagement()
        do {
            if asksOfLosses, !dryRun { try askOfLosses(place, scope, make) }
            try perform(place, scope, asksOfPrices, make)
        } catch RecordCapture.Failure.unfinished(let name, _) where !place.shows {
            // What is missing tells what was captured.
            throw Explained(.refused, "\(name) is not finalised and nothing was changed. What it lacks is shown after the next sync: run 'seamark sync', then 'seamark check'.")
        }
    }

    private func askOfLosses(_ place: Workplace, _ scope: Identifier, _ make: (RecordCapture) throws -> RecordCapture.Result) throws {
        let result = try place.device.capture(in: scope, isTrial: true, make)
        guard let loss = result.loss, case .withdrawal(let person, _) = loss else { return }
        try LossWords.ask(loss, of: result.name, fullName: place.shows ? place.finder().view(person)?.text("name") : nil, counts: place.shows)
    }

    /// What was typed, as it is stored.
    private static func words(_ understood: RecordCapture.Understood) -> String? {
        switch understood {
        case .money(let label, let amount): return "\(label) is \(DigitGroups.text(Money.text(amount)))."
        case .time(let label, let time, let namesZone):
            let here = TimeText.differsFromUTC(time) ? ", which is \(TimeText.local(time)) here" : ""
            guard namesZone || !here.isEmpty else { return nil }
            return "\(label) is \(CalendarDate.text(milliseconds: time)) (UTC)\(here).\(namesZone ? "" : " For the time on your clock write its distance from UTC behind it, such as +01:00.")"
        }
    }

    /// What hangs on a record that is deleted.
    private static func words(_ result: RecordCapture.Result) -> String {
        let parts = result.hanging.map { Plural.of($0.count, $0.type.label) }
        let list = parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1]
        let isOne = result.hanging.count == 1 && result.hanging[0].count == 1
        return "\(list) \(isOne ? "names" : "name") \(result.name) and \(isOne ? "goes" : "go") on naming it. 'seamark \(CapturedTypes.noun(of: result.type)) restore \(result.name)' brings it back."
    }

    private func perform(_ place: Workplace, _ scope: Identifier, _ asksOfPrices: Bool, _ make: (RecordCapture) throws -> RecordCapture.Result) throws {
        let device = place.device
        if asksOfPrices, place.shows, !dryRun, try !PriceWords.agrees(to: { try device.capture(in: scope, isTrial: true, make) }) { throw PriceWords.NotSaved() }
        var twins: [String] = []
        let result = try device.capture(in: scope, isTrial: dryRun) { capture in
            let result = try make(capture)
            twins = capture.twins(of: result)
            return result
        }
        let price = place.shows ? PriceWords.price(in: result) : nil
        if dryRun { PriceWords.warn(of: result) }
        if json {
            let references = try place.finder().references
            Terminal.json(
                .object([
                    JSONMember("id", .string(result.record.description)), JSONMember("name", .string(result.name)),
                    JSONMember("type", .string(result.type.key)), JSONMember("stored", .bool(!dryRun && !result.edits.isEmpty)),
                ] + (price.map { [JSONMember("yearly", $0.json)] } ?? []) + (place.shows ? [JSONMember("edits", .array(result.edits.map { EditWords.json($0, result.type, references) }))] : [])), .capture)
        } else if dryRun, result.edits.isEmpty {
            Terminal.line("Nothing to change: ", .init(result.name, .bold), " says that already.")
        } else if dryRun {
            let references = try place.finder().references
            Terminal.line("Would capture \(result.type.label) ", .init(result.name, .bold), ":")
            for edit in result.edits { Terminal.line("  \(EditWords.words(edit, result.type, references))") }
        } else if result.edits.isEmpty {
            Terminal.line(.init(result.name, .bold))
            if Terminal.errorsAreOnTerminal { Terminal.error(["Nothing to change: it says that already."]) }
        } else {
            Terminal.line(.init(result.name, .bold))
        }
        if !json, let loss = result.loss, dryRun || Terminal.errorsAreOnTerminal { Terminal.error([.init(LossWords.sentence(loss, of: result.name, counts: place.shows))]) }
        if !json, !result.edits.isEmpty, Terminal.errorsAreOnTerminal {
            for words in result.understood.compactMap(Self.words) { Terminal.error([.init("\(result.name): \(words)")]) }
        }
        if !json, place.shows, !result.hanging.isEmpty, dryRun || Terminal.errorsAreOnTerminal { Terminal.error([.init(Self.words(result))]) }
        if !json, !result.edits.isEmpty, let price { Terminal.error([.init("\(result.name): \(price.words)")]) }
        if place.shows, let open = FormsLeft.words(after: result, try place.finder()) { Terminal.warning(open) }
        if place.shows, let twin = twins.first {
            Terminal.warning("\(result.name) has the code of \(twins.joined(separator: ", ")), and a code is that of one site. Give one of them another, or merge them: seamark merge \(twin) \(result.name)")
        }
    }
}
