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

    enum Phase {
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
    struct Request {
        enum Kind { case welcome, note, push, pull, donate, compare, enrol, attachment }
        let number: UInt64
        let kind: Kind
        let bytes: Int
        /// Begins the work; nil once begun.
        var begin: (() -> Void)?
    }

    let services: ConnectionServices
    let number: UInt64
    let loop: any EventLoop
    var tls: TLSSession?
    var decoder = FrameDecoder()
    var phase = Phase.handshaking
    var context: ChannelHandlerContext?

    var requests: [Request] = []
    var nextRequest: UInt64 = 0
    var unansweredBytes = 0
    /// Blocks that workers look at, in the order in which they came.
    var opening: [(number: UInt64, opened: Result<DeviceSession.Opened, any Error>?)] = []

    /// What is being handed in beside the blocks.
    var reception = AttachmentReception()

    /// Frames that the conversation has not taken yet, from `sentFrom` on.
    var outbound: [UInt8] = []
    var sentFrom = 0
    var hasSaidGoodbye = false
    var isHalfClosed = false
    var isStopping = false

    var times: ConnectionTimes
    var timer: Scheduled<Void>?

    init(services: ConnectionServices, number: UInt64, loop: any EventLoop) {
        self.services = services
        self.number = number
        self.loop = loop
        times = ConnectionTimes(began: .now())
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func channelActive(context: ChannelHandlerContext) { start(context) }

    func start(_ context: ChannelHandlerContext) {
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
        times.lastActivity = .now()
        let buffer = Self.unwrapInboundIn(data)
        if case .leaving = phase, hasSaidGoodbye { return }
        guard let tls else { return }
        times.frameWindow?.bytes += buffer.readableBytes
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
        times.lastActivity = .now()
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
    func readOn() {
        guard let context, context.channel.isActive, !isFull || isLeaving else { return }
        context.read()
    }

    var isLeaving: Bool { if case .leaving = phase { true } else { false } }

    /// Too much waits, for answers or to be sent.
    var isFull: Bool {
        if unansweredBytes >= services.limits.unansweredBytes || unsentBytes >= services.limits.unsentBytes { return true }
        switch phase {
        case .tenant(let session, _): return session.isFull
        case .entering: return true
        case .handshaking, .enrolment, .leaving, .gone: return false
        }
    }

    var unsentBytes: Int { outbound.count - sentFrom + (tls?.pendingCiphertext ?? 0) }

    // MARK: In

    /// Goes on with the conversation as far as what came allows.
    func advance() {
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
                case .entering:
                    blame(.frame)
                    note(.frameRefused, [.code: Problem.Code.unexpected.written])
                    refuse(Problem(.unexpected, "a frame before the server's greeting"))
                case .tenant, .enrolment:
                    decoder.append(bytes)
                    takeFrames()
                case .handshaking, .leaving, .gone: break
                }
            }
            if tls.peerHasClosed { leave() }
        } catch {
            // Which alert goes out is the conversation's business; that it goes out is ours.
            if tls.isEstablished {
                services.register.count { $0.cutOff += 1 }
                note(.connectionCut, [.reason: "\(error)"])
            } else {
                note(.handshakeFailed, [.reason: "\(error)", .alert: "\(tls.alertSent ?? 0)"])
                blame(.handshake)
            }
            leave()
        }
    }

    func takeFrames() {
        while !isFull {
            do {
                guard let payload = try decoder.next() else { break }
                times.hasHeardFrame = true
                times.frameWindow = nil
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
            times.frameWindow = nil
        } else if times.frameWindow == nil {
            times.frameWindow = (.now(), decoder.pendingCount)
        }
    }

    func handle(_ message: Message) {
        switch phase {
        case .tenant(var session, let device):
            let actions = session.received(message)
            if case .close(let problem?)? = actions.last, problem.code == .unexpected {
                blame(.frame)
                note(.frameRefused, [.code: problem.code.written])
            }
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
    func handle(_ problem: Problem) {
        blame(.frame)
        note(.frameRefused, [.code: problem.code.written])
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
}

@available(*, unavailable)
extension Connection: Sendable {}
