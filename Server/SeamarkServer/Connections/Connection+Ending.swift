internal import NIOCore
internal import SeamarkProtocol
internal import SeamarkTLS

// What goes out, when it ends, and how long anything may take.
extension Connection {
    func send(_ message: Message) {
        if times.greeted == nil {
            times.greeted = .now()
            schedule()
        }
        if case .problem(let problem) = message, problem.code == .storeDamaged { services.register.count { $0.damagedStores += 1 } }
        var payload = message.payload
        if payload.count > FrameDecoder.longestPayload {
            // What no frame holds must not end the server: the one who asked for it is told, and nobody else notices.
            services.fault("fit an answer into a frame", FrameError.tooLong(payload.count))
            payload = Message.problem(Problem(.serverFault, "the answer does not fit a frame; tell headquarters")).payload
        }
        outbound += FrameDecoder.frame(payload)
    }

    /// Encrypts what the peer can take, and hands it to the socket.
    func flush() {
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

    // MARK: Telling

    /// Writes a line: where the connection comes from, and whose device it is once that is known, beside `fields`.
    func note(_ event: ServerEvent, _ fields: [ServerEvent.Field: String] = [:]) {
        var known: [ServerEvent.Field: String] = [.address: context?.remoteAddress?.ipAddress ?? "-"]
        if case .tenant(_, let device) = phase { known.merge(Self.fields(device)) { $1 } }
        services.log.note(event, known.merging(fields) { $1 })
    }

    static func fields(_ device: DeviceSession) -> [ServerEvent.Field: String] {
        [.tenant: "\(device.name.tenant)", .device: "\(device.name.device)"]
    }

    // MARK: The end

    /// Counts what the peer did, and holds it against where it connected from.
    func blame(_ offence: AddressPenalties.Offence) {
        guard services.register.blame(number, for: offence) else { return }
        note(.addressRefused)
    }

    func refuse(_ problem: Problem?) {
        if let problem {
            note(.connectionEnded, [.code: problem.code.written])
            send(.problem(problem))
        }
        leave()
    }

    /// Says what is left to say and goodbye.
    func leave() {
        switch phase {
        case .leaving, .gone: return
        case .handshaking, .entering, .tenant, .enrolment: break
        }
        phase = .leaving
        times.leaving = .now()
        // Pushes that have begun are finished and kept. Their answers are lost; the device asks again.
        requests.removeAll { $0.begin != nil }
        times.frameWindow = nil
        flush()
        schedule()
        context?.read()
    }

    /// From outside: the server stops, or the device was revoked or is to be wiped.
    func end(_ ending: ConnectionRegister.Ending) {
        switch ending {
        case .cutting: cut()
        case .dismissed(let dismissal):
            guard case .tenant(var session, let device) = phase else { return leave() }
            note(.sessionDismissed, [.reason: "\(dismissal)"])
            let actions = session.dismissed(dismissal)
            phase = .tenant(session, device)
            perform(actions)
        case .stopping:
            isStopping = true
            // With answers due, the last of them ends the connection.
            let isDue = requests.contains { $0.begin == nil }
            // Pushes that came whole are finished, those that wait to be opened too.
            requests.removeAll { $0.begin != nil && (!isDue || $0.kind != .push) }
            if !isDue { leave() }
        }
        flush()
    }

    func cut() { context?.close(promise: nil) }

    // MARK: Time

    private var stage: ConnectionTimes.Stage {
        switch phase {
        case .handshaking, .entering: .arriving
        case .tenant, .enrolment: .serving
        case .leaving: .leaving
        case .gone: .gone
        }
    }

    func schedule() {
        timer?.cancel()
        guard context != nil, let deadline = times.next(in: stage, at: .now(), services.limits) else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: max(deadline, .now() + .milliseconds(1))) { bound.value.checkTime() }
    }

    func checkTime() {
        if case .gone = phase { return }
        switch times.overdue(in: stage, isBusy: !requests.isEmpty, at: .now(), services.limits) {
        case .handshake:
            note(.connectionSlow, [.reason: "handshake"])
            blame(.slow)
            leave()
        case .firstFrame:
            note(.connectionSlow, [.reason: "firstFrame"])
            blame(.slow)
            refuse(Problem(.tooSlow, "no frame came in time"))
        case .frame:
            note(.connectionSlow, [.reason: "frame"])
            blame(.slow)
            refuse(Problem(.tooSlow, "a frame came too slowly"))
        case .idle: refuse(nil)
        case .farewell: return cut()
        case nil: break
        }
        flush()
        schedule()
    }
}
