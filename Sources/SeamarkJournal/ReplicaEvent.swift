/// One thing that happened to a device's copy of a scope. The events in order are the copy: a device's store keeps them,
/// and `Replica` is what they add up to.
public enum ReplicaEvent: Sendable {
    /// A new incarnation of the device's stream begins, on a log of `epoch`. What no receipt covers is sealed anew in it.
    case began(StreamName, epoch: UInt64)
    /// The member did something.
    case captured(Change)
    /// Captured changes, oldest first, were sealed into the stream's next block.
    case sealed(Block)
    /// The server has the block for good.
    case receipted(Receipt)
    /// The next entry of the log, with its block; nil for a release, and for an own block of this incarnation (`Replica.ownBlock`).
    case learnt(LogEntry, Block?)
    /// The server signed that its log stands, or stood, at this place: proof of the entries up to it.
    case proven(SignedPlace)
    /// Device and server had read the same log and held different states, and it was found out who was wrong. Where it was the device, the
    /// state that its log entries give comes along; a store keeps the note alone, since its entries are that state.
    case examined(RepairNote, ScopeState?)
    /// The log is not the one that was known: forget what it said and read it from the beginning.
    case rebuilt(epoch: UInt64)
}
