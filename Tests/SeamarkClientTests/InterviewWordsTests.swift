import Foundation
import Testing

/// Everything that a guided interview says by itself stands in `GuidedInterviewWords`, the one place to translate.
@Suite struct InterviewWordsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The sources of a sitting, but for the words themselves.
    private static let sources: [String] = {
        let folder = "Sources/SeamarkModel/GuidedInterview"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
        return files.filter { $0.hasSuffix(".swift") && $0 != "GuidedInterviewWords.swift" }.sorted().map { "\(folder)/\($0)" }
            + ["Opening", "Run", "Sitting", "Input", "Terminal", "Signals"].map { "Client/SeamarkCommand/Interview\($0).swift" }
    }()

    /// What stands between quotation marks, without what is put into it; what stands in quotation marks in there is found too. Comments hold nothing.
    private func texts(_ source: String) -> [String] {
        enum Place {
            case code(open: Int)
            case text(String)
        }
        var found: [String] = []
        var places = [Place.code(open: 0)]
        var rest = source[...]
        while let next = rest.popFirst() {
            switch places[places.count - 1] {
            case .code(let open):
                switch next {
                case "/" where rest.first == "/": rest = rest.drop { !$0.isNewline }
                case "\"": places.append(.text(""))
                case "(": places[places.count - 1] = .code(open: open + 1)
                // The end of what is put into a text.
                case ")" where open == 0 && places.count > 1: places.removeLast()
                case ")": places[places.count - 1] = .code(open: open - 1)
                case _: break
                }
            case .text(let text):
                switch next {
                case "\\" where rest.first == "(":
                    rest.removeFirst()
                    places.append(.code(open: 0))
                case "\\": rest = rest.dropFirst()
                case "\"":
                    places.removeLast()
                    found.append(text)
                case _: places[places.count - 1] = .text(text + String(next))
                }
            }
        }
        return found
    }

    private func sentences(_ source: String) -> [String] { texts(source).filter { $0.contains(/\p{L}{2,}[,.:;]? \p{L}{2,}/) } }

    @Test(arguments: Self.sources)
    func `a source of the guided interview says nothing in words of its own`(path: String) throws {
        let whole = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        // Before its work stands its help, as that of every verb.
        let begin = try #require(path.hasSuffix("InterviewRun.swift") ? whole.range(of: "func run()")?.lowerBound : whole.startIndex)
        let source = String(whole[begin...])
        let spoken = sentences(source)
        #expect(source.count > 200 && spoken == [], "say it in GuidedInterviewWords")
    }

    @Test func `sentences in a source are found, also those that are put into others, and comments are none`() throws {
        #expect(Self.sources.count > 20)
        #expect(sentences(#"let a = "two words" // "not this""#) == ["two words"])
        #expect(sentences(#"say("\(a ? "is here, now" : "x") \(f(")")) no more")"#) == ["is here, now", "  no more"])
        #expect(sentences(#"["site", "\u{1b}[?25h", "0-4", "\"", "-"]"#) == [])
        let words = try String(contentsOf: Self.root.appending(path: "Sources/SeamarkModel/GuidedInterview/GuidedInterviewWords.swift"), encoding: .utf8)
        #expect(sentences(words).count > 100)
    }
}
