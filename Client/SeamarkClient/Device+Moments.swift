public import SeamarkJournal
public import SeamarkModel
import SeamarkStore

extension Device {
    /// What the log of an engagement said at some of its moments, as far as this device has read it: read anew from the disk.
    public func moments(_ wanted: [LogMoments.Moment], of scope: Identifier) throws -> LogMoments {
        var moments = LogMoments(wanted)
        var log = Rederivation()
        var received: Int64 = 0
        let primitives = primitives
        try store.forEachEvent(of: scope) { event in
            switch event {
            // The log is read again from its beginning.
            case .rebuilt:
                moments = LogMoments(wanted)
                received = 0
            case .learnt(let entry, _):
                if log.missing == nil { moments.look(at: log.place, received: received, log.state, next: entry.received) }
                received = entry.received
            case .began, .captured, .sealed, .receipted, .proven, .examined: break
            }
            log.note(event, primitives)
        }
        if log.missing == nil { moments.look(at: log.place, received: received, log.state, next: nil) }
        return moments
    }
}
