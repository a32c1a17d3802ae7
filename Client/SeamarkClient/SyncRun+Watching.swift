import Glibc
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

// A sync whose connection stays: what others commit comes as it is committed, what this laptop captures goes up as it is captured.
extension SyncRun {
    public struct Watching: Sendable {
        /// How often the store is asked what other commands of this laptop captured, and the caller whether to stop. Nothing of it goes
        /// over the wire.
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
        /// Something went up or came down since the last was told: only that.
        case synced(Report)
        /// The connection ended; after so many milliseconds it is tried again.
        case lost(Failure, retryMilliseconds: Int64)
    }

    /// Why a watch ended.
    public enum WatchEnd: Sendable {
        case stopped
        /// What the device held was handed in; nothing comes any more.
        case revoked
    }

    /// Syncs, and goes on watching until `isStopped` says so, reconnecting where that may help. Holds the sync lock all the time.
    ///
    /// Throws like `run`, for what trying again does not help. `dice`: any number, for waits that differ between devices.
    public static func watch(
        _ device: Device, attachments: Attachments = Attachments(), _ settings: Watching = Watching(), dice: () -> UInt64,
        isStopped: () -> Bool, tell: (Happening) throws -> Void
    ) throws -> WatchEnd {
        let lock = try device.store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        var backOff = BackOff()
        while !isStopped() {
            try device.store.refresh()
            var run = SyncRun(device, try device.state.identity, schema: Catalogue.version, attachments) { _ in }
            run.isWatching = true
            run.session.staysOpen = true
            var hasRested = false
            do {
                let end = try run.attend(settings, isStopped: isStopped) { happening in
                    if case .watching = happening {
                        hasRested = true
                        backOff.succeeded()
                    }
                    try tell(happening)
                }
                return end
            } catch let failure as Failure {
                try? run.note(failure.outcome)
                guard failure.mayPass(afterGreeting: run.welcome != nil) else { throw failure }
                let pause = hasRested && failure.asksForANewGreeting ? 50 : backOff.next(die: dice())
                try tell(.lost(failure, retryMilliseconds: pause))
                Self.wait(pause, settings, isStopped)
            }
        }
        return .stopped
    }

    private static func wait(_ milliseconds: Int64, _ settings: Watching, _ isStopped: () -> Bool) {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while !isStopped(), ContinuousClock.now < end {
            usleep(UInt32(max(1, min(Int64(settings.pollMilliseconds), milliseconds))) * 1000)
        }
    }

    /// One connection, until it ends or the caller stops it.
    private mutating func attend(
        _ settings: Watching, isStopped: () -> Bool, _ tell: (Happening) throws -> Void
    ) throws -> WatchEnd {
        let knowledge = try knowledge()
        do {
            let conversation = try connect()
            var told: SyncSession.Outcome?
            var hasAsked = false
            var isAnswerDue = false
            var heard = ContinuousClock.now
            var waitingSince: ContinuousClock.Instant?
            while !isStopped() {
                if let message = try conversation.next(withinMilliseconds: settings.pollMilliseconds) {
                    heard = .now
                    waitingSince = nil
                    isAnswerDue = false
                    _ = try take(message, then: conversation.nextArrived, knowledge)
                } else if conversation.hasEnded {
                    _ = try perform(session.ended())
                } else if welcome != nil, try !device.store.refresh().isEmpty {
                    hasNewCaptures = true
                    _ = try goOn()
                }
                let isAtRest = session.isResting && lane?.isDone != false
                if isAtRest {
                    let news = session.outcome.since(told ?? SyncSession.Outcome())
                    if session.outcome != told ?? SyncSession.Outcome() || lane.map({ $0.outcome != AttachmentLane.Outcome() }) == true {
                        told = session.outcome
                        try tell(.synced(report(news, conversation)))
                        lane = nil
                    }
                    if welcome?.revoked == true {
                        line?.close()
                        return .revoked
                    }
                    if hasNewCaptures {
                        // Among them may be attachments.
                        hasNewCaptures = false
                        lane = nil
                        _ = try goOn()
                        continue
                    }
                    if !hasAsked {
                        _ = try perform(session.watch())
                        (hasAsked, isAnswerDue, heard) = (true, true, .now)
                        try note(.complete)
                        try tell(.watching)
                    } else if !isAnswerDue, ContinuousClock.now - heard >= .seconds(settings.keepAliveSeconds) {
                        _ = try perform(session.watch())
                        isAnswerDue = true
                    }
                }
                if isAtRest, !isAnswerDue {
                    waitingSince = nil
                } else if let since = waitingSince {
                    guard ContinuousClock.now - since < .seconds(settings.silenceSeconds) else { throw Conversation.Failure.silence }
                } else {
                    waitingSince = .now
                }
            }
            line?.close()
            return .stopped
        } catch let error where error is Conversation.Failure || error is TLSError {
            throw Failure(cause: .network(NetworkFailure(error)), acknowledged: session.outcome.pushedChanges)
        }
    }
}

extension SyncRun.Failure {
    /// Staffing, role, epoch or revocation altered: the server ended the connection so that the device hears of it in a new greeting.
    public var asksForANewGreeting: Bool {
        switch cause {
        case .sync(.epochRenewed): true
        case .sync(.server(let problem)): problem.code == .greetingOutdated || problem.code == .deviceRevoked
        case .sync, .network: false
        }
    }

    /// May trying again help, with nobody doing anything here?
    func mayPass(afterGreeting: Bool) -> Bool {
        switch cause {
        case .network(.unreachable), .network(.cut), .sync(.cut), .sync(.closedBeforeGreeting), .sync(.epochRenewed): true
        case .network(.serverNotGenuine), .network(.refusedByServer), .network(.notSeamark): false
        case .sync(.server(let problem)):
            switch problem.code {
            case .tooSlow, .serverFault, .serverFull, .greetingOutdated: true
            // Before the greeting: this server does not know the device.
            case .deviceRevoked: afterGreeting
            case _: false
            }
        case .sync: false
        }
    }
}
