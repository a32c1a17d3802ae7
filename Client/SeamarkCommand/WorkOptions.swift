import ArgumentParser

/// Where a command works: every verb that opens a store takes these.
struct WorkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Work for this tenant instead of the one chosen with 'use'.", valueName: "name"), completion: HandleCompletion.tenants)
    var tenant: String?

    @Option(help: ArgumentHelp("Work on this engagement instead of the one chosen with 'use'.", valueName: "handle"), completion: HandleCompletion.engagements)
    var engagement: String?

    @Option(help: ArgumentHelp("Read the passphrase from this file descriptor, for scripts.", valueName: "n"))
    var passphraseFd: Int32?
}

/// `--no-pager` of verbs whose answer may be long.
struct PagerOption: ParsableArguments {
    @Flag(help: "Do not show what is longer than the screen through a pager (PAGER, else less).")
    var noPager = false
}

/// `--json` of every reading verb.
struct JSONOption: ParsableArguments {
    @Flag(help: "Write JSON instead of text.")
    var json = false
}
