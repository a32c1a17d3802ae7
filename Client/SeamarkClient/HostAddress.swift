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

    /// The addresses of a host, in the order in which to try them; nil when the program was asked to stop meanwhile, empty when there are none.
    ///
    /// The system's look-up of a name cannot be interrupted: it runs on a thread of its own, and whoever does not wait for it leaves it behind.
    static func of(_ host: String, port: UInt16, stop: StopLine, timeoutMilliseconds: Int32) -> [HostAddress]? {
        let numeric = ask(host, port, AI_NUMERICHOST)
        guard numeric.isEmpty else { return numeric }
        let lookUp = LookUp()
        DispatchQueue.global().async { lookUp.finish(ask(host, port, AI_ADDRCONFIG)) }
        return switch StopLine.wait((lookUp.descriptor, Int16(POLLIN)), stop, milliseconds: timeoutMilliseconds) {
        case .ready: lookUp.found
        case .stopped: nil
        case .late, .failed: []
        }
    }

    private static func ask(_ host: String, _ port: UInt16, _ flags: Int32) -> [HostAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let list else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list) { $0.pointee.ai_next }.compactMap { one in
            let bytes = UnsafeRawBufferPointer(start: one.pointee.ai_addr, count: Int(one.pointee.ai_addrlen))
            return bytes.isEmpty ? nil : HostAddress(family: one.pointee.ai_family, bytes: Array(bytes))
        }
    }

    /// A look-up under way. Its descriptor becomes readable when it is done.
    private final class LookUp: Sendable {
        let descriptor: Int32
        private let writer: Int32
        private let result = Mutex<[HostAddress]>([])

        init() {
            // Without a pipe nobody is told, and the look-up is late.
            (descriptor, writer) = StopLine.pipe() ?? (-1, -1)
        }

        var found: [HostAddress] { result.withLock { $0 } }

        func finish(_ addresses: [HostAddress]) {
            result.withLock { $0 = addresses }
            var one: UInt8 = 1
            _ = write(writer, &one, 1)
        }

        deinit {
            close(descriptor)
            close(writer)
        }
    }
}
