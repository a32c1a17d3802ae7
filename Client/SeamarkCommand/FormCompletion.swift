import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What a shell completes of `form answer` behind the interview and the questionnaire.
enum FormCompletion {
    /// Questions that are asked and have no answer yet, neither here nor in the line; behind `question=` the choices that there are.
    static let answers = CompletionKind.custom { words, index, prefix in
        guard let line = Line(words, index), let talk = line.talk(withItsAnswers: true) else { return [] }
        return FieldCompletion.assignments(
            line.rest, prefix,
            keys: { prefix in
                let asked = talk.asked.filter(\.kind.isAnswered).map(\.name)
                let open = HandleCompletion.fitting(asked.filter { !talk.isAnswered($0) }, prefix)
                // Who has begun the name of another one corrects its answer.
                return (open.isEmpty && !prefix.isEmpty ? HandleCompletion.fitting(asked, prefix) : open).map { $0 + "=" }
            },
            values: { question, prefix in values(question, prefix, talk.questionnaire) })
    }

    /// Questions whose answer can be taken away.
    static let answered = CompletionKind.custom { words, index, prefix in
        guard let talk = Line(words, index)?.talk(withItsAnswers: false) else { return [] }
        return HandleCompletion.fitting(talk.questionnaire.all.map(\.name).filter { talk.isAnswered($0) }, prefix)
    }

    private static func values(_ question: String, _ prefix: String, _ form: Questionnaire) -> [String] {
        guard let item = form.all.first(where: { $0.name == question }) else { return [] }
        func names(_ list: String) -> [String] { form.list(list)?.choices.map(\.name) ?? [] }
        switch item.kind {
        case .selectOne(let list): return HandleCompletion.fitting(names(list), prefix)
        case .selectMultiple(let list):
            let (start, beginning) = FieldCompletion.last(of: prefix)
            let said = start.split(separator: ",").map(String.init)
            return HandleCompletion.fitting(names(list).filter { !said.contains($0) }, beginning).map { start + $0 }
        case .date: return HandleCompletion.fitting(["today"], prefix)
        case .text, .integer, .decimal, .note, .group: return []
        }
    }

    /// What the line says before the word that is completed.
    private struct Line {
        private let words: [String]
        private let interview: String
        private let questionnaire: String
        /// What stands behind these two.
        let rest: [String]

        private static let optionsWithValues: Set<String> = ["--clear", "--person", "--tenant", "--engagement", "--passphrase-fd"]

        /// Nil before interview and questionnaire are named.
        init?(_ words: [String], _ index: Int) {
            let before = Array(words.prefix(max(0, index)))
            guard let verb = before.firstIndex(of: FormAnswers._commandName) else { return nil }
            var named: [String] = []
            var place = verb + 1
            while place < before.count, named.count < 2 {
                let word = before[place]
                place += Self.optionsWithValues.contains(word) ? 2 : 1
                if !word.hasPrefix("-") { named.append(word) }
            }
            guard named.count == 2 else { return nil }
            self.words = words
            interview = named[0]
            questionnaire = named[1]
            rest = Array(before.dropFirst(place))
        }

        /// The interview as it stands, or as it would stand with what the line answers: what is asked may hang on that. Nil where nothing may be shown.
        func talk(withItsAnswers: Bool) -> FormInterview? {
            let clock = FormVerb.clock
            guard let finder = try? HandleCompletion.finder(words), let held = try? finder.questionnaire(questionnaire),
                let record = try? finder.record(interview, type: Catalogue.interview), var talk = finder.formInterview(held, in: record.id, clock: clock)
            else { return nil }
            guard withItsAnswers else { return talk }
            let form = talk.questionnaire, given = self.given, work = FormWork()
            for item in form.all {
                guard let text = given[item.name], let answer = try? form.answer(typed: text, to: item, today: clock.today) else { continue }
                try? talk.answer(item.name, answer, language: form.languages[0], within: work)
            }
            return talk
        }

        /// What the line answers, as it was typed; what bash broke at the sign is put together again.
        private var given: [String: String] {
            var given: [String: String] = [:]
            for (place, word) in rest.enumerated() {
                if word == "=" {
                    if place > 0, place + 1 < rest.count { given[rest[place - 1]] = rest[place + 1] }
                } else if let sign = word.firstIndex(of: "=") {
                    given[String(word[..<sign])] = String(word[word.index(after: sign)...])
                }
            }
            return given
        }
    }
}
