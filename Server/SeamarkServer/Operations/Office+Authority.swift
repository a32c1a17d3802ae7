internal import SeamarkCrypto
public import SeamarkJournal
internal import SeamarkStore

// Replacing the installation's authority, by which devices know the server.
extension Office {
    /// Which authority signs, and who would be left outside if the former one went now.
    public struct AuthorityStatus: Sendable {
        public let pin: Hash256
        /// Milliseconds since 1970.
        public let until: Int64
        /// While one is being replaced.
        public let succession: Succession?

        public struct Succession: Sendable {
            public let formerPin: Hash256
            /// Milliseconds since 1970.
            public let began: Int64
            /// Devices that are not revoked and were not heard since.
            public let waiting: [WaitingDevice]
            /// Tenants whose stores cannot be read, so that nobody knows their devices.
            public let unread: [ShortName]
        }
    }

    public struct WaitingDevice: Equatable, Sendable {
        public let tenant: ShortName
        public let letters: String
    }

    /// A device that was heard so soon after the beginning may have met the certificates of before.
    private static let pickUpMilliseconds: Int64 = 60_000

    public func authorityStatus() throws -> AuthorityStatus {
        let succession = try installation.succession.map { succession in
            let began = installation.successionBegan ?? 0
            var (waiting, unread): ([WaitingDevice], [ShortName]) = ([], [])
            for name in try tenantNames() {
                do {
                    let office = try tenant(name)
                    defer { try? office.store.close() }
                    let devices = try office.store.read { try $0.devices() }
                    waiting += devices.filter { $0.revoked == nil && max($0.enrolled, $0.contact?.time ?? 0) < began + Self.pickUpMilliseconds }
                        .map { WaitingDevice(tenant: name, letters: $0.letters) }
                } catch let error as StoreError where error.isDamage { unread.append(name) }
            }
            return AuthorityStatus.Succession(formerPin: succession.former.publicKey.pin, began: began, waiting: waiting, unread: unread)
        }
        return AuthorityStatus(pin: installation.pin, until: installation.authority.certificate.notAfter * 1000, succession: succession)
    }

    /// Makes the next authority. Noted in the audit log of every tenant, with the pin of the one that it takes over from.
    public func beginAuthority() throws {
        try installation.requireNoSuccession()
        // Noted first, as everything here: a log may tell of what was cut off before it began, and never leaves out what was done.
        try noteEverywhere("authority.begin", installation.pin)
        _ = try installation.beginSuccession(at: clock.now())
    }

    /// Takes the former authority away and destroys its key. Refuses while devices were not heard since the beginning, unless `force`: they then know
    /// this server no more, and need new invitations. Noted in the audit log of every tenant, with the pin of the one that stays.
    public func finishAuthority(force: Bool) throws {
        let doing = "finishing with the installation's former authority"
        // Cut off before: nothing is left to ask.
        if let succession = try authorityStatus().succession {
            guard force || succession.waiting.isEmpty && succession.unread.isEmpty else {
                throw OperationFailure(
                    .badInput, doing: doing,
                    wrong: "devices that were not heard since it began: \(succession.waiting.count); tenants that cannot be read: \(succession.unread.count)",
                    remedy: "see seamark-server authority status; wait for them, revoke them, or say --force: they will need new invitations")
            }
        } else if try !PrivateFile.exists(directory.finishing) {
            throw OperationFailure(.badInput, doing: doing, wrong: "it is not being replaced", remedy: "begin with seamark-server authority begin")
        }
        try noteEverywhere("authority.finish", installation.pin)
        try installation.finishSuccession(at: clock.now())
    }

    private func noteEverywhere(_ act: String, _ pin: Hash256) throws {
        for name in try tenantNames() {
            do {
                let office = try tenant(name)
                defer { try? office.store.close() }
                _ = try office.store.write { try $0.noteAct(act, detail: pin.description, at: clock.now()) }
            } catch let error as StoreError where error.isDamage { continue }
        }
    }
}
