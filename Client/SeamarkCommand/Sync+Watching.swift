import Glibc
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

// `sync --watch`: one line for each thing that happens, until a signal ends it.
extension Sync {
    func watch(_ place: Workplace, _ stop: StopLine) throws {
        var settings = SyncRun.Watching()
        if let keepAliveSeconds { settings.keepAliveSeconds = keepAliveSeconds }
        var observer = try WatchObserver(place, json: format.json)
        var system = SystemRandomNumberGenerator()
        let tell: ((JSONValue) -> Void)? = format.json ? { Terminal.jsonLine($0, .wipe) } : nil
        let end: SyncRun.WatchEnd
        do {
            end = try SyncRun.watch(
                place.device, attachments: leavesAttachments ? .none : .init(), settings, dice: { system.next() }, stop: stop
            ) { happening in try observer.tell(happening) }
        } catch let failure as SyncRun.Failure {
            try place.obeyWipe(after: failure, tell: tell)
            throw failure
        }
        // Who wipes by hand has waited for the watch to let go of the store, and may be done with it by now.
        if place.device.store.isWiped { throw Workplace.Failure.wipedMeanwhile(tenant: place.tenant) }
        try observer.tellEnd(end)
        if end == .locked { throw Workplace.Failure.endedMeanwhile(place.device.store, of: place.tenant, then: "run 'seamark sync --watch' again") }
        try place.obeyWipe(handedIn: end == .revoked(isHandedIn: true), tell: tell)
    }
}

/// Turns what happens during a watch into lines.
private struct WatchObserver {
    let place: Workplace
    let json: Bool
    private var fetched: Int
    /// Why the connection was lost last, until something came over another.
    private var lastLoss: String?
    private var conflicts: Set<Identifier>
    private var staffed: [Identifier: String]
    private var sum = (sent: 0, fetched: 0)

    init(_ place: Workplace, json: Bool) throws {
        self.place = place
        self.json = json
        fetched = try Sync.changesOfOthers(place)
        conflicts = try Sync.conflictIDs(place)
        staffed = try Self.engagements(place)
    }

    private static func engagements(_ place: Workplace) throws -> [Identifier: String] {
        Dictionary(try place.engagements().map { ($0.id, $0.handle) }) { first, _ in first }
    }

    mutating func tell(_ happening: SyncRun.Happening) throws {
        switch happening {
        case .watching:
            let state = try place.device.state
            guard !state.awaitsConfirmation else {
                return say("waiting", [.init(WaitWords.sentence(state.identity.words, holdsEngagement: state.holdsEngagement).replacing("Then run 'seamark sync'.", with: "It goes on by itself then."), .yellow)], WaitWords.members(state.identity.words))
            }
            try tellStaffing()
            say("watching", [.init("Watching: what others commit comes at once, what you capture goes up at once. Ctrl-C ends it.", .green)])
        case .certificate(let renewal): say("certificate", [RenewalWords.line(renewal)], RenewalWords.members(renewal))
        case .synced(let report):
            lastLoss = nil
            try tellStaffing()
            try tell(report)
        case .lost(let failure, let pause):
            let seconds = (pause + 999) / 1000
            if case .sync(.epochRenewed) = failure.cause {
                say("greeting", [.init("The server's files had been put back to an older copy, as a laptop proved; connecting again, to hand in what it lacks.", .yellow)])
            } else if failure.asksForANewGreeting {
                say("greeting", ["Staffing, role or standing altered at headquarters; connecting again."])
            } else {
                // Nobody needs to be told to try again, or why at each try.
                let sentence = [" Try again when there is a connection.", " Try again; it goes on where it stopped."].reduce(Explanation(failure).sentence) { $0.replacing($1, with: "") }
                let words = sentence == lastLoss ? "Not yet." : sentence
                lastLoss = sentence
                say(
                    "lost", [.init("\(words) Trying again in \(counted(Int(seconds), "second")).", .yellow)],
                    [JSONMember("retryMilliseconds", .integer(pause))])
            }
        }
    }

    private mutating func tell(_ report: SyncRun.Report) throws {
        let outcome = report.outcome
        let known = try Sync.changesOfOthers(place)
        let new = max(0, known - fetched)
        fetched = known
        sum.sent += outcome.pushedChanges
        sum.fetched += new
        let open = try Sync.conflictIDs(place)
        let newConflicts = open.subtracting(conflicts).count
        conflicts = open
        let handedIn = report.attachments.handedIn.count
        var parts: [String] = []
        if outcome.pushedChanges > 0 { parts.append("sent \(counted(outcome.pushedChanges, "change"))") }
        if new > 0 { parts.append("fetched \(counted(new, "change"))") }
        if handedIn > 0 { parts.append("handed in \(counted(handedIn, "attachment"))") }
        if outcome.quarantined > 0 { parts.append("\(counted(outcome.quarantined, "change")) went into quarantine") }
        if !outcome.held.isEmpty { parts.append("the server keeps work of \(counted(outcome.held.count, "engagement")) in quarantine") }
        if !report.attachments.refused.isEmpty { parts.append("\(counted(report.attachments.refused.count, "attachment")) refused; 'seamark attach list' names them") }
        if !outcome.renumbered.isEmpty { parts.append("this store was restored or copied; its work was numbered anew") }
        if !outcome.readAgain.isEmpty { parts.append("your role sees more than it did; what was withheld was read anew") }
        if outcome.rebuilt.count > outcome.readAgain.count { parts.append("the server's log has a new epoch (\(EpochWords.causes)) and was read anew") }
        if !outcome.left.isEmpty { parts.append("\(counted(outcome.left.count, "engagement")) left: all was handed in, and the copy here was destroyed") }
        if !outcome.unknown.isEmpty { parts.append("headquarters does not know \(counted(outcome.unknown.count, "engagement")) any more, and what is here of \(outcome.unknown.count == 1 ? "it" : "them") stays; see 'seamark status'") }
        if outcome.hasTwoCopies { parts.append("the server has heard two copies of this store; tell headquarters") }
        if outcome.isTooOldToRead {
            parts.append("this Seamark is too old to read; update it")
        } else if outcome.isOutdated {
            parts.append("this Seamark is too old to write; update it")
        }
        for scope in Set(outcome.examinations.map(\.scope)).sorted() {
            parts.append("device and server held different states of engagement \(scope); see 'seamark status'")
        }
        if newConflicts > 0 { parts.append("\(counted(newConflicts, "new conflict")): see 'seamark conflicts'") }
        guard !parts.isEmpty || json else { return }
        let text = parts.joined(separator: ", ")
        say(
            "synced", [.init(text.prefix(1).uppercased() + text.dropFirst() + ".", newConflicts > 0 || outcome.quarantined > 0 ? .yellow : nil)],
            [
                JSONMember("sentChanges", .integer(Int64(outcome.pushedChanges))), JSONMember("fetchedChanges", .integer(Int64(new))),
                JSONMember("fetchedEntries", .integer(Int64(outcome.pulledEntries))), JSONMember("attachmentsHandedIn", .integer(Int64(handedIn))),
                JSONMember("quarantined", .integer(Int64(outcome.quarantined))), JSONMember("newConflicts", .integer(Int64(newConflicts))),
            ])
    }

    /// Engagements that came and went.
    private mutating func tellStaffing() throws {
        let now = try Self.engagements(place)
        let unknown = try place.device.state.unknownScopes
        for (id, name) in staffed.sorted(by: { $0.key < $1.key }) where now[id] == nil {
            let words = unknown.contains(id) ? "Headquarters does not know \(name) any more" : "You are no longer staffed on \(name)"
            say("unstaffed", [.init("\(words): nothing more comes from it.", .yellow)], [JSONMember("engagement", .string(id.description))])
        }
        for (id, name) in now.sorted(by: { $0.key < $1.key }) where staffed[id] == nil {
            say("staffed", [.init("You are staffed on \(name).", .green)], [JSONMember("engagement", .string(id.description))])
        }
        staffed = now
    }

    func tellEnd(_ end: SyncRun.WatchEnd) throws {
        let waiting = try SyncWaiting(place.device)
        let figures = "\(counted(sum.sent, "change")) sent, \(counted(sum.fetched, "change")) fetched"
        let nothing = waiting.refusedWords == nil ? "Nothing waits here." : "Nothing that the server would take waits here."
        let rest = (waiting.words(without: "a receipt").map { $0 + " for the next sync." } ?? nothing) + (waiting.refusedWords.map { " \($0)." } ?? "")
        let reason = switch end {
        case .stopped: "Watching ended"
        case .locked: "The store was locked, so watching ended"
        case .revoked(let isHandedIn):
            "This device was revoked, so watching ended; \(isHandedIn ? "what it captured was handed in" : "not all that it captured could be handed in"), ask headquarters"
        }
        let files = waiting.attachments
        say(
            "ended", ["\(reason): \(figures). \(rest)"],
            [
                JSONMember("unsent", .integer(Int64(waiting.changes))),
                JSONMember("attachmentsWaiting", .integer(Int64(files.toHandIn.count + files.refused.count))),
                JSONMember("attachmentBytesWaiting", .integer(Int64(files.toHandIn.bytes + files.refused.bytes))),
            ])
    }

    /// One line, at once.
    private func say(_ event: String, _ words: [Terminal.Piece], _ members: [JSONMember] = []) {
        let now = TimeText.now()
        if json {
            Terminal.jsonLine(.object([JSONMember("event", .string(event)), JSONMember("time", .string(CalendarDate.text(milliseconds: now)))] + members), .watch)
        } else {
            Terminal.line([.init("\(TimeText.clock(now))  ", .dim)] + words)
        }
        // Nobody reads it any more.
        if !Terminal.flush() { StopSignal.stop() }
    }
}
