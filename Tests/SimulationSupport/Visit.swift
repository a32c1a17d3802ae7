internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkServer
internal import SeamarkStore

/// One connection at the server, as `Connection` serves it without a simulation: pushes follow one another without waiting, everything
/// else is alone.
///
/// `@unchecked Sendable`: one thread.
final class Visit: @unchecked Sendable {
    private enum Request {
        case push(Message.Push), pull(Message.Pull), note(Message.Status), donate(Message.Donation), compare(Message.Compare), dispute(Message.Dispute)
        case attachment(AttachmentMessage)
    }

    let link: Link
    let seat: Cast.Seat
    private let device: DeviceSession
    private var session = ServerSession()
    private var decoder = FrameDecoder()
    private var waiting: [Request] = []
    private var pushing = 0
    /// An answer about an attachment is awaited.
    private var isAttaching = false
    private var reception = AttachmentReception()
    private var isGone = false
    /// It wants to be woken when something is committed.
    private var isWatching = false
    private unowned let world: World
    private unowned let server: SimulatedServer

    init(_ link: Link, _ seat: Cast.Seat, _ device: DeviceSession, _ world: World, of server: SimulatedServer) {
        self.link = link
        self.seat = seat
        self.device = device
        self.world = world
        self.server = server
    }

    func begin() { perform(session.began()) }

    func leave() { isGone = true }

    /// Something was committed in the tenant.
    func woken() {
        if isWatching, !isGone { perform(session.woken()) }
    }

    /// Headquarters has turned the device away.
    func dismissed(_ dismissal: ServerSession.Dismissal) {
        if !isGone { perform(session.dismissed(dismissal)) }
    }

    func received(_ bytes: [UInt8]) {
        guard !isGone else { return }
        decoder.append(bytes)
        do {
            while !isGone, let payload = try decoder.next() {
                do throws(Problem) {
                    perform(session.received(try Message(payload: payload)))
                } catch {
                    perform(session.received(error))
                }
            }
        } catch {
            perform(session.received(Problem(.tooLong, "a frame that is none")))
        }
    }

    private func perform(_ actions: [ServerSession.Action]) {
        for action in actions {
            guard !isGone else { return }
            switch action {
            case .prepareWelcome:
                attempt { perform(session.welcomed(try device.welcome())) }
            case .send(let message):
                world.checkMayHear(message, seat)
                link.send(message.frame, to: .device)
            case .note(let status):
                waiting.append(.note(status))
                pump()
            case .donate(let donation):
                waiting.append(.donate(donation))
                pump()
            case .push(let push):
                world.record(push, of: device.name.device)
                waiting.append(.push(push))
                pump()
            case .pull(let pull):
                waiting.append(.pull(pull))
                pump()
            case .compare(let compare):
                waiting.append(.compare(compare))
                pump()
            case .dispute(let dispute):
                waiting.append(.dispute(dispute))
                pump()
            case .attachment(let message):
                waiting.append(.attachment(message))
                pump()
            case .look:
                isWatching = true
                // Outside the order of requests: answers go out before it, and others are asked.
                server.later { [weak self] in
                    guard let self, !isGone else { return }
                    attempt { self.perform(self.session.looked(try self.device.welcome())) }
                }
            case .close(let problem):
                if let problem { link.send(Message.problem(problem).frame, to: .device) }
                isGone = true
                link.close(.server)
            }
        }
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch {
            guard !isGone else { return }
            if !server.hasTrouble { world.fault("the server answered a device", error) }
            perform(session.failed())
        }
    }

    private func pump() {
        while let next = waiting.first, !isGone, !isAttaching {
            switch next {
            case .push(let push):
                waiting.removeFirst()
                pushing += 1
                device.push(Result { device.open(push) }) { [weak self] result in self?.pushed(result) }
            case .pull(let pull):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.pulled(try device.pull(pull))) }
            case .note(let status):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.noted(try device.note(status))) }
            case .donate(let donation):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.donated(try device.donate(donation))) }
            case .compare(let compare):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.compared(try device.compare(compare))) }
            case .dispute(let dispute):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attempt { perform(session.compared(try device.settle(dispute))) }
            case .attachment(let message):
                guard pushing == 0 else { return }
                waiting.removeFirst()
                attach(message)
            }
        }
    }

    private func attach(_ message: AttachmentMessage) {
        var offer: AttachmentMessage.Offer?
        switch message {
        case .offer(let it): reception.offered(it)
        case .chunk(let chunk):
            do { offer = try reception.place(chunk) } catch { return perform(session.attached(.refused(error))) }
        case .wanted, .held, .refused: break
        }
        isAttaching = true
        device.attach(message, of: offer) { [weak self] result in
            guard let self else { return }
            isAttaching = false
            guard !isGone else { return }
            if case .success(.held(let held)) = result, case .wholly(let receipt) = held.standing { world.noteAcknowledged(receipt) }
            attempt { self.perform(self.session.attached(try result.get())) }
            pump()
        }
    }

    private func pushed(_ result: Result<DeviceSession.Pushed, any Error>) {
        pushing -= 1
        guard !isGone else { return }
        attempt { perform(session.pushed(device.answer(to: try result.get()))) }
        pump()
    }
}
