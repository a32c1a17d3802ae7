import ArgumentParser
import SeamarkClient
import SeamarkStore

struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Close the stores of all tenants (or of one) at once.",
        discussion: """
            For example:
              seamark lock

            Nothing on this laptop can be read afterwards without the passphrase.
            """)

    @Option(help: ArgumentHelp("Close this tenant's store alone.", valueName: "name"), completion: HandleCompletion.tenants)
    var tenant: String?

    func run() throws {
        let home = try Workplace.home()
        let tenants = try tenant.map { [try home.tenant(asked: $0)] } ?? home.tenants()
        guard !tenants.isEmpty else { throw TenantHome.Failure.noTenant }
        for tenant in tenants {
            let wasOpen = try KeyHolder.forget(try DeviceStore(at: home.storePath(tenant)).id)
            Terminal.line("\(tenant) \(wasOpen ? "is locked" : "was locked already").")
            Workplace.sweepEditors(of: tenant, home)
            for left in EditorFolders.find(store: home.storePath(tenant)) {
                Terminal.warning("A text of \(tenant) \(left.isHeld ? "is open in an editor" : "that could not be stored is kept for you") in the open, in memory: \(left.path). Store it, or remove that folder.")
            }
        }
    }
}
