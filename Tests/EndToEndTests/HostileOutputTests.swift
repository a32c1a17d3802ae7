import Foundation
import SeamarkModel
import SeamarkTestSupport
import Testing

/// Two hundred texts that want to be obeyed, through every verb of both programs on a terminal, and into every file that they write.
///
/// What capture takes, a consultant captures. What it refuses comes from a colleague's device that asks no capture (the independent client),
/// is refused by the server, and then let in by headquarters: so it reaches every laptop by pull, as it came.
@Suite(.serialized) struct HostileOutputTests {
    let headquarters: Headquarters
    let texts = HostileText.all
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    init() throws { headquarters = try Headquarters() }

    // MARK: Saying it

    /// Runs a program with a terminal as its output and error; says what the terminal was sent, without the sequence by which progress takes
    /// the place of progress (none of the texts holds it).
    func onTerminal(_ name: String, _ words: [String], environment: [String: String] = [:], passphrase: String? = nil) throws -> Program.Result {
        let path = try #require(Program.folder).appendingPathComponent(name).path
        let command = Screen.command(columns: 400, errors: true, [path] + words)
        let done = try headquarters.program(command.name, command.words, environment: environment, passphrase: passphrase).finish(within: 120)
        return Program.Result(status: done.status, output: done.output.replacing("\r\u{1b}[K", with: ""), error: done.error)
    }

    /// Every verb that runs, by its words, and whether it prints JSON: all that a program says it has.
    func verbs(_ program: String) throws -> [String: Bool] {
        try VerbTree.of(program).running.reduce(into: [:]) { $0[$1.words] = $1.verb.options.contains("json") }
    }

    // MARK: The colleague's device

    /// The site that both name at once.
    private let disputed = UUID().uuidString

    /// - Parameter status: 1 where the server refuses something of it.
    private func peer(_ verb: String, _ words: String..., input: String = "", status: Int32 = 0) throws {
        let done = try headquarters.program(
            Self.root.appendingPathComponent("Scripts/python-peer").path,
            [Self.root.appendingPathComponent("Tests/PythonPeer/peer.py").path, "--json", verb, headquarters.folder.appendingPathComponent("peer").path] + words, input: input
        ).finish(within: 240)
        try #require(done.status == status, "the colleague's \(verb) ended with \(done.status): \(done.output.suffix(300))\(done.error)")
    }

    /// For each text a change with a site, a seam, a person and an observation, named by it, told by it, under handles that say which.
    private func push() throws {
        let now = Int(Date().timeIntervalSince1970 * 1000)
        let changes = texts.map { text -> [String: Any] in
            func records(_ type: Int, _ prefix: String, _ fields: [(Int, Any, Bool)]) -> [[String: Any]] {
                let record = text.number == 0 && type == 21 ? disputed : UUID().uuidString
                // Of every tenth the handle is hostile too.
                let handle = text.number % 10 == 9 ? text.text : "\(prefix)-H\(text.number)"
                return ([(1, ["text": handle], false), (2, ["int": now], false)] + fields).map { field, value, isSensitive in
                    ["record": record, "type": type, "field": field, "value": value, "sensitive": isSensitive]
                }
            }
            let said: [String: Any] = ["text": text.text]
            return [
                "edits": records(21, "ST", [(10, said, false), (13, said, false), (16, said, true)]) + records(30, "S", [(10, said, false)])
                    + records(23, "P", [(10, said, true), (11, said, false), (12, ["int": 1], false)]) + records(26, "O", [(10, said, true), (13, said, false)]),
            ]
        }
        let pushed = try JSONSerialization.data(withJSONObject: ["scope": "engagement", "schema": 1, "changes": changes])
        try peer("push", "-", input: String(decoding: pushed, as: UTF8.self), status: 1)
    }

    // MARK: Every kind of record

    /// Which texts each further kind holds that somebody captures: three of every family, others for each kind, so that every kind meets all families and
    /// every text several kinds. Each says which kind it is in.
    var square: [(kind: RecordType, texts: [(text: HostileText, said: String)])] {
        let without = ["engagement", "site", "seam", "person", "observation", "redaction", "snapshot", "questionnaire", "formAnswer"]
        return Catalogue.types.filter { $0.home == .engagement && !without.contains($0.key) }.enumerated().map { row, kind in
            let own = HostileText.Family.allCases.flatMap { family in
                let all = texts.filter { $0.family == family }
                return (0..<3).map { all[(row * 3 + $0) % all.count] }
            }
            return (kind, own.map { ($0, "\($0.text) of \(kind.key).") })
        }
    }

    static func plainTexts(of kind: RecordType) -> [FieldDefinition] {
        kind.fields.filter { if $0.number >= 10, !$0.isSet, case .text = $0.kind { true } else { false } }
    }

    private func pushSquare() throws {
        let now = Int(Date().timeIntervalSince1970 * 1000)
        func record(_ kind: RecordType, _ text: HostileText, _ said: String) -> [[String: Any]] {
            let id = UUID().uuidString
            func edit(_ field: UInt32, _ value: [String: Any], _ isSensitive: Bool = false) -> [String: Any] {
                ["record": id, "type": Int(kind.number), "field": Int(field), "value": value, "sensitive": isSensitive]
            }
            let handle = kind.handlePrefix.map { edit(CommonField.handle, ["text": "\($0)-Q\(text.number)"]) }
            return [handle, edit(CommonField.createdAt, ["int": now])].compactMap(\.self) + Self.plainTexts(of: kind).map { edit($0.number, ["text": said], $0.isSensitive) }
        }
        // Four records in a change: a block holds a thousand changes.
        let changes = square.flatMap { kind, texts in
            stride(from: 0, to: texts.count, by: 4).map { first -> [String: Any] in ["edits": texts[first..<min(first + 4, texts.count)].flatMap { record(kind, $0.text, $0.said) }] }
        }
        let pushed = try JSONSerialization.data(withJSONObject: ["scope": "engagement", "changes": changes])
        try peer("push", "-", input: String(decoding: pushed, as: UTF8.self), status: 1)
    }

    // MARK: The whole

    @Test(.needsSpreadsheet) func `two hundred hostile texts are live on no terminal and in no page, whichever verb shows them`() throws {
        defer { headquarters.close() }
        #expect(texts.count == 200 && Set(texts.map(\.text)).count == 200)
        let ann = try Laptop(of: "ann", at: headquarters)
        // What capture takes, by a file; what it refuses is told without being said.
        func file(_ texts: [HostileText]) throws -> String {
            let sites = texts.map { ["handle": "ST-C\($0.number)", "name": $0.text, "notes": "\($0.text)\nx;\($0.text);y,\($0.text)"] }
            let document: [String: Any] = ["format": "seamark-engagement", "version": 1, "sites": sites]
            return try ann.file(String(decoding: JSONSerialization.data(withJSONObject: document), as: UTF8.self))
        }
        let taken = texts.filter { !$0.holdsControls && !$0.holdsDirections }
        #expect(taken.count > 60)
        #expect(try ann.run("import", file(taken)).status == 0)
        for text in texts where text.holdsControls { #expect(try text.number % 8 != 0 || ann.run("import", file([text])).status == 65, "\(text.family) \(text.number)") }
        try ann.must("engagement", "set", "title=\(texts.first { $0.family == .page }!.text)")
        try ann.must("sync")

        let invitation = try headquarters.invitation("bob")
        try peer("enrol", "--name", "pay\u{200b}pal =1+1 <b>", input: invitation)
        try peer("pull")
        try push()
        #expect(texts.allSatisfy { text in square.count { $0.texts.contains { $0.text == text } } > 1 })
        try pushSquare()
        try serverShows("quarantine list", "quarantine show", "quarantine export")
        let held = try headquarters.verb("quarantine", "list", "--json")
        #expect(held.contains("\"change\""), "something was refused")
        try headquarters.verb("quarantine", "release", "--all")
        try ann.must("sync")
        try ann.must("site", "set", "ST-H0", "name=<i>=1+1 of hers")
        let other: [String: Any] = ["record": disputed, "type": 21, "field": 10, "value": ["text": "<i>=1+1 pay\u{200b}pal of his"]]
        let change = try JSONSerialization.data(withJSONObject: ["scope": "engagement", "schema": 1, "changes": [["edits": [other]]]])
        try peer("push", "-", input: String(decoding: change, as: UTF8.self))
        try ann.must("sync")
        #expect(try ann.must("conflicts").contains("ST-H0"))

        try laptopShows(ann)
        try serverShows()
        try pages()
        try workbooks()
    }
}
