import Foundation
import Glibc
import Testing

/// What programs that are killed leave in the open, and what is set aside, ends with the next command, with the real programs. All people are fictitious.
@Suite(.serialized) struct LeftoverTests {
    private static let passphrase = "nine slow kettles sing"

    private func server(_ headquarters: Headquarters, _ words: [String], passphrase: String? = LeftoverTests.passphrase) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path], passphrase: passphrase).finish()
    }

    private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func make(_ folder: String, _ file: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data("what lies in the open".utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
    }

    /// As its maker holds it.
    private func holding(_ folder: String, _ body: () throws -> Void) throws {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(file) }
        try #require(flock(file, LOCK_EX | LOCK_NB) == 0)
        try body()
    }

    @Test func `verifying an installation's backup writes its keys nowhere, and removes what a verification that was killed left`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let folder = headquarters.folder.appendingPathComponent("backups").path
        #expect(try server(headquarters, ["backup", "make", "--all", "--to", folder]).status == 0)
        let backup = folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("installation-") }))
        let tenant = folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("halden-") }))
        // There is nowhere to write.
        let nowhere = try server(headquarters, ["backup", "verify", backup, "--temporary", folder + "/not-there"])
        #expect(nowhere.status == 0 && nowhere.output.contains("whole and unaltered"), "\(nowhere)")
        for file in [backup, tenant] {
            let (dead, held) = (folder + "/.verify-dead", folder + "/.verify-held")
            for path in [dead, held] { try make(path, "authority.key") }
            try holding(held) {
                let done = try server(headquarters, ["backup", "verify", file])
                #expect(done.status == 0, "\(done)")
            }
            #expect(!isThere(dead) && isThere(held))
        }
    }

    @Test func `the copy of a backup that was killed ends with the next verb, and what a restore set aside is told by whoever redacts`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("person", "add", "name=Canary One", "level=frontline")
        let note = try Interview.said(ann, ["observation", "add", "text=canary"])
        try ann.must("sync")
        let tenant = headquarters.data.appendingPathComponent("tenants/halden").path
        let (dead, held) = (tenant + "/.work-dead", tenant + "/.work-held")
        for path in [dead, held] { try make(path, "tenant.sqlite") }
        try holding(held) { _ = try headquarters.verb("member", "list") }
        #expect(!isThere(dead) && isThere(held))
        let folder = headquarters.folder.appendingPathComponent("backups").path
        #expect(try server(headquarters, ["backup", "make", "halden", "--to", folder]).status == 0)
        #expect(!isThere(held), "a backup sweeps too")
        #expect(try headquarters.stop() == 0)
        let backup = folder + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: folder).first))
        #expect(try server(headquarters, ["restore", backup]).status == 0)
        for words in [["redact", "baseline", note, "text", "--reason", "asked for"], ["person", "erase", "baseline", "P-A001", "--yes"]] {
            let done = try server(headquarters, words, passphrase: nil)
            #expect(done.status == 0 && done.error.contains("\(headquarters.data.path)/replaced/"), "\(done)")
        }
    }

    @Test(.needsTracer)
    func `what a restore that was killed had unpacked ends with the server's next start, and with the next restore`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let data = headquarters.data.path
        let folder = headquarters.folder.appendingPathComponent("backups").path
        #expect(try server(headquarters, ["backup", "make", "--all", "--to", folder]).status == 0)
        let backups = try FileManager.default.contentsOfDirectory(atPath: folder).map { folder + "/" + $0 }
        func unpacked() throws -> [String] {
            try [data, data + "/tenants"].flatMap { try FileManager.default.contentsOfDirectory(atPath: $0) }.filter { $0.hasPrefix(".restore-") }
        }
        func kill(_ backup: String) throws {
            let program = try #require(Program.folder).appendingPathComponent("seamark-server").path
            _ = try headquarters.program(
                "/usr/bin/strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename", "-e", "inject=rename:signal=SIGKILL:when=1", program, "restore", backup, "--data", data],
                passphrase: Self.passphrase
            ).finish()
        }
        for backup in backups {
            #expect(try headquarters.stop() == 0)
            try kill(backup)
            #expect(try unpacked().count == 1, "\(backup)")
            try headquarters.start()
            #expect(try unpacked().isEmpty, "a server has started")
        }
        let dead = data + "/tenants/.restore-dead"
        try make(dead, "tenant.sqlite")
        #expect(try server(headquarters, ["restore", backups[0]]).status == 75 && isThere(dead), "beside a server nothing is restored")
        #expect(try headquarters.stop() == 0)
        for backup in backups {
            try make(dead, "tenant.sqlite")
            try make(data + "/.restore-dead", "authority.key")
            let done = try server(headquarters, ["restore", backup])
            #expect(done.status == 0, "\(done)")
            #expect(try unpacked().isEmpty)
        }
    }

    @Test(arguments: [["status"], ["lock"], ["wipe", "--yes"]])
    func `a text that an editor had when its command was killed is named by doctor, and gone with the next command`(words: [String]) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, interview) = try Interview.laptop("ann", headquarters)
        let (other, second) = try Interview.laptop("bob", headquarters)
        let editor = try SlowEditor(headquarters, leaving: "They phone."), neighbour = try SlowEditor(headquarters, leaving: "Others do.")
        let sitting = try Interview.note(ann, interview, environment: editor.environment)
        try sitting.type("canary words\u{0f}")
        let file = try editor.opened()
        let beside = try Interview.note(other, second, environment: neighbour.environment)
        try beside.type("\u{0f}")
        let alive = try neighbour.opened()
        defer { for one in [file, alive] { try? FileManager.default.removeItem(at: one.deletingLastPathComponent()) } }
        try ann.must("list", "site")
        #expect(isThere(file.path), "its command is at work")
        sitting.send(SIGKILL)
        _ = try? sitting.ended()
        #expect(isThere(file.path))
        let doctor = try ann.runWithoutPassphrase("doctor")
        #expect(doctor.status == 65 && doctor.output.replacing("\n         ", with: " ").contains("killed"), "\(doctor)")
        #expect(isThere(file.path), "it changes nothing")
        let done = words == ["lock"] ? try ann.runWithoutPassphrase("lock") : try ann.run(words)
        #expect(done.status == 0, "\(done)")
        #expect(!isThere(file.deletingLastPathComponent().path) && isThere(alive.path))
        try editor.close()
        try neighbour.close()
    }

    /// A browser that has a page and prints nothing.
    private struct SlowBrowser {
        let environment: [String: String]
        private let told: String

        init(_ headquarters: Headquarters) throws {
            let folder = headquarters.folder.appendingPathComponent("slow-browser-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            told = folder + "/told"
            try Data("#!/bin/sh\nprintf '%s\\n%s\\n' \"$HOME\" $$ > '\(told).new'\n/bin/mv '\(told).new' '\(told)'\nexec /bin/sleep 600\n".utf8).write(to: URL(fileURLWithPath: folder + "/script"))
            // Copied by another process, as nobody can run a file that a program which was started meanwhile has open for writing.
            let copy = Process()
            copy.executableURL = URL(fileURLWithPath: "/usr/bin/install")
            copy.arguments = ["-m", "700", folder + "/script", folder + "/chromium"]
            try copy.run()
            copy.waitUntilExit()
            environment = ["PATH": "\(folder):/usr/bin:/bin"]
        }

        /// Waits until it has the page; where that lies, and its process.
        func opened() throws -> (folder: String, process: pid_t) {
            let lines = try eventually("the browser has the page", within: 60) { try? String(contentsOfFile: told, encoding: .utf8) }.split(separator: "\n").map(String.init)
            try #require(lines.count == 2)
            return (lines[0], try #require(pid_t(lines[1])))
        }
    }

    private func printing(_ laptop: Laptop, _ browser: SlowBrowser) throws -> (program: Program, folder: String, process: pid_t) {
        let output = laptop.headquarters.folder.appendingPathComponent("\(UUID().uuidString).pdf").path
        let program = try laptop.headquarters.program(
            "seamark", ["report", "--format", "pdf", "--output", output], environment: browser.environment.merging(["SEAMARK_HOME": laptop.home.path]) { $1 }, passphrase: Laptop.passphrase)
        let (folder, process) = try browser.opened()
        #expect(try String(contentsOfFile: folder + "/page.html", encoding: .utf8).contains("<html"))
        #expect(folder.hasPrefix("/dev/shm/") || folder.hasPrefix(laptop.headquarters.runtime.path))
        return (program, folder, process)
    }

    @Test(arguments: [["status"], ["lock"], ["wipe", "--yes"]])
    func `a report that was being printed when its command was killed is named by doctor, and gone with the next command`(words: [String]) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters), bob = try Laptop(of: "bob", at: headquarters)
        for laptop in [ann, bob] { try laptop.must("site", "add", "name=Canary works") }
        let killed = try printing(ann, try SlowBrowser(headquarters)), alive = try printing(bob, try SlowBrowser(headquarters))
        defer {
            for one in [killed, alive] {
                _ = Glibc.kill(one.process, SIGKILL)
                try? FileManager.default.removeItem(atPath: one.folder)
            }
        }
        try ann.must("list", "site")
        #expect(isThere(killed.folder), "its command is at work")
        killed.program.kill()
        #expect(isThere(killed.folder + "/page.html"))
        let doctor = try ann.runWithoutPassphrase("doctor")
        #expect(doctor.status == 65 && doctor.output.replacing("\n         ", with: " ").contains("A report that was being printed when its command was killed"), "\(doctor)")
        #expect(isThere(killed.folder), "it changes nothing")
        let done = words == ["lock"] ? try ann.runWithoutPassphrase("lock") : try ann.run(words)
        #expect(done.status == 0, "\(done)")
        #expect(!isThere(killed.folder) && !isThere(killed.folder + ".gone") && isThere(alive.folder + "/page.html"))
        alive.program.kill()
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func `a report whose printing is asked to end takes the page and the browser along`(signal: Int32) throws {
        // Where this one ignores it, as under nohup, so does what it starts.
        var action = sigaction()
        sigaction(signal, nil, &action)
        guard unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 1 else { return }
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Canary works")
        let (program, folder, process) = try printing(ann, try SlowBrowser(headquarters))
        program.send(signal)
        _ = try program.finish()
        #expect(!isThere(folder) && !isThere(folder + ".gone"))
        #expect(Glibc.kill(process, 0) != 0, "the browser goes on")
    }

    @Test func `a report that the server's command was printing when it was killed is gone with the next verb`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let browser = try SlowBrowser(headquarters)
        let output = headquarters.folder.appendingPathComponent("report").path
        let program = try headquarters.program(
            "seamark-server", ["report", "baseline", "--format", "pdf", "--out", output, "--data", headquarters.data.path], environment: browser.environment)
        let (folder, process) = try browser.opened()
        defer {
            _ = Glibc.kill(process, SIGKILL)
            try? FileManager.default.removeItem(atPath: folder)
        }
        try headquarters.verb("member", "list")
        #expect(isThere(folder + "/page.html"), "its command is at work")
        program.kill()
        #expect(isThere(folder + "/page.html"))
        try headquarters.verb("member", "list")
        #expect(!isThere(folder) && !isThere(folder + ".gone"))
    }

    @Test func `after a wipe nothing says which client was chosen, and before it only its owner reads that`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("use", "halden")
        let file = ann.home.appendingPathComponent("current.json").path
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        try ann.must("wipe", "--yes")
        #expect(!isThere(file))
        let left = try FileManager.default.subpathsOfDirectory(atPath: ann.home.path)
        #expect(!left.contains { $0.contains("halden") }, "\(left)")
        // A wipe that was killed before its last step left the folder, which is called as the client is.
        try FileManager.default.createDirectory(atPath: ann.store.path, withIntermediateDirectories: false)
        _ = try ann.runWithoutPassphrase("status")
        #expect(!isThere(ann.store.path))
    }

    @Test func `no line of the log names a tenant's folder that cannot be opened`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try make(headquarters.data.appendingPathComponent("tenants/northlink-secret-client").path, "tenant.json")
        let server = try headquarters.server
        try eventually("it is told", within: 60) { server.errorSoFar.contains("tenant.notOpened") ? true : nil }
        #expect(!server.errorSoFar.contains("northlink"), "\(server.errorSoFar)")
    }
}
