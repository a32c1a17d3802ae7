import ArgumentParser
import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel

struct FormVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "form", abstract: "Questionnaires of one's own, as spreadsheets (XLSForm): taken over, asked, answered.",
        discussion: """
            For example:
              seamark form check shift-check.xlsx
              seamark form add shift-check.xlsx
              seamark form ask IV-A001 shift-check
            """,
        subcommands: [FormCheck.self, FormAdd.self, FormList.self, FormShow.self, FormAsk.self, FormAnswers.self, FormCarry.self, FormStatus.self, FormRetire.self])

    /// What this laptop's clock says where it is: the day is `today()` in conditions, and the moment `now()`.
    static var clock: FormClock { FormClock(milliseconds: TimeText.now(), secondsFromUTC: TimeZone.current.secondsFromGMT()) }

    static func language(_ asked: String?, of form: Questionnaire) throws -> String {
        if let asked, !form.languages.contains(asked) {
            throw Explained(.usage, "The form has no words in that language. It has: \(form.languages.joined(separator: ", ")).")
        }
        return asked ?? form.languages[0]
    }

    /// The form of a questionnaire that this version reads.
    static func form(_ held: HeldQuestionnaire) throws -> Questionnaire {
        guard let form = held.form else { throw FormCaptureFailure.needsNewerVersion(held.reference) }
        return form
    }
}

/// A form in a spreadsheet, read whole or refused with every place. What is not taken over, and changes nothing of what is asked, is told on
/// standard error.
enum FormFile {
    static func read(_ file: String, json: Bool) throws -> Questionnaire {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let ending = last.split(separator: ".").last, last.contains("."), let kind = Questionnaire.FileFormat(rawValue: ending.lowercased()) else {
            throw Explained(.usage, "A questionnaire is a file that ends in .xlsx, .csv or .md. Save it as one of these.")
        }
        let bytes = try InputFile.read(file, atMost: FormSheet.mostBytes)
        do {
            let form = try FormOfFile(file: bytes, format: kind, name: String(last.dropLast(ending.count + 1))) { SystemPrimitives().inflateRaw($0, toExactly: $1) }
            for note in form.notes { Terminal.warning(note.description) }
            return form.questionnaire
        } catch let refusal as FormRefusal {
            throw refused(refusal, json)
        }
    }

    private static func refused(_ refusal: FormRefusal, _ json: Bool) -> any Error {
        let faults = refusal.faults
        if json {
            Terminal.json(.object([JSONMember("refused", .array(faults.map { fault in
                var members = [JSONMember("sheet", .string(fault.sheet))]
                if let row = fault.row { members.append(JSONMember("row", .integer(Int64(row)))) }
                if let column = fault.column { members.append(JSONMember("column", .string(column))) }
                if let name = fault.name { members.append(JSONMember("name", .string(name))) }
                return .object(members + [JSONMember("problem", .string(fault.problem.sentence))])
            })), JSONMember("isCut", .bool(refusal.isCut))]), .formRefusal)
        } else {
            for fault in faults { Terminal.line("\(fault.description)") }
        }
        let more = refusal.isCut ? "More than \(counted(faults.count, "thing"))" : counted(faults.count, "thing")
        return Explained(.refused, "\(more) in the form cannot be taken over. Change \(faults.count == 1 && !refusal.isCut ? "it" : "them"), and check once more.")
    }
}

/// What a form asks, as a table.
enum FormText {
    static func show(_ form: Questionnaire, in language: String) {
        Terminal.line([Terminal.Piece(form.title, .bold), Terminal.Piece("  \(form.reference)", .dim)])
        var table = Table(["name", "type", "asked", "words"])
        func add(_ items: [Questionnaire.Item], _ indent: String) {
            for item in items {
                let words = item.label.text(in: language, of: form.languages) ?? item.hint.text(in: language, of: form.languages) ?? ""
                let list = item.kind.list.map { " \($0)" } ?? ""
                let conditions = [item.relevant.map { "if \($0.source)" }, item.required.map { $0.source == "true()" ? "must be answered" : "must be answered if \($0.source)" }]
                table.add([indent + item.name, item.kind.word + list, conditions.compactMap { $0 }.joined(separator: "; "), words])
                add(item.items, indent + "  ")
            }
        }
        add(form.items, "")
        table.show()
        let questions = form.all.count { $0.kind.isAnswered }
        let lists = form.lists.isEmpty ? "" : ", \(counted(form.lists.count, "choice list"))"
        let languages = form.languages.count > 1 ? ", in \(form.languages.joined(separator: ", "))" : ""
        Terminal.line("\(counted(questions, "question"))\(lists)\(languages).")
    }
}
