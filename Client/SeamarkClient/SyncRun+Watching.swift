import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

// A sync whose connection stays: what others commit comes as it is committed, what this laptop captures goes up as it is captured.
extension SyncRun {
    public struct Watching: Sendable {
        /// How often the store is asked what other commands of this laptop captured. Nothing of it goes over the wire.
        public var pollMilliseconds: Int32 = 100
        /// After so long without a word a small one is sent, which the server answers: below the time after which servers and the boxes
        /// between end silent connections.
        public var keepAliveSeconds: Int64 = 240
        /// An answer that is not there after so long will not come.
        public var silenceSeconds: Int64 = 30

        public init() {}
    }

    /// What a person may be told of.
    public enum Happening: Sendable {
        /// Everything is said on both sides, and from now on the server tells.
        case watching
        /// It was time for another certificate.
        case certificate(Renewal)
        /// Something went up or came down since the last was told: only that.
        case synced(Report)
        /// The connection ended; after so many milliseconds it is tried again.
        case lost(Failure, retryMilliseconds: Int64)
    }

    /// Why a watch ended.
    public enum WatchEnd: Equatable, Sendable {
        case stopped
        /// What the device held was handed in, if the server had a place for it; nothing comes any more.
        case revoked(isHandedIn: Bool)
    }

    /// Syncs, and goes on watching until it is asked to stop, reconnecting where that may help. Holds the sync lock all the time.
    ///
    /// Throws like `run`, for what trying again does not help. `dice`: any number, for waits that differ between devices.
    public static func watch(
        _ device: Device, attachments: Attachments = Attachments(), _ settings: Watching = Watching(), dice: () -> UInt64,
        stop: StopLine, tell: (Happening) throws -> Void
    ) throws -> WatchEnd {
        let lock = try device.store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        var backOff = BackOff()
        while true {
            try device.store.refresh()
            var run = SyncRun(device, try device.state.identity, attachments, stop: stop) { _ in }
            run.isWatching = true
            run.session.staysOpen = true
            var hasRested = false
            do {
                return try run.attend(settings) { happening in
                    if case .watching = happening {
                        hasRested = true
                        backOff.succeeded()
                    }
                    try tell(happening)
                }
            } catch let failure as Failure {
                if case .stopped = failure.cause { return .stopped }
                try? run.note(failure.outcome)
                let isWipeDue = try device.orderedWipe?.isDue(device.state) == true
                guard failure.mayPass(afterGreeting: run.welcome != nil), !isWipeDue else { throw failure }
                let pause = hasRested && failure.asksForANewGreeting ? 50 : backOff.next(die: dice())
                try tell(.lost(failure, retryMilliseconds: pause))
                if stop.wait(milliseconds: Int32(clamping: pause)) { return .stopped }
            }
        }
    }

    /// One connection, until it ends; `Failure` says why.
    private mutating func attend(_ settings: Watching, _ tell: (Happening) throws -> Void) throws -> WatchEnd {
        var watch = DeviceWatch(keepAlive: settings.keepAliveSeconds * 1000, silence: settings.silenceSeconds * 1000)
        var told = (session: SyncSession.Outcome(), lane: AttachmentLane.Outcome())
        do {
            let conversation = try connect()
            // After a renewal, which may have led to another authority.
            let knowledge = try knowledge()
            if let renewal { try tell(.certificate(renewal)) }
            while true {
                if let message = try conversation.next(withinMilliseconds: settings.pollMilliseconds) {
                    _ = try take(message, then: conversation.nextArrived, knowledge)
                    // A watch may outlast a lease. Where that cannot be noted down the next word of the server tries again.
                    if welcome?.revoked == false, !session.outcome.awaitsConfirmation { try? device.renewLease() }
                } else if conversation.hasEnded {
                    _ = try perform(session.ended())
                } else {
                    // What waits is asked of the store each time: whichever transaction read it first, it is unsent until it is sent.
                    _ = try goOn()
                }
                if !isAnswerDue {
                    let done = (session.outcome, lane?.outcome ?? AttachmentLane.Outcome())
                    if done != told {
                        try tell(.synced(report(done.0.since(told.session), done.1.since(told.lane), conversation)))
                        told = done
                    }
                    if welcome?.revoked == true {
                        line?.close()
                        return .revoked(isHandedIn: session.outcome.untaken.isEmpty)
                    }
                }
                switch watch.next(isAnswerDue: isAnswerDue, bytesReceived: conversation.bytesReceived, now: Int64(Conversation.monotonicMilliseconds())) {
                case .wait: break
                case .giveUp: throw Conversation.Failure.silence
                case .ask:
                    let isFirst = !session.isWatching
                    _ = try perform(session.watch())
                    guard isFirst else { break }
                    try note(.complete)
                    try tell(.watching)
                }
            }
        } catch let error where error is Conversation.Failure || error is TLSError {
            throw ended(by: error)
        }
    }

    /// The server has something to say: its greeting, or the answer to something.
    private var isAnswerDue: Bool { !session.isResting || session.isWatchUnanswered || lane?.isDone == false }
}

extension SyncRun.Failure {
    /// Staffing, role, epoch or revocation altered: the server ended the connection so that the device hears of it in a new greeting.
    public var asksForANewGreeting: Bool {
        switch cause {
        case .sync(.epochRenewed): true
        case .sync(.server(let problem)): [.greetingOutdated, .deviceRevoked, .awaitsConfirmation].contains(problem.code)
        case .sync, .network, .renewal, .stopped: false
        }
    }

    /// May trying again help, with nobody doing anything here?
    func mayPass(afterGreeting: Bool) -> Bool {
        switch cause {
        case .network(.unreachable), .network(.cut), .network(.exhausted), .sync(.cut), .sync(.closedBeforeGreeting), .sync(.epochRenewed): true
        case .network(.serverNotGenuine), .network(.refusedByServer), .network(.certificateExpired), .network(.notSeamark), .stopped: false
        case .sync(.server(let problem)), .renewal(let problem):
            switch problem.code {
            case .tooSlow, .serverFault, .serverFull, .greetingOutdated, .awaitsConfirmation: true
            // Before the greeting: this server does not know the device.
            case .deviceRevoked: afterGreeting
            case _: false
            }
        case .sync: false
        }
    }
}
