import ArgumentParser
import Foundation
import Glibc
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what commonly goes wrong on a laptop, and say what to do about it.",
        discussion: """
            For example:
              seamark doctor
              seamark doctor --network

            It looks at Seamark's folder, the disk, the clock, the terminal and each tenant's store that is unlocked; nothing is changed, nothing \
            asked for, and nothing sent. With --network it also tries whether the server's port answers. It ends with 0 unless something is at \
            fault, then with 65.
            """)

    @Flag(help: "Try whether the server's port answers.") var network = false
    @OptionGroup var format: JSONOption

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let home = try TenantHome(environment: environment)
        var facts = LaptopFacts(home: home.path, now: TimeText.now(), isUTF8: InterviewTerminal.isUTF8, editor: Self.editor(environment))
        look(at: home.path, &facts)
        let left = EditorFolders.find(home: home.path).filter { !$0.isHeld }
        facts.editorTexts = left.filter { !$0.isPage }.map { ($0.path, $0.isLeft) }
        facts.printedPages = left.filter(\.isPage).map(\.path)
        for tenant in try home.tenants() { facts.tenants.append(look(at: tenant, home)) }
        let diagnosis = Diagnosis(facts)
        if format.json {
            Terminal.json(.object([
                JSONMember("software", .string(SyncRun.software)), JSONMember("fault", .bool(diagnosis.hasFault)),
                JSONMember("findings", .array(diagnosis.findings.map { finding in
                    .object([
                        JSONMember("about", .string(finding.about)), JSONMember("tenant", finding.tenant.map { .string($0) } ?? .null),
                        JSONMember("verdict", .string(finding.verdict.rawValue)), JSONMember("words", .string(finding.words)), JSONMember("remedy", .string(finding.remedy)),
                    ])
                })),
            ]), .doctor)
        } else {
            show(diagnosis, facts)
        }
        if diagnosis.hasFault { throw Explained(.refused, "Something is at fault; what to do stands beside it.") }
    }

    private func show(_ diagnosis: Diagnosis, _ facts: LaptopFacts) {
        Terminal.line(.init(SyncRun.software, .bold), .init("  \(facts.home)", .dim))
        var tenant: String?
        for finding in diagnosis.findings {
            if finding.tenant != tenant, let name = finding.tenant { Terminal.line(.init(name, .bold)) }
            tenant = finding.tenant
            let mark: Terminal.Piece =
                switch finding.verdict {
                case .fine: .init("  ok     ", .green)
                case .note: .init("  note   ", .yellow)
                case .fault: .init("  fault  ", .red)
                case .unknown: .init("  ?      ", .dim)
                }
            Terminal.block(finding.words + (finding.remedy.isEmpty ? "" : " " + finding.remedy), first: [mark], indent: "         ")
        }
    }

    // MARK: - Looking

    private func look(at path: String, _ facts: inout LaptopFacts) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        facts.homeMode = UInt32(status.st_mode) & 0o7777
        facts.homeIsOwn = status.st_uid == geteuid()
        facts.homeIsWritable = access(path, W_OK) == 0
        var disk = statvfs()
        if statvfs(path, &disk) == 0 { facts.freeBytes = Int64(clamping: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize)) }
    }

    private func look(at tenant: String, _ home: TenantHome) -> LaptopFacts.Tenant {
        var status = stat()
        let mode = stat(home.storePath(tenant), &status) == 0 ? UInt32(status.st_mode) & 0o7777 : nil
        let standing: LaptopFacts.Standing
        do {
            let store = try DeviceStore(at: home.storePath(tenant))
            if let key = try? KeyHolder.key(of: try store.id) {
                standing = .open(try facts(of: Device(store: try store.unlock(storeKey: key), now: TimeText.now)))
            } else {
                standing = .locked
            }
        } catch { standing = .failed(Explanation(error).sentence) }
        return LaptopFacts.Tenant(name: tenant, folderMode: mode, standing: standing)
    }

    private func facts(of device: Device) throws -> LaptopFacts.Device {
        let state = try device.state
        var facts = LaptopFacts.Device()
        facts.isRevoked = state.settings[.isRevoked] == .bool(true)
        facts.awaitsConfirmation = state.awaitsConfirmation
        facts.isUnknown = state.isUnknown
        facts.certificateDaysLeft = device.certificateStanding(state)?.daysLeft
        facts.leaseDaysLeft = device.lease(state).daysLeft
        facts.sinceSync = state.lastComplete.map { max(0, TimeText.now() &- $0.time) }
        facts.skew = state.lastComplete?.skew
        facts.unsent = state.unsentCount
        facts.unknownEngagements = state.unknownScopes.count
        if let contact = state.lastContact {
            switch contact.outcome {
            case .complete: break
            case .interrupted: facts.lastAttempt = "was interrupted"
            case .refused: facts.lastAttempt = "was refused"
            case .unreachable: facts.lastAttempt = "found no server"
            }
        }
        var oldest: Int64?
        for id in state.scopeIDs {
            guard let replica = state.replicas[id] else { continue }
            facts.unsent += replica.stranded.count
            let times = replica.stranded.map(\.stamp.time) + replica.fresh.map(\.stamp.time) + replica.waiting.flatMap { $0.changes.compactMap { replica.history[$0]?.stamp.time } }
            if let time = times.min() { oldest = min(oldest ?? time, time) }
            facts.quarantined += replica.confirmed.refused.values.count { $0.change.stamp.device == replica.stream.device }
            facts.conflicts += RecordFinder(state, scope: id)?.conflicts.count ?? 0
        }
        let attachments = try device.attachmentsNotWithServer()
        facts.attachmentsWaiting = attachments.toHandIn.count
        facts.attachmentsRefused = attachments.refusals.sorted { ($0.key.code, $0.key.limit ?? 0) < ($1.key.code, $1.key.limit ?? 0) }.map { refusal, count in
            (AttachmentRefusal(refusal).words, count)
        }
        facts.oldestUnsent = oldest.map { max(0, TimeText.now() &- $0) }
        if network {
            let identity = state.identity
            facts.server = ("\(identity.serverHost):\(identity.serverPort)", ServerLine.problem(host: identity.serverHost, port: identity.serverPort))
        }
        return facts
    }

    private static func editor(_ environment: [String: String]) -> (String, Bool) {
        let words = TextEditor.name(environment)
        let name = words.split(separator: " ").first.map(String.init) ?? words
        if name.contains("/") { return (name, access(name, X_OK) == 0) }
        return (name, (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 })
    }
}
