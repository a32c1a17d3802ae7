import SeamarkJournal
import SeamarkStore

// What the store's own entries say, where device and server differ.
extension SyncRun {
    /// Reads the scope's whole history from the disk.
    func rederivation(of scope: Identifier) throws -> Rederivation {
        var log = Rederivation()
        try device.store.forEachEvent(of: scope) { log.note($0, device.primitives) }
        return log
    }
}
