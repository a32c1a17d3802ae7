import SeamarkProtocol
import SeamarkStore

// A sync whose connection stays: what others commit comes as it is committed, what this laptop captures goes up as it is captured.
extension SyncRun {
    public struct Watching: Sendable {
        /// How often the store is asked what other commands of this laptop captured. Nothing of it goes over the wire.
        public var pollMilliseconds: Int32 = 100
        /// How often it is asked whether the store was locked, while there is no connection.
        public var lookMilliseconds: Int32 = 1000
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
        /// The store was locked meanwhile.
        case locked
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
            var run = try WatchRun(device, attachments: attachments, settings, stop: stop)
            do {
                let conversation = try run.connect(tell)
                while true {
                    let arrived = try conversation.next(withinMilliseconds: settings.pollMilliseconds)
                    if device.store.isLocked { return .locked }
                    let end = try run.step(
                        arrived, then: conversation.nextArrived, hasEnded: conversation.hasEnded, bytesReceived: conversation.bytesReceived,
                        now: Int64(Conversation.millisecondsWithSleep()), tell: tell)
                    if let end { return end }
                }
            } catch {
                guard let pause = try run.pause(after: error, &backOff, die: dice, tell: tell) else { return .stopped }
                var left = Int32(clamping: pause)
                while left > 0 {
                    if device.store.isLocked { return .locked }
                    let turn = min(left, settings.lookMilliseconds)
                    if stop.wait(milliseconds: turn) { return .stopped }
                    left -= turn
                }
            }
        }
    }
}

extension SyncRun.Failure {
    /// Staffing, role, epoch or revocation altered: the server ended the connection so that the device hears of it in a new greeting.
    public var asksForANewGreeting: Bool {
        switch cause {
        case .sync(.epochRenewed): true
        case .sync(.server(let problem)): [.greetingOutdated, .deviceRevoked, .awaitsConfirmation, .unknownScope].contains(problem.code)
        case .sync, .network, .renewal, .stopped: false
        }
    }

    /// May trying again help, with nobody doing anything here?
    func mayPass(afterGreeting: Bool) -> Bool {
        switch cause {
        case .network(.unreachable), .network(.cut), .network(.exhausted), .sync(.cut), .sync(.closedBeforeGreeting), .sync(.epochRenewed): true
        case .network(.serverNotGenuine), .network(.clockDiffers), .network(.refusedByServer), .network(.certificateExpired), .network(.notSeamark), .stopped: false
        case .sync(.server(let problem)), .renewal(let problem):
            switch problem.code {
            case .tooSlow, .serverFault, .serverFull, .greetingOutdated, .awaitsConfirmation: true
            // Before the greeting: this server does not know the device. After it, it speaks of a device or a scope that the greeting still knew.
            case .deviceRevoked, .unknownScope: afterGreeting
            case _: false
            }
        case .sync: false
        }
    }
}
