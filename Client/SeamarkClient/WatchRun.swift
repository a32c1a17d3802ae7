package import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

/// One connection of a watch, without the waiting: whoever holds it says what came, that nothing did, or that the connection ended.
///
/// A watch is one of these after the other (`SyncRun.watch`). It looks at the clock no more than at the network: time comes in with each step.
package struct WatchRun {
    private let device: Device
    private var run: SyncRun
    private var watch: DeviceWatch
    private var told = (session: SyncSession.Outcome(), lane: AttachmentLane.Outcome())
    private var knowledge: SyncSession.Knowledge?
    /// All was said once over this connection.
    private var hasRested = false

    /// Whoever makes one holds the sync lock, for as long as the watch goes on.
    package init(_ device: Device, attachments: SyncRun.Attachments, _ settings: SyncRun.Watching, stop: StopLine) throws {
        try device.store.refresh()
        self.device = device
        run = SyncRun(device, try device.state.identity, attachments, stop: stop) { _ in }
        run.isWatching = true
        run.session.staysOpen = true
        watch = DeviceWatch(keepAlive: settings.keepAliveSeconds * 1000, silence: settings.silenceSeconds * 1000)
    }

    /// Connects to the device's server.
    mutating func connect(_ tell: (SyncRun.Happening) throws -> Void) throws -> Conversation {
        let conversation = try run.connect()
        // After a renewal, which may have led to another authority.
        knowledge = try run.knowledge()
        if let renewal = run.renewal { try tell(.certificate(renewal)) }
        return conversation
    }

    /// Goes over a line of the caller's.
    package mutating func connect(over line: any SyncLine) throws {
        run.line = line
        knowledge = try run.knowledge()
    }

    /// What came is taken in, with what arrived beside it; or it is time to look again at what this laptop captured.
    ///
    /// Throws what ends the connection, for `pause`, and whatever `tell` throws.
    ///
    /// - Parameters:
    ///   - arrived: nil where nothing came.
    ///   - hasEnded: nothing more comes.
    ///   - bytesReceived: over this connection so far, whole messages or not.
    ///   - now: milliseconds of a clock that only goes forward.
    package mutating func step(
        _ arrived: Message?, then next: () throws -> Message?, hasEnded: Bool, bytesReceived: Int, now: Int64, tell: (SyncRun.Happening) throws -> Void
    ) throws -> SyncRun.WatchEnd? {
        guard let line = run.line, let knowledge else { return nil }
        if let arrived {
            _ = try run.take(arrived, then: next, knowledge)
            // A watch may outlast a lease. Where that cannot be noted down the next word of the server tries again.
            if run.welcome?.revoked == false, !run.session.outcome.awaitsConfirmation { try? device.renewLease() }
        } else if hasEnded {
            _ = try run.perform(run.session.ended())
        } else {
            // What waits is asked of the store each time: whichever transaction read it first, it is unsent until it is sent.
            _ = try run.goOn()
        }
        if !isAnswerDue {
            let done = (run.session.outcome, run.lane?.outcome ?? AttachmentLane.Outcome())
            if done != told {
                // As a plain sync does: people ask for it afterwards. Where it cannot be noted the next word of the server tries again.
                if run.notesRefusals, run.lane != nil { try? device.note(refused: done.1.refused) }
                try tell(.synced(run.report(done.0.since(told.session), done.1.since(told.lane), line)))
                told = done
            }
            if run.welcome?.revoked == true {
                line.close()
                return .revoked(isHandedIn: run.session.outcome.untaken.isEmpty)
            }
        }
        switch watch.next(isAnswerDue: isAnswerDue, bytesReceived: bytesReceived, now: now) {
        case .wait: break
        case .giveUp: throw Conversation.Failure.silence
        case .ask:
            _ = try run.perform(run.session.watch())
            guard !hasRested else { break }
            hasRested = true
            try run.note(.complete)
            try tell(.watching)
        }
        return nil
    }

    /// The connection ended by `error`: notes that down. Returns for how many milliseconds to wait before the next; nil where the watch was asked
    /// to stop. Throws what trying again does not help.
    ///
    /// - Parameter die: any number, for waits that differ between devices.
    package mutating func pause(after error: any Error, _ backOff: inout BackOff, die: () -> UInt64, tell: (SyncRun.Happening) throws -> Void) throws -> Int64? {
        let failure: SyncRun.Failure
        switch error {
        case let known as SyncRun.Failure: failure = known
        case is Conversation.Failure, is TLSError: failure = run.ended(by: error)
        case _: throw error
        }
        if case .stopped = failure.cause { return nil }
        if hasRested { backOff.succeeded() }
        try? run.note(failure)
        let isWipeDue = try device.orderedWipe?.isDue(device.state) == true
        guard failure.mayPass(afterGreeting: run.welcome != nil), !isWipeDue else { throw failure }
        let pause = hasRested && failure.asksForANewGreeting ? 50 : backOff.next(die: die())
        try tell(.lost(failure, retryMilliseconds: pause))
        return pause
    }

    /// The server has something to say: its greeting, or the answer to something.
    private var isAnswerDue: Bool { !run.session.isResting || run.session.isWatchUnanswered || run.lane?.isDone == false }
}
