internal import COpenSSL

/// All that the server's conversations have in common: its identity, and how a label leads to a tenant.
///
/// Immutable; a renewed certificate means a new context for the conversations to come. May be shared between threads.
public final class TLSServerContext: @unchecked Sendable {
    /// Chooses the tenant for the label of a client hello; nil for no label or one that is none (see `ServerNameExtension`). Called once
    /// for each conversation, on its thread, before anything is verified. Returns nil for an unknown label: the conversation goes on,
    /// and trusts nobody. Should take the same time whether the label is known or not.
    public typealias Chooser = @Sendable (_ label: [UInt8]?) -> TenantChoice?

    let settings: ConversationSettings
    private let chooser: Chooser
    private let nobody: TrustedAuthority

    public init(identity: TLSIdentity, chooser: @escaping Chooser) throws(TLSError) {
        let settings = try ConversationSettings(method: TLS_server_method(), identity: identity)
        self.settings = settings
        self.chooser = chooser
        nobody = try .nobody()
        let context = settings.handle
        guard TLSLibrary.call({ copenssl_tls_set_context_verify_store(context, nobody.store) }) == 1 else {
            throw TLSLibrary.failure(doing: "trust nobody")
        }
        // Asked for, not required: without one a device can reach the enrolment door. The list of authorities stays empty: it would name tenants.
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        SSL_CTX_set_cert_verify_callback(context, { check, _ in check.map(PeerVerification.ofDevice) ?? 0 }, nil)
        // Every conversation holds this object, so the pointer outlives each call.
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        SSL_CTX_set_client_hello_cb(
            context,
            { ssl, alert, argument in
                guard let ssl, let argument, let notes = SessionNotes.of(ssl) else { return SSL_CLIENT_HELLO_ERROR }
                let isChosen = Unmanaged<TLSServerContext>.fromOpaque(argument).takeUnretainedValue().choose(for: ssl, notes)
                if !isChosen { alert?.pointee = SSL3_AD_ILLEGAL_PARAMETER }
                return isChosen ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR
            }, pointer)
    }

    /// Decides whom this conversation trusts. Runs for each hello: a second one (after a retry request) must carry the same label.
    private func choose(for ssl: OpaquePointer, _ notes: SessionNotes) -> Bool {
        var start: UnsafePointer<UInt8>?
        var count = 0
        let found = TLSLibrary.call { SSL_client_hello_get0_ext(ssl, UInt32(TLSEXT_TYPE_server_name), &start, &count) } == 1
        let body = found ? Array(UnsafeBufferPointer(start: start, count: min(count, 512))) : []
        let label = count <= 512 ? ServerNameExtension.label(in: body) : nil
        if let first = notes.helloLabel {
            notes.labelChanged = first != label
            return !notes.labelChanged
        }
        notes.helloLabel = .some(label)
        notes.choice = chooser(label)
        let store = (notes.choice?.authority ?? nobody).store
        return TLSLibrary.call { copenssl_tls_set_verify_store(ssl, store) } == 1
    }
}
