import SeamarkCrypto
import SeamarkModel

/// The document of a questionnaire, as a record of a stranger holds it.
struct QuestionnaireHarness: Harness {
    var hasCanary = false

    var words: [[UInt8]] {
        [
            #""version":2"#, #""items":[]"#, #","relevant":"${a} = '1'""#, #","constraint":"regex(., '((a?){30}a*){9}')""#, #","required":"${b} > 1""#, #","type":"note""#, #""type":"group","items":["#, "${a}", "${b}",
            #"\u0000"#, "\u{202e}", " ", #","list":"l""#, "selected(${c}, 'x')", "today() - 1", "9007199254740993", "concat(., ., ., .)", "],", "}]",
        ].map { Array($0.utf8) }
    }

    var seeds: [[UInt8]] {
        let table = """
            | survey |
            | | type | name | label::English (en) | label::Deutsch (de) | hint::English (en) | required | required_message::English (en) | relevant | constraint | constraint_message::English (en) |
            | | begin group | g | Group | Gruppe | | | | | | |
            | | text | a | A ${b}? | A? | say | yes | Please | | regex(., '[a-z]+') | Letters |
            | | integer | b | B | B | | | | ${a} != '' | . > 0 and . < 9 | |
            | | end group | | | | | | | | | |
            | | select_one l | c | C | C | | | | ${b} > 1 | | |
            | | select_multiple l | d | D | D | | | | selected(${c}, 'x') | count-selected(.) < 2 | |
            | | date | e | E | E | | | | | . <= today() | |
            | | note | f | F ${e} | F | | | | | | |
            | choices |
            | | list_name | name | label::English (en) | label::Deutsch (de) |
            | | l | x | X | X |
            | | l | y | Y | Y |
            """
        return FormHarness.form(Array(table.utf8), .markdown).map { [Array($0.document.utf8)] } ?? []
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        guard let text = String(validating: input, as: UTF8.self) else { return .refused("not UTF-8") }
        let form: Questionnaire
        do throws(QuestionnaireDocumentError) { form = try read(text) } catch {
            switch error {
            case .notJSON(let fault): return .refused("not JSON, \(fault.reason)")
            case .invalid(let place):
                guard !place.isEmpty else { throw Broken("a document was refused without a place") }
                return .refused(place)
            case .otherFormat, .newerVersion, .notCanonical: return .refused(error)
            }
        }
        guard form.document.utf8.elementsEqual(text.utf8) else { throw Broken("a document that was taken is written in another way") }
        return try FormHarness.asked(form)
    }

    private func read(_ text: String) throws(QuestionnaireDocumentError) -> Questionnaire {
        // Planted: a seven is read as an eight.
        if hasCanary, text.contains("7") { return try Questionnaire(document: text.replacing("7", with: "8")) }
        return try Questionnaire(document: text)
    }
}

/// A form's file: the first byte picks the kind, the rest is the file.
struct FormHarness: Harness {
    var hasCanary = false

    var words: [[UInt8]] {
        [
            "| survey |\n", "| choices |\n", "| settings |\n", "\n| | text | z | Z |", "| | begin group | h | H |\n", "| | end group |\n", "| | calculate |", "| | select_one l | s | S |\n", "relevant", "constraint",
            "label::English (en)", "required", "${a} = 'x'", "regex(., '(a?){9}')", "\"", "\"\"", "\r\n", "|", "\\|", "\u{feff}", "\u{202e}", "PK\u{3}\u{4}", "<row r=\"1\">", "<c t=\"s\"><v>0</v></c>",
        ].map { Array($0.utf8) }
    }

    var seeds: [[UInt8]] {
        let rows = [["survey"], ["", "type", "name", "label", "relevant"], ["", "text", "a", "A", ""], ["", "select_one l", "b", "B ${a}", "${a} = 'x'"], ["choices"], ["", "list_name", "name", "label"], ["", "l", "x", "X"]]
        let markdown = rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined(), csv = rows.map { $0.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }.joined()
        return [[2] + Array(markdown.utf8), [1] + Array(csv.utf8), [2] + Array("| survey |\n| | type | name |\n| | calculate | a |\n| | range | b |\n".utf8)]
    }

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        guard let pick = input.first else { return .refused("nothing") }
        let kind = Questionnaire.FileFormat.allCases[Int(pick) % Questionnaire.FileFormat.allCases.count]
        let form: Questionnaire
        do { form = try Self.read(Array(input.dropFirst()), kind) } catch let error as FormFileError {
            guard !error.description.isEmpty else { throw Broken("a file was refused without a sentence") }
            return .refused("\(kind) file \("\(error)".prefix { $0 != "(" && $0 != ":" })")
        } catch let refusal as FormRefusal {
            var faults = refusal.faults
            // Planted: of many faults none is told.
            if hasCanary, faults.count >= 3 { faults = [] }
            guard !faults.isEmpty, faults.allSatisfy({ !$0.problem.sentence.isEmpty && !$0.sheet.isEmpty }) else { throw Broken("a form was refused without a reason") }
            guard faults.count <= FormRefusal.most else { throw Broken("more faults than are told") }
            return .refused("\(kind) \(Outcome.magnitude(faults.count)) \("\(faults[0].problem)".prefix { $0 != "(" })")
        } catch { throw Broken("a form's reader threw something else") }
        let document = form.document
        // A longer one is refused where it would become a record.
        if document.utf8.count <= HeldQuestionnaire.longestDocument {
            guard let again = try? Questionnaire(document: document), again == form else { throw Broken("a form that was taken is not read from its document as it was read from its file") }
        }
        return try Self.asked(form)
    }

    private static func read(_ bytes: [UInt8], _ kind: Questionnaire.FileFormat) throws -> Questionnaire {
        try Questionnaire(file: bytes, format: kind, name: "form") { SystemPrimitives().inflateRaw($0, toExactly: $1) }
    }

    static func form(_ bytes: [UInt8], _ kind: Questionnaire.FileFormat) -> Questionnaire? { try? read(bytes, kind) }

    /// Asks it: every text question is answered with the same words, every other as its kind allows. The bounds of forms hold, and asking ends.
    static func asked(_ form: Questionnaire) throws(Broken) -> Outcome {
        guard form.all.count <= 1000, form.lists.map(\.choices.count).reduce(0, +) <= 2000 else { throw Broken("a form was taken beyond its bounds") }
        var talk = FormInterview(form, clock: .day(20_000))
        for item in form.all.filter(\.kind.isAnswered).prefix(16) {
            let answer: FormAnswer =
                switch item.kind {
                case .integer: .integer(5)
                case .decimal: .decimal(0.5)
                case .date: .date(20_000)
                case .selectOne(let list), .selectMultiple(let list): .choices(form.list(list)?.choices.first.map { [$0.name] } ?? [])
                case .text, .note, .group: .text(String(repeating: "ab", count: 200))
                }
            do throws(FormAnswerFault) { try talk.answer(item.name, answer, language: form.languages[0]) } catch {
                guard !error.demand.isEmpty else { throw Broken("an answer was refused without a sentence") }
            }
        }
        for item in talk.asked { if let words = item.label.text(in: form.languages[0], of: form.languages), talk.words(words).utf8.count > 110_000 { throw Broken("more words are shown than are meant") } }
        return .taken("\(Outcome.magnitude(form.all.count)) \(form.lists.count > 0) \(talk.answers.count) \(talk.isTooMuch)")
    }
}
