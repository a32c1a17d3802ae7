internal import CQREncode

/// A QR code (ISO/IEC 18004): a square of dark and light modules that a camera reads bytes from. The only door to libqrencode.
public struct QRCode: Equatable, Sendable {
    /// The bytes do not fit the largest code, or memory is short.
    public struct Failure: Error, Hashable, Sendable {}

    /// Modules on a side.
    public let size: Int
    /// Row by row.
    private let modules: [Bool]

    /// The smallest code that holds the bytes, with as little repair as there is: a screen has no stains, and a small code is read from afar.
    public init(of bytes: [UInt8]) throws(Failure) {
        // None holds more, and the library counts in Int32.
        guard (1...2953).contains(bytes.count), let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_L) else { throw Failure() }
        defer { QRcode_free(code) }
        let size = Int(code.pointee.width)
        guard let data = code.pointee.data else { throw Failure() }
        self.size = size
        modules = (0..<size * size).map { data[$0] & 1 == 1 }
    }

    /// Light outside of the code, where its quiet zone is.
    public func isDark(_ column: Int, _ row: Int) -> Bool {
        guard (0..<size).contains(column), (0..<size).contains(row) else { return false }
        return modules[row * size + column]
    }
}
