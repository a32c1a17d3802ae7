internal import Glibc

/// A passphrase or another secret line, read from a terminal that does not show it, or from a file descriptor.
public enum Passphrase {
    /// Bytes; longer ones are refused unread.
    public static let longest = 1024
    public static let shortest = 8

    public enum Failure: Error, Hashable, Sendable {
        /// There is no terminal to ask on.
        case noTerminal
        case cancelled
        case tooLong
        case tooShort
        /// It is among the few that anybody would try first (`isPlain`).
        case tooPlain
        case differ
        case badDescriptor(code: Int32)
    }

    /// The first line that `descriptor` gives, without its line break. Reads no further than it must.
    public static func read(from descriptor: Int32) throws(Failure) -> SecretBytes? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(longest + 1)
        defer { cleanse(&bytes) }
        while true {
            var byte: UInt8 = 0
            let count = Glibc.read(descriptor, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .badDescriptor(code: errno) }
            if count == 0 || byte == UInt8(ascii: "\n") { break }
            guard bytes.count < longest else { throw .tooLong }
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes.isEmpty ? nil : SecretBytes(copying: bytes)
    }

    /// Asks on the controlling terminal, without echo. Nil for an empty line.
    public static func ask(_ question: String) throws(Failure) -> SecretBytes? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { throw .noTerminal }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { throw .noTerminal }
        // Byte by byte and without signals, so that ^C cannot leave the terminal without its echo.
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw .noTerminal }
        defer { _ = tcsetattr(terminal, TCSAFLUSH, &before) }
        say(question, on: terminal)
        defer { say("\n", on: terminal) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(longest + 1)
        defer { cleanse(&bytes) }
        while true {
            var byte: UInt8 = 0
            let count = Glibc.read(terminal, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count == 1 else { throw .cancelled }
            switch byte {
            case 0x0a, 0x0d: return bytes.isEmpty ? nil : SecretBytes(copying: bytes)
            case 0x03: throw .cancelled
            case 0x04 where bytes.isEmpty: throw .cancelled
            case 0x15: cleanse(&bytes)
            case 0x08, 0x7f:
                // The last character, not its last byte.
                while let last = bytes.popLast(), last & 0xc0 == 0x80 {}
            case _:
                guard bytes.count < longest else { throw .tooLong }
                bytes.append(byte)
            }
        }
    }

    /// Asks for a new one, twice.
    public static func askNew(_ question: String) throws(Failure) -> SecretBytes {
        let first = try checkedNew(try ask(question + ": "))
        guard try ask("The same again: ") == first else { throw .differ }
        return first
    }

    /// A new passphrase: of some length, and not plain. That it is taken says nothing of how hard it is to guess.
    public static func checkedNew(_ passphrase: SecretBytes?) throws(Failure) -> SecretBytes {
        let passphrase = try checked(passphrase)
        var bytes = passphrase.copy()
        defer { cleanse(&bytes) }
        guard !isPlain(bytes) else { throw .tooPlain }
        return passphrase
    }

    /// Fewer different bytes than these are plain.
    public static let leastDifferent = 5

    /// Does it have fewer than five different bytes, say one part again and again, or go up or down byte by byte with one step elsewhere at most, as `1234567890` does?
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        if Set(bytes).count < leastDifferent { return true }
        let isRepeated = (1..<bytes.count / 2 + 1).contains { part in (part..<bytes.count).allSatisfy { bytes[$0] == bytes[$0 - part] } }
        let steps = zip(bytes, bytes.dropFirst()).map { Int($1) - Int($0) }
        return isRepeated || [1, -1].contains { step in steps.count { $0 != step } <= 1 }
    }

    /// What was typed is a passphrase by its length.
    public static func checked(_ passphrase: SecretBytes?) throws(Failure) -> SecretBytes {
        guard let passphrase, passphrase.count >= shortest else { throw .tooShort }
        return passphrase
    }

    private static func say(_ text: String, on terminal: Int32) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(terminal, $0.baseAddress, $0.count) }
    }

    private static func cleanse(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
