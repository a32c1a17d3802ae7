internal import ArgumentParser
internal import Glibc
internal import SeamarkCrypto
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

/// Turns what went wrong into a sentence and an exit code. The one table of exit codes of `seamark-server`.
enum Explanation {
    static func exit(_ error: any Error) -> Never {
        guard let (sentence, code) = explain(error) else { exit(parser: error) }
        // What was found before it failed.
        if let lost = Output.flush() { Output.say("seamark-server: \(lost)\n", on: STDERR_FILENO) }
        Output.say("seamark-server: \(Output.shown(RepeatedWords.bounded(sentence, CommandLine.arguments)))\n", on: STDERR_FILENO)
        Glibc.exit(code)
    }

    /// Ends with what was gathered, written.
    static func exit() -> Never {
        guard let lost = Output.flush() else { Glibc.exit(0) }
        Output.say("seamark-server: \(lost)\n", on: STDERR_FILENO)
        Glibc.exit(code(.cannotWrite))
    }

    /// What the parser says: its help and version, or what was wrong with the command line.
    private static func exit(parser error: any Error) -> Never {
        // A shell asks; what it reads is neither broken nor cut.
        if CommandLine.arguments.dropFirst().first == "---completion" {
            Output.text(SeamarkServerCommand.fullMessage(for: error) + "\n")
            exit()
        }
        let code = parserCode(error)
        // For a first word that is no verb the parser would count the words that it does not expect.
        let refusal = code == .success ? nil : verbs(SeamarkServerCommand.self).refusal(of: Array(CommandLine.arguments.dropFirst()))
        let text = repeated(refusal ?? parserText(error))
        guard code == .success else {
            _ = Output.flush()
            if !text.isEmpty { Output.say(text + "\n", on: STDERR_FILENO) }
            if let meant = verbs(SeamarkServerCommand.self).suggestion(for: Array(CommandLine.arguments.dropFirst())) { Output.say(meant + "\n", on: STDERR_FILENO) }
            Glibc.exit(code.rawValue)
        }
        print(text)
        exit()
    }

    /// What is said in several lines, with each word that was typed on one of them, and cut where it is long.
    private static func repeated(_ text: String) -> String {
        let typed: [String] = CommandLine.arguments + CommandLine.arguments.compactMap { word in word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) } }
        // What is nothing but breaks and blanks stands between the lines of every text.
        let broken = typed.filter { word in Output.shown(word) != word && word.contains { !$0.isWhitespace } }
        let text = broken.sorted { $0.utf8.count > $1.utf8.count }.reduce(text) { $0.replacing($1, with: Output.shown($1)) }
        return RepeatedWords.bounded(text, CommandLine.arguments + broken.map(Output.shown))
    }

    /// What the parser says of an error, for the terminal as it is.
    private static func parserText(_ error: any Error) -> String { SeamarkServerCommand.fullMessage(for: error, columns: HelpColumns.asked(Output.width ?? 80)) }

    /// The parser's exit code. That somebody asked for help is known by what it says: for the code alone it would lay its help out anew, on the terminal that it
    /// measures itself, and where that is narrow it stops the program.
    private static func parserCode(_ error: any Error) -> ExitCode {
        let text = parserText(error)
        return text.isEmpty || text.hasPrefix(SeamarkServerCommand._errorPrefix) ? SeamarkServerCommand.exitCode(for: error) : .success
    }

    /// Ends where help is asked of a verb that there is none of: the parser would show its whole help.
    static func refuseUnknownHelp(_ words: [String]) {
        let verbs = verbs(SeamarkServerCommand.self)
        guard words.first == "help", let unknown = verbs.unknown(in: Array(words.dropFirst())) else { return }
        Output.say(repeated("There is no verb '\(unknown)'. 'seamark-server help' lists them.") + "\n", on: STDERR_FILENO)
        if let meant = verbs.suggestion(for: words) { Output.say(meant + "\n", on: STDERR_FILENO) }
        Glibc.exit(64)
    }

    /// Ends where a word of the command line cannot be read as it was typed.
    static func refuse(word place: Int) -> Never {
        Output.say("seamark-server: word \(place) of the command is no UTF-8 text, so nothing was done; type it in a terminal that is set to UTF-8: 'locale' should say so\n", on: STDERR_FILENO)
        Glibc.exit(65)
    }

    private static func verbs(_ verb: any ParsableCommand.Type) -> VerbNames {
        VerbNames(verb._commandName, aliases: verb.configuration.aliases, verb.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { verbs($0) })
    }

    /// Nil for what ArgumentParser explains itself: help, version, wrong usage (64).
    static func explain(_ error: any Error) -> (sentence: String, code: Int32)? {
        switch error {
        case let error as OperationFailure: (error.description, code(error.kind))
        case let error as StoreError: explain(error)
        case let error as NoEntropy: (error.description, 71)
        case let error as OpenFiles.TooFew: (error.description, 71)
        case let error as ProcessHardening.Refusal: (error.description, 70)
        case let error as CertificateError: ("making a certificate: \(error)", 70)
        case let error as ReportError: (error.description, 65)
        case let error as SnapshotError: ("looking at what was frozen: \(error.wrong); \(error.remedy)", error.kind == .notFound ? 66 : 65)
        case let error as Passphrase.Failure: explain(error)
        case is CleanExit, is ValidationError, is ExitCode: nil
        default: parserCode(error).rawValue == 1 ? ("\(error)", 70) : nil
        }
    }

    private static func code(_ kind: OperationFailure.Kind) -> Int32 {
        switch kind {
        case .badInput: 65
        case .notFound: 66
        case .unavailable: 69
        case .fault: 70
        case .exhausted: 71
        case .cannotWrite: 73
        case .inputOutput: 74
        case .busy: 75
        case .notPermitted: 77
        case .configuration: 78
        }
    }

    private static func explain(_ error: Passphrase.Failure) -> (sentence: String, code: Int32) {
        let doing = "reading the passphrase"
        return switch error {
        case .noTerminal: ("\(doing): there is no terminal to ask on; give it with --passphrase-fd or --passphrase-file", 77)
        case .cancelled: ("\(doing): cancelled; nothing was changed", 77)
        case .tooLong: ("\(doing): it is longer than \(Passphrase.longest) bytes; use a shorter one", 65)
        case .tooShort: ("\(doing): it has at least \(Passphrase.shortest) characters; four random words are a good one", 65)
        case .tooPlain:
            ("\(doing): it is too plain: it says one part again and again, goes up or down in order, or has fewer than \(Passphrase.leastDifferent) different characters; four random words are a good one", 65)
        case .differ: ("\(doing): the two differ; nothing was done, try again", 65)
        case .badDescriptor(EIO): ("\(doing): the disk that it lies on failed (error \(EIO)); check the disk, then try again", 74)
        case .badDescriptor(let code): ("\(doing): the file descriptor cannot be read (error \(code)); open it for reading, as in 3< file", 64)
        }
    }

    private static func explain(_ error: StoreError) -> (sentence: String, code: Int32) {
        switch error.reason {
        case .missing: ("\(error); restore the tenant's database from a backup", 78)
        case .exists, .taken: ("\(error); choose another name", 65)
        case .notAStore: ("\(error); restore the tenant's database from a backup", 78)
        case .otherTenant: ("\(error); put its own back, or restore the tenant from a backup", 78)
        case .newerVersion: ("\(error); run the version of Seamark that wrote it, or a newer one", 78)
        case .unknown: ("\(error); look at the lists", 66)
        case .damaged: ("\(error); run seamark-server verify, then restore from a backup", 74)
        case .busy: ("\(error); another process holds the database, try again", 75)
        case .full: ("\(error); make room on the disk, then try again", 73)
        case .readOnly: ("\(error); make the disk and the data directory writable, then try again", 73)
        case .exhausted: ("\(error): the system gives no more open files or memory; close other programs, or raise the limit (ulimit -n), then try again", 71)
        case .failed: ("\(error); check the disk, who owns the data directory, and the limit of open files (ulimit -n)", 74)
        }
    }
}
