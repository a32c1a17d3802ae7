package import SeamarkJournal
internal import SeamarkModel
package import SeamarkProtocol
internal import SeamarkStore
internal import Synchronization

/// What one device of one tenant may do through its connection. Only `TenantDoor` makes one, from a verified certificate.
///
/// Membership, role and revocation are read each time, in the transaction that answers: a session that was right when it began may
/// not be any more.
package final class DeviceSession: Sendable {
    package let name: DeviceName
    let tenant: TenantDesk
    /// When its certificate was issued: milliseconds since 1970.
    private let issued: Int64
    /// The epoch in which the device was first greeted; nil before that.
    private let greeted = Mutex<UInt64?>(nil)
    /// How the newest greeting said that it reads: an answer under another role would leave the device with less, or more, than it thinks.
    private let greetedReading = Mutex<Reading?>(nil)
    /// The schema that the device's program said it knows, on this connection; 0 until it has.
    let schema = Mutex<UInt32>(0)
    /// The scopes in which it handed in blocks, on this connection, that were passed over: their author is not known, or did not sign them.
    let hasPassedOver = Mutex<Set<Identifier>>([])
    /// What the device said of itself on this connection; nil until it has.
    let said = Mutex<LastWord?>(nil)

    package init(_ name: DeviceName, of tenant: TenantDesk, issued: Int64 = .max) {
        self.issued = issued
        self.name = name
        self.tenant = tenant
    }

    var guest: ConnectionRegister.Guest { ConnectionRegister.Guest(tenant: ObjectIdentifier(tenant.store), device: name.device) }

    // MARK: Greeting

    /// Streams of one scope that a greeting names. A device whose present one is older hears where it ends when it pushes.
    private static let mostStreams = 16

    package func welcome() throws -> Message.Welcome {
        let now = tenant.clock.now()
        return try tenant.store.read { snapshot in
            let identity = try snapshot.identity()
            greeted.withLock { $0 = $0 ?? identity.epoch }
            let standing = try MemberStanding(of: name, in: snapshot)
            greetedReading.withLock { $0 = standing.reading }
            var scopes: [Identifier: Message.ScopeStatus] = [:]
            var streams: [Identifier: [Message.KnownStream]] = [:]
            // The newest first, and of each scope no more than a device needs: a greeting stays small whatever a device made.
            for (stream, end) in try snapshot.streamEnds(ofDevice: name.device) where streams[stream.scope, default: []].count < Self.mostStreams {
                streams[stream.scope, default: []].append(Message.KnownStream(incarnation: stream.incarnation, end: end))
            }
            func add(_ scope: TenantScope, staffed: Bool) throws {
                let backup = try snapshot.backedUp(scope.id)
                scopes[scope.id] = Message.ScopeStatus(
                    scope: scope.id, kind: Message.ScopeKind(rawValue: UInt32(scope.kind.rawValue)), staffed: staffed, place: scope.place,
                    digest: scope.digest, streams: streams[scope.id] ?? [], backedUp: backup.position,
                    attachmentsBackedUp: backup.attachmentsTime)
            }
            if !standing.isRevoked, !standing.awaitsConfirmation {
                for scope in try snapshot.scopes(ofMember: name.member) where standing.mayRead(scope.kind) { try add(scope, staffed: true) }
            }
            // Where it has a stream it may have work to hand in, staffed or not.
            for id in streams.keys where scopes[id] == nil && !standing.awaitsConfirmation {
                if let scope = try snapshot.scope(id) { try add(scope, staffed: false) }
            }
            return Message.Welcome(
                schema: identity.schema, leastSchema: identity.leastSchema, leastReadSchema: identity.leastReadSchema, epoch: identity.epoch, time: now, role: standing.role.map { UInt32($0.rawValue) } ?? 0,
                serverKey: tenant.serverKey(identity, issued: issued), scopes: scopes.values.sorted { $0.scope < $1.scope }, revoked: standing.isRevoked,
                earlierKeys: tenant.earlierKeys(identity, issued: issued), hasTwoCopies: try snapshot.hasTwoCopies(name.device), bundleKey: tenant.bundleKey(issued: issued), compares: true,
                wipe: try snapshot.device(name.device).flatMap { tenant.wipeOrder(to: $0, identity, issued: issued) },
                awaitsConfirmation: standing.awaitsConfirmation)
        }
    }

    /// What the snapshot says of the device and its member.
    struct MemberStanding {
        let isRevoked: Bool
        /// Headquarters has yet to confirm it.
        let awaitsConfirmation: Bool
        let role: Role?

        init(of name: DeviceName, in snapshot: TenantSnapshot) throws {
            let device = try snapshot.device(name.device)
            let member = try snapshot.member(name.member)
            isRevoked = device == nil || device?.revoked != nil || member?.isActive != true
            awaitsConfirmation = !isRevoked && device?.awaitsConfirmation == true
            role = member.flatMap { Role(key: $0.role) }
        }

        var reading: Reading? { isRevoked || awaitsConfirmation ? nil : role.map(RoleTable.reading) }

        func mayRead(_ kind: TenantScope.Kind) -> Bool {
            switch reading {
            case .everything, .withoutSensitive: true
            case .directory: kind == .shared
            case .published: kind == .published
            case nil: false
            }
        }
    }

    static let unconfirmed = Problem(.awaitsConfirmation, "headquarters has not confirmed this device's words; connect again")

    /// False when the epoch was renewed since the greeting.
    func isGreeted(in epoch: UInt64) -> Bool { greeted.withLock { $0 == nil || $0 == epoch } }

    // MARK: Pushing

    /// A push that was looked at: whole, and of the scope that it says; or why not.
    package enum Opened: Sendable {
        case block(Block, sensitive: [UInt8], epoch: UInt64)
        case refused(Message.PushRefusal)
    }

    /// Everything that the bytes alone can tell. Signature, stream and membership are the store's to check.
    package func open(_ push: Message.Push) -> Opened {
        do {
            return .block(try PushGate.open(push, from: name.device, tenant.primitives), sensitive: push.sensitive, epoch: push.epoch)
        } catch {
            let end = Message.KnownStream(incarnation: 0, end: .beginning)
            return .refused(Message.PushRefusal(scope: push.scope, block: error.block, code: error.code, end: end))
        }
    }

    /// What became of a push, on its way back to its connection.
    package enum Pushed: Sendable {
        case refused(Message.PushRefusal)
        case decided(StreamName, Hash256, bytes: Int, PendingPush.Decision)
    }

    /// Hands a block to the tenant's writer. Call in the order in which the pushes came; answers come in that order.
    package func push(_ opened: Result<Opened, any Error>, then answer: @escaping @Sendable (Result<Pushed, any Error>) -> Void) {
        switch opened {
        case .failure(let error): tenant.writer.submit(.alone { answer(.failure(error)) })
        case .success(.refused(let refusal)): tenant.writer.submit(.alone { answer(.success(.refused(refusal))) })
        case .success(.block(let block, let sensitive, let epoch)):
            let (stream, hash, bytes) = (block.stream, block.hash, block.bytes.count + sensitive.count)
            guard tenant.handIns.take(bytes, of: name.device, at: tenant.clock.now()) else {
                let end = Message.KnownStream(incarnation: 0, end: .beginning)
                let refusal = Message.PushRefusal(scope: stream.scope, block: hash, code: .handedInTooMuch, end: end)
                return tenant.writer.submit(.alone { answer(.success(.refused(refusal))) })
            }
            let push = Push(device: name.device, block: block, sensitive: sensitive, received: tenant.clock.now(), epoch: epoch, schema: schema.withLock(\.self))
            tenant.writer.submit(.push(PendingPush(push: push) { [tenant, name] result in
                if case .success(let decision) = result, case .quarantined = decision.outcome { tenant.handIns.quarantined(bytes, of: name.device) }
                answer(result.map { .decided(stream, hash, bytes: bytes, $0) })
            }))
        }
    }

    /// The answer to a push. Receipts are signed here, when the transaction is durable and away from the writer, who has others waiting.
    package func answer(to pushed: Pushed) -> ServerSession.PushAnswer {
        switch pushed {
        case .refused(let refusal): return .refused(refusal)
        case .decided(let stream, let block, bytes: let bytes, let decision):
            func refused(_ code: Problem.Code) -> ServerSession.PushAnswer {
                let end = Message.KnownStream(incarnation: stream.incarnation, end: decision.end)
                return .refused(Message.PushRefusal(scope: stream.scope, block: block, code: code, end: end))
            }
            switch decision.outcome {
            case .appended(let appended), .present(let appended):
                handedIn(appended.verdicts.count, bytes: bytes, of: appended.scope)
                return .receipt(
                    Receipt(
                        epoch: decision.epoch, scope: appended.scope, place: appended.place, block: appended.block, verdicts: appended.verdicts,
                        received: appended.received, signer: tenant.signer))
            case .quarantined(let refusal): return refused(Problem.Code(rawValue: refusal.rawValue))
            case .refused(.gap, _): return refused(.streamGap)
            case .refused(.fork, _): return refused(.streamFork)
            case .refused(.unknownScope, _): return refused(.unknownScope)
            case .refused(.unknownDevice, _): return refused(.deviceRevoked)
            case .refused(.foreignBlock, _): return refused(.foreignStream)
            case .refused(.badSignature, _): return refused(.badSignature)
            case .refused(.otherEpoch, _): return refused(.epochRenewed)
            case .refused(.awaitsConfirmation, _): return refused(.awaitsConfirmation)
            }
        }
    }

    // MARK: Pulling

    /// An answer's entries take at most so many bytes, so that they fit a frame with what lies around them.
    private static let mostEntryBytes = 1_030_000
    private static let mostEntries = 2000
    /// Bytes of an answer's frame without its entries, at most.
    private static let aroundEntries = 256

    package func pull(_ pull: Message.Pull) throws -> ServerSession.PullAnswer {
        try tenant.store.read { snapshot in
            guard try !MemberStanding(of: name, in: snapshot).awaitsConfirmation else { return .refused(Self.unconfirmed) }
            guard let (scope, reading) = try readable(pull.scope, in: snapshot) else {
                return .refused(Problem(.unknownScope, "no such scope for this member", of: pull.scope))
            }
            guard greetedReading.withLock({ $0 == nil || $0 == reading }) else {
                return .refused(Problem(.greetingOutdated, "the member's role reads otherwise by now; connect again"))
            }
            let identity = try snapshot.identity()
            let epoch = identity.epoch
            guard pull.epoch == 0 || pull.epoch == epoch else { return .refused(Problem(.epochRenewed, "the epoch was renewed; sync again")) }
            // A forecast tells no content, and is asked for before the device says what it is.
            guard pull.isForecast || mayRead(identity) else {
                return .refused(Problem(.tooOldToRead, "this program is too old to read here; update it", of: pull.scope))
            }
            guard try snapshot.contains(pull.cursor, in: pull.scope) else {
                return .refused(Problem(.unknownCursor, "the log does not hold this cursor", of: pull.scope))
            }
            if pull.isForecast {
                let own = StreamName(device: name.device, incarnation: pull.ownIncarnation, scope: pull.scope)
                let isWithheld = if case .withoutSensitive = reading { true } else { false }
                let bytes = try snapshot.weight(of: pull.scope, after: pull.cursor.position, but: own, isWithheld: isWithheld)
                return .forecast(Message.ScopeNews(scope: pull.scope, place: scope.place, digest: scope.digest, bytes: bytes))
            }
            let room = pull.atMost == 0 ? Self.mostEntryBytes : min(Self.mostEntryBytes, max(0, Int(pull.atMost) - Self.aroundEntries))
            let stored = try snapshot.entries(
                of: pull.scope, after: pull.cursor.position, credit: min(Int(pull.credit), room), atMost: Self.mostEntries)
            var entries: [Message.Entry] = []
            var bytes = 0
            var next: UInt32 = 0
            for item in stored {
                let entry = try message(item, reading: reading, own: pull.ownIncarnation)
                let size = (entry.block?.count ?? 0) + entry.sensitive.count + 128 + Self.size(of: item.entry)
                if bytes + size > room, !entries.isEmpty { break }
                if size > room, pull.atMost != 0 {
                    next = UInt32(size + Self.aroundEntries)
                    break
                }
                bytes += size
                entries.append(entry)
            }
            // What the device reads here it can prove later, also to a server that has lost it.
            let signed = entries.isEmpty ? nil : SignedPlace(
                epoch: epoch, scope: pull.scope, place: stored[entries.count - 1].place, signer: tenant.signer)
            return .entries(
                Message.Entries(
                    scope: pull.scope, after: pull.cursor.position, entries: entries, place: scope.place, digest: scope.digest,
                    signature: signed?.signature ?? [], nextAtMost: next))
        }
    }

    /// A scope that the device's member may read now, and how.
    func readable(_ id: Identifier, in snapshot: TenantSnapshot) throws -> (scope: TenantScope, reading: Reading)? {
        let standing = try MemberStanding(of: name, in: snapshot)
        guard let scope = try snapshot.scope(id), let reading = standing.reading, standing.mayRead(scope.kind),
            try snapshot.isStaffed(name.member, on: id)
        else { return nil }
        return (scope, reading)
    }

    /// Is the device's program new enough to read? One that never said what it knows is taken for the oldest.
    func mayRead(_ identity: TenantIdentity) -> Bool { max(1, schema.withLock(\.self)) >= identity.leastReadSchema }

    private func message(_ stored: StoredEntry, reading: Reading, own: UInt64) throws -> Message.Entry {
        guard case .block = stored.entry.content else { return Message.Entry(entry: stored.entry, block: nil, sensitive: []) }
        if own != 0, let author = Self.author(of: stored.block), author == (name.device, own) {
            return Message.Entry(entry: stored.entry, block: nil, sensitive: [])
        }
        var sensitive = stored.sensitive
        if case .withoutSensitive = reading { sensitive = try withheld(sensitive) }
        return Message.Entry(entry: stored.entry, block: stored.block, sensitive: sensitive)
    }

    /// The device and incarnation in a block's head (SPEC section 3): four bytes magic, the device, the incarnation.
    private static func author(of block: [UInt8]) -> (device: Identifier, incarnation: UInt64)? {
        guard block.count >= 28, let device = Identifier(bytes: Array(block[4..<20])) else { return nil }
        return (device, block[20..<28].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Leaf hashes in place of the values: for members who may not read them.
    private func withheld(_ sensitive: [UInt8]) throws -> [UInt8] {
        let primitives = tenant.primitives
        let parts = try SensitivePart.decode(sensitive, primitives).map { part -> SensitivePart in
            switch part {
            case .value(let value): .leaf(SensitiveTree.leaf(value, primitives))
            case .leaf: part
            }
        }
        return SensitivePart.encode(parts, primitives)
    }

    private static func size(of entry: LogEntry) -> Int {
        switch entry.content {
        // Accepted ones take nothing here, but the entry must also fit a donation as a link (`HeldLog`), and there each takes its place.
        case .block: entry.verdicts.count * 3
        case .release(let ids): ids.count * 18
        }
    }
}
