internal import CLinux
internal import Glibc
internal import SeamarkCrypto

/// One end of one question and its answer, over a socket of this system. No wait goes beyond the deadline.
final class KeyAgentConversation {
    private let descriptor: Int32
    private let deadline: UInt64

    /// Takes the descriptor over, which does not block.
    init(descriptor: Int32, within milliseconds: UInt64) {
        self.descriptor = descriptor
        deadline = BootClock.milliseconds() + milliseconds
    }

    deinit { close(descriptor) }

    /// Connects to `path`; nil when nobody listens there.
    static func connect(to path: String, within milliseconds: UInt64) throws(KeyAgentFailure) -> KeyAgentConversation? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("opening a socket", errno) }
        // A full queue is waited for so long.
        var patience = timeval(tv_sec: Int(milliseconds / 1000), tv_usec: Int(milliseconds % 1000) * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard withAddress(path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            if [ENOENT, ECONNREFUSED, ENOTDIR].contains(code) { return nil }
            throw code == EAGAIN ? .silent : .failed("connecting", code)
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        return KeyAgentConversation(descriptor: descriptor, within: milliseconds)
    }

    /// Lends `path` as the system's address of a socket. It has 107 bytes at most (`KeyAgentPlace`).
    static func withAddress<Value>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        precondition(path.utf8.count <= KeyAgentPlace.mostBytes, "a place has a short name")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Whoever is at the other end, as the kernel says; nil where it does not.
    var peer: UInt32? {
        var user: UInt32 = 0
        return clinux_get_peer_user(descriptor, &user) == 0 ? user : nil
    }

    /// Fills the buffer whole. False when the other end stopped before, or at the deadline.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var start = 0
        while start < buffer.count {
            guard wait(Int16(POLLIN)) else { return false }
            let count = recv(descriptor, buffer.baseAddress! + start, buffer.count - start, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return bytes.withUnsafeMutableBytes({ read(into: $0) }) ? bytes : nil
    }

    /// A key, which is written to locked memory and nowhere else.
    func readKey() -> SecretBytes? { SecretBytes.written(KeyAgentRequest.keyCount) { read(into: $0) } }

    /// True when the other end has nothing more to say, false when it says more or waits until the deadline.
    func isAtEnd() -> Bool {
        while wait(Int16(POLLIN)) {
            var byte: UInt8 = 0
            let count = recv(descriptor, &byte, 1, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            return count == 0
        }
        return false
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { write($0) } }

    @discardableResult
    func write(_ key: SecretBytes) -> Bool { key.withBytes { span in span.withUnsafeBufferPointer { write(UnsafeRawBufferPointer($0)) } } }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start < bytes.count {
            guard wait(Int16(POLLOUT)) else { return false }
            let count = send(descriptor, bytes.baseAddress! + start, bytes.count - start, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    /// The deadline has passed.
    var isLate: Bool { BootClock.milliseconds() >= deadline }

    /// This end has said all.
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func wait(_ events: Int16) -> Bool {
        while true {
            let now = BootClock.milliseconds()
            guard now < deadline else { return false }
            var waiting = pollfd(fd: descriptor, events: events, revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: deadline - now))
            if ready < 0, errno == EINTR { continue }
            return ready > 0
        }
    }
}

/// Milliseconds since the system was started, with those that it slept.
enum BootClock {
    static func milliseconds() -> UInt64 {
        var now = timespec()
        precondition(clock_gettime(CLOCK_BOOTTIME, &now) == 0, "Linux has this clock")
        return UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
    }
}
