import ArgumentParser

/// `--dry-run` of verbs that write otherwise than by capturing a record's fields, which have it in `CaptureOptions`. What every command does before it
/// begins, such as obeying an order to wipe and noting the clock for the lease, it does too.
struct DryRunOption: ParsableArguments {
    @Flag(help: "Check and say what would happen; do nothing of it.")
    var dryRun = false
}
