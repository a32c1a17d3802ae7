import Foundation
import Glibc
import Testing

/// A terminal program's window with one command in it, as a person has it before her: keys are sent, and what stands on the screen comes back.
final class Window: Sendable {
    /// A server of its own, which no other tmux meets.
    private let name = "seamark-\(UUID().uuidString)"
    private let folder: URL

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    init(_ laptop: Laptop, columns: Int = 80, rows: Int = 24, _ command: String) throws {
        folder = laptop.headquarters.folder
        let secret = folder.appendingPathComponent("passphrase-\(UUID().uuidString)")
        try Data((Laptop.passphrase + "\n").utf8).write(to: secret)
        chmod(secret.path, 0o600)
        // The whole window is the program's, from its first frame on.
        let settings = folder.appendingPathComponent("tmux-\(UUID().uuidString).conf")
        try Data("set -g status off\n".utf8).write(to: settings)
        var words = ["-L", name, "-f", settings.path, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)"]
        let variables = [
            "SEAMARK_HOME": laptop.home.path, "XDG_RUNTIME_DIR": laptop.headquarters.runtime.path, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "SECRET": secret.path,
            "SEAMARK": Program.folder!.appendingPathComponent("seamark").path, "EDITOR": "false", "VISUAL": "", "ENV": "",
        ]
        for (key, value) in variables.sorted(by: { $0.key < $1.key }) { words += ["-e", "\(key)=\(value)"] }
        try tmux(words + [command])
    }

    @discardableResult
    private func tmux(_ words: [String]) throws -> String {
        let done = try Program("/usr/bin/tmux", words, in: folder).finish(within: 60)
        guard done.status == 0 else { throw Refused(description: "tmux \(words): \(done.error)") }
        return done.output
    }

    func press(_ keys: String...) throws { for key in keys { try tmux(["-L", name, "send-keys", key]) } }
    func type(_ text: String) throws { try tmux(["-L", name, "send-keys", "-l", text]) }
    func resize(columns: Int, rows: Int) throws { try tmux(["-L", name, "resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

    /// As a terminal pastes, with its marks around the text or without them.
    func paste(_ text: String, isMarked: Bool) throws {
        let file = folder.appendingPathComponent("paste-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        try tmux(["-L", name, "load-buffer", file.path])
        try tmux(["-L", name, "paste-buffer"] + (isMarked ? ["-p"] : []))
    }

    /// The program that the window's shell runs in the foreground.
    var child: pid_t {
        get throws {
            let shell = try tmux(["-L", name, "display-message", "-p", "#{pane_pid}"]).trimmingCharacters(in: .whitespacesAndNewlines)
            let children = try String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8).split(separator: " ")
            return try #require(children.compactMap { pid_t($0) }.first)
        }
    }

    var screen: String { get throws { try tmux(["-L", name, "capture-pane", "-p"]) } }

    /// Waits for it, wherever the lines are broken; returns the screen.
    @discardableResult
    func shows(_ text: String, sourceLine: Int = #line) throws -> String {
        var last = ""
        do {
            return try eventually("the window shows '\(text)' (line \(sourceLine))", within: 60) {
                last = try screen
                let lines = last.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                return lines.joined(separator: " ").contains(text) || lines.joined().contains(text) ? last : nil
            }
        } catch { throw Program.TookTooLong(description: "\(error); it shows:\n\(last)") }
    }

    /// Waits until the screen is that of the file, once `text` stands on it; a file that is not there is written, to be looked at, and the test fails.
    ///
    /// - Parameter masked: what of a screen is the machine's, such as times, is the same in both.
    func looks(_ text: String, like file: URL, masked: (String) -> String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let first = masked(try shows(text))
        guard let wanted = try? String(contentsOf: file, encoding: .utf8) else {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(first.utf8).write(to: file)
            Issue.record("\(file.path) was missing and is written now: look at it", sourceLocation: sourceLocation)
            return
        }
        var last = first
        // A capture may fall between two frames.
        _ = try? eventually("the screen is that of \(file.lastPathComponent)", within: 30) {
            last = masked(try screen)
            return last == wanted ? true : nil
        }
        #expect(last == wanted, "\(file.lastPathComponent):\n\(last)", sourceLocation: sourceLocation)
    }

    /// The last session ends its server. ('kill-server' is a SIGTERM, which a thread of the tests hands down blocked.)
    func close() { _ = try? tmux(["-L", name, "kill-session"]) }
}

extension Trait where Self == Needs {
    static var needsTerminal: Self { Needs(path: "/usr/bin/tmux", package: "tmux") }
}
