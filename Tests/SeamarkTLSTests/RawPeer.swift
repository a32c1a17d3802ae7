import COpenSSL
import SeamarkTLS

/// A bare OpenSSL end, for peers that our own end cannot be: other versions, other keys, tickets, early data.
final class RawPeer {
    let context: OpaquePointer
    let ssl: OpaquePointer
    private let input = BIO_new(BIO_s_mem())!
    private let output = BIO_new(BIO_s_mem())!
    private(set) var result: Int32 = 0
    private(set) var reason: Int32 = 0
    private(set) var read: [UInt8] = []
    /// Tickets received, to resume with.
    var tickets: Int { sessions.count }
    private(set) var sessions: [OpaquePointer] = []

    convenience init(
        isServer: Bool = false, label: String? = "label-a", certificate: TestAuthority.Issued? = nil, chain: [[UInt8]] = [],
        configure: (OpaquePointer) -> Void = { _ in }
    ) {
        let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method())!
        if let certificate {
            let parsed = Self.parse(certificate.certificate)
            precondition(SSL_CTX_use_certificate(context, parsed) == 1)
            X509_free(parsed)
            certificate.privateKey.withUnsafeBufferPointer {
                var next = $0.baseAddress
                let key = d2i_AutoPrivateKey(nil, &next, $0.count)!
                precondition(SSL_CTX_use_PrivateKey(context, key) == 1)
                EVP_PKEY_free(key)
            }
        }
        for further in chain {
            let parsed = Self.parse(further)
            precondition(copenssl_tls_add_chain_certificate(context, parsed) == 1)
            X509_free(parsed)
        }
        configure(context)
        self.init(owning: context, isServer: isServer, label: label)
    }

    /// Another conversation of the same device, by its context.
    convenience init(like other: RawPeer, label: String?) {
        SSL_CTX_up_ref(other.context)
        self.init(owning: other.context, isServer: false, label: label)
    }

    private init(owning context: OpaquePointer, isServer: Bool, label: String?) {
        self.context = context
        ssl = SSL_new(context)!
        copenssl_tls_set_app_data(ssl, Unmanaged.passUnretained(self).toOpaque())
        copenssl_tls_set_session_cache_mode(context, Int(SSL_SESS_CACHE_CLIENT))
        SSL_CTX_sess_set_new_cb(context) { ssl, session in
            guard let ssl, let session, let data = copenssl_tls_get_app_data(ssl) else { return 0 }
            Unmanaged<RawPeer>.fromOpaque(data).takeUnretainedValue().sessions.append(session)
            return 1  // ours to free
        }
        copenssl_tls_set_memory_end(input, -1)
        copenssl_tls_set_memory_end(output, -1)
        SSL_set_bio(ssl, input, output)
        if isServer {
            SSL_set_accept_state(ssl)
        } else {
            SSL_set_connect_state(ssl)
            if let label { precondition(copenssl_tls_set_server_name(ssl, label) == 1) }
        }
    }

    deinit {
        for session in sessions { SSL_SESSION_free(session) }
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    static func parse(_ der: [UInt8]) -> OpaquePointer {
        der.withUnsafeBufferPointer {
            var next = $0.baseAddress
            return d2i_X509(nil, &next, $0.count)!
        }
    }

    func receive(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        precondition(BIO_write(input, bytes, Int32(bytes.count)) == bytes.count)
    }

    func take() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
        guard !bytes.isEmpty else { return [] }
        BIO_read(output, &bytes, Int32(bytes.count))
        return bytes
    }

    /// Handshake, then read what there is.
    func step() {
        ERR_clear_error()
        result = SSL_do_handshake(ssl)
        if result == 1 {
            var buffer = [UInt8](repeating: 0, count: 32 * 1024)
            while true {
                ERR_clear_error()
                let count = SSL_read(ssl, &buffer, Int32(buffer.count))
                guard count > 0 else { break }
                read += buffer.prefix(Int(count))
            }
        }
        let code = ERR_peek_last_error()
        if code != 0 { reason = ERR_GET_REASON(code) }
        ERR_clear_error()
    }

    func write(_ bytes: [UInt8]) {
        ERR_clear_error()
        if bytes.isEmpty { return }
        precondition(SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count)
    }

    /// Moves ciphertext both ways until neither end has more to say. Returns what the session read.
    @discardableResult
    func talk(to session: TLSSession) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            step()
            all += (try? session.readAll()) ?? []
            let there = take()
            let back = session.takeCiphertext()
            if there.isEmpty, back.isEmpty { return all }
            precondition(session.receive(there) == there.count)
            receive(back)
        }
    }

    /// Moves ciphertext both ways until neither bare end has more to say.
    func exchange(with other: RawPeer) {
        while true {
            step()
            other.step()
            let (there, back) = (take(), other.take())
            if there.isEmpty, back.isEmpty { return }
            other.receive(there)
            receive(back)
        }
    }
}
