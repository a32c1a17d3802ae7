internal import CLinux
import Glibc

/// A connected TCP socket of this process; closed when it goes. No wait outlasts the request to stop.
final class Socket {
    private let descriptor: Int32
    private let stop: StopLine

    /// Why there is no connection, or no longer.
    struct Failure: Error {
        let doing: String
        let code: Int32
        /// The program was asked to stop.
        var isStop: Bool { code == ECANCELED }

        static func stop(_ doing: String) -> Failure { Failure(doing: doing, code: ECANCELED) }
    }

    /// Connects to the first address that answers within `timeoutMilliseconds`.
    init(host: String, port: UInt16, timeoutMilliseconds: Int32, stop: StopLine) throws(Failure) {
        self.stop = stop
        let doing = "look up the server's name"
        let addresses: [HostAddress]
        switch HostAddress.of(host, port: port, stop: stop, timeoutMilliseconds: timeoutMilliseconds) {
        case .found(let found): addresses = found
        case .none(let code): throw Failure(doing: doing, code: code)
        case .stopped: throw .stop(doing)
        }
        var last = Failure(doing: "connect", code: ECONNREFUSED)
        for address in addresses {
            do {
                descriptor = try Socket.connect(to: address, timeoutMilliseconds, stop)
                var on: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                return
            } catch {
                last = error
                if error.isStop { break }
            }
        }
        throw last
    }

    private static func connect(to address: HostAddress, _ timeoutMilliseconds: Int32, _ stop: StopLine) throws(Failure) -> Int32 {
        let descriptor = socket(
            address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(doing: "open a socket", code: errno) }
        func failure(_ code: Int32) -> Failure {
            close(descriptor)
            return Failure(doing: "connect", code: code)
        }
        guard address.withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) != 0 else { return descriptor }
        guard errno == EINPROGRESS else { throw failure(errno) }
        switch StopLine.wait((descriptor, Int16(POLLOUT)), stop, milliseconds: timeoutMilliseconds) {
        case .ready: break
        case .stopped: throw failure(ECANCELED)
        case .late: throw failure(ETIMEDOUT)
        case .failed(let code): throw failure(code)
        }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw failure(code) }
        return descriptor
    }

    deinit { close(descriptor) }

    /// Waits until bytes can be read, or sent if `orWrite`; false after the time-out.
    func wait(orWrite: Bool, timeoutMilliseconds: Int32) throws(Failure) -> Bool {
        let doing = "wait for the server"
        switch StopLine.wait((descriptor, Int16(POLLIN) | (orWrite ? Int16(POLLOUT) : 0)), stop, milliseconds: timeoutMilliseconds) {
        case .ready: return true
        case .late: return false
        case .stopped: throw .stop(doing)
        case .failed(let code): throw Failure(doing: doing, code: code)
        }
    }

    /// What has arrived; nil when nothing has, empty at the end of the stream.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int? {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return nil }
        throw Failure(doing: "read from the server", code: errno)
    }

    /// How many of `bytes` the system took.
    func write(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        if errno == EAGAIN || errno == EINTR { return 0 }
        throw Failure(doing: "send to the server", code: errno)
    }
}
