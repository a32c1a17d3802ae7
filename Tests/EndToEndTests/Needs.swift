import Foundation
import Testing

/// A program of the system that a test cannot do without. Where it is missing the test fails and says what to install: one that is skipped shows nothing.
struct Needs: TestTrait, SuiteTrait {
    let path: String
    let package: String

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    func prepare(for test: Test) async throws {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Missing(description: "\(path) is missing: Scripts/prepare \(package) installs it")
        }
    }
}

extension Trait where Self == Needs {
    static var needsTracer: Self { Needs(path: "/usr/bin/strace", package: "strace") }
    static var needsCompiler: Self { Needs(path: Clock.compiler, package: "gcc libc6-dev") }
    static var needsSpreadsheet: Self { Needs(path: "/usr/bin/soffice", package: "libreoffice-calc") }
    static var needsPageJudge: Self { Needs(path: "/usr/bin/mandoc", package: "mandoc") }
    static var needsZsh: Self { Needs(path: "/usr/bin/zsh", package: "zsh") }
    static var needsFish: Self { Needs(path: "/usr/bin/fish", package: "fish") }
    static var needsDatabaseShell: Self { Needs(path: "/usr/bin/sqlite3", package: "sqlite3") }
    static var needsServiceJudge: Self { Needs(path: "/usr/bin/systemd-analyze", package: "systemd") }
}
