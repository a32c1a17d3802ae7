import Foundation
import Testing

/// What becomes of a recording of somebody who withdraws, forbids recording or is erased, with the real programs. All people are fictitious.
@Suite(.serialized) struct RecordingTests {
    private static let words = "OggS canary of a voice"

    enum End: CaseIterable {
        case withdrawn, forbidden, erased
    }

    /// The sealed files of attachments below a folder, receipts left out.
    private func files(_ folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.contains("attachments/") && !$0.hasSuffix(".receipt") }
    }

    private func file(_ headquarters: Headquarters, _ name: String, _ text: String) throws -> String {
        let file = headquarters.folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func server(_ headquarters: Headquarters, _ words: String...) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
    }

    /// Two people with an answer each; one's with a recording, and both with one document.
    private func capture(_ laptop: Laptop, _ headquarters: Headquarters) throws -> (recording: String, document: String) {
        for number in 1...2 {
            try laptop.must("person", "add", "title=operator", "level=frontline", "--consent", "given", "--method", "written", "--scope", "quotes,role,audio")
            try laptop.must("interview", "add", "persons=P-A00\(number)")
            try laptop.must("answer", "add", "interview=IV-A00\(number)", "question=LB1", "score=3", "grade=C")
        }
        func said(_ words: String...) throws -> String { try Interview.said(laptop, words) }
        let recording = try said("attach", "add", file(headquarters, "voice.ogg", Self.words), "--to", "IV-A001/LB1")
        let document = try said("attach", "add", file(headquarters, "extract.txt", "a list of both"), "--to", "IV-A001/LB1")
        try laptop.must("answer", "set", "IV-A002/LB1", "evidence=\(document)")
        return (recording, document)
    }

    @Test(arguments: End.allCases)
    func `a recording ends with the consent that it was made under, on the server and on each device, and with the person`(end: End) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try headquarters.verb("member", "add", "cleo", "--role", "lead")
        try headquarters.verb("engagement", "staff", "baseline", "cleo")
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        let (recording, document) = try capture(ann, headquarters)
        try ann.must("sync")
        for name in [recording, document] {
            try bob.must("sync")
            try bob.must("attach", "get", name, "-o", headquarters.folder.appendingPathComponent("got-\(name)").path)
        }
        #expect(try String(contentsOf: headquarters.folder.appendingPathComponent("got-\(recording)"), encoding: .utf8) == Self.words)
        for place in [headquarters.data, ann.home, bob.home] { #expect(try files(place).count == 2, "\(place.path)") }
        // What is held of her is handed out with its bytes.
        let export = headquarters.folder.appendingPathComponent("held.json").path
        let told = try headquarters.verb("person", "export", "baseline", "P-A001", "--out", export)
        #expect(told.contains("2 evidence") && told.contains("1 attachment of this person alone"), "\(told)")
        let held = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: export))) as? [String: Any])
        let rows = try #require(held["records"] as? [[String: Any]]).filter { $0["type"] as? String == "evidence" }
        let row = try #require(rows.first { $0["handle"] as? String == recording })
        #expect(row["because"] as? String == "evidence" && row["ofOthersToo"] as? Bool == false)
        #expect(rows.first { $0["handle"] as? String == document }?["ofOthersToo"] as? Bool == true)
        let copy = headquarters.folder.appendingPathComponent(try #require(row["file"] as? String))
        #expect(try String(contentsOf: copy, encoding: .utf8) == Self.words)

        switch end {
        case .withdrawn: try ann.must("person", "set", "P-A001", "consent.state=withdrawn", "--yes")
        case .forbidden: try ann.must("person", "set", "P-A001", "consent.scope=quotes,role")
        case .erased: try headquarters.verb("person", "erase", "baseline", "P-A001", "--yes")
        }
        try ann.must("sync")
        // A colleague who comes only now is not given it; the document is the other person's too.
        let cleo = try Laptop(of: "cleo", at: headquarters)
        let output = headquarters.folder.appendingPathComponent("out").path
        #expect(try cleo.run(["attach", "get", recording, "-o", output]).status != 0)
        #expect(!FileManager.default.fileExists(atPath: output))
        try cleo.must("attach", "get", document, "-o", output)
        try eventually("the server has dropped it", within: 30) { try files(headquarters.data).count == 1 ? true : nil }
        // Who holds it gives it out no more, and drops it at the next contact.
        try bob.must("sync")
        try ann.must("sync")
        for laptop in [ann, bob] {
            let again = try laptop.run(["attach", "get", recording, "-o", output + "-again"])
            #expect(again.status != 0 && !FileManager.default.fileExists(atPath: output + "-again"), "\(again)")
            #expect(try files(laptop.home).count == 1)
            let listed = try laptop.must("attach", "list")
            #expect(listed.contains(document) && !listed.contains(recording))
            try laptop.must("verify")
        }
        #expect(try ann.digests() == bob.digests())
        let again = headquarters.folder.appendingPathComponent("again.json").path
        #expect(try !headquarters.verb("person", "export", "baseline", "P-A001", "--out", again).contains("attachment of this person"))
        try headquarters.verb("verify")
        // The log says what went, for whoever reads it with other means: its bytes, by the row that named them.
        let evidence = headquarters.folder.appendingPathComponent("evidence").path
        let authority = try #require(headquarters.verb("evidence", "export", "baseline", "--out", evidence).split(whereSeparator: \.isWhitespace).last)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let theirs = try headquarters.program(
            root.appendingPathComponent("Scripts/python-peer").path, [root.appendingPathComponent("Tests/PythonPeer/verify_evidence.py").path, String(authority), evidence, "--redactions"]).finish()
        #expect(theirs.status == 0 && theirs.output.hasPrefix("holds\n") && theirs.output.contains(" value, 1 bytes, 0 nothing"), "\(theirs)")
        // Nothing takes the server for one that was put back.
        #expect(try !headquarters.verb("audit", "list").contains("epoch.renew"))
    }
}
