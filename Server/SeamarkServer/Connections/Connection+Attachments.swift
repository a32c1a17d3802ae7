internal import SeamarkProtocol

// Attachments on a connection: placed here, carried out at the tenant's desk, answered in order.
extension Connection {
    func attach(_ message: AttachmentMessage, for device: DeviceSession, _ number: UInt64) {
        var offer: AttachmentMessage.Offer?
        switch message {
        case .offer(let it): reception.offered(it)
        case .chunk(let chunk):
            do {
                offer = try reception.place(chunk)
            } catch {
                return attached(number, .success(.refused(error)))
            }
        case .wanted, .held, .refused: break
        }
        device.attach(message, of: offer, then: back { $0.attached(number, $1) })
    }

    private func attached(_ number: UInt64, _ result: Result<AttachmentMessage, any Error>) {
        if case .success(let answer) = result {
            switch answer {
            case .held(let held):
                if case .wholly = held.standing { services.register.count { $0.attachments += 1 } }
            case .refused(let refusal):
                note(.attachmentRefused, [.code: refusal.code.written])
                services.register.count {
                    $0.refusedAttachments += 1
                    if refusal.code == .attachmentMismatch { $0.mismatchedAttachments += 1 }
                }
            case .offer, .chunk, .wanted: break
            }
        }
        answered(number, result) { session, answer in session.attached(answer) }
    }
}
