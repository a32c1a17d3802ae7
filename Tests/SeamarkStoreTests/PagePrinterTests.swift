import Foundation
import SeamarkStore
import Testing

/// With the browser that is installed, with none, and with some that do wrong.
@Suite struct PagePrinterTests {
    private static let page = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>t</title></head><body><p>Seventeen lines of rain</p><img src=\"http://127.0.0.1:1/x.png\"></body></html>"

    /// A folder with one program that is called like a browser.
    private func folder(_ script: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try install(script, in: folder.path)
        return folder.path
    }

    /// Copied by another process: what other tests start at this moment would hold a file open that was written here, and nobody could run it.
    private func install(_ script: String, in folder: String) throws {
        try Data(("#!/bin/sh\n" + script + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/script"))
        let copy = Process()
        copy.executableURL = URL(fileURLWithPath: "/usr/bin/install")
        copy.arguments = ["-m", "700", folder + "/script", folder + "/chromium"]
        try copy.run()
        copy.waitUntilExit()
        #expect(copy.terminationStatus == 0)
    }

    @Test func `a page becomes a PDF with its words`() throws {
        let pdf = try PagePrinter.pdf(of: Self.page, on: .a4)
        #expect(try said("pdftotext", of: pdf).contains("Seventeen lines of rain"))
    }

    /// What a program says of a PDF.
    private func said(_ program: String, of pdf: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pdf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(pdf).write(to: file)
        let reader = Process()
        reader.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        reader.arguments = [program, file.path] + (program == "pdftotext" ? ["-"] : [])
        let pipe = Pipe()
        reader.standardOutput = pipe
        try reader.run()
        let words = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        reader.waitUntilExit()
        return words
    }

    @Test func `it is on the paper that was asked for, and keeps what else the page says of its sheets`() throws {
        let page = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>@page{margin:40mm}</style></head><body>One line</body></html>"
        for (paper, size) in [(PagePrinter.Paper.a4, "(A4)"), (.letter, "(letter)")] {
            let pdf = try PagePrinter.pdf(of: page, on: paper)
            #expect(try said("pdfinfo", of: pdf).contains(size), "\(paper)")
        }
    }

    @Test(arguments: [
        ([:], PagePrinter.Paper.a4), (["LANG": "C.UTF-8"], .a4), (["LANG": "en_US.UTF-8"], .letter), (["LC_PAPER": "de_DE.UTF-8", "LANG": "en_US.UTF-8"], .a4),
        (["LC_ALL": "es_MX", "LC_PAPER": "de_DE"], .letter), (["LC_ALL": "", "LC_PAPER": "en_GB.UTF-8"], .a4), (["LANG": "fr_CA@euro"], .letter), (["LANG": "us"], .a4),
    ] as [([String: String], PagePrinter.Paper)]) func `the usual paper is the locale's`(environment: [String: String], paper: PagePrinter.Paper) {
        #expect(PagePrinter.Paper.usual(in: environment) == paper)
    }

    @Test func `without a browser, with one that fails, and with one that never ends it says so`() throws {
        #expect(throws: PagePrinter.Failure.noBrowser) { try PagePrinter.pdf(of: Self.page, on: .a4, path: "") }
        #expect(throws: PagePrinter.Failure.noBrowser) { try PagePrinter.pdf(of: Self.page, on: .a4, path: "/nonexistent:relative") }
        #expect(throws: PagePrinter.Failure.failed) { try PagePrinter.pdf(of: Self.page, on: .a4, path: folder("exit 1")) }
        #expect(throws: PagePrinter.Failure.failed) { try PagePrinter.pdf(of: Self.page, on: .a4, path: folder("for word; do case $word in --print-to-pdf=*) echo no > \"${word#*=}\";; esac; done")) }
        #expect(throws: PagePrinter.Failure.tooSlow(1)) { try PagePrinter.pdf(of: Self.page, on: .a4, path: folder("exec /bin/sleep 600"), within: 1) }
        #expect(throws: PagePrinter.Failure.nowhere) { try PagePrinter.pdf(of: Self.page, on: .a4, in: { nil }, path: folder("exit 0")) }
    }

    @Test func `a page lies in memory alone, and one whose maker was killed goes with the next look`() throws {
        let folder = try #require(PrintFolder.make())
        let places = ["/dev/shm/"] + (ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"].map { [$0 + "/"] } ?? [])
        #expect(places.contains { folder.path.hasPrefix($0) })
        // As its maker leaves it who is killed: nobody holds it.
        let dead = String(folder.path.prefix { $0 != "-" }) + "-print-dead-\(UUID().uuidString)"
        for path in [dead + "/profile/deep", folder.path + "/profile"] { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        try Data("canary".utf8).write(to: URL(fileURLWithPath: dead + "/page.html"))
        PrintFolder.sweep()
        #expect(!FileManager.default.fileExists(atPath: dead) && !FileManager.default.fileExists(atPath: dead + ".gone"))
        #expect(FileManager.default.fileExists(atPath: folder.path), "its maker is at work")
        PrintFolder.clear(folder.path)
        #expect(!FileManager.default.fileExists(atPath: folder.path) && !FileManager.default.fileExists(atPath: folder.path + ".gone"))
    }

    @Test func `the browser sees a folder of its owner's alone, which is gone afterwards, and no setting of ours`() throws {
        let place = try folder("")
        let seen = place + "/seen"
        let script = "{ /usr/bin/stat -c %a \"$HOME\" \"$HOME/page.html\"; echo \"$HOME\"; echo \"$*\"; /usr/bin/env | /usr/bin/cut -d= -f1; } > \(seen); printf '%%PDF-1.4 x' > \"$HOME/page.pdf\""
        try install(script, in: place)
        #expect(try PagePrinter.pdf(of: Self.page, on: .a4, path: place).starts(with: Array("%PDF-".utf8)))
        let lines = try String(contentsOfFile: seen, encoding: .utf8).split(separator: "\n")
        #expect(lines[0...1] == ["700", "600"] && !FileManager.default.fileExists(atPath: String(lines[2])))
        #expect(lines[3].contains("--host-resolver-rules=MAP * ~NOTFOUND") && lines[3].contains("--user-data-dir=\(lines[2])"))
        let settings = Set(lines[4...].map(String.init)).subtracting(["PWD", "OLDPWD", "SHLVL", "_"])
        #expect(settings == ["PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "LANG"], "\(settings)")
    }
}
