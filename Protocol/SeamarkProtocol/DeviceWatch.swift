/// The device's side of a connection that stays: when to ask the server to tell, when to say that word again, and when silence is the end.
///
/// It knows no socket and no clock. Whoever holds it does first what there is to do, and reads first what has come, so that neither work
/// of the device's own nor bytes that wait are taken for the server's silence.
public struct DeviceWatch: Equatable, Sendable {
    public enum Step: Equatable, Sendable {
        case wait
        /// Say Watch (`SyncSession.watch`).
        case ask
        /// What should have come will not: the connection is dead.
        case giveUp
    }

    private let keepAlive: Int64
    private let silence: Int64
    private var bytes = 0
    private var heard: Int64?
    /// Since when the server has owed an answer without a break.
    private var owedSince: Int64?
    /// The server was asked to tell.
    public private(set) var hasAsked = false

    /// Milliseconds: without a byte until Watch is said again; without a byte until an answer that is due is given up.
    public init(keepAlive: Int64, silence: Int64) {
        self.keepAlive = keepAlive
        self.silence = silence
    }

    /// - Parameters:
    ///   - isAnswerDue: the server has something to say: its greeting, an answer.
    ///   - bytesReceived: over the connection so far, whole messages or not.
    ///   - now: milliseconds of a clock that only goes forward.
    public mutating func next(isAnswerDue: Bool, bytesReceived: Int, now: Int64) -> Step {
        if bytesReceived != bytes || heard == nil { (bytes, heard) = (bytesReceived, now) }
        let heard = heard ?? now
        guard !isAnswerDue else {
            let since = owedSince ?? now
            owedSince = since
            return now - max(since, heard) >= silence ? .giveUp : .wait
        }
        owedSince = nil
        guard !hasAsked || now - heard >= keepAlive else { return .wait }
        hasAsked = true
        return .ask
    }
}
