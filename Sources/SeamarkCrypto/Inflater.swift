internal import CZlib
internal import SeamarkJournal

/// Inflates zlib streams (RFC 1950), or raw ones (RFC 1951), of strangers into a buffer of the stated length and not a byte more.
enum Inflater {
    /// No deflate stream expands further: 258 bytes from two bits.
    private static let mostExpansion = 1032

    static func inflate(_ bytes: Span<UInt8>, toExactly length: Int, isRaw: Bool = false) throws(InflateError) -> [UInt8] {
        let (reach, overflow) = bytes.count.multipliedReportingOverflow(by: mostExpansion)
        guard length >= 0, length <= Int(UInt32.max), bytes.count <= Int(UInt32.max), overflow || length <= reach else {
            throw InflateError()
        }
        var complete = false
        // One byte at least: zlib refuses to begin without a place to write to.
        let output = [UInt8](unsafeUninitializedCapacity: max(length, 1)) { output, initialized in
            bytes.withUnsafeBufferPointer { input in
                var stream = z_stream()
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                // A negative size of the window says that the stream has neither head nor sum.
                guard inflateInit2_(&stream, isRaw ? -MAX_WBITS : MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return }
                defer { inflateEnd(&stream) }
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(length)
                let result = CZlib.inflate(&stream, Z_FINISH)
                complete = result == Z_STREAM_END && stream.avail_out == 0 && stream.avail_in == 0
                initialized = complete ? length : 0
            }
        }
        guard complete else { throw InflateError() }
        return output
    }
}
