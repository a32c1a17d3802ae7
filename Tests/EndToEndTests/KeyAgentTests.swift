import Foundation
import Glibc
import Testing

/// The key agent where the kernel has no keyring, with the real program.
@Suite(.sharedHeadquarters, .serialized) struct KeyAgentTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    @Test(arguments: [ENOSYS, EPERM, EDQUOT])
    func `where the kernel refuses its keyring an agent keeps the key until lock, and commands say so`(refusal: Int32) throws {
        let ann = try NoKeyring(headquarters, refusal: refusal)
        #expect(ann.agents().count == 1)
        #expect(try ann.run("sync").status == 0)
        #expect(try ann.run("site", "add", "name=Dayton plant").status == 0)
        #expect(try ann.run("list", "site").output.contains("Dayton plant"))
        let status = try ann.run("status")
        #expect(status.output.contains("Unlocked: the key agent keeps its key"), "\(status.output)")
        #expect(try ann.run("status", "--json").output.contains("\"keyHolder\": \"agent\""))
        let unlocked = try ann.run("unlock", "--minutes", "7", passphrase: Laptop.passphrase)
        #expect(unlocked.output.contains("is unlocked for 7 minutes: the key agent keeps its key"), "\(unlocked.output)\(unlocked.error)")
        #expect(ann.agents().count == 1)
        let locked = try ann.run("lock")
        #expect(locked.status == 0 && locked.output.contains("is locked"), "\(locked.error)")
        try eventually("the agent ends with its last key") { ann.agents().isEmpty ? true : nil }
        #expect(try ann.isLocked)
        #expect(try ann.run("lock").output.contains("was locked already"))
        #expect(!FileManager.default.fileExists(atPath: ann.socketPath))
        let open = try ann.run("status", passphrase: Laptop.passphrase)
        #expect(open.output.contains("Locked: each command asks for the passphrase."), "\(open.output)")
        // A refused passphrase starts nothing.
        #expect(try ann.run("unlock", passphrase: "not it at all").status == 77)
        #expect(ann.agents().isEmpty)
    }

    @Test func `the key lies in the agent's locked memory alone, and the agent has nothing of who started it`() throws {
        let ann = try NoKeyring(headquarters)
        #expect(try ann.run("sync").status == 0)
        #expect(try ann.run("lock").status == 0)
        try eventually("it ends") { ann.agents().isEmpty ? true : nil }
        let canary = "canary-\(UUID().uuidString)"
        let unlocked = try ann.start(["unlock"], passphrase: Laptop.passphrase, environment: ["SECRET": canary]).finish(within: 60)
        try #require(unlocked.status == 0, "\(unlocked.error)")
        let agent = try #require(ann.agents().first)
        func facts(_ name: String) throws -> String { String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(agent)/\(name)")), as: UTF8.self) }
        let settings = try facts("environ").split(separator: "\0")
        #expect(settings.allSatisfy { $0.hasPrefix("LD_LIBRARY_PATH=") }, "\(settings)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(agent)/cwd") == "/")
        #expect(try facts("limits").contains(#/Max core file size +0 +0 /#))
        let locked = try #require(try facts("status").firstMatch(of: /VmLck:\s+(\d+) kB/)?.1)
        #expect(Int(locked)! >= 16, "\(locked) kB are locked")
        // A session of its own, without a terminal.
        let words = try facts("stat").split(separator: ")").last!.split(separator: " ")
        #expect(words[3] == "\(agent)" && words[4] == "0", "\(words)")
        for file in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(agent)/fd") {
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(agent)/fd/\(file)")
            #expect(target == "/dev/null" || target.hasPrefix("socket:") || target == "anon_inode:[timerfd]" || target == ann.folder + "/agent.lock", "\(target)")
        }
        var status = stat()
        #expect(lstat(ann.socketPath, &status) == 0 && status.st_mode == S_IFSOCK | 0o600)
        #expect(lstat(ann.folder, &status) == 0 && status.st_mode == S_IFDIR | 0o700)

        let key = try ann.key()
        let (data, hexadecimal) = (Data(key), key.map { String(format: "%02x", $0) }.joined())
        let forms = [data, Data(hexadecimal.utf8), Data(hexadecimal.uppercased().utf8), Data(data.base64EncodedString().utf8), data.prefix(16), data.suffix(16)]
        /// Files in which the key stands, in any form; and how many were searched.
        func search() throws -> (found: [String], searched: Int) {
            var files = ["/proc/\(agent)/environ", "/proc/\(agent)/cmdline"]
            for folder in [ann.home, ann.runtime] {
                let all = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey]))
                for case let file as URL in all where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true { files.append(file.path) }
            }
            let found = try files.filter { file in
                let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
                return forms.contains { bytes.range(of: $0) != nil }
            }
            return (found, files.count)
        }
        let clean = try search()
        #expect(clean.found.isEmpty && clean.searched > 5, "\(clean)")
        // The search finds what it looks for.
        let trap = ann.home.appendingPathComponent("trap")
        try (Data("before".utf8) + data).write(to: trap)
        #expect(try search().found.map { URL(fileURLWithPath: $0).lastPathComponent } == ["trap"])
        try FileManager.default.removeItem(at: trap)
        #expect(try ann.run("lock").status == 0)
    }

    @Test func `an agent that is killed takes the key along, and the next unlock replaces what it left`() throws {
        let ann = try NoKeyring(headquarters)
        let first = try #require(ann.agents().first)
        kill(first, SIGKILL)
        try eventually("it is gone") { ann.agents().isEmpty ? true : nil }
        #expect(FileManager.default.fileExists(atPath: ann.socketPath))
        #expect(try ann.isLocked)
        try ann.unlock()
        #expect(ann.agents().count == 1 && ann.agents() != [first])
        #expect(try !ann.isLocked)
        #expect(try ann.run("lock").status == 0)
    }

    @Test func `of many who unlock at once all succeed with one agent, and many commands are answered at once`() throws {
        let ann = try NoKeyring(headquarters)
        #expect(try ann.run("sync").status == 0)
        for _ in 0..<3 {
            #expect(try ann.run("lock").status == 0)
            let unlocks = try (0..<6).map { _ in try ann.start(["unlock"], passphrase: Laptop.passphrase) }
            for unlock in unlocks {
                let done = try unlock.finish(within: 120)
                #expect(done.status == 0, "\(done.error)")
            }
            try eventually("those that came second have ended") { ann.agents().count == 1 ? true : nil }
            let commands = try (0..<12).map { _ in try ann.start(["list"]) }
            for command in commands {
                let done = try command.finish(within: 120)
                #expect(done.status == 0, "\(done.error)")
            }
        }
        #expect(try ann.run("lock").status == 0)
        try eventually("it ends") { ann.agents().isEmpty ? true : nil }
    }

    @Test func `with the key's time the store is locked and the agent has ended`() throws {
        let ann = try NoKeyring(headquarters)
        let key = try ann.key()
        #expect(try ann.ask(try ann.request(1, seconds: 3, key: key)) == [1])
        #expect(try !ann.isLocked)
        try eventually("it ends", within: 20) { ann.agents().isEmpty ? true : nil }
        #expect(try ann.isLocked)
    }

    @Test func `a folder that others may enter is not used, and the command says why and what to do`() throws {
        let ann = try NoKeyring(headquarters)
        #expect(try ann.run("lock").status == 0)
        try eventually("it ends") { ann.agents().isEmpty ? true : nil }
        for folder in [ann.folder, ann.home.path] { #expect(chmod(folder, 0o777) == 0) }
        let refused = try ann.run("unlock", passphrase: Laptop.passphrase)
        #expect(refused.status == 77 && refused.error.contains("open to others") && refused.error.contains("--passphrase-fd"), "\(refused.error)")
        #expect(ann.agents().isEmpty)
        #expect(chmod(ann.folder, 0o700) == 0)
        try ann.unlock()
        #expect(try ann.run("lock").status == 0)
    }
}
