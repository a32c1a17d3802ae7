import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Synchronization

@testable import SeamarkServer

/// A file of evidence, altered in every way, and what both verifiers say of each copy: ours, and the one in Python that was written from the
/// specification alone.
struct AlteredEvidence {
    /// A copy that says something else between two bytes of the file, in one or more stretches, ascending.
    struct Alteration {
        let what: String
        var stretches: [(range: Range<Int>, bytes: [UInt8])]

        init(_ what: String, _ range: Range<Int>, _ bytes: [UInt8]) { (self.what, stretches) = (what, [(range, bytes)]) }

        var line: String { stretches.map { "\($0.range.lowerBound):\($0.range.upperBound):\(Hexadecimal.text(of: $0.bytes))" }.joined(separator: ",") }

        func applied(to file: [UInt8]) -> [UInt8] {
            var out: [UInt8] = []
            var done = 0
            for (range, bytes) in stretches {
                out += file[done..<range.lowerBound] + bytes
                done = range.upperBound
            }
            return out + file[done...]
        }
    }

    let file: [UInt8]
    let trust: EvidenceVerification.Trust
    /// Where each item begins, and the end of the file.
    let starts: [Int]
    /// The verification as it stood before each item: an altered copy is the same up to its first alteration.
    private let before: [EvidenceVerification]

    init(_ file: [UInt8], trusting authority: Hash256) {
        self.file = file
        trust = Self.remembering(authority)
        var starts = [5]
        var verification = EvidenceVerification(trust)
        var before = [verification]
        verification.append(Array(file[..<5]))
        while let start = starts.last, start < file.count {
            let length = file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } + 4
            before.append(verification)
            verification.append(Array(file[start..<start + length]))
            starts.append(start + length)
        }
        self.starts = starts
        self.before = before
    }

    var count: Int { starts.count - 1 }

    func item(_ index: Int) -> [UInt8] { Array(file[starts[index]..<starts[index + 1]]) }

    /// The system's cryptography, which answers a question that was asked before from memory: the copies have most of their items in common.
    private static func remembering(_ authority: Hash256) -> EvidenceVerification.Trust {
        let trust = EvidenceVerification.Trust.system(authority: authority)
        let memory = Memory()
        return EvidenceVerification.Trust(authority: authority, primitives: RememberingPrimitives(memory: memory)) { message, signature, der in
            memory.answer(message + signature + der) { trust.isEndorsed(message, signature, der) }
        }
    }

    private final class Memory: Sendable {
        private let known = Mutex<[[UInt8]: Bool]>([:])

        func answer(_ question: [UInt8], _ ask: () -> Bool) -> Bool {
            if let answer = known.withLock({ $0[question] }) { return answer }
            let answer = ask()
            known.withLock { $0[question] = answer }
            return answer
        }
    }

    private struct RememberingPrimitives: Primitives {
        let memory: Memory
        private let system = SystemPrimitives()

        init(memory: Memory) { self.memory = memory }

        func sha256(_ bytes: Span<UInt8>) -> Hash256 { system.sha256(bytes) }
        func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
            memory.answer(signature + key + message) { system.verifies(signature, of: message, by: key) }
        }
        func deflate(_ bytes: [UInt8]) -> [UInt8] { system.deflate(bytes) }
        func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] { try system.inflate(bytes, toExactly: length) }
    }

    // MARK: What they say

    static func word(_ finding: EvidenceFinding?) -> String { finding.map { "\($0.fault.rawValue) \($0.item)" } ?? "holds" }

    /// Of the file as it is, in one piece.
    var whole: String { Self.word(of: file, trust) }

    static func word(of file: [UInt8], _ trust: EvidenceVerification.Trust) -> String {
        var verification = EvidenceVerification(trust)
        verification.append(file)
        return word(verification.finish())
    }

    func ours(_ alteration: Alteration) -> String {
        let first = alteration.stretches[0].range.lowerBound
        // The first item that has an altered byte; what is put between two items belongs to the second.
        let index = first < 5 ? 0 : (starts.lastIndex { $0 <= first } ?? 0) + 1
        guard index < before.count else { return Self.word(of: alteration.applied(to: file), trust) }
        var verification = before[index]
        verification.append(Array(alteration.applied(to: file)[(index == 0 ? 0 : starts[index - 1])...]))
        return Self.word(verification.finish())
    }

    /// The same of a large file, in one walk over it: nothing is kept but where the walk is. `alterations` have one stretch each, ascending.
    static func walking(_ file: [UInt8], trusting authority: Hash256, _ alterations: [Alteration]) -> (whole: String, words: [String], items: Int) {
        var verification = EvidenceVerification(remembering(authority))
        var (words, start, items): ([String], Int, Int) = ([], 0, 0)
        var rest = alterations[...]
        func length(_ place: Int) -> Int { place == 0 ? 5 : file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } + 4 }
        while start < file.count {
            let end = start + length(start)
            while let alteration = rest.first, alteration.stretches[0].range.lowerBound < end {
                rest = rest.dropFirst()
                var copy = verification
                copy.append(Array(alteration.applied(to: file)[start...]))
                words.append(word(copy.finish()))
            }
            verification.append(Array(file[start..<end]))
            start = end
            items += 1
        }
        return (word(verification.finish()), words, items - 1)
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What the verifier in Python says of each, in one process.
    func theirs(_ alterations: [Alteration]) throws -> [String] { try Self.theirs(file, trusting: trust.authority, alterations) }

    static func theirs(_ file: [UInt8], trusting authority: Hash256, _ alterations: [Alteration]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "seamark-evidence-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (base, lines) = (folder.appending(path: "evidence"), folder.appending(path: "altered"))
        try Data(file).write(to: base)
        try Data(alterations.map { $0.line + "\n" }.joined().utf8).write(to: lines)
        return try python("verify_evidence.py", [authority.description, base.path, "--altered", lines.path]).split(separator: "\n").map(String.init)
    }

    /// The last words of what it prints, whatever it ended with.
    static func python(_ script: String, _ words: [String]) throws -> String {
        let program = Process()
        program.executableURL = root.appending(path: "Scripts/python-peer")
        program.arguments = [root.appending(path: "Tests/PythonPeer/\(script)").path] + words
        let output = Pipe()
        program.standardOutput = output
        try program.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        guard program.terminationStatus < 2 else { throw Failed(description: "the verifier in Python ended with \(program.terminationStatus)") }
        return String(decoding: said, as: UTF8.self)
    }

    func isAltered(by alteration: Alteration) -> Bool { alteration.stretches.contains { Array(file[$0.range]) != $0.bytes } }

    // MARK: Every way

    /// Every byte between two places, each made another one of 255.
    func flips(_ places: some Sequence<Int>, _ dice: inout SplitMix64) -> [Alteration] {
        places.map { Alteration("byte \($0)", $0..<$0 + 1, [file[$0] ^ UInt8.random(in: 1...255, using: &dice)]) }
    }

    /// Each item deleted, repeated, and changed for its neighbour.
    var rearrangements: [Alteration] {
        var all: [Alteration] = []
        for index in 0..<count {
            let range = starts[index]..<starts[index + 1]
            all.append(Alteration("delete \(index)", range, []))
            all.append(Alteration("repeat \(index)", range.upperBound..<range.upperBound, item(index)))
            if index + 1 < count { all.append(Alteration("swap \(index)", range.lowerBound..<starts[index + 2], item(index + 1) + item(index))) }
        }
        return all
    }

    /// Cut off before each item, and after each of some bytes.
    func truncations(_ places: some Sequence<Int>) -> [Alteration] {
        (starts.dropLast() + Array(places)).map { Alteration("cut at \($0)", $0..<file.count, []) }
    }

    /// Each of these items of another file, put between two of ours and in the place of one.
    func foreign(_ other: AlteredEvidence, _ name: String) -> [Alteration] {
        (0..<count).flatMap { index in
            let range = starts[index]..<starts[index + 1]
            let strange = other.item(index % other.count)
            return [
                Alteration("\(name) before \(index)", range.lowerBound..<range.lowerBound, strange), Alteration("\(name) for \(index)", range, strange),
                // And the other's entries from here on, to their end.
                Alteration("\(name) from \(index)", range.lowerBound..<file.count, Array(other.file[other.starts[min(index, other.count - 1)]...])),
            ]
        }
    }
}
