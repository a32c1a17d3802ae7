import SeamarkClient
import SeamarkJournal
import SeamarkProtocol
import SeamarkServer

/// The server's end of a conversation, called directly: each message is answered before the next is taken. Messages cross as bytes.
///
/// `@unchecked Sendable`: one thread.
final class DirectLine: SyncLine, @unchecked Sendable {
    private let device: DeviceSession
    private let tamper: (Message) -> [Message]
    /// Answers what is said of attachments; without it the server fails at them.
    private let attach: ((AttachmentMessage) -> AttachmentMessage)?
    private var session = ServerSession()
    private var arrived: [[UInt8]] = []
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0
    private(set) var said: [Message] = []

    init(_ device: DeviceSession, attach: ((AttachmentMessage) -> AttachmentMessage)? = nil, _ tamper: @escaping (Message) -> [Message]) {
        self.device = device
        self.attach = attach
        self.tamper = tamper
    }

    func begin() { perform(session.began()) }

    func close() {}

    func send(_ message: Message) throws {
        let payload = message.payload
        bytesSent += payload.count + 4
        said.append(message)
        if case .attachment(let asked) = message, let attach { return arrived.append(Message.attachment(attach(asked)).payload) }
        perform(session.received(try Message(payload: payload)))
    }

    func next() throws -> Message? {
        guard !arrived.isEmpty else { return nil }
        let payload = arrived.removeFirst()
        bytesReceived += payload.count + 4
        return try Message(payload: payload)
    }

    private func perform(_ actions: [ServerSession.Action]) {
        for action in actions {
            do {
                switch action {
                case .prepareWelcome: perform(session.welcomed(try device.welcome()))
                case .send(let message): arrived += tamper(message).map(\.payload)
                case .note(let status): perform(session.noted(try device.note(status)))
                case .donate(let donation): perform(session.donated(try device.donate(donation)))
                case .push(let push):
                    device.push(Result { device.open(push) }) { [self] result in
                        do { perform(session.pushed(device.answer(to: try result.get()))) } catch { perform(session.failed()) }
                    }
                case .pull(let pull): perform(session.pulled(try device.pull(pull)))
                case .compare(let compare): perform(session.compared(try device.compare(compare)))
                case .dispute(let dispute): perform(session.compared(try device.settle(dispute)))
                case .attachment: perform(session.failed())
                case .look: perform(session.looked(try device.welcome()))
                case .close(let problem): if let problem { arrived.append(Message.problem(problem).payload) }
                }
            } catch {
                perform(session.failed())
            }
        }
    }
}
