internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkTestSupport

/// A bundle on its way, and the replies to it.
struct Stick {
    let device: Identifier
    let path: String
    var replies: [String] = []
}

// Sticks: work leaves on them, and comes to headquarters late, twice, out of order, or after somebody put something back.
extension World {
    func bundle(_ machine: Machine) throws {
        guard let scratch, !machine.isSyncing else { return }
        let path = scratch.name()
        do {
            guard try machine.device.exportBundle(to: path) != nil else { return }
        } catch Device.BundleFailure.noKey {
            // It never met its server.
            return
        }
        sticks.append(Stick(device: machine.seat.device, path: path))
        counts.bundles += 1
    }

    /// One of the sticks reaches headquarters, which writes a reply.
    func carry(_ dice: inout SplitMix64) throws {
        guard let scratch, !sticks.isEmpty else { return }
        let number = Int(dice.next() % UInt64(sticks.count))
        let reply = scratch.name()
        guard try server.take(sticks[number].path, reply: reply) else { return }
        sticks[number].replies.append(reply)
        trace.note("\(agenda.now) ms: stick \(number) was taken in")
    }

    /// A reply reaches the device, or a copy of it.
    func bringReply(_ machine: Machine, _ dice: inout SplitMix64) throws {
        let replies = sticks.filter { $0.device == machine.seat.device }.flatMap(\.replies)
        guard !machine.isSyncing, let reply = replies[safe: Int(dice.next() % UInt64(max(1, replies.count)))] else { return }
        let brought = try machine.device.importReply(from: reply)
        trace.note(UInt64(brought.acknowledged))
    }
}
