import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
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
        if state.settings[.isRevoked] == .bool(true) { Terminal.line(.init("This device is revoked. What it captured is kept; ask headquarters.", .red)) }
        if state.awaitsConfirmation { Terminal.line(.init(WaitWords.sentence(identity.words), .yellow)) }
        Terminal.line(.init(KeyHolder.holder(of: place.device.store.id).map { "Unlocked: \($0.words)." } ?? "Locked: each command asks for the passphrase."))
        Terminal.line(.init(lastSync(state)))
        let certificate = place.device.certificateStanding(state)
        if let certificate { Terminal.line(RenewalWords.line(certificate)) }
        let lease = place.device.lease(state)
        if lease.daysLeft < 7 { Terminal.line(.init(Self.words(lease), lease.isOver ? .red : .yellow)) }
        for id in state.scopeIDs {
            guard let scope = state.scopes[id], let replica = state.replicas[id], scope.kind == .engagement else { continue }
            let record = replica.view(id)
            Terminal.line("")
            Terminal.line(
                .init(record?.handle ?? RecordFinder.short(id), .bold), "  \(record?.text("title") ?? "(not yet synced)")",
                .init(id == chosen ? "  (chosen)" : "", .dim))
            if scope.isWithdrawn { Terminal.line(.init("  You are no longer staffed here.", .yellow)) }
            guard let finder = RecordFinder(state, scope: id) else { continue }
            Terminal.line("  \(counted(finder.all.count { !$0.isDeleted }, "record")), log read to \(replica.cursor.position)\(replica.mark.position > replica.cursor.position ? " of at least \(replica.mark.position)" : "")")
            unsent(replica, isHeld: scope.isWithdrawn || state.settings[.isRevoked] == .bool(true))
            let waiting = try place.device.attachmentsWaiting(in: id)
            if waiting.count > 0 {
                Terminal.line(.init("  \(counted(waiting.count, "attachment")) (\(bytesInWords(waiting.bytes))) not yet with the server.", .yellow))
            }
            for (change, refusal) in quarantined(replica) {
                let names = RecordNames.of(change, finder)
                Terminal.line(.init("  In quarantine: ", .yellow), "\(names): \(RefusalWords.words(refusal)).")
            }
            if let last = replica.repairs.last {
                Terminal.line(.init("  \(TimeText.local(last.time)): \(RepairWords.words(last))", last.finding == .bothStand ? .yellow : .dim))
            }
            let conflicts = finder.conflicts.count
            if conflicts > 0 { Terminal.line(.init("  \(counted(conflicts, "conflict")) to settle: seamark conflicts", .yellow)) }
        }
        if place.device.state(has: .engagement) == false { Terminal.line("There is no engagement on this device yet. Run 'seamark sync'.") }
    }

    private func unsent(_ replica: Replica, isHeld: Bool) {
        let count = replica.unsentCount
        guard count > 0 else { return Terminal.line(.init("  Everything is with the server.", .green)) }
        let oldest = (replica.fresh.map(\.stamp.time) + replica.waiting.flatMap { $0.changes.compactMap { replica.history[$0]?.stamp.time } }).min()
        let age = oldest.map { ", the oldest made \(TimeText.span(TimeText.now() &- $0)) ago" } ?? ""
        // What a server keeps in quarantine whole gets no receipt: it counts as unsent until headquarters decides.
        let words = isHeld ? "without a receipt: a sync hands them in, the server keeps them in quarantine, and headquarters releases them" : "not yet sent"
        Terminal.line(.init("  \(counted(count, "change")) \(words)\(age).", .yellow))
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

    private static func words(_ lease: OfflineLease) -> String {
        if lease.isOver { return "No word from headquarters for \(OfflineLease.days) days: nothing is shown until 'seamark sync'. Capturing goes on." }
        let left = lease.daysLeft == 0 ? "less than a day" : counted(Int(lease.daysLeft), "day")
        return "Without a sync this laptop shows what it holds for \(left) more; capturing goes on."
    }

    private func quarantined(_ replica: Replica) -> [(Change, Refusal)] {
        replica.confirmed.refused.values.filter { $0.change.stamp.device == replica.stream.device }
            .sorted { $0.change.stamp < $1.change.stamp }.map { ($0.change, $0.refusal) }
    }

    private func document(_ place: Workplace, _ state: DeviceState, _ chosen: Identifier?) throws -> JSONValue {
        let identity = state.identity
        let now = TimeText.now()
        let scopes: [JSONValue] = try state.scopeIDs.compactMap { id in
            guard let scope = state.scopes[id], let replica = state.replicas[id] else { return nil }
            let finder = RecordFinder(state, scope: id)
            let oldest = (replica.fresh.map(\.stamp.time) + replica.waiting.flatMap { $0.changes.compactMap { replica.history[$0]?.stamp.time } }).min()
            let waiting = try place.device.attachmentsWaiting(in: id)
            return .object([
                JSONMember("id", .string(id.description)),
                JSONMember("kind", .string(scope.kind == .engagement ? "engagement" : scope.kind == .shared ? "shared" : "published")),
                JSONMember("handle", replica.view(id)?.handle.map(JSONValue.string) ?? .null),
                JSONMember("title", replica.view(id)?.text("title").map(JSONValue.string) ?? .null),
                JSONMember("chosen", .bool(id == chosen)), JSONMember("withdrawn", .bool(scope.isWithdrawn)),
                JSONMember("records", .integer(Int64(finder?.all.count { !$0.isDeleted } ?? 0))),
                JSONMember("epoch", .string(Hexadecimal.text(of: Identifier(high: 0, low: replica.epoch).bytes.suffix(8).map { $0 }))),
                JSONMember("position", .integer(Int64(clamping: replica.cursor.position))), JSONMember("logHash", .string(replica.cursor.hash.description)),
                JSONMember("highestReceipt", .integer(Int64(clamping: replica.mark.position))), JSONMember("digest", .string(replica.confirmed.digest.description)),
                JSONMember("unsent", .integer(Int64(replica.unsentCount))),
                JSONMember("oldestUnsentSeconds", oldest.map { .integer(max(0, now &- $0) / 1000) } ?? .null),
                JSONMember("attachmentsWaiting", .integer(Int64(waiting.count))),
                JSONMember("attachmentBytesWaiting", .integer(Int64(waiting.bytes))),
                JSONMember("quarantined", .array(quarantined(replica).map { change, refusal in
                    .object([
                        JSONMember("change", .string(change.id.description)), JSONMember("refusal", .integer(Int64(refusal.rawValue))),
                        JSONMember("reason", .string(RefusalWords.words(refusal))),
                        JSONMember("records", .array(Set(change.edits.map(\.record)).sorted().map { .string(finder?.name(of: $0) ?? $0.description) })),
                    ])
                })),
                JSONMember("conflicts", .integer(Int64(finder?.conflicts.count ?? 0))),
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
            JSONMember("lastContact", contact(state.lastContact)), JSONMember("lastCompleteSync", contact(state.lastComplete)),
            JSONMember("certificateUntil", certificate.map { .string(CalendarDate.text(milliseconds: $0.until)) } ?? .null),
            JSONMember("certificateDaysLeft", certificate.map { .integer($0.daysLeft) } ?? .null),
            JSONMember("offlineDaysLeft", .integer(place.device.lease(state).daysLeft)),
            JSONMember("scopes", .array(scopes)),
        ])
    }
}

extension Device {
    /// Does this device follow a scope of this kind?
    func state(has kind: DeviceScope.Kind) -> Bool { (try? state.scopes.values.contains { $0.kind == kind }) ?? false }
}
