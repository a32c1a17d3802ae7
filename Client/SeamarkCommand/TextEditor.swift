import Foundation
import Glibc
import SeamarkClient

/// A text in the person's own editor. It stands in a file of theirs alone, in memory and never on a disk, until the text stands elsewhere.
enum TextEditor {
    enum Failure: Error {
        /// There is no directory in memory.
        case nowhere
        /// The editor did not start or ended with an error.
        case notStarted
        case empty
        case marksLeft
    }

    /// The text cannot be taken as the editor left it. It stays where it is, for its owner alone.
    struct Left: Error {
        let path: String
        /// Nil where it is no text, or too long.
        let text: String?
        let cause: any Error

        /// It stands elsewhere now.
        func remove() { TextEditor.remove(path) }
    }

    /// The file with the directory that was made for it.
    private static func remove(_ path: String) { EditorFolders.remove(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))) }

    /// A text that can be taken. It stays where it is until it stands elsewhere.
    struct Taken {
        let path: String
        let text: String
        /// Left as it was, and not saved either.
        let isUntouched: Bool

        func remove() { TextEditor.remove(path) }

        /// It could not be stored.
        func left(_ cause: any Error) -> Left { Left(path: path, text: text, cause: cause) }
    }

    /// What the person left, without the line break at its end; whoever stored it removes the file.
    ///
    /// Throws `Left` where they wrote what cannot be taken, or what `check` refuses; else `Failure`.
    ///
    /// - Parameter most: bytes.
    static func edit(_ draft: String, atMost most: Int, _ check: (String) throws -> Void = { _ in }) throws -> Taken {
        let environment = ProcessInfo.processInfo.environment
        guard let directory = EditorFolders.make() else { throw Failure.nowhere }
        let path = directory + "/text"
        var isNeeded = false
        defer { if !isNeeded { EditorFolders.remove(directory) } }
        let before = Array((draft + "\n").utf8)
        try InputFile.write(before, to: path, replacing: false)
        var left: String?
        let stamp = stamp(path)
        do {
            let hasEnded = run(name(environment), path)
            let text = try InputFile.text(path, atMost: most)
            left = text
            guard hasEnded else { throw Failure.notStarted }
            guard text.contains(where: { !$0.isWhitespace }) else { throw Failure.empty }
            try check(text)
            chmod(path, 0o600)
            isNeeded = true
            return Taken(path: path, text: text, isUntouched: text == draft && self.stamp(path) == stamp)
        } catch {
            // What an editor that was killed had not written yet may stand beside the file.
            let files = EditorFolders.files(in: directory)
            let isTouched = (try? InputFile.read(path, atMost: before.count)) != before
            guard !files.isEmpty, isTouched && left?.contains(where: { !$0.isWhitespace }) != false || files.contains(where: { $0 != "text" }) else { throw error }
            chmod(path, 0o600)
            isNeeded = true
            throw Left(path: path, text: files.count == 1 ? left : nil, cause: error)
        }
    }

    /// Which file it is and when it was written, as far as the system tells.
    private static func stamp(_ path: String) -> [Int] {
        var status = Glibc.stat()
        guard stat(path, &status) == 0 else { return [] }
        return [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
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
