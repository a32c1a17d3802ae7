import COpenSSL
import Glibc
import SeamarkTLS
import Testing

/// Pitfalls 20 and 25, each in a process of its own.
@Suite struct SurroundingsTests {
    /// An environment in which OpenSSL would fail, or speak TLS 1.2, or write its keys to a file.
    static func becomeHostile() -> (configuration: String, keyLog: String) {
        let configuration = "/tmp/seamark-tls-\(getpid()).cnf"
        let keyLog = "/tmp/seamark-tls-\(getpid()).keys"
        let text = """
            openssl_conf = all
            config_diagnostics = 1
            [all]
            providers = providers
            engines = engines
            ssl_conf = tls
            [providers]
            foreign = foreign
            [foreign]
            activate = 1
            module = /nonexistent/provider.so
            [engines]
            foreign_engine = foreign_engine
            [foreign_engine]
            dynamic_path = /nonexistent/engine.so
            init = 1
            [tls]
            system_default = defaults
            [defaults]
            MaxProtocol = TLSv1.2

            """
        let file = fopen(configuration, "w")!
        fputs(text, file)
        fclose(file)
        setenv("OPENSSL_CONF", configuration, 1)
        setenv("OPENSSL_MODULES", "/nonexistent", 1)
        setenv("OPENSSL_ENGINES", "/nonexistent", 1)
        setenv("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt", 1)
        setenv("SSLKEYLOGFILE", keyLog, 1)
        return (configuration, keyLog)
    }

    @Test func `pitfall 25, a hostile environment has no effect`() async {
        await #expect(processExitsWith: .success) {
            let files = Self.becomeHostile()
            defer { unlink(files.configuration) }
            // The module comes first, before anything else in this process uses OpenSSL.
            #expect(throws: TLSError.unusableCertificate) { try TrustedAuthority(certificates: [[0]]) }
            let conversation = try Harbour().established()
            precondition(conversation.server.protocolVersion == "TLSv1.3" && conversation.server.peerCertificate != nil)
            precondition(access(files.keyLog, F_OK) != 0)
        }
    }

    /// Without this the test above could not fail.
    @Test func `the hostile environment is hostile to a program that does nothing about it`() async {
        await #expect(processExitsWith: .success) {
            let files = Self.becomeHostile()
            defer { unlink(files.configuration) }
            precondition(SSL_CTX_new(TLS_client_method()) == nil)
        }
    }

    static func residentBytes() -> Int {
        let file = fopen("/proc/self/statm", "r")!
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        fgets(&line, 256, file)
        let pages = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))[1]
        return pages.reduce(0) { $0 * 10 + Int($1) - 48 } * Int(getpagesize())
    }

    @Test func `pitfall 20, both ends of an idle conversation take less than 64 KiB, also after a burst`() async {
        await #expect(processExitsWith: .success) {
            let harbour = try Harbour()
            let device = try harbour.client(harbour.authorityA.issue())
            func pairs(_ count: Int) throws -> [Conversation] {
                try (0..<count).map { _ in
                    let conversation = try Conversation(harbour.server, device)
                    try conversation.shakeHands()
                    var rest = [UInt8](repeating: 1, count: 200_000)[...]
                    while !rest.isEmpty {
                        rest = rest.dropFirst(try conversation.client.write(Array(rest)))
                        let bytes = conversation.client.takeCiphertext()
                        precondition(conversation.server.receive(bytes) == bytes.count)
                        _ = try conversation.server.readAll()
                        _ = conversation.server.takeCiphertext()
                    }
                    return conversation
                }
            }
            let first = try pairs(5)
            let before = Self.residentBytes()
            let kept = try pairs(400)
            let each = (Self.residentBytes() - before) / 400
            withExtendedLifetime((first, kept)) {}
            precondition(each < 64 * 1024)
        }
    }
}
