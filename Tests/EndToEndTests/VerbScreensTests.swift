import Foundation
import Testing

/// What verbs print into a real terminal, as it was looked at.
@Suite(.needsTerminal, .serialized) struct VerbScreensTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("VerbScreens")

    /// Times and ids are the machine's. Each keeps its width.
    private func masked(_ screen: String) -> String {
        func zeros(_ text: Substring) -> String { String(text.map { $0.isHexDigit ? "0" : $0 }) }
        return screen.replacing(/\d{4}-\d\d-\d\d|\d\d:\d\d|\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/) { zeros($0.output.0) }
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 20)])
    func `what is in conflict, what is missing and what is there is shown as it was looked at`(columns: Int, rows: Int) throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("site", "add", "name=Dayton plant", "code=DAY")
        try ann.must("person", "add", "level=manager", "title=planning manager", "consent.state=given", "consent.method=verbal", "consent.scope=quotes,role")
        try ann.must("interview", "add", "persons=P-A001", "startedAt=now", "site=ST-A001")
        try ann.must("answer", "add", "interview=IV-A001", "question=LB1", "response.score=3", "response.grade=D", "person=P-A001")
        try ann.must("seam", "add", "name=Handing over the night shift", "workaround=The foreman writes the hot lots on a whiteboard and reads it out at seven.")
        try ann.must("line", "add", "title=Scrap and rework", "category=QUALITY", "amount.range=260k/380k/520k", "amount.grade=C", "amount.kind=runRate")
        for laptop in [ann, bob] { try laptop.must("sync") }
        try ann.must("seam", "set", "S-A001", "workaround=The foreman writes the hot lots on a whiteboard, and the planner reads it out at seven.")
        try ann.must("line", "set", "L-A001", "amount.range=300k/400k/520k")
        try bob.must("seam", "set", "S-A001", "workaround=The foreman writes the hot lots into the shift book and reads it out at seven.")
        try bob.must("line", "set", "L-A001", "amount.range=200k/300k/400k", "amount.grade=B")
        for laptop in [ann, bob, ann] { try laptop.must("sync") }
        try ann.must("note", "add", "text=They phone every morning, and whoever is away decides nothing until noon.", "site=ST-A001")
        for (verb, last) in [("conflicts", "Settle it: seamark resolve S-A001"), ("check", "Fieldwork"), ("list", "site"), ("show L-A001", "Made by"), ("log L-A001", "added leakage line")] {
            let window = try Window(ann, columns: columns, rows: rows, "exec 3<\"$SECRET\"; PAGER=cat \"$SEAMARK\" \(verb) --passphrase-fd 3; exec sleep 600")
            defer { window.close() }
            let name = verb.split(separator: " ")[0]
            try window.looks(last, like: Self.folder.appendingPathComponent("\(columns)x\(rows)-\(name).txt"), masked: masked)
        }
    }
}
