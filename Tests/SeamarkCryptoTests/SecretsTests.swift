import Glibc
@testable import SeamarkCrypto
import Testing

@Suite(.serialized) struct SecretsTests {
    @Test func `secrets compare by content and never show themselves`() {
        let secret = SecretBytes(copying: bytes("hush"))
        #expect(secret == SecretBytes(copying: bytes("hush")))
        #expect(secret != SecretBytes(copying: bytes("hust")))
        #expect(secret != SecretBytes(copying: bytes("hushh")))
        #expect("\(secret)" == "secret of 4 bytes")
        #expect(String(reflecting: secret) == "secret of 4 bytes")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("104"))
        #expect(secret.withBytes { $0.count } == 4)
    }

    @Test func `moving a secret leaves nothing behind`() {
        var source = bytes("hush")
        #expect(SecretBytes(moving: &source).copy() == bytes("hush"))
        #expect(source.isEmpty)
    }

    @Test func `a hardened process is closed to others`() async {
        await #expect(processExitsWith: .success) {
            precondition(ProcessHardening.isDumpable)
            try ProcessHardening.apply()
            precondition(!ProcessHardening.isDumpable)
        }
    }

    /// The settings demand a provider of algorithms that is not there, so that nothing works where they are read.
    @Test(arguments: [true, false])
    func `libcrypto's settings from the environment are ignored by a hardened process alone`(hardened: Bool) async throws {
        await #expect(processExitsWith: .success) { [hardened = hardened as Bool] in
            let path = "/tmp/seamark-test-\(getpid()).cnf"
            let file = try #require(fopen(path, "w"))
            fputs("openssl_conf = a\n[a]\nalg_section = b\n[b]\ndefault_properties = provider=nowhere\n", file)
            fclose(file)
            setenv("OPENSSL_CONF", path, 1)
            if hardened { try ProcessHardening.apply() }
            let works = (try? Scrypt().stretch([1], salt: [2], cost: StretchingCost(logN: 1, r: 1, p: 1), count: 32)) != nil
            unlink(path)
            precondition(works == hardened)
        }
    }

    // MARK: The kernel's keyring

    /// The kernel's refusal, recorded: nothing below can be shown where there is no keyring.
    static let refusal: KeyringError? = {
        do throws(KeyringError) {
            try KernelKeyring().put(SecretBytes(copying: [1]), named: "seamark-test-probe", timeoutSeconds: 5)
            _ = try KernelKeyring().remove(named: "seamark-test-probe")
            return nil
        } catch { return error }
    }()

    @Test func `where the kernel has no keyring or no room an agent is the answer, and a real fault stays one`() {
        let elsewhere: Set<Int32> = [ENOSYS, EPERM, EACCES, EOPNOTSUPP, EDQUOT, ENOMEM]
        for code in Int32(1)...133 { #expect(KeyringError(doing: "a", code: code).suggestsAgent == elsewhere.contains(code), "\(code)") }
        #expect(KeyringError(doing: "a", code: EDQUOT) == .full(doing: "a", code: EDQUOT))
        #expect(KeyringError(doing: "a", code: EINVAL) == .failed(doing: "a", code: EINVAL))
    }

    static func name() throws -> String { "seamark-test-\(try Randomness.word())" }

    @Test(.enabled(if: refusal == nil, "the kernel keeps no keys here"))
    func `a key is found, replaced and removed`() throws {
        let keyring = KernelKeyring()
        let name = try Self.name()
        #expect(try keyring.read(named: name) == nil)
        #expect(try !keyring.remove(named: name))
        #expect(try !keyring.extend(named: name, timeoutSeconds: 9))
        for secret in try [Randomness.secret(32), Randomness.secret(64), Randomness.secret(KernelKeyring.mostBytes)] {
            try keyring.put(secret, named: name, timeoutSeconds: 30)
            #expect(try keyring.read(named: name) == secret)
        }
        #expect(try keyring.extend(named: name, timeoutSeconds: 60))
        #expect(try keyring.remove(named: name))
        #expect(try keyring.read(named: name) == nil)
        #expect(try !keyring.remove(named: name))
    }

    @Test(.enabled(if: refusal == nil, "the kernel keeps no keys here"))
    func `a key ends with its time-out`() async throws {
        let name = try Self.name()
        try KernelKeyring().put(SecretBytes(copying: [7]), named: name, timeoutSeconds: 8)
        #expect(try KernelKeyring().read(named: name) != nil)
        try await Task.sleep(for: .seconds(9.2))
        #expect(try KernelKeyring().read(named: name) == nil)
    }

    /// The second process leaves the session it was started in, as a service or `su` does, and so possesses nothing.
    @Test(.enabled(if: refusal == nil, "the kernel keeps no keys here"))
    func `another process of the same user reads, extends and removes a key that it does not possess`() async throws {
        let name = "seamark-test-shared-\(try Randomness.word())"
        try KernelKeyring().put(SecretBytes(copying: bytes("shared")), named: name, timeoutSeconds: 60)
        await #expect(processExitsWith: .success) { [name = name as String] in
            try KernelKeyring.leaveSession()
            let keyring = KernelKeyring()
            let found = try keyring.read(named: name)?.copy()
            precondition(found == Array("shared".utf8))
            let extended = try keyring.extend(named: name, timeoutSeconds: 30)
            precondition(extended)
            try keyring.put(SecretBytes(copying: Array("changed".utf8)), named: name, timeoutSeconds: 60)
        }
        #expect(try KernelKeyring().read(named: name)?.copy() == bytes("changed"))
        await #expect(processExitsWith: .success) { [name = name as String] in
            try KernelKeyring.leaveSession()
            let removed = try KernelKeyring().remove(named: name)
            precondition(removed)
        }
        #expect(try KernelKeyring().read(named: name) == nil)
    }
}
