public import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

// Attachments in a sync: once all blocks are sent and all entries read, and giving way to blocks that are captured meanwhile.
extension SyncRun {
    /// What a sync does about the bytes of attachments.
    public struct Attachments: Sendable {
        /// Hand in what is held here and the server lacks.
        public var handsIn = true
        /// What to fetch: the scope, the row of evidence, and what it names.
        public var fetches: [(scope: Identifier, record: Identifier, attachment: Attachment)] = []
        /// What is offered again whatever receipts there are: the server may have lost files since, and nothing else.
        public var offersAgain: [AttachmentStanding] = []

        public init() {}

        /// Nothing at all.
        public static var none: Attachments {
            var none = Attachments()
            none.handsIn = false
            return none
        }

        /// This one, and nothing is handed in.
        public static func fetching(_ one: AttachmentStanding) -> Attachments {
            var fetching = Attachments.none
            fetching.fetches = [(one.scope, one.record.id, one.attachment)]
            return fetching
        }

        var isNone: Bool { !handsIn && fetches.isEmpty }
    }

    /// What of attachments the server has backed up, as one greeting says it.
    public struct AttachmentBackups: Sendable {
        public let epoch: UInt64
        /// By scope: attachments whose receipts of `epoch` name an earlier time lie in a verified backup.
        public let times: [Identifier: Int64]

        public init(epoch: UInt64, times: [Identifier: Int64]) {
            self.epoch = epoch
            self.times = times
        }

        init(_ welcome: Message.Welcome?) {
            var times: [Identifier: Int64] = [:]
            for scope in welcome?.scopes ?? [] where scope.attachmentsBackedUp > 0 { times[scope.scope] = scope.attachmentsBackedUp }
            self.init(epoch: welcome?.epoch ?? 0, times: times)
        }
    }

    /// Goes on with attachments as far as the server's answers allow. False when there is nothing (more) to do.
    mutating func goOnWithAttachments() throws -> Bool {
        try lookForAttachments()
        while true {
            let room = try roomForAttachments()
            guard let actions = lane?.advance(room: room), !actions.isEmpty else { break }
            try perform(actions)
        }
        return lane?.isDone == false
    }

    /// What is to be done about attachments, once; where the connection stays, again whenever something was stored since.
    private mutating func lookForAttachments() throws {
        let reach = device.store.reach
        defer { lookedThrough = reach }
        if lane == nil {
            lane = try makeLane()
        } else if isWatching, attachments.handsIn, reach != lookedThrough {
            let waiting = try device.waitingAttachments(epoch: welcome?.epoch)
            lane?.add(uploads: waiting)
        }
    }

    mutating func received(_ answer: AttachmentMessage) throws {
        do {
            guard let actions = try lane?.received(answer) else { throw SyncProblem.unexpected("an answer about an attachment that was not asked for") }
            try perform(actions)
        } catch let problem as SyncProblem {
            throw Failure(cause: .sync(problem), acknowledged: session.outcome.pushedChanges)
        }
    }

    /// All attachments are offered, so that what is refused is all that is.
    var notesRefusals: Bool { attachments.handsIn }

    /// What is left to hand in and to fetch. What the server refused before is offered again, and counts once the server begins to take it.
    var attachmentsLeft: (count: Int, bytes: Int) {
        guard let lane else { return (0, 0) }
        let left = (count: lane.remainingCount, bytes: lane.remaining.up + lane.remaining.down)
        guard !refusedBefore.isEmpty else { return left }
        let again = refusedBefore.subtracting(lane.outcome.refused.map(\.item)).subtracting(lane.outcome.heldAlready)
        return (max(0, left.count - again.count), max(0, left.bytes - again.reduce(0) { $0 + $1.attachment.size }))
    }

    /// The attachment that is under way; none while it is only asked whether the server takes by now what it refused.
    var attachmentUnderWay: Progress.Attachment? {
        guard let one = lane?.underWay, !refusedBefore.contains(one.item) else { return nil }
        return Progress.Attachment(scope: one.item.scope, record: one.item.record, size: one.item.attachment.size, bytesLeft: one.left)
    }

    private mutating func makeLane() throws -> AttachmentLane? {
        guard let welcome, !session.outcome.awaitsConfirmation, let shelf = try device.store.attachments() else { return nil }
        var fetches: [(item: AttachmentLane.Item, held: Int)] = []
        // A device that was revoked is given nothing, and hands in what it has, wherever it worked.
        for one in attachments.fetches where !welcome.revoked {
            let item = AttachmentLane.Item(scope: one.scope, record: one.record, attachment: one.attachment)
            fetches.append((item, try shelf.held(one.attachment, in: one.scope)))
        }
        let uploads = attachments.handsIn ? try device.waitingAttachments(epoch: welcome.epoch, ofAll: welcome.revoked) : []
        let refusals = Device.attachmentRefusals(try device.state)
        refusedBefore = Set(uploads.filter { refusals[$0.record] != nil })
        return AttachmentLane(fetches: fetches, uploads: uploads, serverKey: welcome.serverKey.key, device.primitives)
    }

    private mutating func perform(_ actions: [AttachmentLane.Action]) throws {
        guard let line, let shelf = try device.store.attachments() else { return }
        for action in actions {
            switch action {
            case .send(let message): try line.send(.attachment(message))
            case .sendChunk(let item, let offset):
                refusedBefore.remove(item)
                let bytes = try shelf.read(offset, of: item.attachment, in: item.scope)
                try line.send(.attachment(.chunk(.init(scope: item.scope, hash: item.attachment.hash, offset: offset, bytes: bytes))))
            case .keep(let item, let offset, let bytes): try shelf.append(bytes, at: offset, of: item.attachment, in: item.scope)
            case .verify(let item):
                let matches = try shelf.finish(item.attachment, in: item.scope)
                let next = lane?.verified(item, matches: matches) ?? []
                try perform(next)
            case .note(_, let receipt): try shelf.note(receipt)
            }
        }
    }
}
