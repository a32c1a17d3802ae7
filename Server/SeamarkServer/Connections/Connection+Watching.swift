internal import NIOCore
internal import SeamarkProtocol

// A device that watches: woken by commits, told by its session what has grown.
extension Connection {
    /// Something was committed in the tenant.
    func woken() {
        guard case .tenant(var session, let device) = phase, !isStopping else { return }
        let actions = session.woken()
        phase = .tenant(session, device)
        perform(actions)
    }

    /// Reads what the device may know now. Outside the order of requests, so that no answer waits for it.
    func look(for device: DeviceSession) {
        services.register.watches(number)
        work({ try device.welcome() }) { connection, result in connection.looked(result) }
    }

    private func looked(_ result: Result<Message.Welcome, any Error>) {
        guard case .tenant(var session, let device) = phase else { return }
        let actions: [ServerSession.Action]
        switch result {
        case .success(let welcome): actions = session.looked(welcome)
        case .failure(let error):
            services.fault("look for what a watching device may know", error)
            actions = session.failed(ConnectionServices.problem(for: error))
        }
        phase = .tenant(session, device)
        perform(actions)
        flush()
    }
}
