internal import Dispatch
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore
internal import SeamarkTLS
internal import Synchronization

/// What a running server looks at by itself: new tenants, revocations and other acts of administrative commands, its own certificate.
///
/// Nothing is right because of it. Who may push and read is looked up by whoever answers; this only ends sooner what would
/// have been refused.
final class Watch: Sendable {
    private struct State {
        var isStopped = false
        var round = 0
        var installation: Installation
        var installationChanges = FolderChanges()
        var versions: [ObjectIdentifier: Int64] = [:]
        var wroteContacts: Int64
        var lookedAtCertificate: Int64
        var lookedAtRetention: Int64
        var wroteCounts: Int64
        var counts = ConnectionCounts()
    }

    private let state: Mutex<State>
    private let roster: Roster
    private let services: ConnectionServices
    private let chooser: TLSServerContext.Chooser
    private let directory: DataDirectory
    private let began: Int64
    /// Stores and folders are waited for here, where nobody else waits.
    private let queue = DispatchQueue(label: "seamark.watch")

    /// Reads whole stores, and so is nobody else's.
    private let retentionQueue = DispatchQueue(label: "seamark.retention", qos: .utility)

    /// Twenty times a second the folder of tenants, every fifth time the tenants that have guests, every twentieth whether erasures are owed.
    private static let pause = DispatchTimeInterval.milliseconds(50)
    private static let contactsEvery: Int64 = 5_000
    private static let countsEvery: Int64 = 5_000
    private static let certificateEvery: Int64 = 3_600_000
    private static let retentionEvery: Int64 = 86_400_000

    init(directory: DataDirectory, installation: Installation, roster: Roster, services: ConnectionServices, chooser: @escaping TLSServerContext.Chooser) {
        self.directory = directory
        self.roster = roster
        self.services = services
        self.chooser = chooser
        let now = services.clock.now()
        began = now
        state = Mutex(State(installation: installation, wroteContacts: now, lookedAtCertificate: now, lookedAtRetention: now - Self.retentionEvery + 3_600_000, wroteCounts: now))
    }

    func start() { queue.asyncAfter(deadline: .now() + Self.pause) { self.look() } }

    /// Returns when it looks no more.
    func stop() async {
        state.withLock { $0.isStopped = true }
        for queue in [queue, retentionQueue] { await withCheckedContinuation { continuation in queue.async { continuation.resume() } } }
    }

    /// Notes what was counted, if it altered: for `status`, which asks from another process.
    func writeCounts() {
        let counts = services.register.counts
        let now = services.clock.now()
        let mustWrite = state.withLock { state in
            state.wroteCounts = now
            defer { state.counts = counts }
            return state.counts != counts
        }
        if mustWrite { ServingNote(began: began, noted: now, counts: counts).write(to: directory) }
    }

    private func look() {
        let round: Int? = state.withLock { state in
            guard !state.isStopped else { return nil }
            state.round += 1
            return state.round
        }
        guard let round else { return }
        roster.refreshIfChanged()
        if round.isMultiple(of: 5) {
            lookAtGuests()
            for tenant in roster.tenants { tenant.checkpointWhenQuiet() }
            lookAtInstallation()
        }
        if round.isMultiple(of: 20) { for tenant in roster.tenants { tenant.settleErasures() } }
        lookAtTime()
        start()
    }

    /// Conversations to come have the certificates that a command put there, as when the authority is replaced; those that go on keep theirs.
    private func lookAtInstallation() {
        guard let look = state.withLock({ $0.installationChanges.look(at: directory.installation) }) else { return }
        // What cannot be read is tried when it was altered again: the conversations to come have the certificates of before.
        defer { state.withLock { $0.installationChanges.remember(look) } }
        do {
            // The command that alters it writes the server's certificate too, and two must not: what one that was cut off left undone is done by the
            // hourly look. Until then the certificate of before stands under the authority of before, which is shown as well.
            let installation = try Installation(opening: directory)
            services.replace(try TLSServerContext(identity: try installation.identity(), chooser: chooser))
            state.withLock { $0.installation = installation }
        } catch {
            services.fault("read the installation's certificates", error)
        }
    }

    /// Ends connections of devices that were revoked, are to be wiped or must be confirmed, and of members that were made inactive.
    func lookAtGuests() {
        let guests = services.register.guests()
        for tenant in roster.tenants {
            let key = ObjectIdentifier(tenant.store)
            guard let devices = guests[key] else { continue }
            do {
                let version = try tenant.store.dataVersion()
                // Seen for the first time, it is looked at: what was revoked before may have slipped in.
                guard state.withLock({ $0.versions[key] != version }) else { continue }
                let dismissals = try tenant.desk.dismissals(of: devices.sorted())
                // After those who must go: what other processes committed is told to those who watch.
                defer { services.register.wake(key) }
                for (device, dismissal) in dismissals where dismissal > .none {
                    services.register.end(ConnectionRegister.Guest(tenant: key, device: device), .dismissed(dismissal))
                }
                state.withLock { $0.versions[key] = version }
            } catch {
                services.fault("look for revocations", error)
            }
        }
    }

    /// An hour after the start, and then once a day, one tenant after the other.
    private func keepRetention(at now: Int64) {
        let isTime = state.withLock { state in
            guard Self.isTime(now, since: state.lookedAtRetention, every: Self.retentionEvery) else { return false }
            state.lookedAtRetention = now
            return true
        }
        guard isTime else { return }
        for tenant in roster.tenants { retentionQueue.async { self.keepRetention(of: tenant) } }
    }

    private func keepRetention(of tenant: OpenTenant) {
        let fields: [ServerEvent.Field: String] = [.tenant: "\(tenant.keys.tenant)"]
        do {
            let round = try tenant.keepRetention { if state.withLock({ $0.isStopped }) { throw CancellationError() } }
            switch round {
            case .nothing: break
            case .redacted:
                services.log.note(.retentionRedacted, fields)
                services.register.wake(ObjectIdentifier(tenant.store))
            case .silent:
                services.log.note(.retentionSilent, fields)
            }
        } catch is CancellationError {} catch { services.fault("redact what was kept for long enough", error) }
    }

    /// Of a clock that was set back it is time too, or nothing would be done until it has come back to where it was wrong.
    private static func isTime(_ now: Int64, since last: Int64, every milliseconds: Int64) -> Bool { (now - last).magnitude >= milliseconds.magnitude }

    private func lookAtTime() {
        let now = services.clock.now()
        let (isContactTime, installation) = state.withLock { state in
            let isContactTime = Self.isTime(now, since: state.wroteContacts, every: Self.contactsEvery)
            if isContactTime { state.wroteContacts = now }
            let isCertificateTime = Self.isTime(now, since: state.lookedAtCertificate, every: Self.certificateEvery)
            if isCertificateTime { state.lookedAtCertificate = now }
            return (isContactTime, isCertificateTime ? state.installation : nil)
        }
        if state.withLock({ Self.isTime(now, since: $0.wroteCounts, every: Self.countsEvery) }) { writeCounts() }
        if isContactTime { for tenant in roster.tenants { tenant.writeContacts() } }
        keepRetention(at: now)
        guard let installation, installation.isRenewalDue(at: now) else { return }
        do {
            let renewed = try installation.renewed(at: now)
            services.replace(try TLSServerContext(identity: try renewed.identity(), chooser: chooser))
            state.withLock { $0.installation = renewed }
            services.log.note(.serverCertificateRenewed)
        } catch {
            services.fault("renew the server's certificate", error)
        }
    }
}
