internal import COpenSSL

/// What OpenSSL's callbacks write down during one call, and the session reads after it.
///
/// The callbacks reach this and never the session, so nothing that they do can re-enter or end it.
final class SessionNotes {
    /// The label was looked at: nil before, then what the first hello carried (which may be no label).
    var helloLabel: [UInt8]??
    var choice: TenantChoice?
    var labelChanged = false

    /// Why we refused the peer's certificate, when the alert on the wire must not tell.
    var refusal: TLSError?

    var alertSent: UInt8?
    var alertReceived: UInt8?

    /// Messages without content since the session last looked.
    var contentless = 0
    /// Decrypted application records since the session last looked; more than what was read means empty ones.
    var applicationRecords = 0

    /// Messages and records of any kind, ever.
    private(set) var seen = 0

    /// The notes of the conversation that OpenSSL is in.
    static func of(_ ssl: OpaquePointer) -> SessionNotes? {
        copenssl_tls_get_app_data(ssl).map { Unmanaged<SessionNotes>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Lets OpenSSL write here. The session keeps the notes alive for longer than the handle.
    func attach(to ssl: OpaquePointer) -> Bool {
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        guard copenssl_tls_set_app_data(ssl, pointer) == 1 else { return false }
        SSL_set_msg_callback(ssl) { isWritten, _, type, bytes, count, _, argument in
            guard let argument, let bytes else { return }
            Unmanaged<SessionNotes>.fromOpaque(argument).takeUnretainedValue()
                .saw(type: type, UnsafeRawBufferPointer(start: bytes, count: count), isWritten: isWritten == 1)
        }
        copenssl_tls_set_message_callback_argument(ssl, pointer)
        return true
    }

    private func saw(type: Int32, _ bytes: UnsafeRawBufferPointer, isWritten: Bool) {
        seen &+= 1
        switch type {
        case SSL3_RT_ALERT where bytes.count == 2:
            if isWritten {
                alertSent = bytes[1]
            } else {
                alertReceived = bytes[1]
                contentless += 1
            }
        case SSL3_RT_INNER_CONTENT_TYPE where !isWritten && bytes.first == UInt8(SSL3_RT_APPLICATION_DATA):
            applicationRecords += 1
        case SSL3_RT_HANDSHAKE where !isWritten, SSL3_RT_CHANGE_CIPHER_SPEC where !isWritten:
            contentless += 1
        default: break  // headers and what we send
        }
    }
}
