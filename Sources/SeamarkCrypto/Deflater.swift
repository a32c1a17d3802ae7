internal import CZlib
internal import Synchronization

/// One zlib compressor. Making one touches a quarter of a megabyte, so a few are kept and reset between messages.
///
/// Not Sendable: whoever took it from the pool has it alone until it is given back.
final class Deflater {
    private static let idle = Mutex<[Deflater]>([])
    private static let mostIdle = 4

    /// At a fixed address, because zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    private init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit_(stream, 2, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib could not create a compressor")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    static func deflate(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        let deflater = idle.withLock { Box($0.popLast()) }.deflater ?? Deflater()
        let deflated = deflater.deflateOrStore(bytes, level: level)
        let box = Box(deflater)
        idle.withLock { if $0.count < mostIdle, let deflater = box.deflater { $0.append(deflater) } }
        return deflated
    }

    /// Carries a compressor over the lock's border; unchecked because the pool hands each one to a single holder.
    private struct Box: @unchecked Sendable {
        let deflater: Deflater?
        init(_ deflater: Deflater?) { self.deflater = deflater }
    }

    private func deflateOrStore(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        let deflated = deflate(bytes, level: level)
        // No reader inflates a hundred times and more (SPEC section 3): what would shrink that far, such as a line of dashes, is stored.
        return bytes.count > 100 * max(64, deflated.count) ? deflate(bytes, level: 0) : deflated
    }

    private func deflate(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        precondition(bytes.count <= Int(UInt32.max), "a message to deflate is shorter than four gigabytes")
        precondition(deflateReset(stream) == Z_OK, "zlib could not reset a compressor")
        precondition(deflateParams(stream, level, Z_DEFAULT_STRATEGY) == Z_OK, "zlib could not change its level")
        let bound = Int(deflateBound(stream, UInt(bytes.count)))
        return Array(unsafeUninitializedCapacity: bound) { output, initialized in
            bytes.withUnsafeBufferPointer { input in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: bound)
                let result = CZlib.deflate(stream, Z_FINISH)
                precondition(result == Z_STREAM_END, "zlib deflates into the bound it stated")
                initialized = Int(stream.pointee.total_out)
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
            }
        }
    }
}
