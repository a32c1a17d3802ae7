import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Where things stand: what is not sent, what is in quarantine or in conflict, the last sync, the certificate.",
        discussion: """
            For example:
              seamark status
              seamark status --json
            """)

    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .work)
        let state = try place.device.state
        let chosen = try? place.engagement()
        if format.json { return Terminal.json(try document(place, state, chosen), .status) }
        let identity = state.identity
        let role = Role(rawValue: Int64(identity.role))?.key ?? "unknown role"
        let person = chosen.flatMap { RecordFinder(state, scope: $0)?.person(identity.member) }
        let name = identity.tenantName.isEmpty ? place.tenant : identity.tenantName
        Terminal.line(.init(name, .bold), .init(": " + [person, role].compactMap { $0 }.joined(separator: ", ") + "; its handles have the letters \(identity.letters)"))
        if state.settings[.isRevoked] == .bool(true) { Terminal.line(.init("This device is revoked: it shows and takes nothing. What a sync handed in is with headquarters, the rest is kept here; ask headquarters.", .red)) }
        // The next sync that gets to its end says it once more, and then it is told.
        if try !place.device.renumbered.isEmpty {
            Terminal.line(.init("This store was found restored or copied; its work was numbered anew. If you did not do that, tell headquarters.", .yellow))
        }
        if state.awaitsConfirmation { WaitWords.lines(identity.words, holdsEngagement: state.holdsEngagement).forEach { Terminal.line(.init($0, .yellow)) } }
        if state.isUnknown { UnknownDeviceWords.lines(identity).forEach { Terminal.line(.init($0, .yellow)) } }
        Terminal.line(.init(KeyHolder.holder(of: place.device.store.id).map { "Unlocked: \($0.words)." } ?? "Locked: each command asks for the passphrase."))
        Terminal.line(.init(lastSync(state)))
        let findings = Device.findings(state)
        if !findings.isEmpty {
            let times = findings.map { "\($0.problem)\($0.count == 1 ? "" : ", \($0.count) times")" }.joined(separator: "; ")
            Terminal.line(.init("What a server or a bundle gave this laptop did not hold together, and nothing of it was taken: problem \(times). Tell headquarters.", .yellow))
        }
        daysLeft(place.device, state)
        for id in state.scopeIDs where state.scopes[id]?.kind == .engagement {
            guard let standing = try EngagementStanding(of: id, state, place.device) else { continue }
            Terminal.line("")
            show(standing, isChosen: id == chosen, isHeld: standing.scope.isWithdrawn || state.settings[.isRevoked] == .bool(true), isRevoked: state.settings[.isRevoked] == .bool(true), namesRecords: namesRecords(place, state))
        }
        if try place.readsPublications {
            showPublished(state, place)
        } else if place.device.state(has: .engagement) == false {
            Terminal.line("There is no engagement on this device yet. Run 'seamark sync'.")
        }
        let others = OtherTenant.all(beside: place)
        if !others.isEmpty { Terminal.line("") }
        for other in others { Terminal.line("Also on this laptop: ", .init(other.name, .bold), .init(", " + other.words, other.isSafe ? nil : .yellow)) }
        Terminal.line(.init("seamark \(SoftwareVersion.text)", .dim))
    }

    /// What a client viewer's laptop holds.
    private func showPublished(_ state: DeviceState, _ place: Workplace) {
        let reports = PublishedReports(state)
        Terminal.line("")
        guard !reports.all.isEmpty else { return Terminal.line("Nothing is published for you yet. Run 'seamark sync'.") }
        let gone = reports.all.count - reports.standing.count
        Terminal.line("Published for you: \(counted(reports.standing.count, "report"))\(gone > 0 ? "; \(gone) withdrawn" : "").")
        guard place.shows, state.settings[.isRevoked] != .bool(true) else { return }
        for one in reports.standing { Terminal.line("  \(one.handle) \(one.title): \(one.engagement), as of \(CalendarDate.text(days: one.day))", .init(one.isDraft ? ", DRAFT" : "", .yellow)) }
    }

    /// What shows nothing names none of its records either.
    private func namesRecords(_ place: Workplace, _ state: DeviceState) -> Bool { place.shows && state.settings[.isRevoked] != .bool(true) }

    private func show(_ standing: EngagementStanding, isChosen: Bool, isHeld: Bool, isRevoked: Bool, namesRecords: Bool) {
        let replica = standing.replica
        Terminal.line(
            .init(standing.record?.handle ?? RecordFinder.short(standing.id), .bold), "  \(standing.record?.text("title") ?? "(not yet synced)")",
            .init(isChosen ? "  (chosen)" : "", .dim))
        if standing.isUnknown {
            Terminal.line(.init("  \(UnknownScopeWords.sentence(standing))", .red))
        } else if standing.scope.isWithdrawn, !isRevoked { Terminal.line(.init("  You are no longer staffed here.", .yellow)) }
        Terminal.line("  \(counted(standing.records, "record")), log read to \(replica.cursor.position)\(replica.mark.position > replica.cursor.position ? " of at least \(replica.mark.position)" : "")")
        let interviews = standing.interviews.filter { $0.count > 0 }
        if !interviews.isEmpty { Terminal.line("  Interviews: \(interviews.map { "\($0.count) \($0.status)" }.joined(separator: ", ")).") }
        if !standing.isUnknown { unsent(standing, isHeld: isHeld) }
        // Those that the server refused are named below.
        let waiting = standing.attachments.toHandIn
        if waiting.count > 0 {
            Terminal.line(.init("  \(counted(waiting.count, "attachment")) (\(bytesInWords(waiting.bytes))) not yet with the server.", .yellow))
        }
        if !standing.drafts.isEmpty {
            let count = standing.drafts.reduce(0) { $0 + $1.texts }
            let places = standing.drafts.prefix(4).map(\.interview).joined(separator: ", ") + (standing.drafts.count > 4 ? " and \(standing.drafts.count - 4) more" : "")
            let whose = namesRecords ? " in \(places)" : ""
            Terminal.line(.init("  \(counted(count, "text"))\(whose) that you began \(count == 1 ? "waits" : "wait"), not stored: seamark interview \(namesRecords && standing.drafts.count == 1 ? places : "HANDLE")", .yellow))
        }
        for refused in standing.attachmentsRefused.prefix(Self.mostRefused) {
            let name = namesRecords ? standing.finder?.name(of: refused.record.id) ?? RecordFinder.short(refused.record.id) : "an attachment"
            Terminal.line(.init("  Refused by the server: ", .red), "\(name) (\(bytesInWords(refused.size))): \(AttachmentRefusal(refused.refusal, size: refused.size).words).")
        }
        if standing.attachmentsRefused.count > Self.mostRefused { Terminal.line("  and \(standing.attachmentsRefused.count - Self.mostRefused) more attachments: seamark status --json") }
        for (change, refusal) in standing.quarantined {
            let names = namesRecords ? standing.finder.map { RecordNames.of(change, $0) } ?? "a change" : "a change"
            Terminal.line(.init("  In quarantine: ", .yellow), "\(names): \(RefusalWords.words(refusal)).")
        }
        if let last = replica.repairs.last {
            Terminal.line(.init("  \(TimeText.local(last.time)): \(RepairWords.words(last))", last.finding == .bothStand ? .yellow : .dim))
        }
        guard !standing.conflicts.isEmpty, !isRevoked else { return }
        let names = standing.conflicts.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let some = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
        Terminal.line(.init("  \(counted(standing.conflicts.count, "conflict")) to settle\(namesRecords ? " (\(some))" : ""): seamark conflicts", .yellow))
    }

    /// So many refused attachments are told of in one engagement.
    private static let mostRefused = 5

    private func unsent(_ standing: EngagementStanding, isHeld: Bool) {
        guard standing.unsent > 0 else {
            return Terminal.line(standing.isWithServer ? .init("  Everything is with the server.", .green) : "  All changes are with the server, attachments are not:")
        }
        let age = standing.oldestUnsent.map { ", the oldest made \(TimeText.span(TimeText.now() &- $0)) ago" } ?? ""
        // What a server keeps in quarantine whole gets no receipt: it counts as unsent until headquarters decides.
        let words = isHeld ? "without a receipt" : "not yet sent (at most \(bytesInWords(standing.bytesUnsent)))"
        let next = isHeld ? standing.unsent == 1 ? " A sync hands it in, the server keeps it in quarantine, and headquarters releases it." : " A sync hands them in, the server keeps them in quarantine, and headquarters releases them." : ""
        Terminal.line(.init("  \(counted(standing.unsent, "change")) \(words)\(age).\(next)", .yellow))
    }

    private func lastSync(_ state: DeviceState) -> String {
        guard let last = state.lastComplete else { return "Never synced." }
        var text = "Last complete sync \(TimeText.local(last.time)) (\(TimeText.span(TimeText.now() &- last.time)) ago)."
        if let skew = last.skew, skew.magnitude > 60_000 { text += " This laptop's clock is \(TimeText.span(skew)) \(skew > 0 ? "behind" : "ahead of") the server's." }
        if let contact = state.lastContact, contact.outcome != .complete {
            let words =
                switch contact.outcome {
                case .complete: "completed"
                case .interrupted: "was interrupted"
                case .refused: "was refused"
                case .unreachable: "found no server"
                }
            text += " The last attempt, \(TimeText.local(contact.time)), \(words)."
        }
        return text
    }

    /// How long the certificate and the lease go on: on an ordinary day one line.
    private func daysLeft(_ device: Device, _ state: DeviceState) {
        let certificate = device.certificateStanding(state), lease = device.lease(state)
        let isShort = lease.daysLeft < Self.fewDays
        // What shows nothing anyway is not readable for some days more.
        let isRead = state.settings[.isRevoked] != .bool(true) && !state.awaitsConfirmation
        if let certificate, !certificate.hasExpired, !certificate.isRenewalDue, isRead, !isShort {
            let words = "Certificate valid for \(counted(Int(certificate.daysLeft), "more day")); readable without a sync for \(counted(Int(lease.daysLeft), "day"))."
            return Terminal.line(.init(words, .dim))
        }
        if let certificate { Terminal.line(RenewalWords.line(certificate)) }
        if isRead || isShort { Terminal.line(.init(Self.words(lease), lease.isOver ? .red : isShort ? .yellow : .dim)) }
    }

    /// With fewer days of the lease left than these it is time to sync.
    private static let fewDays: Int64 = 7

    private static func words(_ lease: OfflineLease) -> String {
        if lease.isOver { return "No word from headquarters for \(OfflineLease.days) days: nothing is shown until 'seamark sync'. Capturing goes on." }
        let left = lease.daysLeft == 0 ? "less than a day" : counted(Int(lease.daysLeft), "day")
        return "Without a sync this laptop shows what it holds for \(left) more; capturing goes on."
    }

    /// What the server refused of an engagement's attachments.
    private func refusals(_ standing: EngagementStanding, namesRecords: Bool) -> [JSONValue] {
        standing.attachmentsRefused.map { record, size, refusal in
            let name = standing.finder?.name(of: record.id) ?? record.id.description
            return .object([
                JSONMember("record", namesRecords ? .string(name) : .null), JSONMember("code", .integer(Int64(refusal.code))),
                JSONMember("reason", .string(AttachmentRefusal(refusal, size: size).words)), JSONMember("size", .integer(Int64(size))),
                JSONMember("limitBytes", refusal.limit.map { .integer(Int64($0)) } ?? .null),
            ])
        }
    }

    private func document(_ place: Workplace, _ state: DeviceState, _ chosen: Identifier?) throws -> JSONValue {
        let identity = state.identity
        let now = TimeText.now()
        let namesRecords = namesRecords(place, state)
        let scopes: [JSONValue] = try state.scopeIDs.compactMap { id in
            guard let standing = try EngagementStanding(of: id, state, place.device) else { return nil }
            let (scope, replica, waiting) = (standing.scope, standing.replica, standing.attachmentsWaiting)
            return .object([
                JSONMember("id", .string(id.description)),
                JSONMember("kind", .string(scope.kind == .engagement ? "engagement" : scope.kind == .shared ? "shared" : "published")),
                JSONMember("handle", standing.record?.handle.map(JSONValue.string) ?? .null),
                JSONMember("title", standing.record?.text("title").map(JSONValue.string) ?? .null),
                JSONMember("chosen", .bool(id == chosen)), JSONMember("withdrawn", .bool(scope.isWithdrawn)),
                JSONMember("unknownToServer", .bool(standing.isUnknown)), JSONMember("changesOnceReceipted", .integer(Int64(replica.changesOnceReceipted))),
                JSONMember("records", .integer(Int64(standing.records))),
                JSONMember("epoch", .string(Hexadecimal.text(of: Identifier(high: 0, low: replica.epoch).bytes.suffix(8).map { $0 }))),
                JSONMember("position", .integer(Int64(clamping: replica.cursor.position))), JSONMember("logHash", .string(replica.cursor.hash.description)),
                JSONMember("highestReceipt", .integer(Int64(clamping: replica.mark.position))), JSONMember("digest", .string(replica.confirmed.digest.description)),
                JSONMember("interviews", .object(standing.interviews.map { JSONMember($0.status, .integer(Int64($0.count))) })),
                JSONMember("unsent", .integer(Int64(standing.unsent))), JSONMember("unsentBytesAtMost", .integer(Int64(standing.bytesUnsent))),
                JSONMember("oldestUnsentSeconds", standing.oldestUnsent.map { .integer(max(0, now &- $0) / 1000) } ?? .null),
                JSONMember("attachmentsWaiting", .integer(Int64(waiting.count))),
                JSONMember("attachmentBytesWaiting", .integer(Int64(waiting.bytes))),
                JSONMember("drafts", .array(standing.drafts.map { .object([JSONMember("interview", namesRecords ? .string($0.interview) : .null), JSONMember("texts", .integer(Int64($0.texts)))]) })),
                JSONMember("attachmentsRefused", .array(refusals(standing, namesRecords: namesRecords))),
                JSONMember("quarantined", .array(standing.quarantined.map { change, refusal in
                    .object([
                        JSONMember("change", .string(change.id.description)), JSONMember("refusal", .integer(Int64(refusal.rawValue))),
                        JSONMember("reason", .string(RefusalWords.words(refusal))),
                        JSONMember(
                            "records", .array(namesRecords ? Set(change.edits.map(\.record)).sorted().map { .string(standing.finder?.name(of: $0) ?? $0.description) } : [])),
                    ])
                })),
                JSONMember("conflicts", .integer(Int64(standing.conflicts.count))),
                JSONMember("repairs", .array(replica.repairs.map(RepairWords.document))),
            ])
        }
        let certificate = place.device.certificateStanding(state)
        func contact(_ contact: ServerContact?) -> JSONValue {
            guard let contact else { return .null }
            return .object([
                JSONMember("time", .string(CalendarDate.text(milliseconds: contact.time))), JSONMember("outcome", .string("\(contact.outcome)")),
                JSONMember("skewMilliseconds", contact.skew.map(JSONValue.integer) ?? .null),
            ])
        }
        return .object([
            JSONMember("tenant", .string(place.tenant)), JSONMember("tenantName", .string(identity.tenantName)),
            JSONMember("member", .string(identity.member.description)), JSONMember("device", .string(identity.device.description)),
            JSONMember("role", .string(Role(rawValue: Int64(identity.role))?.key ?? "")), JSONMember("letters", .string(identity.letters)),
            JSONMember("revoked", .bool(state.settings[.isRevoked] == .bool(true))), JSONMember("unsent", .integer(Int64(state.unsentCount))),
            JSONMember("keyHolder", KeyHolder.holder(of: place.device.store.id).map { .string($0.rawValue) } ?? .null),
        ] + WaitWords.members(state.awaitsConfirmation ? identity.words : nil) + [
            JSONMember("findings", .array(Device.findings(state).map { finding in
                .object([
                    JSONMember("problem", .integer(Int64(finding.problem))), JSONMember("count", .integer(finding.count)),
                    JSONMember("last", .string(CalendarDate.text(milliseconds: finding.last))),
                ])
            })),
            JSONMember("lastContact", contact(state.lastContact)), JSONMember("lastCompleteSync", contact(state.lastComplete)),
            JSONMember("certificateUntil", certificate.map { .string(CalendarDate.text(milliseconds: $0.until)) } ?? .null),
            JSONMember("certificateDaysLeft", certificate.map { .integer($0.daysLeft) } ?? .null),
            JSONMember("offlineDaysLeft", .integer(place.device.lease(state).daysLeft)),
            JSONMember("publications", .integer(Int64(PublishedReports(state).standing.count))), JSONMember("scopes", .array(scopes)), JSONMember("otherTenants", .array(OtherTenant.all(beside: place).map(\.document))),
            JSONMember("version", .string(SoftwareVersion.text)),
        ])
    }
}

extension Device {
    /// Does this device follow a scope of this kind?
    func state(has kind: DeviceScope.Kind) -> Bool { (try? state.scopes.values.contains { $0.kind == kind }) ?? false }
}
