import ArgumentParser

/// `--dry-run` of verbs that write and capture no record (those that do have it in `CaptureOptions`).
struct DryRunOption: ParsableArguments {
    @Flag(help: "Check and say what would happen; change nothing.")
    var dryRun = false
}
