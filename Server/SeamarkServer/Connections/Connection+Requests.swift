internal import NIOCore
internal import NIOPosix
internal import SeamarkJournal
internal import SeamarkProtocol

// What a device asked for, done elsewhere and answered in the order of asking.
extension Connection {
    func request(_ kind: Request.Kind, bytes: Int, begin: @escaping (Connection, UInt64) -> Void) {
        nextRequest += 1
        let number = nextRequest
        unansweredBytes += bytes
        requests.append(Request(number: number, kind: kind, bytes: bytes, begin: { [unowned self] in begin(self, number) }))
        pump()
    }

    /// Begins what may begin: pushes one after the other without waiting for each other's answers, everything else alone.
    func pump() {
        while let index = requests.firstIndex(where: { $0.begin != nil }) {
            guard index == 0 || (requests[index].kind == .push && requests[..<index].allSatisfy { $0.kind == .push }) else { return }
            // Entries are read when there is room for them, not when they are asked for.
            if requests[index].kind == .push, index >= services.limits.openedBlocks { return }
            if requests[index].kind == .pull || requests[index].kind == .attachment, unsentBytes >= services.limits.unsentBytes { return }
            let begin = requests[index].begin
            requests[index].begin = nil
            begin?()
        }
    }

    /// Looks at a block on a worker, then hands it to the tenant's writer in the order in which it came.
    func open(_ push: Message.Push, for device: DeviceSession, _ number: UInt64) {
        opening.append((number, nil))
        work({ device.open(push) }) { connection, result in
            guard let place = connection.opening.firstIndex(where: { $0.number == number }) else { return }
            connection.opening[place].opened = result
            connection.submitOpened(to: device)
        }
    }

    /// Does something that may write, on the tenant's writer, between transactions.
    func perform<Value: Sendable>(
        for device: DeviceSession, _ number: UInt64, _ body: @escaping @Sendable () throws -> Value,
        _ tell: @escaping (inout ServerSession, Value) -> [ServerSession.Action]
    ) {
        let back = back { (connection: Connection, result: Result<Value, any Error>) in connection.answered(number, result, tell) }
        device.tenant.writer.submit(.alone { back(Result { try body() }) })
    }

    func submitOpened(to device: DeviceSession) {
        while let (number, opened) = opening.first, let opened {
            opening.removeFirst()
            device.push(opened, then: back { connection, result in
                connection.answered(number, result) { session, pushed in
                    let answer = device.answer(to: pushed)
                    switch answer {
                    case .refused(let refusal):
                        connection.services.register.count { $0.refusedPushes += 1 }
                        connection.note(.pushRefused, [.code: refusal.code.written])
                    case .receipt(let receipt):
                        let refusals = receipt.verdicts.filter { $0 != .accepted && $0 != .duplicate }
                        if let first = refusals.first { connection.note(.changesRefused, [.code: String(first.code), .count: String(refusals.count)]) }
                    }
                    return session.pushed(answer)
                }
            })
        }
    }

    func answered<Value>(
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
            actions = session.failed(ConnectionServices.problem(for: error))
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
    func work<Value: Sendable>(
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
    func back<Value: Sendable>(
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
}
