import Foundation
import Testing

/// Documentation/Reference is what the programs say of themselves. Scripts/generate-reference writes it anew.
@Suite(.needsPageJudge)
struct ReferenceTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let reference = root.appendingPathComponent("Documentation/Reference")

    private func files(in folder: URL) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            var isFolder: ObjCBool = false
            let file = folder.appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue { files[name] = try Data(contentsOf: file) }
        }
        return files
    }

    @Test func `the reference, the help of every verb and the pages for man are what the programs say`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("reference")
        let programs = try #require(Program.folder)
        let made = try Program(
            Self.root.appendingPathComponent("Scripts/generate-reference").path, ["--programs", programs.path, "--output", output.path], in: folder
        ).finish(within: 900)
        try #require(made.status == 0, "\(made.error)")
        let (said, kept) = (try files(in: output), try files(in: Self.reference))
        #expect(said.count > 90)
        #expect(Set(said.keys) == Set(kept.keys), "run Scripts/generate-reference and commit what it writes")
        for (name, bytes) in said where kept[name] != bytes { Issue.record("\(name) is not what the program says: run Scripts/generate-reference, look at the difference, commit it") }
    }

    @Test func `every page for man is well formed and no further name leads nowhere`() throws {
        let pages = try files(in: Self.reference.appendingPathComponent("Man"))
        let names = pages.keys.filter { $0 != "links" }.sorted()
        #expect(names.count > 80)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let judged = try Program(
            "/usr/bin/mandoc", ["-T", "lint", "-W", "warning"] + names.map { Self.reference.appendingPathComponent("Man/\($0)").path }, in: folder
        ).finish(within: 60)
        #expect(judged.status == 0, "\(judged.output)\(judged.error)")
        let links = String(decoding: try #require(pages["links"]), as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(links.count > 100)
        for link in links { #expect(link.count == 2 && pages[link[1]] != nil && pages[link[0]] == nil, "\(link)") }
        let sections = ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]
        for name in names {
            let text = String(decoding: try #require(pages[name]), as: UTF8.self)
            let found = text.split(separator: "\n").filter { $0.hasPrefix(".Sh ") }.map { String($0.dropFirst(4)) }
            #expect(found.filter(sections.contains) == sections, "\(name)")
        }
    }
}
