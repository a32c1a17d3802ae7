internal import COpenSSL

/// A secret among other secrets only (`SecretPages`): out of swap where the system allows it, out of core files, zeroed at the end.
///
/// `@unchecked Sendable` because the bytes are written once, in the initializer, and only read until `deinit`.
/// What is copied out of it (`copy()`, a derived value) is the caller's to keep short-lived.
public final class SecretBytes: @unchecked Sendable {
    public let count: Int
    private let pages: UnsafeMutableRawPointer

    /// At least one byte. `fill` writes the secret into zeroed memory.
    init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        precondition(count > 0, "a secret has at least one byte")
        pages = SecretPages.take(count)
        self.count = count
        fill(UnsafeMutableRawBufferPointer(start: pages, count: count))
    }

    /// Written where it lies by `fill`, from wherever the secret comes. Nil when `fill` says that it is not whole.
    public static func written(_ count: Int, by fill: (UnsafeMutableRawBufferPointer) -> Bool) -> SecretBytes? {
        var isWhole = false
        let secret = SecretBytes(count: count) { isWhole = fill($0) }
        return isWhole ? secret : nil
    }

    /// A copy of `bytes`, which the caller should let go at once.
    public convenience init(copying bytes: [UInt8]) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Takes `bytes` over and zeroes them where they were.
    public convenience init(moving bytes: inout [UInt8]) {
        self.init(copying: bytes)
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }

    deinit {
        OPENSSL_cleanse(pages, count)
        SecretPages.giveBack(pages, count)
    }

    /// Lends the bytes for the length of the call.
    public func withBytes<Value, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Value) throws(Failure) -> Value {
        try body(UnsafeBufferPointer(start: pages.assumingMemoryBound(to: UInt8.self), count: count).span)
    }

    /// The bytes in ordinary memory.
    public func copy() -> [UInt8] { withBytes { span in Array(copying: span) } }

    /// Lends the pages to a C function.
    func withBuffer<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        body(UnsafeBufferPointer(start: pages.assumingMemoryBound(to: UInt8.self), count: count))
    }

    /// Lends the pages to a C function that knows how many bytes there are.
    func withPointer<Value>(_ body: (UnsafePointer<UInt8>) -> Value) -> Value {
        body(UnsafePointer(pages.assumingMemoryBound(to: UInt8.self)))
    }
}

extension SecretBytes: Equatable {
    /// In time that does not depend on where the two differ.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left.pages, right.pages, left.count) == 0
    }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
    /// Never the secret.
    public var description: String { "secret of \(count) bytes" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Array where Element == UInt8 {
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { Array($0) }
    }
}
