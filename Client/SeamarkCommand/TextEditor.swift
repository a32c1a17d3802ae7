import Foundation
import Glibc
import SeamarkClient

/// A text in the person's own editor. It stands in a file of theirs alone, in memory and never on a disk, and is gone afterwards.
enum TextEditor {
    enum Failure: Error {
        /// There is no directory in memory.
        case nowhere
        /// The editor did not start or ended with an error.
        case notStarted
        case empty
        case marksLeft
    }

    /// What the person left, without the line break at its end.
    static func edit(_ draft: String, atMost most: Int) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let places = ["/dev/shm", environment["XDG_RUNTIME_DIR"] ?? ""]
        guard let place = places.first(where: { !$0.isEmpty && access($0, W_OK) == 0 }) else { throw Failure.nowhere }
        var template = Array((place + "/seamark-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure.nowhere }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = directory + "/text"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try InputFile.write(Array((draft + "\n").utf8), to: path, replacing: false)
        guard run(name(environment), path) else { throw Failure.notStarted }
        let text = try InputFile.text(path, atMost: most)
        guard text.contains(where: { !$0.isWhitespace }) else { throw Failure.empty }
        return text
    }

    /// What the person's settings name, else VISUAL, else EDITOR, else `vi`.
    static func name(_ environment: [String: String]) -> String {
        [SettingsFile.settings.editor, environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
    }

    /// Through the shell, since EDITOR may hold arguments. The file's name is an argument and never part of the words.
    private static func run(_ editor: String, _ path: String) -> Bool {
        let words: [String] = ["sh", "-c", "\(editor) \"$1\"", "sh", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        // What this program ignores is none of the editor's business.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var process = pid_t()
        guard posix_spawn(&process, "/bin/sh", nil, &attributes, &arguments, environ) == 0 else { return false }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return false } }
        return status == 0
    }
}
