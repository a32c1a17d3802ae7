import ArgumentParser
import Glibc
import SeamarkCrypto
import SeamarkModel

// Before any file is opened, which would take the number of one that is closed, and get what is printed into it.
OpenFiles.holdStandard()
// Who closes a pipe is told of by the write that fails, and what was stored is still said.
signal(SIGPIPE, SIG_IGN)
if let place = CommandWords.firstThatIsNoText {
    Terminal.error([Terminal.Piece("Word \(place) of the command is no UTF-8 text, so nothing was done. Type it in a terminal that is set to UTF-8: 'locale' should say so.")])
    exit(ExitStatus.refused.rawValue)
}
// Secrets pass through this process: nobody else may look into it. Before anything else, and before any thread.
do {
    try ProcessHardening.apply()
    try OpenFiles.require(OpenFiles.ofACommand)
} catch {
    let explanation = Explanation(error)
    Terminal.error([Terminal.Piece(explanation.sentence)])
    exit(explanation.status.rawValue)
}

func verbs(_ verb: any ParsableCommand.Type) -> VerbNames {
    VerbNames(verb._commandName, aliases: verb.configuration.aliases, verb.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { verbs($0) })
}

/// What the parser says of an error, for the terminal as it is.
func parserText(_ error: any Error) -> String { Seamark.fullMessage(for: error, columns: HelpColumns.asked(Terminal.width ?? 100)) }

/// The parser's exit code. That somebody asked for help is known by what it says: for the code alone it would lay its help out anew, on the terminal that it
/// measures itself, and where that is narrow it stops the program.
func parserCode(_ error: any Error) -> ExitCode {
    let text = parserText(error)
    return text.isEmpty || text.hasPrefix(Seamark._errorPrefix) ? Seamark.exitCode(for: error) : .success
}

/// What the parser says: its help and version, or what was wrong with the command line.
func parserSays(_ error: any Error) -> ExitStatus {
    if let shell = CompletionScript.asked(Array(CommandLine.arguments.dropFirst())) {
        for line in CompletionScript.whole(Seamark.fullMessage(for: error), for: shell).split(separator: "\n", omittingEmptySubsequences: false) { Terminal.line(Terminal.Piece(String(line))) }
        return .done
    }
    if CommandLine.arguments.dropFirst().first == "---completion" {
        Terminal.answer(Seamark.fullMessage(for: error))
        return .done
    }
    let lines = RepeatedWords.bounded(parserText(error), CommandLine.arguments).split(separator: "\n", omittingEmptySubsequences: false)
    guard parserCode(error) == .success else {
        // The parser would count the words that it does not expect.
        let refusal = verbs(Seamark.self).refusal(of: Array(CommandLine.arguments.dropFirst())).map { RepeatedWords.bounded($0, CommandLine.arguments) }
        for line in refusal.map({ [Substring($0)] }) ?? lines { Terminal.error([Terminal.Piece(String(line))]) }
        if let meant = verbs(Seamark.self).suggestion(for: Array(CommandLine.arguments.dropFirst())) { Terminal.error([Terminal.Piece(meant)]) }
        return .usage
    }
    for line in lines { Terminal.line(Terminal.Piece(String(line))) }
    return .done
}

/// Runs the verb and says how it ended.
func runToTheEnd() -> ExitStatus {
    var command: any ParsableCommand
    let words = Array(CommandLine.arguments.dropFirst())
    // The parser shows its whole help for a verb that there is none of.
    if words.first == "help", let unknown = verbs(Seamark.self).unknown(in: Array(words.dropFirst())) {
        Terminal.error([Terminal.Piece(RepeatedWords.bounded("There is no verb '\(unknown)'. 'seamark help' lists them.", CommandLine.arguments))])
        if let meant = verbs(Seamark.self).suggestion(for: words) { Terminal.error([Terminal.Piece(meant)]) }
        return .usage
    }
    do { command = try Seamark.parseAsRoot() } catch { return parserSays(error) }
    do {
        if let fault = SettingsFile.fault { Terminal.warning("your settings are left aside: " + Explanation(fault).sentence) }
        try command.run()
        return .done
    } catch {
        // Help is asked for by an error of the parser's own, which only its exit code tells.
        let code = parserCode(error)
        if code == .success || code == .validationFailure { return parserSays(error) }
        let explanation = Explanation(error)
        Terminal.progress("")
        for line in explanation.sentence.split(separator: "\n") { Terminal.error([Terminal.Piece(String(line))]) }
        return explanation.status
    }
}

let status = runToTheEnd()
let pager = Terminal.pager
// Whoever reads for long holds nothing open.
if pager != nil { Terminal.worksOn(nil) }
if !(pager.map({ Terminal.flush(through: $0) }) ?? Terminal.flush()), let lost = Terminal.lost {
    Terminal.error([Terminal.Piece(lost)])
    Terminal.worksOn(nil)
    exit(ExitStatus.cannotWrite.rawValue)
}
// Closed as it should be: what was erased leaves the log beside the store.
Terminal.worksOn(nil)
exit(status.rawValue)
