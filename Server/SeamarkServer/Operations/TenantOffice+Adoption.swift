internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
public import SeamarkStore

// What a store that was put back to an older copy does not know at all, and laptops show. A laptop's word makes nothing of it: an alarm tells of it, on what
// this server or its authority once signed, and a person takes it back. The rest is the ordinary path: laptops hand in what the log lacks.
extension TenantOffice {
    /// An engagement that was taken back.
    public struct AdoptedEngagement: Sendable {
        public let id: Identifier
        /// The letters, or the id, of the device that showed it first.
        public let device: String
        /// Who is staffed on it now, by short names.
        public let members: [String]
    }

    /// Makes an engagement anew that the store has lost, under its own id and with an empty log, and staffs members on it: their laptops hand in what the
    /// log held, with its verdicts and times, the engagement's own record among it.
    ///
    /// - Parameter engagement: its id, of which an alarm tells: a laptop showed this server's own signature for it.
    public func adoptEngagement(_ engagement: String, staffing members: [String]) throws -> AdoptedEngagement {
        let doing = "taking an engagement back"
        let now = clock.now()
        return try store.write { transaction in
            guard let alarm = try transaction.alarms().first(where: { $0.kind == .unknownScope && $0.scope.description == engagement }) else {
                throw OperationFailure(
                    .notFound, doing: doing, wrong: "no laptop has shown what this server signed of an engagement with the id '\(OperationFailure.repeated(engagement))'",
                    remedy: "give the id that seamark-server status names; a laptop shows what it holds when it syncs")
            }
            let id = alarm.scope
            guard try transaction.scope(id) == nil else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "the store knows this engagement", remedy: "put members on it: seamark-server engagement staff \(id)")
            }
            let shower = try transaction.device(alarm.device)
            // A client's viewer holds what was published of an engagement, and never the engagement.
            if let shower, let row = try transaction.member(shower.member), Role(key: row.role) == .clientViewer {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "it is what was published of an engagement, as a client viewer's laptop shows it; nobody's work is in there",
                    remedy: "publish it anew: seamark-server publication add")
            }
            let directory = try Directory(transaction)
            let persons = try members.map { try Self.fieldworker($0, directory, transaction, doing: doing) }
            try transaction.addScope(id, kind: .engagement)
            try transaction.addScope(.drawn(at: now), kind: .published, engagement: id)
            try transaction.noteAct("engagement.adopt", detail: "\(id) \(alarm.device)", at: now)
            for person in persons {
                try transaction.staff(person, on: id)
                try transaction.noteAct("engagement.staff", detail: "\(id) \(person)", at: now)
            }
            return AdoptedEngagement(
                id: id, device: shower?.letters ?? alarm.device.description, members: persons.map { directory.handle(of: $0) ?? $0.description })
        }
    }

    private static func fieldworker(_ name: String, _ directory: Directory, _ snapshot: TenantSnapshot, doing: String) throws -> Identifier {
        let person = try directory.member(called: name)
        guard let row = try snapshot.member(person), let role = Role(key: row.role) else {
            throw OperationFailure(
                .notFound, doing: doing, wrong: "the store has lost the member '\(OperationFailure.repeated(name))' too", remedy: "add the member first: seamark-server member add")
        }
        guard role != .tenantAdmin, role != .clientViewer else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "a \(role.key) has nothing of an engagement to hand in", remedy: "name members who worked on it")
        }
        return person
    }

    /// An engagement that was made anew and whose record nobody has handed in yet: named by its id alone, and written by nobody here until then.
    static func withoutRecord(_ name: String, _ snapshot: TenantSnapshot) throws -> Identifier? {
        guard let id = Identifier(name), try snapshot.scope(id)?.kind == .engagement, try snapshot.record(id, in: id) == nil else { return nil }
        return id
    }

    // MARK: Devices

    /// Takes a device back that the store has lost, by the words that it shows: its row is made anew, with the signing key that they stand for. Wrong ones
    /// are refused, and noted.
    ///
    /// The key is the one that the directory has of it, where another laptop gave that back; else one that came with a certificate of the tenant's
    /// authority. Whose device it is the certificate says.
    ///
    /// - Parameters:
    ///   - device: its id, of which an alarm tells: it came with a certificate of the tenant's authority.
    ///   - revoked: it had been revoked, as the directory says too where it has it: what it holds goes into quarantine, and it reads nothing.
    ///   - letters: which it has, as it shows them; the directory's count before these, and where others have them by now it gets the next.
    public func adoptDevice(_ device: String, words: String, revoked: Bool = false, letters: String? = nil) throws -> TenantDevice {
        let doing = "taking a device back"
        let typed = try Self.words(typed: words, doing: doing)
        if let letters, !(1...4).contains(letters.utf8.count) || !letters.utf8.allSatisfy({ (65...90).contains($0) }) {
            throw OperationFailure(.badInput, doing: doing, wrong: "these are no letters of a device", remedy: "give those that seamark status shows on the laptop, such as B")
        }
        let now = clock.now()
        let taken = try store.write { transaction -> TenantDevice? in
            guard let id = Identifier(device), try transaction.hasHeard(ofUnknownDevice: id) else {
                throw OperationFailure(
                    .notFound, doing: doing, wrong: "no device with the id '\(OperationFailure.repeated(device))' that the store does not know has come with a certificate of this tenant",
                    remedy: "give the id that seamark-server status names; a laptop shows its certificate when it syncs")
            }
            guard try transaction.device(id) == nil else {
                throw OperationFailure(.badInput, doing: doing, wrong: "the store knows this device", remedy: "see seamark-server device list")
            }
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let written = try Self.written(id, in: headquarters.shared, transaction)
            let shown = try Self.signingKeys(of: id, written, transaction)
            guard !shown.isEmpty else {
                throw OperationFailure(
                    .unavailable, doing: doing, wrong: "its signing key is not known here", remedy: "have it sync once more, with a present version of Seamark: it shows its key then")
            }
            guard let genuine = shown.first(where: { DeviceWords(tenant: keys.tenant, device: id, signingKey: $0.signingKey, SystemPrimitives()) == typed }) else {
                _ = try transaction.noteAct("device.wrongWords", detail: id.description, at: now)
                return nil
            }
            guard try transaction.member(genuine.member) != nil else {
                throw OperationFailure(
                    .notFound, doing: doing, wrong: "the store has lost its member \(genuine.member) too",
                    remedy: "add the member first, with that id: seamark-server member add NAME --id \(genuine.member)")
            }
            let handle = try Directory(transaction).handle(of: genuine.member)
            let enrolment = DeviceEnrolment(
                id: id, name: written?.text("name") ?? handle.map { "\($0)'s laptop" } ?? "laptop", certificate: genuine.certificate,
                certificateEnd: genuine.certificateEnd == 0 ? nil : genuine.certificateEnd, signingKey: genuine.signingKey)
            try transaction.addDevice(enrolment, of: genuine.member, at: now, letters: written?.text("letters") ?? letters)
            try transaction.forgetUnknownDeviceKeys(of: id)
            let isRevoked = revoked || written?.value("status") == .int(2)
            if isRevoked { try transaction.revokeDevice(id, at: now) }
            guard let row = try transaction.device(id) else { return nil }
            try headquarters.publish(device: row)
            _ = try transaction.noteAct("device.adopt", detail: "\(id) \(genuine.member)", at: now)
            if isRevoked { _ = try transaction.noteAct("device.revoke", detail: id.description, at: now) }
            return row
        }
        guard let adopted = taken else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "these are not the words of this device; it was not taken back, and the try is in the audit log",
                remedy: "have the words read from the laptop itself once more; if they differ still, the device that came is not that laptop")
        }
        return adopted
    }

    /// What headquarters published of a device, before the store was put back: another laptop gave it back.
    private static func written(_ device: Identifier, in shared: Identifier, _ snapshot: TenantSnapshot) throws -> RecordView? {
        guard let state = try snapshot.record(device, in: shared), state.type == Catalogue.device.number else { return nil }
        return RecordView(id: device, state: state)
    }

    /// What headquarters itself published leaves no choice.
    private static func signingKeys(of device: Identifier, _ written: RecordView?, _ snapshot: TenantSnapshot) throws -> [UnknownDeviceKey] {
        let shown = try snapshot.unknownDeviceKeys(of: device)
        guard let written, let key = written.value("signingKey")?.bytes, let member = written.reference("member") else { return shown }
        return [shown.first { $0.signingKey == key } ?? UnknownDeviceKey(signingKey: key, member: member, certificate: .zero, certificateEnd: 0)]
    }

    /// Six words of a device, as somebody typed them.
    static func words(typed text: String, doing: String) throws -> DeviceWords {
        guard let words = DeviceWords(typed: text) else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "these are not six words of a device",
                remedy: "type the words that seamark status shows on the laptop, such as lusab babad gutih tugad bihoz gofav")
        }
        return words
    }
}
