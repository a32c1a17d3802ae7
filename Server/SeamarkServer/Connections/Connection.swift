internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkTLS

/// One connection: bytes of the socket into the conversation, frames out of it into a session, the session's actions carried out.
///
/// Confined to its event loop. It decides nothing about the protocol (`ServerSession`, `EnrolmentDoorSession` do) and nothing about
/// tenants (`TenantDoor` does). Work on stores is done elsewhere and comes back to the loop; answers go out in the order of the requests.
/// It reads no more than it can answer: neither a device that floods nor one that never reads costs more than `ConnectionLimits` says.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case handshaking
        /// The certificate was verified; the door looks the device up.
        case entering
        case tenant(ServerSession, DeviceSession)
        case enrolment(EnrolmentDoorSession, EnrolmentDoor)
        /// What is to be said is being said; nothing that comes is looked at.
        case leaving
        case gone
    }

    /// A request whose answer is due, in the order of the requests.
    private struct Request {
        enum Kind { case welcome, push, pull, enrol }
        let number: UInt64
        let kind: Kind
        let bytes: Int
        /// Begins the work; nil once begun.
        var begin: (() -> Void)?
    }

    private let services: ConnectionServices
    private let number: UInt64
    private let loop: any EventLoop
    private var tls: TLSSession?
    private var decoder = FrameDecoder()
    private var phase = Phase.handshaking
    private var context: ChannelHandlerContext?

    private var requests: [Request] = []
    private var nextRequest: UInt64 = 0
    private var unansweredBytes = 0

    /// Frames that the conversation has not taken yet, from `sentFrom` on.
    private var outbound: [UInt8] = []
    private var sentFrom = 0
    private var hasSaidGoodbye = false
    private var isStopping = false

    private let began: NIODeadline
    private var greeted: NIODeadline?
    private var hasHeardFrame = false
    private var lastActivity: NIODeadline
    private var leaving: NIODeadline?
    private var frameWindow: (start: NIODeadline, bytes: Int)?
    private var timer: Scheduled<Void>?

    init(services: ConnectionServices, number: UInt64, loop: any EventLoop) {
        self.services = services
        self.number = number
        self.loop = loop
        began = .now()
        lastActivity = began
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) { start(context) }

    private func start(_ context: ChannelHandlerContext) {
        guard tls == nil else { return }
        do {
            tls = try TLSSession(services.tlsContext(), milliseconds: { NIODeadline.now().uptimeNanoseconds / 1_000_000 })
        } catch {
            services.fault("begin a conversation", error)
            return cut()
        }
        schedule()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActivity = .now()
        let buffer = Self.unwrapInboundIn(data)
        if case .leaving = phase, hasSaidGoodbye { return }
        guard let tls else { return }
        frameWindow?.bytes += buffer.readableBytes
        buffer.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let taken = tls.receive(UnsafeRawBufferPointer(rebasing: rest))
                rest = rest.dropFirst(taken)
                advance()
                if taken == 0 { break }
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        lastActivity = .now()
        flush()
        pump()
        takeFrames()
        readOn()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .leaving = phase {} else if let tls, !tls.peerHasClosed, tls.isEstablished { services.register.count { $0.cutOff += 1 } }
        phase = .gone
        timer?.cancel()
        services.register.left(number)
        // What has begun is finished and kept; its answers have nobody to go to.
        requests.removeAll { $0.begin != nil }
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Asks the socket for more, when more could be used.
    private func readOn() {
        guard let context, context.channel.isActive, !isFull || isLeaving else { return }
        context.read()
    }

    private var isLeaving: Bool { if case .leaving = phase { true } else { false } }

    /// Too much waits, for answers or to be sent.
    private var isFull: Bool {
        if unansweredBytes >= services.limits.unansweredBytes || unsentBytes >= services.limits.unsentBytes { return true }
        switch phase {
        case .tenant(let session, _): return session.isFull
        case .entering: return true
        case .handshaking, .enrolment, .leaving, .gone: return false
        }
    }

    private var unsentBytes: Int { outbound.count - sentFrom + (tls?.pendingCiphertext ?? 0) }

    // MARK: In

    /// Goes on with the conversation as far as what came allows.
    private func advance() {
        guard let tls else { return }
        do {
            if case .handshaking = phase {
                guard try tls.step() == .established else { return }
                services.register.finishedHandshake(number)
                enter(tls)
            }
            // Plaintext is taken out of the conversation at once, so that what follows it is seen; frames wait in the decoder.
            let bytes = try tls.readAll()
            if !bytes.isEmpty {
                switch phase {
                case .entering: refuse(Problem(.unexpected, "a frame before the server's greeting"))
                case .tenant, .enrolment:
                    decoder.append(bytes)
                    takeFrames()
                case .handshaking, .leaving, .gone: break
                }
            }
            if tls.peerHasClosed { leave() }
        } catch {
            // Which alert goes out is the conversation's business; that it goes out is ours.
            services.register.count { if tls.isEstablished { $0.cutOff += 1 } else { $0.failedHandshakes += 1 } }
            services.logger.info("conversation failed", metadata: ["reason": "\(error)", "alert": "\(tls.alertSent ?? 0)"])
            leave()
        }
    }

    private func takeFrames() {
        while !isFull {
            do {
                guard let payload = try decoder.next() else { break }
                hasHeardFrame = true
                frameWindow = nil
                let message: Message
                do {
                    message = try Message(payload: payload)
                } catch {
                    handle(error)
                    return
                }
                handle(message)
            } catch {
                let problem =
                    switch error {
                    case .empty: Problem(.malformed, "a frame of no bytes")
                    case .tooLong: Problem(.tooLong, "a frame longer than \(FrameDecoder.longestPayload) bytes")
                    }
                handle(problem)
                return
            }
            switch phase {
            case .tenant, .enrolment: break
            case .handshaking, .entering, .leaving, .gone: return
            }
        }
        if decoder.pendingCount == 0 || isFull {
            frameWindow = nil
        } else if frameWindow == nil {
            frameWindow = (.now(), decoder.pendingCount)
        }
    }

    private func handle(_ message: Message) {
        switch phase {
        case .tenant(var session, let device):
            let actions = session.received(message)
            phase = .tenant(session, device)
            perform(actions)
        case .enrolment(var session, let door):
            let actions: [EnrolmentDoorSession.Action]
            do {
                let binding = try tls?.exportKeyingMaterial(label: Message.Enrol.exporterLabel, context: [], count: 32) ?? []
                actions = session.received(message, binding: binding, SystemPrimitives())
            } catch {
                actions = session.received(Problem(.serverFault, "no channel binding"))
            }
            phase = .enrolment(session, door)
            perform(actions, door)
        case .handshaking, .entering, .leaving, .gone: break
        }
    }

    /// What came is no message.
    private func handle(_ problem: Problem) {
        services.register.count { $0.badFrames += 1 }
        switch phase {
        case .tenant(var session, let device):
            let actions = session.received(problem)
            phase = .tenant(session, device)
            perform(actions)
        case .enrolment(var session, let door):
            let actions = session.received(problem)
            phase = .enrolment(session, door)
            perform(actions, door)
        case .handshaking, .entering, .leaving, .gone: break
        }
    }

    // MARK: The doors

    /// The handshake is done: with a certificate to the tenant's door, without to the enrolment door.
    private func enter(_ tls: TLSSession) {
        let chosen = tls.tenant
        guard let certificate = tls.peerCertificate else {
            var session = EnrolmentDoorSession()
            let door = services.door.enrolment(chosen: chosen)
            let actions = session.began(now: services.clock.now())
            phase = .enrolment(session, door)
            return perform(actions, door)
        }
        phase = .entering
        let door = services.door
        work({ try door.open(certificate: certificate, chosen: chosen) }) { connection, result in connection.entered(result) }
    }

    private func entered(_ result: Result<DeviceSession?, any Error>) {
        guard case .entering = phase else { return }
        switch result {
        case .success(let device?):
            guard services.register.admitted(number, as: device.guest) else {
                return refuse(Problem(.tooSlow, "this device has too many connections; close one and try again"))
            }
            if isStopping { return leave() }
            var session = ServerSession()
            let actions = session.began()
            phase = .tenant(session, device)
            perform(actions)
        case .success(nil):
            services.register.count { $0.refusedAtDoor += 1 }
            services.logger.notice("certificate refused at the door")
            refuse(Problem(.deviceRevoked, "this server does not know the device; ask headquarters for a new invitation"))
        case .failure(let error):
            services.fault("open the tenant's door", error)
            refuse(Problem(.serverFault, "the server could not do this; nothing was stored, try again"))
        }
    }

    private func perform(_ actions: [ServerSession.Action]) {
        guard case .tenant(_, let device) = phase else { return }
        for action in actions {
            switch action {
            case .prepareWelcome:
                request(.welcome, bytes: 0) { connection, number in
                    connection.work({ try device.welcome() }) { $0.answered(number, $1) { session, value in session.welcomed(value) } }
                }
            case .send(let message): send(message)
            case .note(let status): device.note(status)
            case .push(let push):
                services.register.count { $0.pushes += 1 }
                request(.push, bytes: push.block.count + push.sensitive.count) { connection, number in
                    connection.open(push, for: device, number)
                }
            case .pull(let pull):
                request(.pull, bytes: 0) { connection, number in
                    connection.work({ try device.pull(pull) }) { $0.answered(number, $1) { session, value in session.pulled(value) } }
                }
            case .close(let problem): refuse(problem)
            }
        }
    }

    private func perform(_ actions: [EnrolmentDoorSession.Action], _ door: EnrolmentDoor) {
        for action in actions {
            switch action {
            case .send(let message): send(message)
            case .enrol(let enrol):
                request(.enrol, bytes: 0) { connection, _ in
                    door.enrol(enrol, then: connection.back { $0.enrolled($1) })
                }
            case .close(let problem):
                if problem != nil { services.register.count { $0.refusedEnrolments += 1 } }
                refuse(problem)
            }
        }
    }

    private func enrolled(_ result: Result<EnrolmentDoor.Answer, any Error>) {
        requests.removeAll { $0.kind == .enrol }
        guard case .enrolment(var session, let door) = phase else { return }
        let actions: [EnrolmentDoorSession.Action]
        switch result {
        case .success(.enrolled(let enrolled)):
            services.register.count { $0.enrolments += 1 }
            actions = session.enrolled(enrolled)
        case .success(.refused(let problem)): actions = session.refused(problem)
        case .failure(let error):
            services.fault("enrol a device", error)
            actions = session.refused(Problem(.serverFault, "the server could not do this; nothing was stored, try again"))
        }
        phase = .enrolment(session, door)
        perform(actions, door)
        flush()
    }

    // MARK: Requests and their answers

    private func request(_ kind: Request.Kind, bytes: Int, begin: @escaping (Connection, UInt64) -> Void) {
        nextRequest += 1
        let number = nextRequest
        unansweredBytes += bytes
        requests.append(Request(number: number, kind: kind, bytes: bytes, begin: { [unowned self] in begin(self, number) }))
        pump()
    }

    /// Begins what may begin: pushes one after the other without waiting for each other's answers, everything else alone.
    private func pump() {
        while let index = requests.firstIndex(where: { $0.begin != nil }) {
            guard index == 0 || (requests[index].kind == .push && requests[..<index].allSatisfy { $0.kind == .push }) else { return }
            // Entries are read when there is room for them, not when they are asked for.
            if requests[index].kind == .pull, unsentBytes >= services.limits.unsentBytes { return }
            let begin = requests[index].begin
            requests[index].begin = nil
            begin?()
        }
    }

    /// Looks at a block on a worker, then hands it to the tenant's writer in the order in which it came.
    private func open(_ push: Message.Push, for device: DeviceSession, _ number: UInt64) {
        opening.append((number, nil))
        work({ device.open(push) }) { connection, result in
            guard let place = connection.opening.firstIndex(where: { $0.number == number }) else { return }
            connection.opening[place].opened = result
            connection.submitOpened(to: device)
        }
    }

    private var opening: [(number: UInt64, opened: Result<DeviceSession.Opened, any Error>?)] = []

    private func submitOpened(to device: DeviceSession) {
        while let (number, opened) = opening.first, let opened {
            opening.removeFirst()
            device.push(opened, then: back { connection, result in
                connection.answered(number, result) { session, pushed in session.pushed(device.answer(to: pushed)) }
            })
        }
    }

    private func answered<Value>(
        _ number: UInt64, _ result: Result<Value, any Error>, _ tell: (inout ServerSession, Value) -> [ServerSession.Action]
    ) {
        guard let index = requests.firstIndex(where: { $0.number == number }) else { return }
        unansweredBytes -= requests[index].bytes
        requests.remove(at: index)
        guard case .tenant(var session, let device) = phase else { return }
        let actions: [ServerSession.Action]
        switch result {
        case .success(let value): actions = tell(&session, value)
        case .failure(let error):
            services.fault("answer a device", error)
            actions = session.failed()
        }
        phase = .tenant(session, device)
        perform(actions)
        flush()
        pump()
        if isStopping, requests.isEmpty { leave() }
        takeFrames()
        flush()
        readOn()
    }

    /// Does something that may wait, away from the loop, and comes back.
    private func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value, then: @escaping (Connection, Result<Value, any Error>) -> Void
    ) {
        let back = back(then)
        services.workers.submit { state in
            // A pool that has been shut down runs nothing any more.
            guard case .active = state else { return back(.failure(CancellationError())) }
            back(Result { try body() })
        }
    }

    /// A way back to this connection on its loop, from any thread.
    private func back<Value: Sendable>(
        _ then: @escaping (Connection, Result<Value, any Error>) -> Void
    ) -> @Sendable (Result<Value, any Error>) -> Void {
        let bound = NIOLoopBound((self, then), eventLoop: loop)
        let loop = loop
        return { result in
            loop.execute {
                let (connection, then) = bound.value
                then(connection, result)
            }
        }
    }

    // MARK: Out

    private func send(_ message: Message) {
        if greeted == nil {
            greeted = .now()
            schedule()
        }
        outbound += FrameDecoder.frame(message.payload)
    }

    /// Encrypts what the peer can take, and hands it to the socket.
    private func flush() {
        guard let context, let tls, context.channel.isActive else { return }
        var hasWritten = false
        while context.channel.isWritable || isLeaving {
            if tls.failure == nil, sentFrom < outbound.count, !hasSaidGoodbye {
                let taken = (try? outbound.withUnsafeBytes { try tls.write(UnsafeRawBufferPointer(rebasing: $0[sentFrom...])) }) ?? 0
                sentFrom += taken
                if sentFrom == outbound.count {
                    outbound.removeAll(keepingCapacity: outbound.capacity <= 64 * 1024)
                    sentFrom = 0
                } else if sentFrom > 1 << 20 {
                    outbound.removeFirst(sentFrom)
                    sentFrom = 0
                }
            }
            if isLeaving, !hasSaidGoodbye, sentFrom == outbound.count || tls.failure != nil {
                hasSaidGoodbye = true
                tls.close()
            }
            let ciphertext = tls.takeCiphertext(atMost: 64 * 1024)
            guard !ciphertext.isEmpty else { break }
            context.write(Self.wrapOutboundOut(ByteBuffer(bytes: ciphertext)), promise: nil)
            hasWritten = true
            if isLeaving, !context.channel.isWritable { break }
        }
        if hasWritten { context.flush() }
        if isLeaving, hasSaidGoodbye, tls.pendingCiphertext == 0, !isHalfClosed {
            // The socket's own end follows the farewell; what the peer still sends is read and dropped, or its last bytes would be lost
            // in a reset.
            isHalfClosed = true
            if tls.peerHasClosed { context.close(promise: nil) } else { context.close(mode: .output, promise: nil) }
        }
    }

    private var isHalfClosed = false

    // MARK: The end

    private func refuse(_ problem: Problem?) {
        if let problem {
            services.logger.info("connection ended", metadata: ["code": "\(problem.code.rawValue)"])
            send(.problem(problem))
        }
        leave()
    }

    /// Says what is left to say and goodbye.
    private func leave() {
        switch phase {
        case .leaving, .gone: return
        case .handshaking, .entering, .tenant, .enrolment: break
        }
        phase = .leaving
        leaving = .now()
        // Pushes that have begun are finished and kept. Their answers are lost; the device asks again.
        requests.removeAll { $0.begin != nil }
        frameWindow = nil
        flush()
        schedule()
        context?.read()
    }

    /// From outside: the server stops, or the device was revoked.
    func end(_ ending: ConnectionRegister.Ending) {
        switch ending {
        case .cutting: cut()
        case .revoked:
            if case .tenant(var session, let device) = phase {
                let actions = session.ended(Problem(.deviceRevoked, "this device was revoked; sync again to hand in what it still holds"))
                phase = .tenant(session, device)
                perform(actions)
            } else {
                leave()
            }
        case .stopping:
            isStopping = true
            // With answers due, the last of them ends the connection.
            let isDue = requests.contains { $0.begin == nil }
            requests.removeAll { $0.begin != nil }
            if !isDue { leave() }
        }
        flush()
    }

    private func cut() { context?.close(promise: nil) }

    // MARK: Time

    private func schedule() {
        timer?.cancel()
        guard context != nil, let deadline = nextDeadline else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: max(deadline, .now() + .milliseconds(1))) { bound.value.checkTime() }
    }

    private var nextDeadline: NIODeadline? {
        let limits = services.limits
        switch phase {
        case .handshaking, .entering: return began + .milliseconds(limits.handshakeMilliseconds)
        case .tenant, .enrolment:
            var next = lastActivity + .milliseconds(limits.idleMilliseconds)
            if !hasHeardFrame { next = min(next, (greeted ?? .now()) + .milliseconds(limits.firstFrameMilliseconds)) }
            // Looked at often enough for a window that opens meanwhile.
            next = min(next, (frameWindow?.start ?? .now()) + .milliseconds(limits.frameWindowMilliseconds))
            return next
        case .leaving: return (leaving ?? .now()) + .milliseconds(limits.farewellMilliseconds)
        case .gone: return nil
        }
    }

    private func checkTime() {
        let now = NIODeadline.now()
        let limits = services.limits
        switch phase {
        case .handshaking, .entering:
            if now >= began + .milliseconds(limits.handshakeMilliseconds) {
                services.register.count { $0.tooSlow += 1 }
                leave()
            }
        case .tenant, .enrolment:
            if !hasHeardFrame, let greeted, now >= greeted + .milliseconds(limits.firstFrameMilliseconds), requests.isEmpty {
                services.register.count { $0.tooSlow += 1 }
                refuse(Problem(.tooSlow, "no frame came in time"))
            } else if let window = frameWindow, now >= window.start + .milliseconds(limits.frameWindowMilliseconds) {
                if window.bytes < limits.leastFrameBytes {
                    services.register.count { $0.tooSlow += 1 }
                    refuse(Problem(.tooSlow, "a frame came too slowly"))
                } else {
                    frameWindow = (now, 0)
                }
            } else if now >= lastActivity + .milliseconds(limits.idleMilliseconds), requests.isEmpty {
                refuse(nil)
            }
        case .leaving:
            if let leaving, now >= leaving + .milliseconds(limits.farewellMilliseconds) { return cut() }
        case .gone: return
        }
        flush()
        schedule()
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
