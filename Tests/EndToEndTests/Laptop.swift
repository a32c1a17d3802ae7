import Foundation
import Testing

/// A consultant's laptop: one directory for `seamark`. Where the system keeps no keys, every command is given the passphrase.
struct Laptop {
    static let passphrase = "seven quiet furnaces hum"

    let headquarters: Headquarters
    let home: URL
    /// What every command is given; nil while the kernel keeps the key of the store.
    private(set) var passphrase: String? = Laptop.passphrase

    init(_ headquarters: Headquarters, home: URL? = nil) {
        self.headquarters = headquarters
        self.home = home ?? headquarters.folder.appendingPathComponent("laptop-\(UUID().uuidString)")
    }

    /// Enrolled and synced; reaches the server by `link` if there is one.
    init(of member: String, at headquarters: Headquarters, by link: Link? = nil, home: URL? = nil) throws {
        self.init(headquarters, home: home)
        let enrolled = try must("enrol", "--name", "Laptop", "--json", input: headquarters.invitation(member, port: link?.port))
        if enrolled.contains("\"unlocked\": true") { passphrase = nil }
        try must("sync")
    }

    func start(_ words: [String], input: String = "", passphrase: String? = nil) throws -> Program {
        try headquarters.program("seamark", words, environment: ["SEAMARK_HOME": home.path], input: input, passphrase: passphrase ?? self.passphrase)
    }

    func run(_ words: [String], input: String = "", passphrase: String? = nil) throws -> Program.Result {
        try start(words, input: input, passphrase: passphrase).finish()
    }

    /// With its output led elsewhere, as a shell says it: `>/dev/full`.
    func run(_ words: [String], into way: String) throws -> Program.Result {
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        return try headquarters.program(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" \(way)", program] + words, environment: ["SEAMARK_HOME": home.path],
            passphrase: words.first?.hasPrefix("--") == true || words.last == "--help" || words.first == "doctor" ? nil : passphrase).finish()
    }

    /// Without being given the passphrase, whatever the system keeps.
    func runWithoutPassphrase(_ words: String...) throws -> Program.Result {
        try headquarters.program("seamark", words, environment: ["SEAMARK_HOME": home.path]).finish()
    }

    /// Nothing is kept any more: every command needs the passphrase.
    mutating func lock() throws {
        passphrase = Self.passphrase
        _ = try runWithoutPassphrase("lock")
    }

    func run(_ words: String...) throws -> Program.Result { try run(words) }

    @discardableResult
    func must(_ words: String..., input: String = "") throws -> String {
        let done = try run(words, input: input)
        try #require(done.status == 0, "seamark \(words) ended with \(done.status): \(done.error)")
        return done.output
    }

    var store: URL { home.appendingPathComponent("halden") }

    /// A file to import, in the laptop's folder at headquarters.
    func file(_ text: String) throws -> String {
        let file = headquarters.folder.appendingPathComponent("file-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    func status() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(try must("status", "--json").utf8)) as? [String: Any])
    }

    func unsent() throws -> Int { try #require(try status()["unsent"] as? Int) }

    /// Everything that this laptop holds as its commands show it, but for when it last asked the server and for the passing of time.
    func everything() throws -> String {
        var status = try status()
        status["lastContact"] = nil
        // What it was given and refused is counted.
        status["findings"] = nil
        status["offlineDaysLeft"] = nil
        status["keyHolder"] = nil
        for key in ["scopes"] {
            status[key] = (status[key] as? [[String: Any]])?.map { $0.filter { $0.key != "oldestUnsentSeconds" } }
        }
        let standing = String(decoding: try JSONSerialization.data(withJSONObject: status, options: [.sortedKeys, .prettyPrinted]), as: UTF8.self)
        return try standing + must("export", "-")
    }

    /// The digest of what the server has confirmed here, of all scopes.
    func digests() throws -> [String] {
        let scopes = try #require(try status()["scopes"] as? [[String: Any]])
        return scopes.compactMap { $0["digest"] as? String }
    }

    /// Runs a command that must be refused: with this status, these words in what it says, and nothing changed since `before`, which
    /// is what the laptop holds now.
    func refuses(
        _ words: [String], _ status: Int32, saying parts: [String], passphrase: String? = nil, before: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try before ?? everything()
        let done = try run(words, passphrase: passphrase)
        #expect(done.status == status, "\(done.error)", sourceLocation: sourceLocation)
        for part in parts { #expect(done.error.contains(part), "\(done.error)", sourceLocation: sourceLocation) }
        #expect(done.output.isEmpty, sourceLocation: sourceLocation)
        #expect(try everything() == before, "something was changed", sourceLocation: sourceLocation)
    }
}
