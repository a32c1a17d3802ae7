import Foundation
import Testing

/// The programs that were built beside the tests, run as a person would run them.
struct StoryTests {
    @Test func `the main job does what the demo tells, with the real programs and the independent client`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let programs = try #require(Program.folder, "seamark-server is built beside the tests")
        let out = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-story-\(getpid())")
        defer { try? FileManager.default.removeItem(at: out) }
        let story = Process()
        story.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        story.arguments = ["python3", root.appendingPathComponent("Scripts/story.py").path, "--programs", programs.path, "--out", out.path]
        let told = Pipe()
        story.standardOutput = told
        story.standardError = told
        story.standardInput = FileHandle.nullDevice
        try story.run()
        let text = String(decoding: told.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        story.waitUntilExit()
        #expect(story.terminationStatus == 0, "\(text)")
    }
}
