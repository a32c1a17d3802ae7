import ArgumentParser

/// `seamark`: everything that a consultant does on a laptop. Each verb is a file of its own.
struct Seamark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamark",
        abstract: "Capture an engagement offline; sync it with headquarters when there is a network.",
        discussion: """
            Every capture is durable when the command returns. Nothing needs a network but 'enrol' and 'sync'. \
            Records are named by their handle (L-B014), their parts (IV3/LB1, L4/L7), or the beginning of their id.

            Exit status:
            \(ExitStatus.table)
            """,
        version: "0.1",
        groupedSubcommands: [
            CommandGroup(name: "This device", subcommands: [Enrol.self, Unlock.self, Lock.self, PassphraseVerb.self, Wipe.self, Use.self, Status.self, Doctor.self, KeyAgent.self]),
            CommandGroup(name: "Capturing", subcommands: CapturedTypes.commands + [Undo.self, Redo.self]),
            CommandGroup(name: "Attachments", subcommands: [Attach.self]),
            CommandGroup(name: "Reading", subcommands: [List.self, Show.self, Search.self, Log.self, Diff.self, Check.self, Signals.self, Report.self, SnapshotVerb.self, Export.self]),
            CommandGroup(
                name: "With others",
                subcommands: [Sync.self, Bundle.self, Conflicts.self, Resolve.self, Duplicates.self, Merge.self, Unmerge.self, Redact.self, Import.self, Verify.self, Approve.self]),
            CommandGroup(name: "Questionnaires", subcommands: [FormVerb.self]),
        ])
}
