import SeamarkJournal
import SeamarkProtocol
import SeamarkStore

extension Device {
    /// So many changes are a day's work, and sealed in some milliseconds.
    private static let mostSealedToWeigh = 200

    /// What of a scope is on this device alone, as a sync's Status tells headquarters: the figures that `EngagementStanding` gives its member.
    ///
    /// What is captured and not sealed yet is sealed in memory to be weighed where it is little; of much, the bound of what it can come to is told, so that
    /// no sync does its work twice. Nothing is stored.
    func unsentWork(in replica: Replica) throws -> Message.UnsentWork {
        let state = try state
        guard state.scopes[replica.scope]?.kind == .engagement else { return .nothing }
        let attachments = try attachmentsNotWithServer(in: replica.scope)
        return Message.UnsentWork(
            bytes: replica.unsentCount == 0 ? 0 : UInt64(try SyncForecast.bytesUnsent(replica, state.identity, self, sealing: Self.mostSealedToWeigh)),
            oldestAge: replica.oldestUnsent.map { UInt32(clamping: max(0, now() &- $0) / 1000) },
            attachments: UInt32(clamping: attachments.toHandIn.count + attachments.refused.count),
            attachmentBytes: UInt64(attachments.toHandIn.bytes + attachments.refused.bytes))
    }
}
