import ArgumentParser
import SeamarkProtocol

/// `seamark`: everything that a consultant does on a laptop. Each verb is a file of its own.
struct Seamark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamark",
        abstract: "Capture an engagement offline; sync it with headquarters when there is a network.",
        discussion: """
            Every capture is durable when the command returns. Nothing needs a network but 'enrol' and 'sync'. \
            Records are named by their handle (L-B014), their parts (IV3/LB1, L4/L7), or the beginning of their id.

            For example:
              seamark enrol < invitation.txt     once: this laptop becomes a device of a tenant
              seamark unlock
              seamark use halden baseline
              seamark interview                  question by question
              seamark line add title="Night shift overtime" category=LABOUR \\
                amount.range=90k/120k/200k grade=B
              seamark sync                       when there is a network

            Environment:
              SEAMARK_HOME     the folder in which everything is kept on this laptop
              XDG_DATA_HOME    without SEAMARK_HOME: its folder 'seamark'
              XDG_RUNTIME_DIR  where the agent listens that keeps keys where the kernel keeps none, and texts lie while they are edited
              VISUAL, EDITOR   the editor for long texts; else vi
              PAGER            what 'log' and 'list' are read with where they are longer than the screen; else less
              NO_COLOR         without colours, if set to anything; so does TERM=dumb

            Files:
              ~/.local/share/seamark  without SEAMARK_HOME and XDG_DATA_HOME: a sealed store for each tenant, for you alone

            Exit status:
            \(ExitStatus.table)
            """,
        version: SoftwareVersion.text,
        groupedSubcommands: [
            CommandGroup(name: "This device", subcommands: [Enrol.self, Unlock.self, Lock.self, PassphraseVerb.self, Wipe.self, Use.self, Status.self, Doctor.self, Salvage.self, KeyAgent.self]),
            CommandGroup(name: "Capturing", subcommands: CapturedTypes.commands + [Undo.self, Redo.self]),
            CommandGroup(name: "Attachments", subcommands: [Attach.self]),
            CommandGroup(name: "Reading", subcommands: [List.self, Show.self, Search.self, Log.self, Diff.self, Check.self, Signals.self, Report.self, SnapshotVerb.self, Export.self]),
            CommandGroup(
                name: "With others",
                subcommands: [Sync.self, Bundle.self, Conflicts.self, Resolve.self, Duplicates.self, Merge.self, Unmerge.self, Redact.self, Import.self, Verify.self, Approve.self]),
            CommandGroup(name: "Questionnaires", subcommands: [FormVerb.self]),
        ])
}
