/// The device's side of the enrolment door: it asks one thing after the door's greeting, and adopts one answer.
public struct DoorVisit<Answer: Equatable & Sendable>: Sendable {
    public enum Action: Equatable, Sendable {
        case send(Message)
        /// Store this durably, then close.
        case adopt(Answer)
        case fail(Problem)
    }

    private enum State: Equatable, Sendable { case awaitingDoor, awaitingAnswer, done }
    private var state = State.awaitingDoor
    private let request: Message
    private let answer: @Sendable (Message) -> Answer?

    public mutating func received(_ message: Message) -> [Action] {
        switch (state, message) {
        case (.awaitingDoor, .door(let door)):
            guard door.leastVersion <= Message.version, door.version >= Message.leastVersion else {
                return fail(Problem(.noCommonVersion, "this software and the server have no protocol version in common"))
            }
            state = .awaitingAnswer
            return [.send(request)]
        case (.awaitingDoor, .problem(let problem)), (.awaitingAnswer, .problem(let problem)): return fail(problem)
        case (.done, _): return []
        case (.awaitingDoor, _): return fail(Self.unexpected)
        case (.awaitingAnswer, _):
            guard let answer = answer(message) else { return fail(Self.unexpected) }
            state = .done
            return [.adopt(answer)]
        }
    }

    private static var unexpected: Problem { Problem(.unexpected, "the server said something that does not belong to this visit") }

    private mutating func fail(_ problem: Problem) -> [Action] {
        state = .done
        return [.fail(problem)]
    }
}

extension DoorVisit<Message.Enrolled> {
    /// `enrol` is made for this very connection: its proof covers the channel binding.
    public init(_ enrol: Message.Enrol) {
        request = .enrol(enrol)
        answer = { if case .enrolled(let enrolled) = $0 { enrolled } else { nil } }
    }
}

extension DoorVisit<Message.Renewed> {
    /// `renew` is made for this very connection: its proof covers the channel binding.
    public init(_ renew: Message.Renew) {
        request = .renew(renew)
        answer = { if case .renewed(let renewed) = $0 { renewed } else { nil } }
    }
}
