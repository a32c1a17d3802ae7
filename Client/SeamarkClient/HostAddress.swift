import Dispatch
import Glibc
import Synchronization

/// Where a host may be reached.
struct HostAddress: Sendable {
    let family: Int32
    private let bytes: [UInt8]

    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { preconditionFailure("an address has bytes") }
            return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }

    /// What became of a look-up. `none`: an error number of the system, `EHOSTUNREACH` where there is no such host.
    enum Answer: Sendable {
        case found([HostAddress])
        case none(Int32)
        case stopped
    }

    /// The addresses of a host, in the order in which to try them; at least one.
    ///
    /// The system's look-up of a name cannot be interrupted: it runs on a thread of its own, and whoever does not wait for it leaves it behind.
    static func of(_ host: String, port: UInt16, stop: StopLine, timeoutMilliseconds: Int32) -> Answer {
        let numeric = ask(host, port, AI_NUMERICHOST)
        if case .found = numeric { return numeric }
        guard let lookUp = LookUp() else { return .none(errno) }
        DispatchQueue.global().async { lookUp.finish(ask(host, port, AI_ADDRCONFIG)) }
        return switch StopLine.wait((lookUp.descriptor, Int16(POLLIN)), stop, milliseconds: timeoutMilliseconds) {
        case .ready: lookUp.found
        case .stopped: .stopped
        case .late, .failed: .none(EHOSTUNREACH)
        }
    }

    private static func ask(_ host: String, _ port: UInt16, _ flags: Int32) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let answer = getaddrinfo(host, String(port), &hints, &list)
        guard answer == 0, let list else { return .none(answer == EAI_SYSTEM ? errno : answer == EAI_MEMORY ? ENOMEM : EHOSTUNREACH) }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list) { $0.pointee.ai_next }.compactMap { one in
            let bytes = UnsafeRawBufferPointer(start: one.pointee.ai_addr, count: Int(one.pointee.ai_addrlen))
            return bytes.isEmpty ? nil : HostAddress(family: one.pointee.ai_family, bytes: Array(bytes))
        }
        return addresses.isEmpty ? .none(EHOSTUNREACH) : .found(addresses)
    }

    /// A look-up under way. Its descriptor becomes readable when it is done.
    private final class LookUp: Sendable {
        let descriptor: Int32
        private let writer: Int32
        private let result = Mutex<Answer>(.none(EHOSTUNREACH))

        /// Nil, with `errno`, when the system gives no pipe.
        init?() {
            guard let (reader, writer) = StopLine.pipe() else { return nil }
            (descriptor, self.writer) = (reader, writer)
        }

        var found: Answer { result.withLock { $0 } }

        func finish(_ answer: Answer) {
            result.withLock { $0 = answer }
            var one: UInt8 = 1
            _ = write(writer, &one, 1)
        }

        deinit {
            close(descriptor)
            close(writer)
        }
    }
}
