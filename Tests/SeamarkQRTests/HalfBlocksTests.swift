import Foundation
import SeamarkQR
import Testing

/// What is drawn, read by zbar, which shares nothing with what draws.
@Suite struct HalfBlocksTests {
    private static let line = "seamark://hq.example.org:7440/0123456789abcdef0123456789abcdef/seamark-0123456789abcdef01234567/"
        + String(repeating: "0f1e2d3c", count: 8) + "/fedcba9876543210fedcba9876543210"

    /// What a terminal shows of the text: for each module whether it is light. `light` is what it paints where nobody says how.
    private func shown(_ text: String, paper light: Bool) throws -> [[Bool]] {
        var rows: [[Bool]] = []
        for line in text.split(separator: "\n") {
            var (ink, paper) = (!light, light)
            var (upper, lower): ([Bool], [Bool]) = ([], [])
            var rest = line[...]
            while let character = rest.first {
                if character == "\u{1b}" {
                    let end = try #require(rest.firstIndex(of: "m"))
                    switch rest[rest.startIndex..<end] {
                    case "\u{1b}[38;5;16;48;5;231": (ink, paper) = (false, true)
                    case "\u{1b}[0": (ink, paper) = (!light, light)
                    case let other: Issue.record("\(other)")
                    }
                    rest = rest[rest.index(after: end)...]
                    continue
                }
                switch character {
                case "\u{2588}": (upper, lower) = (upper + [ink], lower + [ink])
                case "\u{2580}": (upper, lower) = (upper + [ink], lower + [paper])
                case "\u{2584}": (upper, lower) = (upper + [paper], lower + [ink])
                case " ": (upper, lower) = (upper + [paper], lower + [paper])
                case _: Issue.record("\(character)")
                }
                rest = rest.dropFirst()
            }
            rows += [upper, lower]
        }
        return rows
    }

    /// What zbar reads from a picture of the modules, which lies on a dark ground: the quiet zone must be drawn.
    private func read(_ rows: [[Bool]]) throws -> [String] {
        let (scale, edge) = (5, 12)
        let width = (rows.map(\.count).max() ?? 0) + 2 * edge
        let dark = [UInt8](repeating: 0, count: width * scale)
        var pixels: [UInt8] = []
        func add(_ row: [UInt8]) { for _ in 0..<scale { pixels += row } }
        for _ in 0..<edge { add(dark) }
        for row in rows {
            let side = [UInt8](repeating: 0, count: edge)
            let values = side + row.map { $0 ? 255 : 0 } + [UInt8](repeating: 0, count: width - 2 * edge - row.count) + side
            add(values.flatMap { [UInt8](repeating: $0, count: scale) })
        }
        for _ in 0..<edge { add(dark) }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("qr-\(UUID().uuidString).pgm")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(Array("P5 \(width * scale) \(pixels.count / (width * scale)) 255\n".utf8) + pixels).write(to: file)
        let zbar = Process()
        zbar.executableURL = URL(filePath: "/usr/bin/zbarimg")
        zbar.arguments = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file.path]
        let output = Pipe()
        (zbar.standardOutput, zbar.standardError) = (output, Pipe())
        try zbar.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        zbar.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `what is drawn says exactly what was given, in colours on a light and on a dark terminal, and plain on paper`() throws {
        for length in [1, 40, Self.line.utf8.count, 400] {
            let text = String((Self.line + String(repeating: "x", count: 400)).prefix(length))
            let drawing = HalfBlocks(try QRCode(of: Array(text.utf8)))
            for isLight in [true, false] { #expect(try read(shown(drawing.coloured, paper: isLight)) == [text], "\(length) bytes, light: \(isLight)") }
            #expect(try read(shown(drawing.plain, paper: true)) == [text], "\(length) bytes, plain")
        }
    }

    @Test func `the drawing is as wide and high as it says, fits eighty columns, and has a quiet zone on each side`() throws {
        let code = try QRCode(of: Array(Self.line.utf8))
        let drawing = HalfBlocks(code)
        let lines = drawing.plain.split(separator: "\n", omittingEmptySubsequences: true)
        #expect(lines.count == drawing.height && lines.allSatisfy { $0.count == drawing.width })
        #expect(drawing.width == code.size + 8 && drawing.width <= 80)
        let rows = try shown(drawing.plain, paper: true)
        #expect((rows.prefix(4) + rows.dropFirst(code.size + 4)).allSatisfy { $0.allSatisfy(\.self) }, "above and below")
        #expect(rows.allSatisfy { ($0.prefix(4) + $0.suffix(4)).allSatisfy(\.self) }, "at the sides")
        #expect(code.isDark(0, 0) && !code.isDark(-1, 0) && !code.isDark(0, code.size))
    }

    @Test func `what no code holds is refused`() {
        #expect(throws: QRCode.Failure.self) { try QRCode(of: []) }
        #expect(throws: Never.self) { try QRCode(of: [UInt8](repeating: 120, count: 2953)) }
        #expect(throws: QRCode.Failure.self) { try QRCode(of: [UInt8](repeating: 120, count: 2954)) }
    }
}
