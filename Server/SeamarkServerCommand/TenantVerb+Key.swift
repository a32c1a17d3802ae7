internal import ArgumentParser
internal import Glibc
internal import SeamarkServer

extension TenantVerb {
    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hand out the recovery text of the tenant key, or put the key back from it.",
            discussion: """
                For example:
                  seamark-server tenant key halden                                           to be written down
                  seamark-server tenant key halden --put-back --recovery-file recovery.txt

                The tenant key lies in the key folder and in no backup. Its recovery text, written down and kept apart from the backups, restores them on \
                a new machine, and opens a data directory whose key folder was lost. Every copy has to be destroyed when the tenant is shredded: the \
                audit log notes each time it is handed out.
                """)

        @OptionGroup var data: DataOption
        @Argument(help: "The tenant's short name.", completion: NameCompletion.tenants)
        var tenant: String
        @Flag(help: "Take the recovery text in, and put the key that it stands for into the key folder.") var putBack = false
        @OptionGroup var recovery: RecoveryOption

        func validate() throws {
            guard putBack || recovery.recoveryFd == nil && recovery.recoveryFile == nil else { throw ValidationError("--recovery-fd and --recovery-file go with --put-back") }
        }

        func run() throws {
            guard putBack else {
                let text = try data.tenant(tenant).recoveryText()
                Output.say(
                    "The recovery text of the key of \(tenant). Write it down and keep it apart from the backups; the audit log notes that it was handed out.\n",
                    on: STDERR_FILENO)
                Output.note("The audit log notes that the key was handed out, and nobody has read it.")
                return print(text)
            }
            let office = try data.office()
            try office.putKeyBack(ShortName(checking: tenant, for: "a tenant")) { try recovery.key(of: $0, in: office.installation.keyFolder) }
            Output.done("Put the key of \(tenant) into \(Output.shown(office.installation.keyFolder.path)).")
        }
    }
}
