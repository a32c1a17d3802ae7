import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

struct Sync: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send what is new here and fetch what is new there.",
        discussion: """
            For example:
              seamark sync
              seamark sync --max-bytes 200k   on a narrow line
              seamark sync --forecast
              seamark sync --watch

            What the server has signed for is safe; a sync that breaks, or that Ctrl-C stops, goes on where it stopped. Other \
            commands may run meanwhile. Progress appears on a terminal only: the engagement or attachment that is under way, how much of it is \
            done, and how long it takes yet at the pace of the last seconds.

            With --max-bytes blocks go up first, then entries come down, attachments last; what does not fit is not begun. \
            Bytes are counted as they pass on the connection, both ways, connecting and TLS included (TCP and IP take some 3 % \
            more). A sync that stops so ends with status 0, and says what is left; "budget" in --json has it in figures.

            This laptop's certificate lasts 30 days; a sync renews it by itself in the last third of that, and after its end, \
            unless the device was revoked.

            A device that headquarters has yet to confirm sends and fetches nothing; the sync ends with status \(ExitStatus.awaitsConfirmation.rawValue) and shows the six \
            words to read to headquarters.

            Where headquarters ordered this laptop wiped, a sync hands in what has no receipt, and then destroys everything of the tenant \
            that is here. It ends with status \(ExitStatus.notPermitted.rawValue).
            """)

    @Option(help: .hidden) var cutAfterBlocks: Int?
    @Flag(name: .customLong("no-attachments"), help: "Leave the bytes of attachments for a later sync.") var leavesAttachments = false
    @Flag(help: "Stay connected: send what is captured and fetch what others commit as it happens, until Ctrl-C.") var watch = false
    @Flag(help: "Say what a sync would send and fetch, and make none. Without the server: what it would send.") var forecast = false
    @Option(help: ArgumentHelp("Move no more bytes than this, both ways together: 200k, 1.5M.", valueName: "bytes")) var maxBytes: ByteCount?
    @Option(help: .hidden) var keepAliveSeconds: Int64?
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func validate() throws {
        if watch, maxBytes != nil { throw ValidationError("--watch goes on until it is stopped; --max-bytes is for a sync that ends.") }
        if forecast, watch || maxBytes != nil { throw ValidationError("--forecast makes no sync; leave out --watch and --max-bytes.") }
    }

    func run() throws {
        // Before the store is opened and read, which takes a while: it may be ended at any point, and says so.
        let stop = StopSignal.listen()
        let place = try Workplace(work, to: forecast ? .work : .handIn)
        if watch { return try watch(place, stop) }
        if forecast { return try forecast(place, stop) }
        if stop.isRaised { throw try stopped(acknowledged: 0, place) }
        let before = try Self.conflictIDs(place)
        let known = try Self.changesOfOthers(place)
        let ownBefore = OwnChanges(try place.device.state)
        let heldBefore = QuarantineWatch(try place.device.state)
        let redactedBefore = try redactedValues(place)
        let publishedBefore = PublishedReports(try place.device.state).standing
        var shown = SyncProgress(place)
        let report: SyncRun.Report
        do {
            report = try SyncRun.run(
                place.device, attachments: leavesAttachments ? .none : .init(), cutAfterBlocks: cutAfterBlocks, mostBytes: maxBytes?.count,
                stop: stop
            ) { shown.show($0) }
        } catch let failure as SyncRun.Failure {
            try place.obeyWipe(after: failure, tell: format.teller)
            guard case .stopped = failure.cause else {
                if failure.problem == .unknownDevice, !format.json {
                    Terminal.progress("")
                    UnknownDeviceWords.lines(try place.device.state.identity).forEach { Terminal.line(.init($0, .yellow)) }
                }
                throw failure
            }
            throw try stopped(acknowledged: failure.acknowledged, place)
        }
        Terminal.progress("")
        try place.obeyWipe(handedIn: report.isHandedIn, tell: format.teller)
        try place.removeSalvaged(after: report)
        let after = try Self.conflictIDs(place)
        let fetched = try Self.changesOfOthers(place) - known
        let new = after.subtracting(before).count
        let state = try place.device.state
        let own = OwnChanges(state).news(since: ownBefore, sent: report.outcome.pushedChanges)
        let quarantine = QuarantineWatch(state)
        let released = quarantine.released(since: heldBefore, state)
        // With what a sync that was cut off could not tell.
        let renumbered = try place.device.renumbered
        if format.json {
            Terminal.json(document(report, fetched, own, renumbered, new, after.count, state, released), .sync)
            try Self.told(renumbered, place)
        }
        if report.outcome.awaitsConfirmation { throw Explained(.awaitsConfirmation, WaitWords.sentence(state.identity.words, holdsEngagement: state.holdsEngagement)) }
        if format.json { return }
        let held = quarantine.new(since: heldBefore)
        say(report, fetched, own, renumbered, held.count, new, after.count)
        for sentence in report.outcome.unknown.compactMap({ UnknownScopeWords.sentence(of: $0, state.replicas) }) { Terminal.line(.init(sentence, .red)) }
        try Self.told(renumbered, place)
        say(held, Dictionary(grouping: released) { QuarantineWatch.way(of: $0, own, sent: report.outcome.pushedChanges) }, state)
        let redacted = try redactedValues(place) - redactedBefore
        if try place.readsPublications { return say(publishedBefore, PublishedReports(state)) }
        if redacted > 0 { Terminal.line("\(counted(redacted, "redacted value")) deleted here: 'seamark list redaction' says why.") }
    }

    /// What a client viewer finds new, and what is no longer there.
    private func say(_ before: [Publication], _ reports: PublishedReports) {
        for new in reports.standing where !before.contains(where: { $0.record == new.record }) {
            Terminal.line(.init("Published for you: ", .green), "\(new.handle) \(new.title). 'seamark report' lists what there is.")
        }
        for gone in before {
            guard let reason = reports.all.first(where: { $0.record == gone.record })?.withdrawal else { continue }
            Terminal.line(.init("Withdrawn by headquarters, and gone from this laptop: ", .yellow), "\(gone.handle) \(gone.title). The reason given: \(reason)")
        }
    }

    /// Ctrl-C: what is safe, and what waits.
    private func stopped(acknowledged: Int, _ place: Workplace) throws -> Explained {
        let waiting = try SyncWaiting(place.device)
        let safe = acknowledged == 0 ? "Nothing got a receipt in this sync" : "\(counted(acknowledged, "change")) got \(acknowledged == 1 ? "its receipt" : "their receipts")"
        let rest = waiting.words(without: "one") ?? "nothing waits here without one"
        let refused = waiting.refusedWords.map { "; \($0)" } ?? ""
        return Explained(.interrupted, "Stopped. \(safe), and \(rest)\(refused). Nothing is lost; the next sync goes on where this one stopped.")
    }

    /// How many values the logs have redacted, as far as they were read.
    private func redactedValues(_ place: Workplace) throws -> Int {
        try place.device.state.replicas.values.reduce(0) { $0 + $1.barred.count }
    }

    /// What was said of streams that began anew is ticked off once it was written.
    private static func told(_ renumbered: [Identifier], _ place: Workplace) throws {
        if !renumbered.isEmpty, Terminal.flush() { try place.device.hasTold(renumbered: renumbered) }
    }

    /// What went into quarantine and what came out, each with its records and, where it is known, why.
    private func say(_ new: [QuarantineWatch.Held], _ released: [QuarantineWatch.Way: [QuarantineWatch.Held]], _ state: DeviceState) {
        func names(_ held: QuarantineWatch.Held) -> String {
            guard let finder = RecordFinder(state, scope: held.scope) else { return held.change.id.description }
            return RecordNames.of(held.change, finder)
        }
        let most = 5
        for held in new.filter({ $0.refusal != nil }).prefix(most) {
            Terminal.line(.init("  In quarantine: ", .yellow), "\(names(held)): \(held.refusal.map(RefusalWords.words) ?? "").")
        }
        for way in QuarantineWatch.Way.allCases {
            guard let released = released[way], !released.isEmpty else { continue }
            let why =
                switch way {
                case .letIn: ": headquarters let \(released.count == 1 ? "it" : "them") in"
                case .sentAgain: ": the server takes your work there again"
                case .either: ""
                }
            Terminal.line(.init("\(counted(released.count, "change")) came out of quarantine and \(released.count == 1 ? "is" : "are") applied now\(why).", .green))
            for held in released.prefix(most) { Terminal.line("  \(names(held))") }
            if released.count > most { Terminal.line("  and \(released.count - most) more") }
        }
    }

    private func say(_ report: SyncRun.Report, _ fetched: Int, _ own: OwnChanges.News, _ renumbered: [Identifier], _ quarantined: Int, _ newConflicts: Int, _ conflicts: Int) {
        let outcome = report.outcome
        var parts: [String] = []
        if outcome.pushedChanges > 0 { parts.append("Sent \(counted(outcome.pushedChanges, "change"))") }
        if fetched > 0 { parts.append("\(parts.isEmpty ? "Fetched" : "fetched") \(counted(fetched, "change"))") }
        if own.fetchedBack > 0 { parts.append("\(parts.isEmpty ? "Fetched" : "fetched") \(counted(own.fetchedBack, "change")) of this laptop's own back") }
        if own.arrived > 0 { parts.append("\(parts.isEmpty ? "Heard" : "heard") that \(counted(own.arrived, "change")) sent before had arrived") }
        let handedIn = report.attachments.handedIn
        if !handedIn.isEmpty {
            let size = handedIn.reduce(0) { $0 + $1.attachment.size }
            parts.append("\(parts.isEmpty ? "Handed in" : "handed in") \(counted(handedIn.count, "attachment")) of \(bytesInWords(size))")
        }
        let held = report.attachments.heldAlready.count
        if held > 0 { parts.append("\(parts.isEmpty ? "The" : "the") server has \(counted(held, "attachment")) of this laptop already") }
        let traffic = "\(bytesInWords(report.bytesSent)) sent, \(bytesInWords(report.bytesReceived)) received"
        let isWhole = report.budget?.shortfall == nil && !outcome.revoked && outcome.unknown.isEmpty
        if quarantined > 0 { parts.append("\(parts.isEmpty ? "Handed" : "handed") \(counted(quarantined, "change")) in to the quarantine") }
        Terminal.line(
            .init(parts.isEmpty ? isWhole ? "Nothing new on either side." : "No change was sent or fetched." : parts.joined(separator: ", ") + ".", .green),
            .init("  (\(traffic))", .dim))
        if let budget = report.budget {
            say(budget, hasMoved: !parts.isEmpty || report.attachments.bytesSent + report.attachments.bytesFetched + outcome.pulledEntries > 0)
        }
        for refusal in report.attachments.refused {
            let words = AttachmentRefusal(code: refusal.code, name: "", limit: refusal.limit, size: refusal.item.attachment.size).words
            Terminal.line(.init("An attachment of \(bytesInWords(refusal.item.attachment.size)) stays here: \(words).", .yellow))
        }
        if let renewal = report.renewal { Terminal.line(RenewalWords.line(renewal)) }
        if outcome.revoked {
            let keepsBytes = leavesAttachments || !report.attachments.refused.isEmpty || report.attachments.shortfall != nil
            let rest = outcome.untaken.isEmpty
                ? keepsBytes ? "Its changes were handed in, and not all of its attachments" : "What it captured was handed in" : "Not all that it captured could be handed in"
            Terminal.line(.init("This device was revoked. \(rest); ask headquarters.", .red))
        }
        if outcome.quarantined > 0 {
            Terminal.line(.init("\(counted(outcome.quarantined, "change")) went into quarantine; 'seamark status' says why. Nothing is lost.", .yellow))
        }
        if !outcome.held.isEmpty {
            let reason = outcome.revoked ? "this device was revoked" : "you are not staffed there"
            Terminal.line(.init("The server keeps work of \(counted(outcome.held.count, "engagement")) in quarantine, because \(reason). Nothing is lost; ask headquarters to release it.", .yellow))
        }
        if !renumbered.isEmpty {
            Terminal.line(.init("This store was restored or copied; its work was numbered anew. If you did not do that, tell headquarters.", .yellow))
        }
        if !outcome.readAgain.isEmpty { Terminal.line("Your role sees more than it did: what was withheld from this laptop was read anew.") }
        if outcome.rebuilt.count > outcome.readAgain.count { Terminal.line(.init(EpochWords.sentence(wasPutBack: report.wasPutBack), report.wasPutBack ? .yellow : nil)) }
        if outcome.hasTwoCopies {
            Terminal.line(.init("This device's work comes from two copies of its store. Use one of them only, and tell headquarters: the other may be stolen.", .red))
        }
        if outcome.isTooOldToRead {
            Terminal.line(.init("This Seamark is too old to read here. What it captured was handed in, and the server keeps it in quarantine; nothing new was fetched. Update Seamark, then sync again.", .red))
        } else if outcome.isOutdated {
            Terminal.line(.init("This Seamark is too old to write here. Its work is kept at the server in quarantine; it comes in when you update Seamark and sync again, or when headquarters releases it.", .yellow))
        } else if outcome.isBehind {
            Terminal.line("The server runs a newer Seamark. What only it knows is kept here and shown as needing a newer version.")
        }
        for examined in outcome.examinations {
            Terminal.line(.init(examined.note.map(RepairWords.words) ?? RepairWords.later, .yellow))
        }
        // Those that it does not know are named.
        let untaken = outcome.untaken.filter { !outcome.unknown.contains($0) }
        if !untaken.isEmpty {
            Terminal.line(.init("Headquarters could not take all that this laptop holds of \(counted(untaken.count, "engagement")): it stays here. Do not wipe this laptop, and tell headquarters.", .yellow))
        }
        if !outcome.left.isEmpty {
            Terminal.line("You are no longer staffed on \(counted(outcome.left.count, "engagement")): everything was handed in, and the copy here was destroyed.")
        }
        // A revoked laptop shows none of them.
        if newConflicts > 0, !outcome.revoked {
            Terminal.line(.init("\(counted(newConflicts, "new conflict")): see 'seamark conflicts'.", .yellow))
        } else if conflicts > 0, !outcome.revoked {
            Terminal.line("\(counted(conflicts, "conflict")) still open.")
        }
        if report.skew.magnitude > 60_000 {
            Terminal.line(.init("This laptop's clock is \(TimeText.span(report.skew)) \(report.skew > 0 ? "behind" : "ahead of") the server's. Nothing is refused for that, but set it right.", .yellow))
        }
    }

    private func document(
        _ report: SyncRun.Report, _ fetched: Int, _ own: OwnChanges.News, _ renumbered: [Identifier], _ newConflicts: Int, _ conflicts: Int, _ state: DeviceState, _ released: [QuarantineWatch.Held]
    ) -> JSONValue {
        let outcome = report.outcome
        func ids(_ scopes: [Identifier]) -> JSONValue { .array(scopes.map { .string($0.description) }) }
        return .object([
            JSONMember("sentBlocks", .integer(Int64(outcome.pushedBlocks))), JSONMember("sentChanges", .integer(Int64(outcome.pushedChanges))),
            JSONMember("fetchedEntries", .integer(Int64(outcome.pulledEntries))), JSONMember("fetchedChanges", .integer(Int64(fetched))),
            JSONMember("arrivedBefore", .integer(Int64(own.arrived))), JSONMember("fetchedBack", .integer(Int64(own.fetchedBack))),
            JSONMember("quarantined", .integer(Int64(outcome.quarantined))), JSONMember("released", .array(released.map { .string($0.change.id.description) })), JSONMember("held", ids(outcome.held)),
            JSONMember("renumbered", ids(renumbered)), JSONMember("rebuilt", ids(outcome.rebuilt)), JSONMember("revoked", .bool(outcome.revoked)),
            JSONMember("attachmentsHandedIn", .integer(Int64(report.attachments.handedIn.count))),
            JSONMember("attachmentsHeldAlready", .integer(Int64(report.attachments.heldAlready.count))),
            JSONMember("attachmentBytesSent", .integer(Int64(report.attachments.bytesSent))),
            JSONMember("attachmentMismatches", .integer(Int64(report.attachments.mismatches))),
            JSONMember("attachmentsRefused", .array(report.attachments.refused.map { Self.document($0) })),
            JSONMember("left", ids(outcome.left)), JSONMember("untaken", ids(outcome.untaken)), JSONMember("unknownToServer", ids(outcome.unknown)), JSONMember("twoCopies", .bool(outcome.hasTwoCopies)), JSONMember("outdated", .bool(outcome.isOutdated)),
            JSONMember("tooOldToRead", .bool(outcome.isTooOldToRead)), JSONMember("behind", .bool(outcome.isBehind)),
            JSONMember("repairs", .array(outcome.examinations.map { examined in
                .object([JSONMember("scope", .string(examined.scope.description)), JSONMember("result", examined.note.map(RepairWords.document) ?? .null)])
            })),
            JSONMember("newConflicts", .integer(Int64(newConflicts))), JSONMember("conflicts", .integer(Int64(conflicts))),
            JSONMember("unsent", .integer(Int64(state.unsentCount))), JSONMember("bytesSent", .integer(Int64(report.bytesSent))),
            JSONMember("bytesReceived", .integer(Int64(report.bytesReceived))), JSONMember("skewMilliseconds", .integer(report.skew)),
            JSONMember("budget", Self.document(report.budget)),
            JSONMember("certificate", report.renewal.map { .object(RenewalWords.members($0)) } ?? .null),
        ] + WaitWords.members(outcome.awaitsConfirmation ? state.identity.words : nil))
    }

    private static func document(_ refusal: AttachmentLane.Refusal) -> JSONValue {
        .object([
            JSONMember("record", .string(refusal.item.record.description)), JSONMember("code", .integer(Int64(refusal.code.rawValue))),
            JSONMember("size", .integer(Int64(refusal.item.attachment.size))), JSONMember("limitBytes", refusal.limit.map { .integer(Int64($0)) } ?? .null),
        ])
    }

    /// What came from elsewhere: the log also tells a device its own changes back.
    static func changesOfOthers(_ place: Workplace) throws -> Int {
        let state = try place.device.state
        return state.replicas.values.reduce(0) { sum, replica in sum + replica.history.values.count { $0.stamp.device != state.identity.device } }
    }

    static func conflictIDs(_ place: Workplace) throws -> Set<Identifier> {
        let state = try place.device.state
        return Set(state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement }.flatMap { RecordFinder(state, scope: $0)?.conflicts.map(\.id) ?? [] })
    }
}
