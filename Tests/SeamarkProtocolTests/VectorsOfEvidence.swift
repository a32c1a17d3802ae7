import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// Files of evidence as the second implementation writes them, and copies that were altered: the first thing that does not hold is the same here.
@Suite struct VectorsOfEvidence {
    struct File: Decodable {
        struct Good: Decodable {
            let name: String
            let bytes: Vectors.Bytes
        }

        struct Bad: Decodable {
            let name: String
            let bytes: Vectors.Bytes
            let finding: String
        }

        let fingerprint: Vectors.Bytes
        let good: [Good]
        let bad: [Bad]
    }

    /// In pieces of this many bytes; 0 for one piece.
    private func word(_ bytes: [UInt8], _ authority: Hash256, pieces: Int = 0) -> String {
        let trust = EvidenceVerification.Trust(authority: authority, primitives: SystemPrimitives()) { message, signature, der in
            (try? Certificate(der: der))?.publicKey.verifies(signature, of: message) ?? false
        }
        var verification = EvidenceVerification(trust)
        for start in stride(from: 0, to: bytes.count, by: pieces == 0 ? max(1, bytes.count) : pieces) {
            verification.append(Array(bytes[start..<min(bytes.count, start + (pieces == 0 ? bytes.count : pieces))]))
        }
        return verification.finish().map { "\($0.fault.rawValue) \($0.item)" } ?? "holds"
    }

    @Test func `files of evidence that the second implementation wrote hold, and altered ones fail where it says, whole and in pieces`() throws {
        let told = try Vectors.file("evidence", as: File.self)
        let authority = told.fingerprint.hash
        #expect(told.good.count >= 4 && told.bad.count >= 44)
        for pieces in [0, 1, 61] {
            for good in told.good { #expect(word(good.bytes.bytes, authority, pieces: pieces) == "holds", "\(good.name)") }
            for bad in told.bad { #expect(word(bad.bytes.bytes, authority, pieces: pieces) == bad.finding, "\(bad.name)") }
        }
        for good in told.good { #expect(word(good.bytes.bytes, .zero) == "authority 1") }
        // Every word that a file alone can bring about is among them.
        let words = Set(told.bad.compactMap { $0.finding.split(separator: " ").first.map(String.init) })
        let all = Set(EvidenceFinding.Fault.allCases.map(\.rawValue))
        #expect(words == all.subtracting(["authority", "remembered", "values", "chain"]), "\(all.subtracting(words))")
    }
}
