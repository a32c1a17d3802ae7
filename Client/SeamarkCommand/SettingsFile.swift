import Foundation
import SeamarkClient
import SeamarkModel

/// The settings of whoever runs this command, read once.
enum SettingsFile {
    struct Failure: Error {
        let path: String
        let line: Int
        let words: String
    }

    private static let read = Result { try load(ProcessInfo.processInfo.environment) }

    /// Without a file, or with one that is refused, what is usual.
    static var settings: Settings { (try? read.get()) ?? Settings() }

    /// Says what is wrong with the file before a verb begins.
    static func check() throws { _ = try read.get() }

    private static func load(_ environment: [String: String]) throws -> Settings {
        guard let path = Settings.path(environment: environment) else { return Settings() }
        let text: String
        do throws(InputFile.Failure) { text = try InputFile.text(path, atMost: Settings.longest) } catch {
            // One that was named must be there; elsewhere none is needed.
            if case .missing = error, (environment["SEAMARK_CONFIG"] ?? "").isEmpty { return Settings() }
            throw error
        }
        do throws(Settings.Fault) { return try Settings(parsing: text) } catch { throw Failure(path: path, line: error.line, words: error.words) }
    }
}
