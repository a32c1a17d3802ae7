internal import COpenSSL

/// The system's OpenSSL, shut off from the process's surroundings.
///
/// Everything here lives in a library context of our own, in which only the built-in default provider is loaded, and no configuration
/// file is read: `OPENSSL_CONF`, `OPENSSL_MODULES`, `SSL_CERT_FILE`, `SSLKEYLOGFILE` and configured engines have no effect.
/// (OpenSSL reads its configuration once, at its first use in a process: whoever else uses it first must refuse it too.)
public enum TLSLibrary {
    /// The library that runs, for `status`: the distribution replaces it without rebuilding us.
    public static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

    /// The library that is installed for building, for `status`.
    public static var buildVersion: String { OPENSSL_VERSION_TEXT }

    /// Written once before it is read and never changed; the library locks what is inside.
    private nonisolated(unsafe) static let isolatedContext: OpaquePointer? = {
        let options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT
        guard OPENSSL_init_crypto(UInt64(options), nil) == 1, OPENSSL_init_ssl(UInt64(options), nil) == 1,
            let context = OSSL_LIB_CTX_new(), OSSL_PROVIDER_load(context, "default") != nil
        else { return nil }
        return context
    }()

    static func context() throws(TLSError) -> OpaquePointer {
        guard let context = isolatedContext else { throw .library(doing: "start OpenSSL", code: 0) }
        return context
    }

    /// Runs one call on an empty error queue. The queue is the thread's: what another call left in it would be taken for ours.
    static func call<Value>(_ body: () -> Value) -> Value {
        ERR_clear_error()
        return body()
    }

    /// The failure of what was just called; leaves an empty queue behind.
    static func failure(doing: StaticString) -> TLSError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return .library(doing: "\(doing)", code: reason(code))
    }

    /// The library's number for what went wrong, without where.
    static func reason(_ code: UInt) -> Int32 { Int32(truncatingIfNeeded: ERR_GET_REASON(code)) }
}
