public import SeamarkProtocol

/// Why a visit to the enrolment door brought nothing.
public enum DoorFailure: Error, Sendable {
    case network(NetworkFailure)
    case problem(Problem)
    /// The server said something that does not hold together.
    case badAnswer(String)
}

extension Conversation {
    /// Carries a visit to the enrolment door out, to its answer, over a connection without a certificate. Throws `DoorFailure`.
    ///
    /// - Parameter make: makes the visit for this very connection, whose channel binding it is given.
    func visit<Answer>(_ make: (_ binding: [UInt8]) -> DoorVisit<Answer>) throws -> Answer {
        do {
            var visit = make(try exporter(label: Message.Enrol.exporterLabel, count: 32))
            while let message = try next() {
                for action in visit.received(message) {
                    switch action {
                    case .send(let message): try send(message)
                    case .fail(let problem): throw DoorFailure.problem(problem)
                    case .adopt(let answer):
                        close()
                        return answer
                    }
                }
            }
        } catch let error as Failure {
            throw DoorFailure.network(NetworkFailure(error))
        }
        throw DoorFailure.badAnswer("the server closed without an answer")
    }
}
