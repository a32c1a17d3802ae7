import Foundation
import Glibc
import SeamarkClient

/// The settings of whoever runs this command, read once.
enum SettingsFile {
    struct Failure: Error {
        let path: String
        /// Nil where it is about the file and not about a line.
        let line: Int?
        let words: String
    }

    private static let read = Result { try load(ProcessInfo.processInfo.environment) }

    /// Without a file, or with one that is refused, what is usual.
    static var settings: Settings { (try? read.get()) ?? Settings() }

    /// What is wrong with the file. It is said, and what is usual holds: a slip in it keeps nobody from capturing, locking or wiping.
    static var fault: (any Error)? { if case .failure(let error) = read { error } else { nil } }

    private static func load(_ environment: [String: String]) throws -> Settings {
        guard let path = Settings.path(environment: environment) else { return Settings() }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            // One that was named must be there; elsewhere none is needed.
            if errno == ENOENT || errno == ENOTDIR, (environment["SEAMARK_CONFIG"] ?? "").isEmpty { return Settings() }
            throw InputFile.Failure(errno, reading: path)
        }
        // It names a program that is handed what people said.
        guard facts.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path, line: nil, words: "is no plain file") }
        guard facts.st_uid == getuid() || facts.st_uid == 0, facts.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw Failure(path: path, line: nil, words: "is another's, or others may write to it")
        }
        let text = try InputFile.text(path, atMost: Settings.longest)
        do throws(Settings.Fault) { return try Settings(parsing: text) } catch { throw Failure(path: path, line: error.line, words: error.words) }
    }
}
