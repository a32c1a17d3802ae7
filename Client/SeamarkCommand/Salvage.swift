import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkModel
import SeamarkStore

struct Salvage: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take out of a damaged store what is readable, and go on with that.",
        discussion: """
            For example:
              seamark salvage --dry-run
              seamark salvage
              seamark sync

            For a store that no other verb opens since its file is damaged. What is readable before and behind the damage goes into a store in \
            its place, with the same passphrase and attachments: work that waits becomes a new incarnation of this device, and the next sync \
            hands it in and fetches everything else. The damaged file stays beside it until a sync has got to its end. Close every other seamark command first.
            """)

    @OptionGroup var proof: ProofOptions
    @OptionGroup var trial: DryRunOption
    @OptionGroup var format: JSONOption

    func run() throws {
        let (tenant, store) = try proof.store()
        let (key, isDamaged) = try proof.prove(for: tenant) { ($0, try Self.isDamaged(store, $0)) }
        guard isDamaged else { throw Explained(.refused, "The store of \(tenant) is whole: there is nothing to salvage. Nothing was changed.") }
        let seen = try store.lookAtSalvage(with: key)
        guard trial.dryRun || seen.hasIdentity else {
            throw Explained(
                .damaged, "Who this device is cannot be read any more, so that nothing could be handed in from this store. Nothing was changed. Keep its folder, and ask headquarters for a new invitation.")
        }
        let found = trial.dryRun ? seen : try store.salvage(with: key)
        if format.json {
            return Terminal.json(
                .object([
                    JSONMember("tenant", .string(tenant)), JSONMember("rows", .integer(Int64(found.rows))), JSONMember("damagedRows", .integer(Int64(found.damaged))),
                    JSONMember("missingRows", .integer(Int64(found.missing))), JSONMember("unreadablePages", .integer(Int64(found.unreadablePages))),
                    JSONMember("waiting", .integer(Int64(found.waitingCount))), JSONMember("stored", .bool(!trial.dryRun)),
                ]), .salvage)
        }
        Terminal.line(.init(counted(found.rows, "row"), .bold), " of the store of \(tenant) \(found.rows == 1 ? "is" : "are") readable, with ",
            .init(counted(found.waitingCount, "change"), .bold), " that \(found.waitingCount == 1 ? "waits" : "wait") for headquarters.")
        let lost = [
            found.damaged > 0 ? "\(counted(found.damaged, "row")) cannot be opened" : nil,
            found.unreadablePages > 0 ? "the disk did not give \(counted(found.unreadablePages, "page"))" : nil,
            found.missing > 0 ? "\(counted(found.missing, "row")) \(found.missing == 1 ? "is" : "are") not there, as of every store that has gone on for a while" : nil,
        ].compactMap(\.self)
        if !lost.isEmpty {
            Terminal.line(.init("\(lost.joined(separator: "; ")). Whether work that waited was among them cannot be told: after the next sync compare with your notes.", .yellow))
        }
        guard !trial.dryRun else {
            return Terminal.line(found.hasIdentity ? "Nothing was changed yet." : "Nothing was changed. Who this device is cannot be read any more, so that nothing could be handed in from it.")
        }
        Terminal.line(.init("The store opens again.", .green), " Run 'seamark sync': it hands in what waits, fetches everything else, and removes the damaged file, which is kept until then.")
    }

    private static func isDamaged(_ store: DeviceStore, _ proof: DeviceProof) throws -> Bool {
        do {
            _ = try store.unlock(with: proof)
            return false
        } catch {
            guard error.isDamage else { throw error }
            return true
        }
    }
}

extension DeviceStoreError {
    /// Is it the store's file that is not as it was written?
    var isDamage: Bool {
        switch self {
        case .damagedRow, .damagedFile, .notAStore: true
        // A page that the disk does not give.
        case .failed(let code): code == EIO || code & 0xff == 10
        case _: false
        }
    }
}
