internal import COpenSSL

/// One TLS 1.3 conversation, in memory: ciphertext goes in, a step is taken, plaintext and ciphertext come out.
///
/// Confined to one event loop or one thread for life. The order after anything arrived: `receive`, `read` until it returns nothing,
/// and `takeCiphertext` **always**, also after an error, because the alert that tells the peer why is in it. The first failure is final:
/// every later call throws it again.
///
/// A device's session is established before the server has looked at the device's certificate: a refusal arrives at the first `read`.
/// Nothing confidential may be written before the server has greeted.
public final class TLSSession {
    /// Bytes of ciphertext that wait to be sent, beyond which `write` takes no more.
    public static let mostPendingCiphertext = 256 * 1024
    /// Bytes of ciphertext that wait to be read, beyond which `receive` takes no more.
    public static let mostUnreadCiphertext = 256 * 1024
    /// Bytes of ciphertext that a handshake may take.
    static let longestHandshake = 64 * 1024

    public enum Progress: Equatable, Sendable { case needsMore, established }

    // OpenSSL owns the two ends of memory; they are freed with `ssl`.
    private let ssl: OpaquePointer
    private var input: OpaquePointer
    private var output: OpaquePointer
    private let notes = SessionNotes()
    private let context: AnyObject
    private let isServer: Bool
    private let milliseconds: () -> UInt64
    private var floodGuard = FloodGuard()
    private var handshakeBytes = 0
    private var transportHasEnded = false

    /// Both ends have proven what they must (a device: see above).
    public private(set) var isEstablished = false
    /// The peer said close_notify: what was read is whole.
    public private(set) var peerHasClosed = false
    /// We said close_notify.
    public private(set) var hasClosed = false
    /// The first failure. What was read before it was authentic.
    public private(set) var failure: TLSError?
    /// The peer's verified certificate as DER, once established. On a server nil means that the device showed none.
    public private(set) var peerCertificate: [UInt8]?
    /// On a device: the installation authority that the server was verified with, as DER, once established.
    public private(set) var serverAuthority: [UInt8]?
    /// On a device: the authority that `serverAuthority` vouches for as its successor, and whose certificate the server has; DER, once established.
    public private(set) var serverSuccessor: [UInt8]?
    /// On a device: every certificate that the server showed, DER. Only that whoever holds the server's key showed them is proven.
    public private(set) var serverShown: [[UInt8]] = []

    // MARK: Beginning

    /// The server's end. `milliseconds` is a clock that only has to go forward.
    public convenience init(_ context: TLSServerContext, milliseconds: @escaping () -> UInt64) throws(TLSError) {
        try self.init(context, context.settings, isServer: true, milliseconds)
    }

    /// A device's end; its first step makes the hello. `milliseconds` is a clock that only has to go forward.
    public convenience init(_ context: TLSClientContext, milliseconds: @escaping () -> UInt64) throws(TLSError) {
        try self.init(context, context.settings, isServer: false, milliseconds)
        guard context.prepare(ssl) else { throw TLSLibrary.failure(doing: "set the server's name") }
    }

    private init(
        _ context: AnyObject, _ settings: ConversationSettings, isServer: Bool, _ milliseconds: @escaping () -> UInt64
    ) throws(TLSError) {
        guard let ssl = TLSLibrary.call({ SSL_new(settings.handle) }) else { throw TLSLibrary.failure(doing: "begin a conversation") }
        guard notes.attach(to: ssl), let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw TLSLibrary.failure(doing: "begin a conversation")
        }
        SSL_set_bio(ssl, input, output)
        copenssl_tls_set_memory_end(input, -1)
        copenssl_tls_set_memory_end(output, -1)
        if isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
        self.ssl = ssl
        self.input = input
        self.output = output
        self.context = context
        self.isServer = isServer
        self.milliseconds = milliseconds
    }

    deinit { SSL_free(ssl) }

    // MARK: Ciphertext

    /// Takes what the transport delivered, as much as fits, and says how much that was. All of it fits while everything is read
    /// before more is received. What comes after the end is dropped.
    public func receive(_ ciphertext: UnsafeRawBufferPointer) -> Int {
        guard failure == nil, !peerHasClosed, !transportHasEnded else { return ciphertext.count }
        let room = max(0, Self.mostUnreadCiphertext - BIO_ctrl_pending(input))
        let count = min(ciphertext.count, room)
        guard count > 0 else { return 0 }
        let written = TLSLibrary.call { BIO_write(input, ciphertext.baseAddress, Int32(count)) }
        return max(0, Int(written))
    }

    /// Takes what the transport delivered, as much as fits, and says how much that was.
    public func receive(_ ciphertext: [UInt8]) -> Int { ciphertext.withUnsafeBytes { receive($0) } }

    /// The transport has ended. Throws `unexpectedEnd` at once when the peer has not said close_notify and nothing is left to read;
    /// otherwise the `read` that comes to the end does.
    public func peerEndedTransport() throws(TLSError) {
        if let failure { throw failure }
        guard !peerHasClosed, !transportHasEnded else { return }
        transportHasEnded = true
        copenssl_tls_set_memory_end(input, 0)
        if BIO_ctrl_pending(input) == 0, SSL_pending(ssl) == 0 { throw fail(.unexpectedEnd) }
    }

    /// Bytes that wait to be sent.
    public var pendingCiphertext: Int { BIO_ctrl_pending(output) }

    /// What is to be sent now, at most `atMost` bytes of it; empty when there is nothing.
    public func takeCiphertext(atMost: Int = mostPendingCiphertext * 2) -> [UInt8] {
        defer { shrink() }
        let count = min(BIO_ctrl_pending(output), max(0, atMost))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = max(0, Int(TLSLibrary.call { BIO_read(output, buffer.baseAddress, Int32(count)) }))
        }
    }

    // MARK: Steps

    /// Goes on with the handshake as far as what was received allows.
    @discardableResult
    public func step() throws(TLSError) -> Progress {
        if let failure { throw failure }
        if isEstablished { return .established }
        guard !hasClosed else { throw .closed }
        while true {
            let before = moved()
            let outcome = call { SSL_do_handshake(ssl) }
            handshakeBytes += before.unread - BIO_ctrl_pending(input)
            notes.contentless = 0
            notes.applicationRecords = 0
            switch outcome {
            case .done:
                try establish()
                return .established
            case .wantsMore:
                guard handshakeBytes <= Self.longestHandshake else { throw fail(.handshakeTooLong) }
                // A step may end before everything received is used. The last one moves nothing.
                guard moved() != before else { return .needsMore }
            case .peerClosed:
                throw fail(.unexpectedEnd)
            case .failed(let error):
                throw fail(error)
            }
        }
    }

    /// Fills `buffer` with plaintext. Returns 0 when more ciphertext is needed, or when the peer has closed (`peerHasClosed`).
    ///
    /// What arrived whole before an error is returned first; the next call throws. Steps through the handshake by itself.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int {
        guard try step() == .established, !peerHasClosed, let start = buffer.baseAddress else { return 0 }
        var total = 0
        reading: while total < buffer.count {
            let before = moved()
            var count = 0
            let outcome = call { SSL_read_ex(ssl, start + total, buffer.count - total, &count) }
            if countContentless(delivered: outcome == .done) {
                fail(.flood)
                break reading
            }
            switch outcome {
            case .done:
                total += count
            case .wantsMore:
                // Returned after a record without content, or to answer one with the next call. The last call moves nothing.
                guard moved() != before else { break reading }
            case .peerClosed:
                peerHasClosed = true
                break reading
            case .failed(let error):
                fail(error)
                break reading
            }
        }
        if total == 0, let failure { throw failure }
        return total
    }

    /// All plaintext that what was received makes up: nothing when more is needed or the peer has closed.
    public func readAll() throws(TLSError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            // Each record's plaintext is shorter than the record; one more may lie decrypted inside the library.
            let expected = BIO_ctrl_pending(input) + 16 * 1024
            var problem: TLSError?
            let part = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
                do throws(TLSError) {
                    count = try read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    count = 0
                    problem = error
                }
            }
            if let problem {
                // The first failure is final, so nothing is lost by giving out first what came before it.
                if all.isEmpty { throw problem }
                return all
            }
            guard !part.isEmpty else { return all }
            if all.isEmpty { all = part } else { all += part }
            if part.count < expected { return all }
        }
    }

    /// Encrypts as much of `plaintext` as may wait to be sent, and says how much that was. Takes nothing before the conversation is
    /// established. Call again with the rest when ciphertext has been taken.
    public func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) -> Int {
        if let failure { throw failure }
        guard !hasClosed else { throw .closed }
        guard isEstablished, let start = plaintext.baseAddress else { return 0 }
        var total = 0
        while total < plaintext.count {
            let part = min(plaintext.count - total, Self.largestRecord)
            guard BIO_ctrl_pending(output) + part + Self.recordOverhead <= Self.mostPendingCiphertext else { break }
            var count = 0
            switch call({ SSL_write_ex(ssl, start + total, part, &count) }) {
            case .done: total += count
            case .wantsMore: return total
            case .peerClosed: throw fail(.closed)
            case .failed(let error): throw fail(error)
            }
        }
        return total
    }

    /// Encrypts as much of `plaintext` as may wait to be sent, and says how much that was.
    public func write(_ plaintext: [UInt8]) throws(TLSError) -> Int {
        var problem: TLSError?
        let count = plaintext.withUnsafeBytes { buffer -> Int in
            do throws(TLSError) { return try write(buffer) } catch {
                problem = error
                return 0
            }
        }
        if let problem { throw problem }
        return count
    }

    /// Says close_notify: the peer then knows that it has everything. What the peer still sends can be read. Before the conversation is
    /// established, or after a failure, there is nothing to say.
    public func close() {
        guard !hasClosed else { return }
        hasClosed = true
        guard isEstablished, failure == nil else { return }
        TLSLibrary.call { _ = SSL_shutdown(ssl) }
        ERR_clear_error()
    }

    // MARK: Facts

    /// On a server: what the chooser returned with the authority that this conversation trusts.
    public var tenant: (any AnyObject & Sendable)? { notes.choice?.tenant }
    /// The last alert description sent and received; 0 is close_notify.
    public var alertSent: UInt8? { notes.alertSent }
    public var alertReceived: UInt8? { notes.alertReceived }
    /// For `status`, such as "TLSv1.3".
    public var protocolVersion: String { String(cString: SSL_get_version(ssl)) }
    /// For `status`, such as "TLS_AES_256_GCM_SHA384"; nil before it is negotiated.
    public var cipher: String? { SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_get_name($0) }.map { String(cString: $0) } }

    /// Bytes that only the two ends of this conversation know (RFC 8446 section 7.5), to bind a signature to it.
    public func exportKeyingMaterial(label: String, context: [UInt8], count: Int) throws(TLSError) -> [UInt8] {
        guard isEstablished, (1...255).contains(count) else { throw .notEstablished }
        var bytes = [UInt8](repeating: 0, count: count)
        let done = TLSLibrary.call {
            SSL_export_keying_material(ssl, &bytes, count, label, label.utf8.count, context, context.count, 1)
        }
        guard done == 1 else { throw TLSLibrary.failure(doing: "derive the channel binding") }
        return bytes
    }

    // MARK: What helps

    private static let largestRecord = 16 * 1024
    /// Bytes: header 5, type 1, tag 16.
    private static let recordOverhead = 22
    /// Bytes of memory an idle conversation may keep for ciphertext.
    private static let keptMemory = 1024

    private enum Outcome: Equatable {
        case done, wantsMore, peerClosed
        case failed(TLSError)
    }

    /// What a call can change: what lies at both ends, and what was seen. One that changes nothing has nothing left to do. (Around a key
    /// update OpenSSL takes a record in with one call, works through it with the next and answers it with a third.)
    private func moved() -> (unread: Int, pending: Int, seen: Int) {
        (BIO_ctrl_pending(input), BIO_ctrl_pending(output), notes.seen)
    }

    /// One call of the library: an empty queue before it, the meaning of its result, an empty queue after it.
    private func call(_ body: () -> Int32) -> Outcome {
        let result = withExtendedLifetime(self) { TLSLibrary.call(body) }
        guard result <= 0 else { return .done }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsMore
        case SSL_ERROR_ZERO_RETURN: return .peerClosed
        default:
            let code = TLSLibrary.reason(ERR_peek_last_error())
            ERR_clear_error()
            return .failed(meaning(of: code))
        }
    }

    private func meaning(of code: Int32) -> TLSError {
        if notes.labelChanged { return .labelChanged }
        if code == SSL_R_CERTIFICATE_VERIFY_FAILED {
            return notes.refusal ?? PeerVerification.reason(Int32(truncatingIfNeeded: SSL_get_verify_result(ssl)))
        }
        // SSL_R_TLSV1_ALERT_… and the like are 1000 and the description.
        if code >= 1000, let alert = notes.alertReceived { return .alert(alert) }
        switch code {
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .unexpectedEnd
        case SSL_R_EXCESSIVE_MESSAGE_SIZE: return notes.alertSent == UInt8(SSL3_AD_ILLEGAL_PARAMETER) ? .chainTooLong : .protocolViolation(code: code)
        default: return .protocolViolation(code: code)
        }
    }

    @discardableResult
    private func fail(_ error: TLSError) -> TLSError {
        let first = failure ?? error
        failure = first
        return first
    }

    /// The library says that the handshake is finished. Believes nothing that it can look up.
    private func establish() throws(TLSError) {
        guard SSL_version(ssl) == TLS1_3_VERSION, SSL_session_reused(ssl) == 0 else { throw fail(.protocolViolation(code: 0)) }
        let verified = SSL_get_verify_result(ssl)
        guard verified == Int(X509_V_OK) else { throw fail(PeerVerification.reason(Int32(truncatingIfNeeded: verified))) }
        if let certificate = SSL_get0_peer_certificate(ssl) {
            peerCertificate = Certificate.der(certificate)
        } else if !isServer {
            throw fail(.noCertificate)
        }
        if !isServer { noteAuthorities() }
        isEstablished = true
    }

    private func noteAuthorities() {
        func certificates(_ list: OpaquePointer?) -> [OpaquePointer] {
            (0..<max(0, OPENSSL_sk_num(list))).compactMap { OPENSSL_sk_value(list, $0).map { OpaquePointer($0) } }
        }
        let chain = certificates(SSL_get0_verified_chain(ssl))
        let shown = certificates(SSL_get_peer_cert_chain(ssl))
        serverAuthority = chain.last.map(Certificate.der)
        serverShown = shown.map(Certificate.der)
        // Between the server's certificate and the authority stands nothing but that authority's word for its successor.
        guard chain.count == 3, let key = Certificate.pin(chain[1]) else { return }
        serverSuccessor = shown.first { Certificate.pin($0) == key && PeerVerification.isAnchor($0) }.map(Certificate.der)
    }

    /// Counts what came without content in the last call. Returns whether that was too much.
    private func countContentless(delivered: Bool) -> Bool {
        let empty = max(0, notes.applicationRecords - (delivered ? 1 : 0))
        let count = notes.contentless + empty
        notes.contentless = 0
        notes.applicationRecords = 0
        guard count > 0 else { return false }
        let now = milliseconds()
        for _ in 0..<count where floodGuard.exceeds(at: now) { return true }
        return false
    }

    /// Gives the memory of a burst back: OpenSSL's memory BIO only grows.
    private func shrink() {
        guard isEstablished, failure == nil, !transportHasEnded else { return }
        if BIO_ctrl_pending(output) == 0, copenssl_tls_memory_capacity(output) > Self.keptMemory, let fresh = BIO_new(BIO_s_mem()) {
            SSL_set0_wbio(ssl, fresh)
            output = fresh
        }
        if BIO_ctrl_pending(input) == 0, copenssl_tls_memory_capacity(input) > Self.keptMemory, let fresh = BIO_new(BIO_s_mem()) {
            SSL_set0_rbio(ssl, fresh)
            input = fresh
        }
    }
}

@available(*, unavailable)
extension TLSSession: Sendable {}
