internal import SeamarkJournal
package import SeamarkProtocol

extension DeviceSession {
    /// Hands a request about an attachment to the tenant's desk. Answers come in the order of the requests.
    ///
    /// - Parameter offer: what a chunk belongs to, as the connection's `AttachmentReception` placed it.
    package func attach(
        _ message: AttachmentMessage, of offer: AttachmentMessage.Offer?,
        then answer: @escaping @Sendable (Result<AttachmentMessage, any Error>) -> Void
    ) {
        let name = name
        guard let desk = tenant.attachments else { return answer(.failure(CancellationError())) }
        desk.submit { [self] in
            let result: Result<AttachmentMessage, any Error> = Result {
                switch message {
                case .offer(let offer): return try desk.answer(to: offer, of: name)
                case .chunk(let chunk):
                    guard let offer else { preconditionFailure("a chunk is placed before it is handed on") }
                    return try desk.answer(to: chunk, of: offer, by: name)
                case .wanted(let wanted): return try desk.answer(to: wanted, of: name)
                case .held, .refused: preconditionFailure("a session asks for nothing that only a server says")
                }
            }
            if case .success(.held(let held)) = result, case .wholly(let receipt) = held.standing { handedIn(receipt.attachment, to: receipt.scope) }
            answer(result)
        }
    }
}
