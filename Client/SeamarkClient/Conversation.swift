import Glibc
import SeamarkProtocol
import SeamarkTLS

/// Messages over TLS over a socket, blocking: all that enrolling and syncing know of the network. The request to stop ends every wait.
final class Conversation {
    private let socket: Socket
    private let session: TLSSession
    private var decoder = FrameDecoder()
    private var outgoing: [UInt8] = []
    private var outgoingStart = 0
    private let timeoutMilliseconds: Int32
    private let stop: StopLine
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0
    private var streamHasEnded = false
    /// Has arrived, and was waited for before anybody took it.
    private var awaited: Message?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)

    enum Failure: Error {
        case network(Socket.Failure)
        case secrecy(TLSError)
        case silence
        case framing(FrameError)
        case message(Problem)
        /// The program was asked to stop.
        case stopped

        init(_ failure: Socket.Failure) { self = failure.isStop ? .stopped : .network(failure) }
    }

    /// Connects and shakes hands. `timeoutMilliseconds` bounds each wait.
    init(
        host: String, port: UInt16, context: TLSClientContext, timeoutMilliseconds: Int32 = 30_000, stop: StopLine = .never
    ) throws(Failure) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.stop = stop
        do {
            socket = try Socket(host: host, port: port, timeoutMilliseconds: min(timeoutMilliseconds, 10_000), stop: stop)
        } catch {
            buffer.deallocate()
            throw Failure(error)
        }
        do {
            session = try TLSSession(context, milliseconds: Self.monotonicMilliseconds)
        } catch {
            buffer.deallocate()
            throw .secrecy(error)
        }
        do {
            while try session.step() != .established {
                try flush()
                try takeArrived(orWrite: false)
            }
            try flush()
        } catch let error as TLSError {
            try? flush()
            throw .secrecy(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .silence
        }
    }

    deinit { buffer.deallocate() }

    var serverAuthority: [UInt8]? { session.serverAuthority }
    var serverSuccessor: [UInt8]? { session.serverSuccessor }
    var serverShown: [[UInt8]] { session.serverShown }

    /// The TLS exporter: a value that both ends of this connection, and nobody else, have.
    func exporter(label: String, count: Int) throws(Failure) -> [UInt8] {
        do { return try session.exportKeyingMaterial(label: label, context: [], count: count) } catch { throw .secrecy(error) }
    }

    /// Sends a message; takes in what arrives meanwhile.
    func send(_ message: Message) throws(Failure) {
        guard !stop.isRaised else { throw .stopped }
        var frame = message.frame[...]
        while !frame.isEmpty {
            let taken: Int
            do { taken = try session.write(Array(frame)) } catch { throw .secrecy(error) }
            frame = frame.dropFirst(taken)
            try flush()
            if taken == 0 { try takeArrived(orWrite: true) }
        }
    }

    /// The next message; nil when the server closed in order.
    func next() throws(Failure) -> Message? {
        while true {
            if let message = try nextArrived() { return message }
            if session.peerHasClosed { return nil }
            try flush()
            try takeArrived(orWrite: false)
        }
    }

    /// Waits until a message has arrived whole, which the next call gives, or the server has closed in order.
    func awaitMessage() throws(Failure) { awaited = try next() }

    /// The next message if it arrives in time; nil when it does not, when a part of it does, or when the server closed in order (`hasEnded`).
    func next(withinMilliseconds limit: Int32) throws(Failure) -> Message? {
        if let message = try nextArrived() { return message }
        guard !hasEnded else { return nil }
        try flush()
        let isReady: Bool
        do { isReady = try socket.wait(orWrite: false, timeoutMilliseconds: limit) } catch { throw Failure(error) }
        guard isReady else { return nil }
        try takeArrived(orWrite: false)
        return try nextArrived()
    }

    /// The server closed in order.
    var hasEnded: Bool { session.peerHasClosed }

    /// The next message if it has arrived whole; does not wait.
    func nextArrived() throws(Failure) -> Message? {
        if let message = awaited {
            awaited = nil
            return message
        }
        while true {
            let payload: [UInt8]?
            do { payload = try decoder.next() } catch { throw .framing(error) }
            if let payload {
                do { return try Message(payload: payload) } catch { throw .message(error) }
            }
            let bytes: [UInt8]
            do { bytes = try session.readAll() } catch { throw .secrecy(error) }
            guard !bytes.isEmpty else { return nil }
            decoder.append(bytes)
        }
    }

    /// Says that nothing more comes. The server may still be sending; nobody waits for it.
    func close() {
        session.close()
        try? flush()
    }

    // MARK: - Bytes

    /// Sends all ciphertext that waits.
    private func flush() throws(Failure) {
        while true {
            if outgoingStart == outgoing.count {
                outgoing = session.takeCiphertext()
                outgoingStart = 0
                if outgoing.isEmpty { return }
            }
            do {
                let count = try socket.write(outgoing[outgoingStart...])
                outgoingStart += count
                bytesSent += count
                if count == 0 { try takeArrived(orWrite: true) }
            } catch let error as Socket.Failure {
                throw Failure(error)
            } catch let error as Failure {
                throw error
            } catch {
                throw .silence
            }
        }
    }

    /// Waits, then hands what arrived to TLS.
    private func takeArrived(orWrite: Bool) throws(Failure) {
        do {
            guard try socket.wait(orWrite: orWrite, timeoutMilliseconds: timeoutMilliseconds) else { throw Failure.silence }
            guard let count = try socket.read(into: buffer) else { return }
            if count == 0 {
                streamHasEnded = true
                try session.peerEndedTransport()
                return
            }
            bytesReceived += count
            var start = 0
            while start < count {
                let taken = session.receive(UnsafeRawBufferPointer(rebasing: buffer[start..<count]))
                start += taken
                if start < count { decoder.append(try session.readAll()) }
            }
        } catch let error as Socket.Failure {
            throw Failure(error)
        } catch let error as TLSError {
            throw .secrecy(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .silence
        }
    }

    static func monotonicMilliseconds() -> UInt64 { milliseconds(of: CLOCK_MONOTONIC) }

    /// The same, and it goes on while the machine sleeps: a connection that was silent for a night is asked for at once.
    static func millisecondsWithSleep() -> UInt64 { milliseconds(of: CLOCK_BOOTTIME) }

    private static func milliseconds(of clock: clockid_t) -> UInt64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
    }
}
