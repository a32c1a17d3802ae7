import Foundation
import Glibc
import Testing

/// The file of settings, as the program itself reads it.
@Suite(.sharedHeadquarters, .serialized) struct SettingsFileTests {
    let headquarters: Headquarters

    init() throws { headquarters = try #require(Headquarters.shared) }

    /// A directory of settings; with this file for seamark in it, if there is one.
    private func directory(_ text: String? = nil, mode: mode_t = 0o600) throws -> URL {
        let directory = headquarters.folder.appendingPathComponent("config-\(UUID().uuidString)")
        let file = directory.appendingPathComponent("seamark/config")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        guard let text else { return directory }
        try Data(text.utf8).write(to: file)
        chmod(file.path, mode)
        return directory
    }

    private func run(_ laptop: Laptop, _ words: [String], _ environment: [String: String]) throws -> Program.Result {
        let environment = ["LC_ALL": "C", "SEAMARK_CONFIG": "", "SEAMARK_HOME": laptop.home.path].merging(environment) { $1 }
        return try headquarters.program("seamark", words, environment: environment, passphrase: Laptop.passphrase).finish()
    }

    /// Does what `status` sends to a terminal carry colour?
    private func hasColour(_ laptop: Laptop, _ environment: [String: String]) throws -> Bool {
        let program = try #require(Program.folder).appendingPathComponent("seamark").path
        let screen = Screen.command(columns: 80, ["/usr/bin/env", "-u", "NO_COLOR", program, "status"])
        let environment = ["TERM": "xterm", "SEAMARK_CONFIG": "", "SEAMARK_HOME": laptop.home.path].merging(environment) { $1 }
        let done = try headquarters.program(screen.name, screen.words, environment: environment, passphrase: Laptop.passphrase).finish()
        #expect(done.status == 0 && done.output.contains("Halden"), "\(done)")
        return done.output.contains("\u{1b}[")
    }

    @Test func `what a person settles holds for every command: how dates are written, the editor, colour, and for how long a store stays open`() throws {
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let site = try Interview.said(ann, ["site", "add", "name=Dayton"])
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("site", "set", site, "name=Dayton plant")
        try bob.must("site", "set", site, "name=Dayton works")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        let editor = try SlowEditor(headquarters, leaving: "Dayton, both")
        try editor.close()
        let name = try #require(editor.environment["EDITOR"])
        let settled = ["XDG_CONFIG_HOME": try directory("# mine\n\ndates = de_AT\ncolour = never\nunlock-minutes = 7\neditor = \(name)\n").path, "VISUAL": "false", "EDITOR": "false"]
        let unsettled = ["XDG_CONFIG_HOME": try directory().path, "VISUAL": "false", "EDITOR": "false"]
        let (dates, usual) = (try run(ann, ["log", site], settled), try run(ann, ["log", site], unsettled))
        #expect(dates.status == 0 && dates.error.isEmpty && dates.output.contains(/\b\d\d\.\d\d\.20\d\d \d\d:\d\d/), "\(dates)")
        #expect(usual.status == 0 && usual.error.isEmpty && usual.output.contains(/\b20\d\d-\d\d-\d\d \d\d:\d\d/) && !usual.output.contains(/\d\d\.\d\d\.20/), "\(usual)")
        #expect(try !hasColour(ann, settled) && hasColour(ann, unsettled))
        #expect(try run(ann, ["unlock"], settled).output.contains("is unlocked for 7 minutes"))
        #expect(try run(ann, ["unlock", "--minutes", "8"], settled).output.contains("is unlocked for 8 minutes"))
        #expect(try !run(ann, ["unlock"], unsettled).output.contains("for 7 minutes"))
        #expect(try ann.runWithoutPassphrase("lock").status == 0)
        let unedited = try run(ann, ["resolve", site, "name", "--editor"], unsettled)
        #expect(unedited.status != 0 && unedited.error.contains("editor could not be started"), "\(unedited)")
        let edited = try run(ann, ["resolve", site, "name", "--editor"], settled)
        #expect(edited.status == 0, "\(edited)")
        #expect(try run(ann, ["show", site], settled).output.contains("Dayton, both"))
    }

    @Test func `a file of settings that is not understood, that others may write to or that is not there is told, left aside, and keeps nobody from work`() throws {
        let ann = try Laptop(of: "ann", at: headquarters)
        let site = try Interview.said(ann, ["site", "add", "name=Erie"])
        let (good, bad, open) = (try directory("dates = de_AT\n"), try directory("dates = de_AT\ncolor = never\n"), try directory("dates = de_AT\n", mode: 0o666))
        let missing = headquarters.folder.appendingPathComponent("nowhere").path
        for (environment, part) in [
            (["XDG_CONFIG_HOME": bad.path], "line 2 of '\(bad.path)/seamark/config' begins with none of colour, editor, dates, unlock-minutes: change that line, or take it out."),
            (["XDG_CONFIG_HOME": open.path], "'\(open.path)/seamark/config' is another's, or others may write to it"), (["SEAMARK_CONFIG": missing], "There is no file '\(missing)'."),
        ] {
            let done = try run(ann, ["log", site], environment)
            #expect(done.status == 0 && done.output.contains(/\b20\d\d-\d\d-\d\d \d\d:\d\d/), "\(done)")
            #expect(done.error.hasPrefix("Note: your settings are left aside: ") && done.error.contains(part), "\(done)")
        }
        // The file that is named comes before that of the directory.
        let named = try run(ann, ["log", site], ["XDG_CONFIG_HOME": bad.path, "SEAMARK_CONFIG": good.appendingPathComponent("seamark/config").path])
        #expect(named.status == 0 && named.error.isEmpty && named.output.contains(/\b\d\d\.\d\d\.20\d\d \d\d:\d\d/), "\(named)")
    }
}
