internal import COpenSSL

/// How this module treats what libcrypto answers.
///
/// A constructor or a step that can fail only for want of memory, or because we called it wrongly, stops the program as
/// Swift itself does when memory ends. Whatever a peer, a disk, a user or the kernel can cause is thrown by the caller instead.
enum Library {
    static func created(_ handle: OpaquePointer?, _ doing: StaticString) -> OpaquePointer {
        guard let handle else { preconditionFailure("libcrypto could not create \(doing)") }
        return handle
    }

    static func done(_ result: Int32, _ doing: StaticString) {
        precondition(result == 1, "libcrypto failed \(doing)")
    }

    /// The DER that an `i2d` function writes; nil when it refuses.
    static func der(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8]? {
        let count = write(nil)
        guard count > 0 else { return nil }
        return Array(unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
            var cursor = buffer.baseAddress
            initialized = Int(write(&cursor))
        }
    }

    /// What a `d2i` function makes of all of `bytes`; nil when it refuses or leaves some.
    static func parsed(
        _ bytes: [UInt8], free: (OpaquePointer?) -> Void, _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
    ) -> OpaquePointer? {
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = start
            ERR_clear_error()
            guard let object = read(&cursor, buffer.count) else {
                ERR_clear_error()
                return nil
            }
            guard cursor == start + buffer.count else {
                free(object)
                return nil
            }
            return object
        }
    }
}
