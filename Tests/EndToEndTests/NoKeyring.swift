import Foundation
import Glibc
import Testing

/// A laptop whose kernel refuses every call of its keyring, as it does in containers: each program runs under a filter of its system
/// calls, made without any right of root.
struct NoKeyring {
    private static let script = """
        import ctypes, os, platform, struct, sys
        calls = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}[platform.machine()]  # add_key, request_key, keyctl
        rules = [(0x20, 0, 0, 0)] + [(0x15, 3 - i, 0, n) for i, n in enumerate(calls)] + [(0x06, 0, 0, 0x7fff0000), (0x06, 0, 0, 0x50000 | int(sys.argv[1]))]
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
        class Program(ctypes.Structure):
            _fields_ = [("count", ctypes.c_ushort), ("rules", ctypes.c_void_p)]
        program = Program(len(rules), ctypes.addressof(code))
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.prctl(38, 1, 0, 0, 0) == 0
        assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
        assert libc.syscall(calls[0], b"user", b"x", b"y", 1, -2) == -1 and ctypes.get_errno() == int(sys.argv[1])
        os.execv(sys.argv[2], sys.argv[2:])
        """

    let headquarters: Headquarters
    let home: URL
    let runtime: URL
    let refusal: Int32

    /// - Parameter refusal: what the kernel answers.
    init(_ headquarters: Headquarters, refusal: Int32 = ENOSYS) throws {
        self.headquarters = headquarters
        self.refusal = refusal
        let name = UUID().uuidString.prefix(8)
        home = headquarters.folder.appendingPathComponent("closed-\(name)")
        runtime = headquarters.folder.appendingPathComponent("user-\(name)")
        try FileManager.default.createDirectory(at: runtime, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let enrolled = try run("enrol", "--name", "Laptop", "--json", input: headquarters.invitation("ann"), passphrase: Laptop.passphrase)
        try #require(enrolled.status == 0, "\(enrolled.error)")
        #expect(enrolled.output.contains("\"unlocked\": true"))
    }

    func start(_ words: [String], input: String = "", passphrase: String? = nil, environment: [String: String] = [:]) throws -> Program {
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        return try headquarters.program(
            "/usr/bin/env", ["python3", "-c", Self.script, String(refusal), program] + words,
            environment: ["SEAMARK_HOME": home.path, "XDG_RUNTIME_DIR": runtime.path].merging(environment) { $1 }, input: input, passphrase: passphrase)
    }

    func run(_ words: String..., input: String = "", passphrase: String? = nil) throws -> Program.Result {
        try start(words, input: input, passphrase: passphrase).finish(within: 60)
    }

    func unlock() throws {
        let done = try run("unlock", passphrase: Laptop.passphrase)
        try #require(done.status == 0, "\(done.error)")
    }

    var isLocked: Bool { get throws { try run("status").status == 77 } }

    var folder: String { runtime.path + "/seamark" }
    var socketPath: String { folder + "/agent" }

    /// The numbers of the agents that listen there.
    func agents() -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap(pid_t.init).filter { id in
            let words = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(id)/cmdline")))?.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words == ["seamark", "key-agent", folder]
        }
    }

    /// The id of the store, as its lock says it.
    private func storeID() throws -> [UInt8] {
        let files = try FileManager.default.contentsOfDirectory(at: home.appendingPathComponent("halden"), includingPropertiesForKeys: nil)
        let lock = try #require(files.compactMap { try? Data(contentsOf: $0) }.first { $0.starts(with: Array("SMDL".utf8)) })
        return Array(lock[5..<21])
    }

    /// A request as the agent reads it: 1 keeps, 2 asks for the key.
    func request(_ what: UInt8, seconds: UInt8 = 0, key: [UInt8] = []) throws -> [UInt8] {
        Array("SMKA".utf8) + [1, what] + (try storeID()) + [0, 0, 0, seconds] + key
    }

    /// All that the agent answers, from this process, which is of the same user.
    func ask(_ bytes: [UInt8]) throws -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let done = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(done == 0, "the agent listens")
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        shutdown(descriptor, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 { answer.append(byte) }
        return answer
    }

    /// The store's key, which the agent gives to whoever is this user.
    func key() throws -> [UInt8] {
        let answer = try ask(try request(2))
        try #require(answer.count == 33 && answer[0] == 2)
        return Array(answer.dropFirst())
    }
}
