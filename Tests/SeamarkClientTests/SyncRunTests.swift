import Foundation
import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS
import Synchronization
import Testing

@testable import SeamarkClient

/// The shell around a sync: what it asks of the store, and what ends its waits.
@Suite struct SyncRunTests {
    /// Keeps what is said.
    private final class Line: SyncLine {
        var said: [Message] = []
        var bytesSent: Int { 0 }
        var bytesReceived: Int { 0 }
        func send(_ message: Message) { said.append(message) }
        func close() {}
        var pushes: Int { said.count { if case .push = $0 { true } else { false } } }
    }

    /// Believes every authority.
    private static let tools = DeviceTools(
        primitives: SystemPrimitives(), signer: { SigningKey(seed: $0) }, word: { try Randomness.word() }, endorsement: { _ in { _, _ in true } })

    private static func welcome(_ key: [UInt8], time: Int64 = 0, namesEngagement: Bool = true) -> Message {
        func status(_ scope: Identifier, _ kind: Message.ScopeKind) -> Message.ScopeStatus {
            Message.ScopeStatus(scope: scope, kind: kind, staffed: true, place: .beginning, digest: .zero, streams: [])
        }
        return .welcome(
            Message.Welcome(
                schema: Catalogue.version, leastSchema: 1, epoch: 1, time: time, role: UInt32(Role.consultant.rawValue),
                serverKey: Message.ServerKey(epoch: 1, device: Identifier(high: 9, low: 9), key: key, signature: [1]),
                scopes: [status(Laptop.shared, .shared)] + (namesEngagement ? [status(Laptop.scope, .engagement)] : []), revoked: false))
    }

    @Test func `what another command captured is sent, whichever transaction of the watching one read it first`() throws {
        let laptop = try Laptop("A")
        let watching = Device(store: try laptop.memory.open(), tools: Self.tools) { 1_800_000_000_000 }
        let line = Line()
        var run = try SyncRun.begin(watching, over: line)
        run.isWatching = true
        run.session.staysOpen = true
        _ = try run.take(Self.welcome(try SigningKey.generate().publicKey)) { nil }
        #expect(run.session.isResting && line.pushes == 0)
        try laptop.add(Catalogue.site, "name=Dayton plant")
        // As a receipt or a news is stored.
        try watching.store.transaction { _ in }
        #expect(try watching.store.refresh().isEmpty, "the row was read already")
        _ = try run.goOn()
        #expect(line.pushes == 1)
        // And what is captured while that is under way.
        try laptop.add(Catalogue.site, "name=Erie depot")
        try watching.store.transaction { _ in }
        _ = try run.goOn()
        #expect(line.pushes == 2)
        _ = try run.goOn()
        #expect(line.pushes == 2)
    }

    @Test(arguments: [true, false]) func `an engagement that the server does not know is noted down, counted as no quarantine, until a server knows it again`(waits: Bool) throws {
        let laptop = try Laptop("A")
        let device = Device(store: try laptop.memory.open(), tools: Self.tools) { 1_800_000_000_000 }
        let key = try SigningKey.generate().publicKey
        func standing() throws -> EngagementStanding { try #require(try EngagementStanding(of: Laptop.scope, device.state, device)) }
        // To a push, or, where nothing waits, to the question what the log holds.
        var answer = Message.problem(Problem(.unknownScope, "no such scope", of: Laptop.scope))
        if waits {
            try laptop.add(Catalogue.site, "name=Dayton plant")
            try laptop.device.seal(Laptop.scope)
            try device.store.refresh()
            let block = try #require(try device.state.replicas[Laptop.scope]?.blocks.last).end.hash
            answer = .pushRefused(Message.PushRefusal(scope: Laptop.scope, block: block, code: .unknownScope, end: Message.KnownStream(incarnation: 0, end: .beginning)))
        }
        for _ in 0..<2 {
            var run = try SyncRun.begin(device, over: Line())
            let early = try run.take(Self.welcome(key, namesEngagement: false)) { nil }
            #expect(early == nil)
            let report = try #require(try run.take(answer) { nil })
            #expect(report.outcome.unknown == [Laptop.scope] && !report.isHandedIn && report.outcome.held.isEmpty)
            try run.end(nil)
            let state = try device.state
            #expect(state.unknownScopes == [Laptop.scope] && QuarantineWatch(state).held.isEmpty && state.unsentCount == (waits ? 2 : 1))
            let held = try standing()
            #expect(held.isUnknown && !held.isWithServer && held.unsent == (waits ? 1 : 0))
        }
        // A greeting that names it.
        var run = try SyncRun.begin(device, over: Line())
        _ = try run.take(Self.welcome(key)) { nil }
        let again = try standing()
        #expect(try device.state.unknownScopes.isEmpty && !again.isUnknown)
    }

    @Test func `what the server refused before is not counted as left, and not shown as under way while it is offered again`() throws {
        let laptop = try Laptop("A")
        var run = try SyncRun.begin(Device(store: try laptop.memory.open(), tools: Self.tools) { 1_800_000_000_000 }, over: Line())
        func item(_ number: UInt8, _ size: Int64) throws -> AttachmentLane.Item {
            let hash = try #require(Hash256(bytes: [UInt8](repeating: number, count: 32)))
            let named = SeamarkJournal.Attachment(hash: hash, size: size)
            let attachment = try #require(named)
            return AttachmentLane.Item(scope: Laptop.scope, record: Identifier(high: 7, low: UInt64(number)), attachment: attachment)
        }
        let (small, large) = (try item(1, 4_000), try item(2, 30_000_000))
        run.lane = AttachmentLane(fetches: [], uploads: [small, large], serverKey: [], SystemPrimitives())
        #expect(run.attachmentsLeft.count == 2 && run.attachmentsLeft.bytes == 30_004_000)
        run.refusedBefore = [large]
        #expect(run.attachmentsLeft.count == 1 && run.attachmentsLeft.bytes == 4_000)
        // The smallest is offered first.
        _ = run.lane?.advance()
        #expect(run.attachmentUnderWay?.record == small.record && run.attachmentsLeft.count == 1)
        _ = try run.lane?.received(.refused(.init(scope: small.scope, hash: small.attachment.hash, code: .attachmentOverQuota)))
        _ = run.lane?.advance()
        #expect(run.attachmentUnderWay == nil && run.attachmentsLeft.count == 0 && run.attachmentsLeft.bytes == 0)
        _ = try run.lane?.received(.refused(.init(scope: large.scope, hash: large.attachment.hash, code: .attachmentTooLarge)))
        #expect(run.lane?.isDone == true && run.attachmentsLeft.count == 0)
    }

    @Test func `what was refused at an earlier sync is offered again, and counts once the server begins to take it`() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let device = try Self.stored(in: folder) { 1_800_000_000_000 }
        let made = try Self.attach(device, in: folder)
        let item = AttachmentLane.Item(scope: Laptop.scope, record: made.result.record, attachment: made.attachment)
        try device.note(refused: [AttachmentLane.Refusal(item: item, code: .attachmentOverQuota)])
        let waiting = try device.attachmentsNotWithServer()
        #expect(waiting.toHandIn.count == 0 && waiting.refused.count == 1 && waiting.refused.bytes == 1000)
        let line = Line()
        var run = try SyncRun.begin(device, over: line)
        _ = try run.take(Self.welcome(try SigningKey.generate().publicKey)) { nil }
        _ = try run.goOnWithAttachments()
        #expect(line.said.contains { if case .attachment(.offer) = $0 { true } else { false } })
        #expect(run.attachmentsLeft.count == 0 && run.attachmentUnderWay == nil)
        _ = try run.take(.attachment(.held(.init(scope: item.scope, hash: item.attachment.hash, held: 0)))) { nil }
        _ = try run.goOnWithAttachments()
        #expect(line.said.contains { if case .attachment(.chunk) = $0 { true } else { false } })
        #expect(run.attachmentsLeft.count == 1 && run.attachmentUnderWay?.record == item.record)
    }

    private static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-offer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// On a disk: a store in memory keeps no attachments.
    private static func stored(in folder: URL, now: @escaping @Sendable () -> Int64) throws -> Device {
        let identity = try Laptop("A").device.state.identity
        let store = try DeviceStore.create(at: folder.path + "/store", identity: identity, passphrase: Array("five fictitious words of nobody".utf8))
        try store.transaction { transaction in
            for (scope, kind) in [(Laptop.scope, DeviceScope.Kind.engagement), (Laptop.shared, .shared)] {
                try transaction.append(.scopeAdded(DeviceScope(id: scope, kind: kind, name: "")))
                try transaction.append(.replica(scope, .began(StreamName(device: identity.device, incarnation: 1, scope: scope), epoch: 1)))
            }
        }
        return Device(store: store, tools: tools, now: now)
    }

    /// A file of a thousand bytes, whose row waits to be sent as they do.
    private static func attach(_ device: Device, in folder: URL) throws -> (result: RecordCapture.Result, attachment: SeamarkJournal.Attachment) {
        let file = folder.path + "/photo.bin"
        try Data((0..<1000).map { UInt8(truncatingIfNeeded: $0) }).write(to: URL(fileURLWithPath: file))
        return try device.attach(AttachmentSource(file), in: Laptop.scope, to: nil, [])
    }

    /// What the run told of a scope, and the frames of the blocks that it pushed.
    private static func told(_ device: Device, of scope: Identifier, _ key: [UInt8]) throws -> (cursor: Message.ScopeCursor, pushed: [Int]) {
        let line = Line()
        var run = try SyncRun.begin(device, over: line)
        _ = try run.take(welcome(key)) { nil }
        let status = try #require(line.said.compactMap { message -> Message.Status? in if case .status(let status) = message { status } else { nil } }.first)
        let pushed = line.said.compactMap { message -> Int? in if case .push = message { message.frame.count } else { nil } }
        return (try #require(status.scopes.first { $0.scope == scope }), pushed)
    }

    @Test func `headquarters is told how heavy and how old the work is that waits here, and what attachments, in the figures that the laptop shows`() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let passed = Mutex<Int64>(0)
        let device = try Self.stored(in: folder) { 1_800_000_000_000 + passed.withLock(\.self) }
        _ = try Self.attach(device, in: folder)
        let key = try SigningKey.generate().publicKey
        let standing = try #require(try EngagementStanding(of: Laptop.scope, device.state, device))
        #expect(standing.unsent == 1 && standing.bytesUnsent > 0 && standing.attachmentsWaiting == (1, 1000))
        // By this laptop's own clock, and never less than nothing: it was set back, and on.
        for (milliseconds, seconds) in [(-3_600_000, 0), (90_999, 90)] as [(Int64, UInt32)] {
            passed.withLock { $0 = milliseconds }
            let (cursor, pushed) = try Self.told(device, of: Laptop.scope, key)
            #expect(cursor.unsent == 1)
            #expect(cursor.work == Message.UnsentWork(bytes: UInt64(standing.bytesUnsent), oldestAge: seconds, attachments: 1, attachmentBytes: 1000))
            #expect(pushed.count == 1 && pushed.reduce(0, +) <= standing.bytesUnsent, "no fewer than it takes: sealed already, as yet to be sealed")
            #expect(try Self.told(device, of: Laptop.shared, key).cursor.work == Message.UnsentWork.nothing)
        }
        // What the server refused waits here too.
        let item = try #require(try device.waitingAttachments().first)
        try device.note(refused: [AttachmentLane.Refusal(item: item, code: .attachmentTooLarge, limit: 9)])
        #expect(try Self.told(device, of: Laptop.scope, key).cursor.work?.attachments == 1)
    }

    // MARK: Stopping

    /// A pipe to which a byte is written soon, and the line that sees it.
    private static func stopSoon() throws -> StopLine {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let writing = ends[1]
        Thread.detachNewThread {
            usleep(200_000)
            var one: UInt8 = 1
            _ = write(writing, &one, 1)
        }
        return StopLine(descriptor: ends[0])
    }

    /// A listening socket that never accepts, with room for one connection.
    private static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) + Glibc.listen(descriptor, 0) + getsockname(descriptor, $0, &size) }
        }
        try #require(code == 0)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    @Test func `the request to stop ends the wait for a connection`() throws {
        let (descriptor, port) = try Self.listen()
        defer { close(descriptor) }
        // The first takes the only place; nobody answers the next.
        let never = StopLine.never
        let first = try Socket(host: "127.0.0.1", port: port, timeoutMilliseconds: 10_000, stop: never)
        defer { withExtendedLifetime(first) {} }
        do {
            for _ in 0..<3 { _ = try Socket(host: "127.0.0.1", port: port, timeoutMilliseconds: 60_000, stop: try Self.stopSoon()) }
            Issue.record("somebody answered")
        } catch let failure as Socket.Failure { #expect(failure.isStop, "\(failure)") }
    }

    @Test func `the request to stop ends the wait for a handshake, and for whatever comes after it was made`() throws {
        let (descriptor, port) = try Self.listen()
        defer { close(descriptor) }
        let context = try TLSClientContext(trust: .pin([UInt8](repeating: 1, count: 32)), serverName: "harbour", label: String(repeating: "0", count: 32))
        let stop = try Self.stopSoon()
        for _ in 0..<2 {
            do {
                _ = try Conversation(host: "127.0.0.1", port: port, context: context, stop: stop)
                Issue.record("somebody answered")
            } catch {
                guard case .stopped = error else { return #expect(Bool(false), "\(error)") }
            }
        }
        #expect(stop.isRaised && stop.wait(milliseconds: 60_000) && !StopLine.never.isRaised)
    }

    @Test func `a name that nobody has is no address, and a number is one at once`() {
        func count(_ host: String, _ timeoutMilliseconds: Int32) -> Int? {
            guard case .found(let addresses) = HostAddress.of(host, port: 1, stop: .never, timeoutMilliseconds: timeoutMilliseconds) else { return nil }
            return addresses.count
        }
        #expect(count("127.0.0.1", 0) == 1)
        #expect(count("localhost", 60_000).map { $0 > 0 } == true)
        #expect(count("nobody.invalid", 60_000) == nil)
    }

    @Test(arguments: [(0, 0), (40_000, 0), (90_000, 0), (-600_000, -600_000), (690_000, 600_000), (-1, -1), (90_001, 1)] as [(Int64, Int64)])
    func `the server's clock is compared at the greeting, with what the line took allowed for; a sync of many minutes alters nothing of it`(
        serverAhead: Int64, told: Int64
    ) throws {
        let start: Int64 = 1_800_000_000_000
        let passed = Mutex<Int64>(0)
        let memory = try Laptop("A").memory
        let device = Device(store: try memory.open(), tools: Self.tools) { start + passed.withLock(\.self) }
        let line = Line()
        var run = try SyncRun.begin(device, over: line)
        // A minute and a half until the greeting is here; it says the server's time at some moment of that.
        passed.withLock { $0 = 90_000 }
        _ = try run.take(Self.welcome(try SigningKey.generate().publicKey, time: start + serverAhead)) { nil }
        passed.withLock { $0 = 1_200_000 }
        #expect(run.report(run.session.outcome, AttachmentLane.Outcome(), line).skew == told)
        try run.end(nil)
        #expect(try device.state.lastComplete?.skew == told)
    }
}
