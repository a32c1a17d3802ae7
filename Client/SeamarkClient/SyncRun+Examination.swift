import SeamarkJournal
import SeamarkStore

// What the store's own entries say, where device and server differ.
extension SyncRun {
    /// Reads the scope's whole history from the disk.
    func rederivation(of scope: Identifier) throws -> Rederivation {
        var log = Rederivation()
        try device.store.forEachEvent { _, event in
            switch event {
            case .replica(scope, let event): log.note(event, device.primitives)
            case .scopeLeft(scope): log = Rederivation()
            case .identity, .scopeAdded, .scopeLeft, .replica, .contact, .checkpoint, .setting: return
            }
        }
        return log
    }
}
