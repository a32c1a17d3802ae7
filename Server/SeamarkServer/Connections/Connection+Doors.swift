internal import NIOCore
internal import SeamarkProtocol
internal import SeamarkTLS

// Who is let in, and what the sessions behind the doors want done.
extension Connection {
    /// The handshake is done: with a certificate to the tenant's door, without to the enrolment door.
    func enter(_ tls: TLSSession) {
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

    func entered(_ result: Result<DeviceSession?, any Error>) {
        guard case .entering = phase else { return }
        switch result {
        case .success(let device?):
            switch services.register.admitted(number, as: device.guest) {
            case .free: break
            case .displacing: note(.limitReached, Self.fields(device))
            case .gone: return leave()
            }
            if isStopping { return leave() }
            var session = ServerSession()
            let actions = session.began()
            phase = .tenant(session, device)
            note(.sessionBegan)
            perform(actions)
        case .success(nil):
            note(.doorRefused)
            blame(.door)
            refuse(Problem(.deviceRevoked, "this server does not know the device; ask headquarters for a new invitation"))
        case .failure(let problem as Problem):
            // Its certificate is genuine: no address is to blame.
            services.register.count { $0.refusedAtDoor += 1 }
            note(problem.code == .unknownDevice ? .doorRefused : .doorClosed)
            refuse(problem)
        case .failure(let error):
            services.fault("open the tenant's door", error)
            refuse(ConnectionServices.problem(for: error))
        }
    }

    func perform(_ actions: [ServerSession.Action]) {
        guard case .tenant(_, let device) = phase else { return }
        for action in actions {
            switch action {
            case .prepareWelcome:
                request(.welcome, bytes: 0) { connection, number in
                    connection.work({ try device.welcome() }) { $0.answered(number, $1) { session, value in session.welcomed(value) } }
                }
            case .send(let message): send(message)
            case .note(let status):
                request(.note, bytes: 0) { connection, number in
                    connection.perform(for: device, number, { try device.note(status) }) { session, answer in
                        if case .unproven(let scopes) = answer {
                            connection.services.register.count { $0.unprovenClaims += scopes.count }
                            connection.note(.claimUnproven, [.count: String(scopes.count)])
                        }
                        return session.noted(answer)
                    }
                }
            case .donate(let donation):
                let bytes = donation.entries.reduce(0) { $0 + ($1.block?.count ?? 0) + $1.sensitive.count }
                request(.donate, bytes: bytes) { connection, number in
                    connection.perform(for: device, number, { try device.donate(donation) }) { session, answer in
                        if case .refused(let problem) = answer {
                            connection.services.register.count { $0.refusedDonations += 1 }
                            connection.note(.donationRefused, [.code: problem.code.written])
                        }
                        return session.donated(answer)
                    }
                }
            case .push(let push):
                services.register.count { $0.pushes += 1 }
                request(.push, bytes: push.block.count + push.sensitive.count) { connection, number in
                    connection.open(push, for: device, number)
                }
            case .pull(let pull):
                request(.pull, bytes: 0) { connection, number in
                    connection.work({ try device.pull(pull) }) { $0.answered(number, $1) { session, answer in
                        if case .refused(let problem) = answer { connection.refusedRead(problem) }
                        return session.pulled(answer)
                    } }
                }
            case .compare(let compare): comparison { try device.compare(compare) }
            case .dispute(let dispute): comparison { try device.settle(dispute) }
            case .attachment(let message):
                var bytes = 0
                if case .chunk(let chunk) = message { bytes = chunk.bytes.count }
                request(.attachment, bytes: bytes) { connection, number in connection.attach(message, for: device, number) }
            case .look: look(for: device)
            case .close(let problem): refuse(problem)
            }
        }
    }

    private func comparison(_ body: @escaping @Sendable () throws -> ServerSession.ComparisonAnswer) {
        request(.compare, bytes: 0) { connection, number in
            connection.work(body) { $0.answered(number, $1) { session, answer in
                if case .refused(let problem) = answer { connection.refusedRead(problem) }
                return session.compared(answer)
            } }
        }
    }

    private func refusedRead(_ problem: Problem) {
        services.register.count { $0.refusedReads += 1 }
        note(.readRefused, [.code: problem.code.written])
    }

    func perform(_ actions: [EnrolmentDoorSession.Action], _ door: EnrolmentDoor) {
        for action in actions {
            switch action {
            case .send(let message): send(message)
            case .enrol(let enrol):
                request(.enrol, bytes: 0) { connection, _ in
                    door.enrol(enrol, then: connection.back { $0.decided($1) })
                }
            case .renew(let renew):
                request(.enrol, bytes: 0) { connection, _ in
                    door.renew(renew, then: connection.back { $0.decided($1) })
                }
            case .close(let problem):
                if let problem {
                    note(.enrolmentRefused, [.code: problem.code.written])
                    // Its certificate is genuine: no address is to blame.
                    if problem.code != .unknownDevice { blame(.enrolment) }
                }
                refuse(problem)
            }
        }
    }

    func decided(_ result: Result<EnrolmentDoor.Answer, any Error>) {
        requests.removeAll { $0.kind == .enrol }
        guard case .enrolment(var session, let door) = phase else { return }
        let actions: [EnrolmentDoorSession.Action]
        switch result {
        case .success(.enrolled(let enrolled)):
            services.register.count { $0.enrolments += 1 }
            note(.deviceEnrolled, [.tenant: "\(enrolled.tenant)", .device: "\(enrolled.device)"])
            actions = session.enrolled(enrolled)
        case .success(.renewed(let renewed)):
            services.register.count { $0.renewals += 1 }
            note(.deviceRenewed)
            actions = session.renewed(renewed)
        case .success(.refused(let problem)): actions = session.refused(problem)
        case .failure(let error):
            services.fault("issue a device's certificate", error)
            actions = session.refused(ConnectionServices.problem(for: error))
        }
        phase = .enrolment(session, door)
        perform(actions, door)
        flush()
    }
}
