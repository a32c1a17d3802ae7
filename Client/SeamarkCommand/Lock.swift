import ArgumentParser
import SeamarkClient
import SeamarkStore

struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Close the stores of all tenants (or of one) at once.",
        discussion: """
            For example:
              seamark lock

            Nothing on this laptop can be read afterwards without the passphrase. An interview, 'form ask' or 'sync --watch' that is open \
            ends by itself within a second or two; what was being written in an interview is kept, sealed, and stands there again when it \
            goes on. (When the time of 'unlock' is over, what is open goes on until it ends.)
            """)

    @Option(help: ArgumentHelp("Close this tenant's store alone.", valueName: "name"), completion: HandleCompletion.tenants)
    var tenant: String?

    func run() throws {
        let home = try Workplace.home()
        let tenants = try tenant.map { [try home.tenant(asked: $0)] } ?? home.tenants()
        guard !tenants.isEmpty else { throw TenantHome.Failure.noTenant }
        var unheard: Explanation?
        for tenant in tenants {
            let store = try DeviceStore(at: home.storePath(tenant))
            // First the key: whoever finds it afterwards did so before this, and is told.
            let forgetting = Result { try KeyHolder.forget(try store.id) }
            do { try store.noteLocking() } catch { unheard = Explanation(error) }
            let wasOpen = try forgetting.get()
            Terminal.line("\(tenant) \(wasOpen ? "is locked" : "was locked already").")
            Workplace.sweepEditors(of: tenant, home)
            for left in EditorFolders.find(store: home.storePath(tenant)) {
                guard !left.isPage else {
                    Terminal.warning("A report of \(tenant) is being printed in the open, in memory: \(left.path). It is removed when its command ends.")
                    continue
                }
                Terminal.warning("A text of \(tenant) \(left.isHeld ? "is open in an editor" : "that could not be stored is kept for you") in the open, in memory: \(left.path). Store it, or remove that folder.")
            }
        }
        guard let unheard else { return }
        throw Explained(unheard.status, "What has a store open now was not told to end: \(unheard.sentence) Until then end it yourself.")
    }
}
