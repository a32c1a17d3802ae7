import SeamarkCrypto
public import SeamarkJournal
import SeamarkModel
public import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

/// One sync of a device with its server: carries out what `SyncSession` decides. Other commands go on beside it.
public struct SyncRun {
    /// What a person may watch.
    public struct Progress: Sendable {
        public struct Scope: Hashable, Sendable {
            public let id: Identifier
            public let changesLeft: Int
            public let entriesLeft: Int

            public init(id: Identifier, changesLeft: Int, entriesLeft: Int) { (self.id, self.changesLeft, self.entriesLeft) = (id, changesLeft, entriesLeft) }
        }

        public struct Attachment: Hashable, Sendable {
            public let scope: Identifier
            /// The row of evidence that names it.
            public let record: Identifier
            public let size: Int
            public let bytesLeft: Int

            public init(scope: Identifier, record: Identifier, size: Int, bytesLeft: Int) {
                (self.scope, self.record, self.size, self.bytesLeft) = (scope, record, size, bytesLeft)
            }
        }

        /// Where something is left to send or to fetch, in the order in which it is worked at.
        public var scopes: [Scope]
        /// The attachment that is under way.
        public var attachment: Attachment?
        /// Attachments that are still to be handed in or fetched, and their bytes.
        public var attachmentsLeft: Int
        public var attachmentBytesLeft: Int
        /// Over this connection so far.
        public var bytesSent: Int
        public var bytesReceived: Int

        public init(scopes: [Scope], attachment: Attachment? = nil, attachmentsLeft: Int = 0, attachmentBytesLeft: Int = 0, bytesSent: Int, bytesReceived: Int) {
            (self.scopes, self.attachment, self.attachmentsLeft, self.attachmentBytesLeft) = (scopes, attachment, attachmentsLeft, attachmentBytesLeft)
            (self.bytesSent, self.bytesReceived) = (bytesSent, bytesReceived)
        }
    }

    public struct Report: Sendable {
        public let outcome: SyncSession.Outcome
        public let attachments: AttachmentLane.Outcome
        public let bytesSent: Int
        public let bytesReceived: Int
        /// How far the server's clock is ahead of this device's: milliseconds.
        public let skew: Int64
        public let role: UInt32
        public let attachmentBackups: AttachmentBackups
        /// What became of this device's certificate; nil where it was not time for another.
        public let renewal: Renewal?
        /// What became of the budget; nil without one.
        public let budget: BudgetUse?
        /// While this sync ran the server heard that its files had been put back to an older copy: this device proved it, or another.
        public internal(set) var wasPutBack = false
        /// Headquarters has all changes that this device held, be it in quarantine.
        public var isHandedIn: Bool { budget?.shortfall == nil && outcome.untaken.isEmpty }
    }

    /// Why a sync ended early: what was being done, and the cause. Work that has no receipt stays on this device.
    public struct Failure: Error, Sendable {
        public enum Cause: Sendable {
            case network(NetworkFailure)
            case sync(SyncProblem)
            /// This device's certificate has expired, and the server would not renew it.
            case renewal(Problem)
            /// The program was asked to stop.
            case stopped
        }

        public let cause: Cause
        /// Changes that got their receipt before it.
        public let acknowledged: Int

        /// Its number in `SPEC.md` section 8; nil where nobody said anything wrong.
        public var problem: Problem.Code? {
            switch cause {
            case .sync(let problem): problem.code
            case .renewal(let problem): problem.code
            case .network(.notSeamark): .malformed
            case .network, .stopped: nil
            }
        }

        /// What the device found wrong by itself.
        var finding: Problem.Code? {
            switch cause {
            case .sync(let problem): problem.finding
            case .network(.notSeamark): .malformed
            case .network, .renewal, .stopped: nil
            }
        }
    }

    /// The version of the software, as the server is told.
    public static let software = "seamark \(SoftwareVersion.text)"

    let device: Device
    var identity: DeviceIdentity
    private let progress: (Progress) -> Void
    var line: (any SyncLine)?
    var session: SyncSession
    var welcome: Message.Welcome?
    /// When this conversation began, by the device's clock.
    private let began: Int64
    /// How far the server's clock is ahead, as the greeting says; nil before it.
    private(set) var skew: Int64?
    /// What to do about attachments, and the lane that does it once blocks are done.
    let attachments: Attachments
    var lane: AttachmentLane?
    /// What the lane offers though the server refused it at an earlier sync, but for what it has begun to take since.
    var refusedBefore: Set<AttachmentLane.Item> = []

    /// Syncs once. Throws `Failure`, `DeviceStoreError` (`syncRunning` among them), `BudgetTooSmall`.
    ///
    /// It may be stopped at any point: what has a receipt is safe, and everything else waits here for the next sync.
    ///
    /// - Parameters:
    ///   - cutAfterBlocks: stops the connection after so many blocks were sent; for demonstrations and tests of being cut.
    ///   - mostBytes: to be moved, both ways together (`ByteBudget`); nil for any number.
    public static func run(
        _ device: Device, attachments: Attachments = Attachments(), cutAfterBlocks: Int? = nil, mostBytes: Int? = nil, stop: StopLine = .never,
        progress: @escaping (Progress) -> Void = { _ in }
    ) throws -> Report {
        let lock = try device.store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        try device.store.refresh()
        var spent = 0
        if let mostBytes { try BudgetTooSmall.check(mostBytes, device.state) }
        var attempt = 1
        var renewal: Renewal?
        var wasPutBack = false
        while true {
            var run = SyncRun(device, try device.state.identity, attachments, stop: stop, progress)
            run.blocksUntilCut = cutAfterBlocks
            run.spentBefore = spent
            run.renewal = renewal
            run.session.budget = mostBytes.map { ByteBudget(limit: $0, spent: spent) }
            do {
                var report = try run.toTheEnd()
                report.wasPutBack = wasPutBack
                try run.note(report.budget?.shortfall == nil ? .complete : .interrupted)
                if attachments.handsIn, report.budget?.shortfall == nil { try device.note(refused: report.attachments.refused) }
                return report
            } catch let failure as Failure {
                if case .sync(.server(let problem)) = failure.cause, problem.code == .unknownDevice { run.showSigningKey() }
                spent += run.bytesPassed
                renewal = run.renewal
                if case .sync(.epochRenewed) = failure.cause { wasPutBack = true }
                try? run.note(failure)
                // The server has just found out, from this device or another, that its log lacks something: it is given that now. Or this
                // device was turned away in the middle, and a new greeting says what is left to do.
                guard failure.asksForANewGreeting, failure.mayPass(afterGreeting: run.welcome != nil), attempt < mostAttempts else { throw failure }
                attempt += 1
            }
        }
    }

    /// Conversations in one sync: a second where the epoch was renewed or the device was revoked, a third where that happened again meanwhile.
    private static let mostAttempts = 3

    // MARK: - Step by step

    /// Begins a sync over a line of the caller's, who hands in what comes from it (`take`, `lineEnded`) and holds the sync lock.
    ///
    /// - Parameter budget: what the line has cost before its first message counts as spent. Throws `BudgetTooSmall`.
    package static func begin(_ device: Device, over line: any SyncLine, attachments: Attachments = .init(), budget: ByteBudget? = nil) throws -> SyncRun {
        try device.store.refresh()
        if let budget { try BudgetTooSmall.check(budget.limit, device.state) }
        var run = SyncRun(device, try device.state.identity, attachments, stop: .never) { _ in }
        run.spentBefore = budget?.spent ?? 0
        run.session.budget = budget
        run.line = line
        return run
    }

    /// What an ended sync leaves behind; nil says how a complete one does, or one whose budget did not suffice for all.
    package func end(_ failure: Failure?, after report: Report? = nil) throws {
        if let failure { try note(failure) } else { try note(report?.budget?.shortfall == nil ? .complete : .interrupted) }
    }

    /// The line ended before the sync did: throws `Failure`.
    package mutating func lineEnded() throws { _ = try perform(session.ended()) }

    /// Takes in a message, and those that arrived with it, and does what follows. Returns the report when the sync is over.
    package mutating func take(_ first: Message, then next: () throws -> Message?) throws -> Report? {
        let knowledge = try knowledge()
        return try take(first, then: next, knowledge)
    }

    mutating func take(
        _ first: Message, then next: () throws -> Message?, _ knowledge: SyncSession.Knowledge
    ) throws -> Report? {
        var actions = try received(first, knowledge)
        // Receipts that came together are stored together, with one wait for the disk.
        while let message = try next() { actions += try received(message, knowledge) }
        let report = try perform(actions)
        try noteUnknownScopes()
        return try goOn(report)
    }

    /// Goes on until it is the server's turn, or the sync is over: then there is a report.
    mutating func goOn(_ report: Report? = nil) throws -> Report? {
        var report = report
        while report == nil {
            guard !stop.isRaised else { throw Conversation.Failure.stopped }
            // What other commands captured meanwhile goes before the rest of an attachment.
            if lane != nil || isWatching { try device.store.refresh() }
            let actions = try advance()
            if actions.isEmpty {
                guard session.isResting, try !goOnWithAttachments(), !isWatching else { break }
                session.staysOpen = false
                continue
            }
            report = try perform(actions)
        }
        tell()
        if report != nil { line?.close() }
        return report
    }

    let stop: StopLine
    private var blocksUntilCut: Int?
    /// Bytes that earlier conversations of this sync took of its budget.
    var spentBefore = 0
    var renewal: Renewal?
    /// Bytes of this sync's other connections: to the enrolment door, and one that was refused.
    var beside = (sent: 0, received: 0)
    /// All was said once; the connection stays.
    var isWatching = false
    /// How far the store reached when attachments were last looked for.
    var lookedThrough: Int64 = 0

    init(
        _ device: Device, _ identity: DeviceIdentity, _ attachments: Attachments, stop: StopLine,
        _ progress: @escaping (Progress) -> Void
    ) {
        self.device = device
        self.identity = identity
        self.stop = stop
        self.attachments = attachments
        self.progress = progress
        began = device.now()
        session = SyncSession(
            device: SyncSession.Device(
                id: identity.device, tenant: identity.tenant, software: Self.software, schema: device.schema,
                mustBeWiped: (try? device.orderedWipe) != nil),
            now: began)
        session.staysOpen = !attachments.isNone
    }

    private mutating func toTheEnd() throws -> Report {
        do {
            let conversation = try connect()
            // After a renewal, which may have led to another authority.
            let knowledge = try knowledge()
            while true {
                guard let message = try conversation.next() else {
                    _ = try perform(session.ended())
                    continue
                }
                if let report = try take(message, then: conversation.nextArrived, knowledge) { return report }
            }
        } catch let error where error is Conversation.Failure || error is TLSError {
            throw ended(by: error)
        }
    }

    /// The line ended, or the program was asked to stop: then the server hears it, if it hears anything.
    func ended(by error: any Error) -> Failure {
        let isStop = if case Conversation.Failure.stopped? = error as? Conversation.Failure { true } else { false }
        if isStop { line?.close() }
        return Failure(cause: isStop ? .stopped : .network(NetworkFailure(error)), acknowledged: session.outcome.pushedChanges)
    }

    func replicas() throws -> [Identifier: Replica] { try device.state.replicas }

    // The copies of the replicas that these look at are gone when they return: a transaction would have to copy what they hold.

    private mutating func received(_ message: Message, _ knowledge: SyncSession.Knowledge) throws -> [SyncSession.Action] {
        if case .attachment(let answer) = message, lane != nil {
            try received(answer)
            return []
        }
        if case .welcome = message {
            session.attachmentReceipts = try device.newestAttachmentReceipts()
            // No earlier: a receipt that is forgotten proves nothing any more.
            try device.offerAgain(attachments.offersAgain)
        }
        return session.received(message, replicas: try replicas(), knowledge)
    }

    private mutating func advance() throws -> [SyncSession.Action] {
        countBytes()
        let (device, epoch) = (device, welcome?.epoch ?? 0)
        return session.advance(
            try replicas(), weight: { scope, hash in (try? Self.message(hash, of: scope, device, epoch: epoch)).map { Message.push($0).frame.count } ?? 0 },
            // What cannot be measured is not told, and is handed in all the same.
            unsent: { try? device.unsentWork(in: $0) })
    }

    /// Carries actions out in order, each to its end. Returns the report when the sync is over.
    mutating func perform(_ actions: [SyncSession.Action]) throws -> Report? {
        guard let line else { return nil }
        var events: [DeviceEvent] = []
        func store() throws {
            guard !events.isEmpty else { return }
            try device.store.transaction { try $0.append(events) }
            events = []
        }
        for action in actions {
            if case .store(let scope, let told) = action {
                events += told.map { .replica(scope, $0) }
                continue
            }
            try store()
            switch action {
            case .store: continue
            case .send(let message): try line.send(message)
            case .adopt(let welcome): try adopt(welcome)
            case .add(let scope, let kind, let epoch):
                try device.store.transaction {
                    if kind == .engagement, let only = $0.state.onlyEngagementWorkedOn { try $0.append(.setting(.currentScope, .id(only))) }
                    try $0.append(.scopeAdded(DeviceScope(id: scope, kind: DeviceScope.Kind(rawValue: UInt8(kind.rawValue)) ?? .engagement, name: "")))
                }
                try device.begin(scope, epoch: epoch)
            case .begin(let scope): try device.begin(scope, isNews: true)
            case .rebuild(let scope, let epoch):
                try device.store.attachments()?.forgetReceipts()
                try device.store.transaction {
                    try $0.append(.replica(scope, .rebuilt(epoch: epoch)))
                    try $0.readsAgain { $0.remove(scope) }
                }
            case .seal(let scope, let most): try device.sealNext(scope, atMost: most)
            case .push(let scope, let blocks): try push(blocks, of: scope)
            case .donate(let scope, let known): try donate(scope, known: known)
            case .offer(let scope, let known): try donate(scope, known: known, bareOnly: true)
            case .rederive(let scope):
                if let report = try perform(session.rederived(scope, try rederivation(of: scope), try replicas())) { return report }
            case .leave(let scope):
                // Bytes that headquarters never took stay here, sealed, with the key that opens them.
                guard try device.attachmentsWaiting(in: scope, epoch: welcome?.epoch).count == 0 else {
                    session.hasKept(scope)
                    break
                }
                try device.removeAttachments(of: scope)
                try device.store.transaction { try $0.append(.scopeLeft(scope)) }
            case .finish(let outcome):
                for scope in try device.state.scopeIDs { try device.dropRedactedAttachments(of: scope) }
                return report(outcome, lane?.outcome ?? AttachmentLane.Outcome(), line)
            case .fail(let problem): throw Failure(cause: .sync(problem), acknowledged: session.outcome.pushedChanges)
            }
        }
        try store()
        return nil
    }

    func report(_ outcome: SyncSession.Outcome, _ attachments: AttachmentLane.Outcome, _ line: any SyncLine) -> Report {
        Report(
            outcome: outcome, attachments: attachments, bytesSent: line.bytesSent + beside.sent, bytesReceived: line.bytesReceived + beside.received,
            skew: skew ?? 0, role: welcome?.role ?? identity.role,
            attachmentBackups: AttachmentBackups(welcome), renewal: renewal, budget: budgetUse(outcome))
    }

    static func message(_ hash: Hash256, of scope: Identifier, _ device: Device, epoch: UInt64) throws -> Message.Push {
        guard let block = try device.store.block(hash, of: scope) else { throw DeviceStoreError.damagedFile }
        return Message.Push(scope: scope, block: block.bytes, sensitive: SensitivePart.encode(block.sensitiveParts, device.primitives), epoch: epoch)
    }

    private mutating func push(_ hashes: [Hash256], of scope: Identifier) throws {
        for hash in hashes {
            if let left = blocksUntilCut {
                guard left > 0 else {
                    line = nil
                    throw Failure(cause: .network(.cut), acknowledged: session.outcome.pushedChanges)
                }
                blocksUntilCut = left - 1
            }
            try line?.send(.push(try Self.message(hash, of: scope, device, epoch: welcome?.epoch ?? 0)))
            tell()
        }
    }

    /// Reads the scope's whole history from the disk, and sends what the server may lack of it, or what of that lacks sensitive values.
    private mutating func donate(_ scope: Identifier, known: [LogPlace], bareOnly: Bool = false) throws {
        let (line, device) = (line, device)
        guard let replica = try device.state.replicas[scope] else { return }
        let (incarnation, barred) = (replica.stream.incarnation, replica.barred)
        var held = HeldLog(scope: scope)
        try device.store.forEachEvent(of: scope) { held.note($0, device.primitives) }
        // A server that was put back to before its key was replaced, and replaced it again, does not know the one in between.
        let keys = try device.state.replacedServerKeys.isEmpty ? nil : welcome.map { [$0.serverKey.key] + $0.earlierKeys.map(\.key) }
        let isOutsideLog: ((Identifier) -> Bool)? = bareOnly ? { replica.isOutsideLog($0) } : nil
        let passedOver = try held.donate(
            known: known, incarnation: incarnation, barred: barred, bareOnly: isOutsideLog, device.primitives, block: { try device.store.block($0, of: scope) }
        ) { donation in
            if let keys, !donation.isProven(by: keys, device.primitives) { return }
            try line?.send(.donate(donation))
        }
        // What fits no donation was told when all was handed in.
        if passedOver > 0, !bareOnly { session.couldNotGive(scope) }
    }

    /// Notes down what the greeting says of this device's member.
    private mutating func adopt(_ welcome: Message.Welcome) throws {
        self.welcome = welcome
        skew = Self.skew(of: welcome.time, between: began, and: device.now())
        if let bundle = welcome.bundleKey, bundle.key != identity.bundleKey {
            let isEndorsed = try device.tools.endorsement(identity)
            guard isEndorsed(Message.BundleKey.message(tenant: identity.tenant, key: bundle.key), bundle.signature) else {
                throw Failure(cause: .sync(.forgedServerKey), acknowledged: 0)
            }
            try device.store.transaction { transaction in
                var renewed = transaction.state.identity
                renewed.bundleKey = bundle.key
                try transaction.append(.identity(renewed))
            }
        }
        try device.store.transaction { transaction in
            // Headquarters has spoken: whatever becomes of this sync, the lease begins anew. To a device that waits it says nothing that lets it read.
            if !session.outcome.awaitsConfirmation { try transaction.append(.setting(.lease, OfflineLease(now: device.now()).value)) }
            let identity = transaction.state.identity
            if let replaced = transaction.state.replacedServerKeys(after: welcome, device.primitives) { try transaction.append(.setting(.replacedServerKeys, replaced)) }
            if identity.role != welcome.role || identity.serverSigningKey != welcome.serverKey.key {
                if sees(more: welcome.role, than: identity.role) { try transaction.readsAgain { $0.formUnion(transaction.state.replicas.keys) } }
                var renewed = identity
                renewed.role = welcome.role
                renewed.serverSigningKey = welcome.serverKey.key
                try transaction.append(.identity(renewed))
            }
            if transaction.state.isUnknown { try transaction.append(.setting(.isUnknown, .absent)) }
            let wasRevoked = transaction.state.settings[.isRevoked] == .bool(true)
            if wasRevoked != welcome.revoked { try transaction.append(.setting(.isRevoked, .bool(welcome.revoked))) }
            try transaction.hear(welcome.wipe)
            let waited = transaction.state.settings[.awaitsConfirmation] == .bool(true)
            let waits = session.outcome.awaitsConfirmation
            if waited != waits { try transaction.append(.setting(.awaitsConfirmation, .bool(waits))) }
            // The greeting names no scopes then, and that says nothing of where the member is staffed.
            guard !waits else { return }
            for scope in welcome.scopes {
                guard let known = transaction.state.scopes[scope.scope], known.isWithdrawn == scope.staffed else { continue }
                try transaction.append(
                    .scopeAdded(DeviceScope(id: known.id, kind: known.kind, name: known.name, isWithdrawn: !scope.staffed)))
            }
            // An engagement that the greeting leaves out is one that the member is not staffed on, and where the device has no stream.
            let named = Set(welcome.scopes.map(\.scope))
            for id in transaction.state.scopeIDs where !named.contains(id) {
                guard let known = transaction.state.scopes[id], known.kind != .shared, !known.isWithdrawn else { continue }
                try transaction.append(.scopeAdded(DeviceScope(id: id, kind: known.kind, name: known.name, isWithdrawn: true)))
            }
        }
        session.readsAgain = try device.state.readsAgain
        // Whatever becomes of this sync, from here on the store is locked.
        if session.outcome.mustBeWiped { device.forgetKey() }
    }

    /// How far the server's clock is ahead for certain: it said its time at some moment of those two of this device's, and nobody knows which. A slow
    /// line makes it less certain, and never greater.
    static func skew(of time: Int64, between began: Int64, and arrived: Int64) -> Int64 {
        // A clock that was put back meanwhile says nothing of either end.
        let (least, most) = (time &- max(began, arrived), time &- min(began, arrived))
        return least > 0 ? least : min(most, 0)
    }

    private func tell() {
        guard let line, let replicas = try? replicas() else { return }
        let left = attachmentsLeft
        progress(
            Progress(
                scopes: session.remainingByScope(replicas).map { Progress.Scope(id: $0.scope, changesLeft: $0.changes, entriesLeft: $0.entries) },
                attachment: attachmentUnderWay, attachmentsLeft: left.count, attachmentBytesLeft: left.bytes,
                bytesSent: line.bytesSent, bytesReceived: line.bytesReceived))
    }

    /// Notes down how the conversation went.
    func note(_ outcome: ServerContact.Outcome, finding: Problem.Code? = nil) throws {
        let time = device.now()
        let mismatches = lane?.outcome.mismatches ?? 0
        try device.store.transaction {
            try $0.append(.contact(ServerContact(outcome: outcome, time: time, serverTime: skew.map { time &+ $0 })))
            if let finding { try Device.note(finding, at: time, $0) }
            if mismatches > 0 { try Device.note(.attachmentMismatch, times: mismatches, at: time, $0) }
        }
    }

    func note(_ failure: Failure) throws {
        try note(failure.outcome, finding: failure.finding)
        guard failure.problem == .unknownDevice, try !device.state.isUnknown else { return }
        try device.store.transaction { try $0.append(.setting(.isUnknown, .bool(true))) }
    }

    /// Whom to believe: the tenant's authority for the server's key, `shared` for the keys of devices.
    func knowledge() throws -> SyncSession.Knowledge {
        let isEndorsed = try device.tools.endorsement(identity)
        let tenant = identity.tenant
        let store = device.store
        return SyncSession.Knowledge(
            primitives: device.primitives,
            isGenuine: { key in
                isEndorsed(Message.ServerKey.message(tenant: tenant, epoch: key.epoch, device: key.device, key: key.key), key.signature)
            },
            signingKey: { id in
                guard let state = try? store.state, let shared = state.scopes.values.first(where: { $0.kind == .shared }) else { return nil }
                return state.replicas[shared.id]?.view(id)?.value("signingKey")?.bytes
            }, replacedKeys: Set(try store.state.replacedServerKeys))
    }
}

extension SyncRun.Failure {
    /// How the contact is noted down.
    var outcome: ServerContact.Outcome {
        switch cause {
        case .network(.unreachable): .unreachable
        case .network(.refusedByServer), .network(.certificateExpired), .network(.serverNotGenuine), .network(.clockDiffers), .sync(.server), .renewal: .refused
        case .network, .sync, .stopped: .interrupted
        }
    }
}
