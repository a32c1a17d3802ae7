import ArgumentParser
import SeamarkClient
import SeamarkModel

struct InterviewCarry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carry", abstract: "Carry a draft over to a later edition of its instrument.",
        discussion: """
            For example:
              seamark interview carry IV-A001 --dry-run
              seamark interview carry IV-A001 --to core-9@2

            The draft goes on as another interview (IV-A001.2), of the same people, place and time. An answer of yours is carried over where the later \
            edition says that its question is comparable, or asks the same question in the same words, and where you have not answered it there; it names the \
            question that it comes from. The draft and its answers stay as they are; observations, quotes and answers to questionnaires stay with it. Other scorers carry their own. \
            --dry-run shows what would become of each answer and stores nothing.
            """)

    @Argument(help: "The draft's handle.", completion: HandleCompletion.of(Catalogue.interview)) var interview: String
    @Option(help: ArgumentHelp("The edition; the engagement's if not said, else the latest that is on this laptop.", valueName: "key@edition")) var to: String?
    @Flag(help: "Show what would be carried over; store nothing.") var dryRun = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        let done = try place.device.carry(draft: interview, to: to, in: try place.engagement(), isTrial: dryRun)
        if format.json {
            return Terminal.json(.object([
                JSONMember("stored", .bool(!dryRun && done.isNew)), JSONMember("from", .string(done.from)), JSONMember("to", .string(done.to)),
                JSONMember("draft", .string(done.draft)), JSONMember("into", .string(done.into)),
                JSONMember("answers", .array(done.rows.map { row in
                    var members = [JSONMember("question", .string(row.fate.question)), JSONMember("becomes", .string(Self.words(row)))]
                    if let target = row.fate.target { members.append(JSONMember("as", .string(target))) }
                    return .object(members + [JSONMember("answer", .string(Self.text(row.answer)))])
                })),
                JSONMember("others", .integer(Int64(done.others))),
                JSONMember("stays", .array(done.stays.map { .object([JSONMember("what", .string($0.label)), JSONMember("count", .integer(Int64($0.count)))]) })),
            ]), .interviewCarried)
        }
        var table = Table(["question", "from \(done.from) to \(done.to)", "answer"])
        for row in done.rows { table.add([row.fate.question, Self.words(row), Self.text(row.answer)]) }
        if !done.rows.isEmpty { table.show() }
        if done.others > 0 { Terminal.line("\(counted(done.others, "answer")) of other scorers: each carries their own.") }
        if !done.stays.isEmpty {
            Terminal.line("With \(done.draft) stay: \(done.stays.map { $0.count == 1 ? "1 \($0.label)" : "\($0.count) of \($0.label)" }.joined(separator: ", ")).")
        }
        let what = counted(done.carried.count, "answer")
        if dryRun { return Terminal.line("\(what) would be carried over to \(done.into); nothing was stored.") }
        Terminal.line(done.isNew ? "\(what) carried over to \(done.into); \(done.draft) stays as it is." : "Nothing to carry over: \(done.into) stands like that already.")
    }

    static func words(_ row: CarriedInterview.Row) -> String {
        let words =
            switch row.fate.fate {
            case .same: "carried over"
            case .mapped(let target): "carried over as \(target)"
            case .answered(let target): "stays: \(target) is answered already"
            case .takenAway(let target): "stays: the answer to \(target) was taken away"
            case .asksOtherwise: "stays: is asked in another way"
            case .gone: "stays: is not asked any more"
            }
        return row.lacksWords && row.fate.target != nil ? words + ", without its rationale, which was redacted" : words
    }

    /// A score and its grade, or what was said instead.
    static func text(_ answer: RecordView) -> String {
        guard let response = answer.group("response") else { return "" }
        let score = response.integer("score").map { "\($0)" } ?? response.choice("outcome") ?? ""
        return score + (response.choice("grade").map { ", grade \($0)" } ?? "")
    }
}
