public import SeamarkJournal
import SeamarkModel
public import SeamarkProtocol
public import SeamarkStore
import SeamarkTLS

/// What a sync would move now, asked of this device and, where it answers, of the server. Nothing is stored at either end and no entry is
/// transferred.
///
/// Counts are exact as long as nobody captures or commits meanwhile. Bytes are counted on the connection as `ByteBudget` does, and are the
/// most that it can come to: blocks weigh what they will, for answers and entries a little more is allowed than they take.
public struct SyncForecast: Sendable {
    public struct Scope: Sendable {
        public let id: Identifier
        public let kind: DeviceScope.Kind
        public internal(set) var changesUp = 0
        public internal(set) var bytesUp = 0
        /// Nil while the server was not asked.
        public internal(set) var entriesDown: Int?
        public internal(set) var bytesDown = 0
    }

    public internal(set) var scopes: [Scope] = []
    /// Attachments that wait here, and their bytes; the server may have a part of them, or all.
    public internal(set) var attachmentsUp: (count: Int, bytes: Int) = (0, 0)
    /// Attachments that wait here and that the server refused when they were last offered. They are offered again; of their bytes nothing is counted in
    /// `bytesUp`, so that more goes up where the server takes them after all.
    public internal(set) var attachmentsRefused: (count: Int, bytes: Int) = (0, 0)
    /// Attachments that records name and this device does not hold: fetched one by one, on demand only.
    public internal(set) var attachmentsElsewhere: (count: Int, bytes: Int) = (0, 0)
    /// Bytes over everything that a sync moves, connecting left out.
    public internal(set) var bytesUp = 0
    public internal(set) var bytesDown = 0
    /// Bytes that connecting takes, both ways.
    public internal(set) var connecting = 0
    /// What the server said; nil where it does not answer.
    public internal(set) var answer: Forecast?

    /// - Parameter attachments: count those that would be handed in.
    public static func make(_ device: Device, attachments: Bool, stop: StopLine = .never) throws -> SyncForecast {
        try device.store.refresh()
        var forecast = SyncForecast()
        do {
            forecast.answer = try ask(device, stop)
        } catch let failure as SyncRun.Failure {
            switch failure.cause {
            case .network(.unreachable), .network(.cut), .sync(.cut): break
            case .network, .sync, .renewal, .stopped: throw failure
            }
        }
        let state = try device.state
        forecast.connecting = ByteBudget.opening(
            scopes: max(state.scopes.count, forecast.answer?.scopes.count ?? 0), proofs: state.replicas.values.compactMap(\.proof))
        for id in Set(state.scopeIDs).union(forecast.answer?.scopes.keys.map(\.self) ?? []).sorted() {
            try forecast.add(id, state, device)
        }
        if attachments { try forecast.addUploads(device) }
        try forecast.addElsewhere(state, device)
        return forecast
    }

    private mutating func add(_ id: Identifier, _ state: DeviceState, _ device: Device) throws {
        let known = answer?.scopes[id]
        var scope = Scope(id: id, kind: state.scopes[id]?.kind ?? .engagement)
        scope.entriesDown = answer == nil ? nil : known?.entries ?? 0
        scope.bytesDown = known?.bytes ?? 0
        if scope.kind == .engagement, let replica = state.replicas[id] {
            for (frame, changes) in try Self.blocks(replica, after: known?.streamEnd, state.identity, device) {
                let cost = Forecast.push(ofFrame: frame, changes: changes)
                scope.changesUp += changes
                scope.bytesUp += cost.up
                // The receipt; and where others were at work, the entry.
                scope.bytesDown += 2 * cost.down
            }
            if scope.changesUp > 0 { scope.bytesDown += Forecast.comparing }
        }
        bytesUp += scope.bytesUp
        bytesDown += scope.bytesDown
        scopes.append(scope)
    }

    /// The most bytes on the connection that handing in takes of what this device holds without a receipt; attachments are left out.
    ///
    /// - Parameter most: so many changes that are not sealed yet are sealed in memory to be weighed. Where there are more, they count by the bound of
    ///   what they can come to, which costs next to nothing.
    static func bytesUnsent(_ replica: Replica, _ identity: DeviceIdentity, _ device: Device, sealing most: Int = .max) throws -> Int {
        guard replica.fresh.count <= most else {
            let bound = Block.greatestSize(of: replica.fresh)
            return try blocks(replica, after: nil, identity, device, unsealed: false).reduce(Forecast.push(ofFrame: bound, changes: replica.fresh.count).up) {
                $0 + Forecast.push(ofFrame: $1.frame, changes: $1.changes).up
            }
        }
        return try blocks(replica, after: nil, identity, device).reduce(0) { $0 + Forecast.push(ofFrame: $1.frame, changes: $1.changes).up }
    }

    /// The frames of the blocks that would be pushed, those that are not sealed yet among them.
    private static func blocks(
        _ replica: Replica, after end: StreamEnd?, _ identity: DeviceIdentity, _ device: Device, unsealed: Bool = true
    ) throws -> [(frame: Int, changes: Int)] {
        var sealed = replica.waiting
        if let end, replica.holds(end) { sealed = replica.blocks.filter { $0.first > end.number } }
        var weights: [(Int, Int)] = []
        for one in sealed {
            let push = try SyncRun.message(one.end.hash, of: replica.scope, device, epoch: replica.epoch)
            weights.append((Message.push(push).frame.count, one.changes.count))
        }
        // In memory alone: they are sealed when they are sent.
        var (fresh, last) = (unsealed ? replica.fresh : [], replica.end)
        while let block = device.next(of: fresh, in: replica.stream, after: last, identity) {
            let push = Message.Push(
                scope: replica.scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, device.primitives), epoch: replica.epoch)
            weights.append((Message.push(push).frame.count, block.changes.count))
            (fresh, last) = (fresh.dropFirst(block.changes.count), block.end)
        }
        return weights
    }

    private mutating func addUploads(_ device: Device) throws {
        let refusals = Device.attachmentRefusals(try device.state)
        for item in try device.waitingAttachments() {
            let isRefused = refusals[item.record] != nil
            // Without its bytes it is the offer and the answer to it.
            let cost = Forecast.upload(item.attachment, from: isRefused ? item.attachment.size : 0)
            if isRefused {
                attachmentsRefused.count += 1
                attachmentsRefused.bytes += item.attachment.size
            } else {
                attachmentsUp.count += 1
                attachmentsUp.bytes += item.attachment.size
            }
            bytesUp += cost.up
            bytesDown += cost.down
        }
    }

    private mutating func addElsewhere(_ state: DeviceState, _ device: Device) throws {
        for id in state.scopeIDs where state.scopes[id]?.isWithdrawn == false {
            for one in try device.attachments(in: id) where !one.isHere {
                attachmentsElsewhere.count += 1
                attachmentsElsewhere.bytes += one.attachment.size
            }
        }
    }

    private static func ask(_ device: Device, _ stop: StopLine) throws -> Forecast {
        var run = SyncRun(device, try device.state.identity, .none, stop: stop) { _ in }
        let knowledge = try run.knowledge()
        var session = ForecastSession()
        do {
            let conversation = try run.connect()
            while true {
                let message = try conversation.next()
                let actions = try message.map { session.received($0, replicas: try device.state.replicas, knowledge) } ?? session.ended()
                for action in actions {
                    switch action {
                    case .send(let message): try conversation.send(message)
                    case .fail(let problem): throw SyncRun.Failure(cause: .sync(problem), acknowledged: 0)
                    case .finish(let forecast):
                        conversation.close()
                        if let order = forecast.wipe { try device.dismissed(with: order, knowledge) }
                        return forecast
                    }
                }
            }
        } catch let error where error is Conversation.Failure || error is TLSError {
            throw run.ended(by: error)
        }
    }
}
