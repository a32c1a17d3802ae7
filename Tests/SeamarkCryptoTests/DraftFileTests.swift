import Foundation
import Glibc
import SeamarkCrypto
import Testing

@Suite struct DraftFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Kind and permissions of what has the name; links are not followed.
    private func mode(_ name: String) -> mode_t? {
        var facts = stat()
        return lstat(path(name), &facts) == 0 ? facts.st_mode : nil
    }

    @Test func `a file has its name only once it is whole, and is its owner's alone from the first byte`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let draft = try DraftFile(path("plain.txt"))
        try draft.write(Array("first ".utf8))
        let name = try #require(try names().first)
        #expect(try names().count == 1 && name.hasPrefix("seamark-") && name.hasSuffix(".new"))
        #expect(mode(name) == S_IFREG | 0o600)
        try draft.write(Array("and last".utf8))
        try draft.finish(replacing: false)
        #expect(try names() == ["plain.txt"])
        #expect(try text("plain.txt") == "first and last")
        #expect(mode("plain.txt") == S_IFREG | 0o600)
    }

    @Test func `what is there, or came meanwhile, is replaced by those alone who say so, and links are not followed`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let draft = try DraftFile(path("report.md"))
        try draft.write(Array("mine".utf8))
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: path("report.md")))
        #expect(throws: DraftFile.Fault.exists) { try draft.finish(replacing: false) }
        #expect(try text("report.md") == "theirs")
        try #require(symlink("nowhere", path("dangling.md")) == 0)
        let second = try DraftFile(path("dangling.md"))
        #expect(throws: DraftFile.Fault.exists) { try second.finish(replacing: false) }
        try #require(symlink("report.md", path("link.md")) == 0)
        let third = try DraftFile(path("link.md"))
        try third.write(Array("instead of the link".utf8))
        try third.finish(replacing: true)
        #expect(try text("link.md") == "instead of the link")
        #expect(try text("report.md") == "theirs")
    }

    @Test func `a draft that is given up leaves nothing, and one that cannot be made says the system's number`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let draft = try DraftFile(path("given-up"))
            try draft.write([1, 2, 3])
        }
        #expect(try names().isEmpty)
        #expect(throws: DraftFile.Fault.system(ENOENT)) { _ = try DraftFile(path("no-such-folder/file")) }
        // A letter that combines with the `/` before it is still in that folder.
        let combined = try DraftFile(path("\u{301}a"))
        try combined.finish(replacing: false)
        #expect(try names().count == 1)
    }
}
