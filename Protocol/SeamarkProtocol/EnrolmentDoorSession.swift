public import SeamarkJournal

/// The server's side of the enrolment door: one connection without a certificate. It accepts one `Enrol` or one `Renew` and nothing else.
public struct EnrolmentDoorSession: Sendable {
    public enum Action: Equatable, Sendable {
        case send(Message)
        /// Redeem the invitation in one transaction and issue a certificate; answer with `enrolled` or `refused`.
        case enrol(Message.Enrol)
        /// Look the device up and issue a certificate in one transaction; answer with `renewed` or `refused`. The proof is by the key that
        /// the message names: whether that is the device's is for the transaction to say.
        case renew(Message.Renew)
        case close(Problem?)
    }

    private enum State: Equatable, Sendable { case new, open, deciding, closed }
    private var state = State.new

    public init() {}

    /// `now`: milliseconds since 1970.
    public mutating func began(now: Int64) -> [Action] {
        precondition(state == .new, "a session begins once")
        state = .open
        return [.send(.door(Message.Door(time: now)))]
    }

    /// `binding`: the channel binding of this connection (SPEC section 6).
    public mutating func received(_ message: Message, binding: [UInt8], _ primitives: any Primitives) -> [Action] {
        switch (state, message) {
        case (.open, .enrol(let enrol)):
            let message = Message.Enrol.message(binding: binding, request: enrol.request)
            return decide(.enrol(enrol), isProven: primitives.verifies(enrol.proof, of: message, by: enrol.signingKey))
        case (.open, .renew(let renew)):
            let message = Message.Renew.message(binding: binding, request: renew.request)
            return decide(.renew(renew), isProven: primitives.verifies(renew.proof, of: message, by: renew.signingKey))
        case (.closed, _): return []
        case (.new, _), (.open, _), (.deciding, _):
            return end(Problem(.unexpected, "only one enrolment or renewal is taken without a certificate of the tenant"))
        }
    }

    public mutating func received(_ problem: Problem) -> [Action] { state == .closed ? [] : end(problem) }

    public mutating func enrolled(_ enrolled: Message.Enrolled) -> [Action] { answer(.enrolled(enrolled)) }

    public mutating func renewed(_ renewed: Message.Renewed) -> [Action] { answer(.renewed(renewed)) }

    public mutating func refused(_ problem: Problem) -> [Action] {
        guard state == .deciding else { return [] }
        return end(problem)
    }

    private mutating func decide(_ action: Action, isProven: Bool) -> [Action] {
        guard isProven else { return end(Problem(.badProof, "the proof of possession does not verify on this connection")) }
        state = .deciding
        return [action]
    }

    private mutating func answer(_ message: Message) -> [Action] {
        guard state == .deciding else { return [] }
        state = .closed
        return [.send(message), .close(nil)]
    }

    private mutating func end(_ problem: Problem?) -> [Action] {
        state = .closed
        return [.close(problem)]
    }
}
