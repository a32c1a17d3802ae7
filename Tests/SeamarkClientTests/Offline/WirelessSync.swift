import Dispatch
import SeamarkClient
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Synchronization
import Testing

@testable import SeamarkServer

/// A whole sync of a device with a server's session, as shipped, and no wire between them: what one says the other hears at once.
final class WirelessSync: SyncLine {
    private let door: DeviceSession
    private var session = ServerSession()
    private var reception = AttachmentReception()
    private var heard: [Message] = []
    private var isOver = false
    let bytesSent = 0
    let bytesReceived = 0

    /// So many messages of the server arrive.
    private var left: Int

    private init(_ door: DeviceSession, _ most: Int) { (self.door, left) = (door, most) }

    /// Syncs to the end; where the server finds out meanwhile that its log lacks something, once more.
    static func run(_ device: Device, _ door: DeviceSession, attachments: SyncRun.Attachments = .none, cutAfter: Int = .max) throws -> SyncRun.Report {
        var attempt = 1
        while true {
            // Each attempt is a connection, with a session of its own.
            let session = DeviceSession(door.name, of: door.tenant)
            do { return try WirelessSync(session, cutAfter).toTheEnd(device, attachments) } catch let failure as SyncRun.Failure {
                guard case .sync(.epochRenewed) = failure.cause, attempt < 3 else { throw failure }
                attempt += 1
            }
        }
    }

    private func toTheEnd(_ device: Device, _ attachments: SyncRun.Attachments) throws -> SyncRun.Report {
        let lock = try device.store.takeSyncLock()
        defer { withExtendedLifetime(lock) {} }
        var run = try SyncRun.begin(device, over: self, attachments: attachments)
        try perform(session.began())
        while true {
            guard let message = next() else {
                try run.lineEnded()
                preconditionFailure("a line that ends before the sync ends it")
            }
            guard let report = try run.take(message, then: next) else { continue }
            try run.end(nil)
            return report
        }
    }

    private func next() -> Message? {
        guard !heard.isEmpty, left > 0 else { return nil }
        left -= 1
        return heard.removeFirst()
    }

    func send(_ message: Message) throws { if !isOver { try perform(session.received(message)) } }

    func close() { isOver = true }

    private func perform(_ actions: [ServerSession.Action]) throws {
        for action in actions {
            switch action {
            case .prepareWelcome: try perform(session.welcomed(try door.welcome()))
            case .look: try perform(session.looked(try door.welcome()))
            case .send(let message): heard.append(message)
            case .note(let status): try perform(session.noted(try door.note(status)))
            case .donate(let donation): try perform(session.donated(try door.donate(donation)))
            case .pull(let pull): try perform(session.pulled(try door.pull(pull)))
            case .compare(let compare): try perform(session.compared(try door.compare(compare)))
            case .dispute(let dispute): try perform(session.compared(try door.settle(dispute)))
            case .push(let push): try perform(session.pushed(try door.answer(toPush: push)))
            case .attachment(let message): try perform(session.attached(try answer(message)))
            case .close(let problem):
                if let problem { heard.append(.problem(problem)) }
                isOver = true
            }
        }
    }

    private func answer(_ message: AttachmentMessage) throws -> AttachmentMessage {
        var offer: AttachmentMessage.Offer?
        switch message {
        case .offer(let it): reception.offered(it)
        case .chunk(let chunk): do { offer = try reception.place(chunk) } catch { return .refused(error) }
        case .wanted, .held, .refused: break
        }
        return try Awaited.value { door.attach(message, of: offer, then: $0) }
    }
}

extension DeviceSession {
    /// The answer to a push, when it is there.
    func answer(toPush push: Message.Push) throws -> ServerSession.PushAnswer {
        answer(to: try Awaited.value { self.push(Result { open(push) }, then: $0) })
    }
}

/// Waits for what a queue answers.
private enum Awaited {
    static func value<Value: Sendable>(_ ask: (@escaping @Sendable (Result<Value, any Error>) -> Void) -> Void) throws -> Value {
        let answer = Mutex<Result<Value, any Error>?>(nil)
        let isThere = DispatchSemaphore(value: 0)
        ask { result in
            answer.withLock { $0 = result }
            isThere.signal()
        }
        try #require(isThere.wait(timeout: .now() + 60) == .success)
        return try #require(answer.withLock { $0 }).get()
    }
}
