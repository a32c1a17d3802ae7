internal import ArgumentParser

/// `--dry-run` of verbs that write. All that the verb would store is made, judged and taken back: what would be refused is refused. What every verb does
/// before it begins, such as bringing the tables of an older version up to date, it does too.
struct TrialOption: ParsableArguments {
    @Flag(help: "Check and say what would be done; do nothing of it.")
    var dryRun = false

    /// What was done; in a trial, what would be, which is whole as 'Would …'.
    func say(_ done: String, trial: String) {
        if dryRun { print("Would \(trial). Nothing was changed.") } else { Output.done(done) }
    }
}
