import Glibc

/// A connected TCP socket of this process; closed when it goes.
final class Socket {
    private let descriptor: Int32

    /// Why there is no connection, or no longer.
    struct Failure: Error {
        let doing: String
        let code: Int32
        var isTimeout: Bool { code == ETIMEDOUT }
    }

    /// Connects to the first address that answers within `timeoutMilliseconds`.
    init(host: String, port: UInt16, timeoutMilliseconds: Int32) throws(Failure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let answer = getaddrinfo(host, String(port), &hints, &list)
        guard answer == 0, let list else {
            throw Failure(doing: "look up the server's name", code: answer == EAI_SYSTEM ? errno : answer == EAI_MEMORY ? ENOMEM : EHOSTUNREACH)
        }
        defer { freeaddrinfo(list) }
        var last = Failure(doing: "connect", code: ECONNREFUSED)
        var next: UnsafeMutablePointer<addrinfo>? = list
        while let address = next {
            do {
                descriptor = try Socket.connect(to: address.pointee, timeoutMilliseconds)
                var on: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                return
            } catch {
                last = error
            }
            next = address.pointee.ai_next
        }
        throw last
    }

    private static func connect(to address: addrinfo, _ timeoutMilliseconds: Int32) throws(Failure) -> Int32 {
        let descriptor = socket(
            address.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(doing: "open a socket", code: errno) }
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else {
                let code = errno
                close(descriptor)
                throw Failure(doing: "connect", code: code)
            }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&waiting, 1, timeoutMilliseconds)
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
            guard ready == 1, code == 0 else {
                close(descriptor)
                throw Failure(doing: "connect", code: ready == 0 ? ETIMEDOUT : code)
            }
        }
        return descriptor
    }

    deinit { close(descriptor) }

    /// Waits until bytes can be read, or sent if `orWrite`; false after the time-out.
    func wait(orWrite: Bool, timeoutMilliseconds: Int32) throws(Failure) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN) | (orWrite ? Int16(POLLOUT) : 0), revents: 0)
        while true {
            let ready = poll(&waiting, 1, timeoutMilliseconds)
            if ready > 0 { return true }
            if ready == 0 { return false }
            guard errno == EINTR else { throw Failure(doing: "wait for the server", code: errno) }
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
