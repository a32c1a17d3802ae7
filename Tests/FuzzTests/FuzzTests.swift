import Foundation
import FuzzSupport
import Testing

/// A short pass over each target; `Scripts/fuzz` runs longer ones, and `LEDGER.md` says which were run.
@Suite(.serialized) struct FuzzTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus").path

    private func fuzzer(_ target: FuzzTarget, seed: UInt64, canary: Bool) throws -> Fuzzer {
        try Fuzzer(target, seed: seed, corpus: InputFolder.read(Self.corpus + "/" + target.rawValue), canary: canary)
    }

    @Test(arguments: FuzzTarget.allCases)
    func `nothing breaks in a second of mutated inputs, of which some are taken and some refused`(target: FuzzTarget) throws {
        var fuzzer = try fuzzer(target, seed: 7, canary: false)
        let finding = fuzzer.run(seconds: 1)
        #expect(finding == nil, "\(finding?.words ?? ""): \(finding?.input.prefix(400) ?? [])")
        #expect(fuzzer.taken > 0 && fuzzer.taken < fuzzer.executions)
    }

    @Test(arguments: FuzzTarget.allCases)
    func `a mistake that is planted in a target is found`(target: FuzzTarget) throws {
        var fuzzer = try fuzzer(target, seed: 7, canary: true)
        let finding = fuzzer.run(seconds: 60)
        #expect(finding != nil, "the planted mistake was not found in \(fuzzer.executions) executions")
    }
}
