import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkStore

struct Wipe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Destroy everything of a tenant on this laptop, for ever.",
        discussion: """
            For example:
              seamark wipe --tenant halden

            The wrapped key goes first: from that moment nobody can read what is left of the store, and the next command removes it if this \
            one was cut off. An interview, 'form ask' or 'sync --watch' that is open ends by itself within a second or two; what is being typed \
            there is not stored. What the server has signed for stays there. What it has not is counted, and lost.
            """)

    @Flag(help: "Do it without asking, also where work has no receipt.") var yes = false
    @OptionGroup var trial: DryRunOption
    @OptionGroup var work: WorkOptions

    func run() throws {
        let home = try Workplace.home()
        let tenant = try home.tenant(asked: work.tenant)
        if trial.dryRun { return Terminal.line("Would destroy everything of ", .init(tenant, .bold), " on this laptop. \(try standing(tenant)) Nothing was wiped.") }
        if !yes {
            let standing = try standing(tenant)
            guard Terminal.inputIsTerminal else {
                throw Explained(.refused, "\(standing) Nothing was wiped. Say --yes to wipe it all the same.")
            }
            Terminal.warning(standing)
            let typed = try Passphrase.ask("To wipe it for ever, type \(tenant): ")
            guard let typed, typed.copy() == Array(tenant.utf8) else { throw Explained(.refused, "Nothing was wiped.") }
        }
        // The kept key first: without it and without its lock the rows are noise.
        if let id = try? DeviceStore(at: home.storePath(tenant)).id { _ = try? KeyHolder.forget(id) }
        try destroy(home.storePath(tenant))
        EditorFolders.wipe(home.storePath(tenant))
        try? home.forgetChoice(of: tenant)
        Terminal.line("\(tenant) is wiped: nothing of it is on this laptop any more.")
    }

    /// A watch has the store for as long as it runs, and lets go of it soon after it hears that it was locked. A sync goes on to its end, and may take
    /// longer than this waits; then the store is locked and whole.
    private func destroy(_ path: String) throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        var isNoted = false
        while ContinuousClock.now < deadline {
            do throws(DeviceStoreError) { return try DeviceStore.wipe(at: path) } catch {
                guard error == .syncRunning else { throw error }
            }
            if !isNoted { isNoted = (try? DeviceStore(at: path).noteLocking()) != nil }
            usleep(50_000)
        }
        try DeviceStore.wipe(at: path)
    }

    /// What would be lost, in words.
    private func standing(_ tenant: String) throws -> String {
        let place: Workplace
        do { place = try Workplace(work, to: .handIn) } catch Workplace.Failure.locked {
            return "The store of \(tenant) is locked, so what it holds without a receipt cannot be counted."
        } catch Workplace.Failure.damaged(_, let waiting) {
            return "The store of \(tenant) is damaged; \(waiting.map { counted($0, "change") } ?? "an unknown number of changes") for which there is no receipt can be read: wiped, that is lost for ever. Run 'seamark salvage' first."
        } catch let error as DeviceStoreError where error != .exhausted && error != .noEntropy {
            return "The store of \(tenant) cannot be opened, so what it holds without a receipt cannot be counted."
        }
        let state = try place.device.state
        let unsent = state.unsentCount
        let attachments = try state.scopeIDs.reduce(0) { try $0 + place.device.attachmentsWaiting(in: $1).count }
        let unknown = state.unknownScopes.compactMap { state.replicas[$0] }.reduce(0) { $0 + $1.changesOnceReceipted }
        guard unknown == 0 else {
            return "Headquarters does not know \(counted(state.unknownScopes.count, "engagement")) of \(tenant) any more: \(counted(unknown, "change")) that it had, and \(counted(unsent, "change")) and \(counted(attachments, "attachment")) without a receipt, may be nowhere else: wiped, they may be lost for ever. Tell headquarters first."
        }
        guard unsent + attachments > 0 else { return "The server has signed for everything that \(tenant) holds here." }
        let held = [unsent > 0 ? counted(unsent, "change") : nil, attachments > 0 ? counted(attachments, "attachment") : nil].compactMap(\.self)
        return "\(tenant) holds \(held.joined(separator: " and ")) for which there is no receipt: wiped, that is lost for ever. Run 'seamark sync' first."
    }
}
