import SeamarkModel
import Testing

@Suite struct InstrumentTests {
    @Test func `core-9 has nine domains of six questions, each anchored at 0, 2 and 4`() {
        let instrument = Instrument.core9
        #expect(instrument.reference == "core-9@1")
        #expect(instrument.domains.map(\.code) == (1...9).map { "D\($0)" })
        for domain in instrument.domains {
            #expect(domain.questions.count == 6)
            for question in domain.questions {
                #expect(question.anchors.map(\.score) == [0, 2, 4])
                #expect(question.weight == 1)
                #expect(!question.asked.isEmpty)
            }
        }
        #expect(instrument.domains.filter(\.mayBeNotAssessed).map(\.code) == ["D7"])
    }

    @Test func `questions, levels and weights are those of the specification`() throws {
        let question = try #require(Instrument.core9.question("KT2"))
        #expect(question.domain.key == "knowledge_transfer")
        #expect(question.question.text == "Where is the setting that makes this run well written down?")
        #expect(question.question.asked == [.frontline])
        #expect(question.question.anchors.map(\.text) == ["in the controlled instruction at the station", "a notebook", "someone's head"])
        #expect(Instrument.core9.question("LB2")?.question.asked == [.executive, .director, .manager, .supervisor])
        #expect(Instrument.core9.domain("D2")?.drives == [.expedite, .penalty, .quality])
        let downtime = Instrument.core9.matrix.entries.filter { $0.category == .downtime }.map { "\($0.domain)=\(Int($0.weight))" }
        #expect(downtime == ["D3=2", "D4=1", "D6=2", "D7=1", "D8=3"])
        #expect(Instrument.core9.matrix.entries.count == 25)
    }

    /// The members of an object, changed by `body`.
    private func changed(_ json: JSONValue, _ name: String, _ body: (JSONValue) -> JSONValue) -> JSONValue {
        .object((json.members ?? []).map { $0.name == name ? JSONMember(name, body($0.value)) : $0 })
    }

    @Test func `an instrument is written as it was read, with ten domains too`() throws {
        #expect(try Instrument(json: Instrument.core9.json) == Instrument.core9)
        let ten = changed(Instrument.core9.json, "domains") { domains in
            let first = domains.elements?[0] ?? .null
            let tenth = changed(changed(first, "code") { _ in "D10" }, "questions") { questions in
                .array((questions.elements ?? []).map { question in changed(question, "id") { .string("X" + ($0.text ?? "")) } })
            }
            return .array((domains.elements ?? []) + [tenth])
        }
        let instrument = try Instrument(json: ten)
        #expect(instrument.domains.count == 10)
        #expect(instrument.question("XLB1")?.domain.code == "D10")
        #expect(try Instrument(document: instrument.json.compact) == instrument)
    }

    @Test func `a document that is none is refused with its place`() throws {
        let whole = Instrument.core9.json
        func place(_ json: JSONValue) -> String? {
            do throws(InstrumentError) { _ = try Instrument(json: json) } catch {
                if case .invalid(let place, _) = error { return place }
                return "\(error)".isEmpty ? nil : "format"
            }
            return nil
        }
        #expect(place(whole) == nil)
        #expect(place(changed(whole, "version") { _ in 2 }) == "format")
        #expect(place(changed(whole, "edition") { _ in 0 }) == "edition")
        #expect(place(changed(whole, "domains") { .array(($0.elements ?? []) + [$0.elements?[0] ?? .null]) })?.hasPrefix("domains[9]") == true)
        #expect(place(changed(whole, "matrix") { _ in ["EXPEDITE": ["D77": 1]] }) == "matrix.EXPEDITE")
        #expect(place(changed(whole, "domains") { .array(($0.elements ?? []).map { domain in
            changed(domain, "questions") { .array(($0.elements ?? []).map { question in changed(question, "weight") { _ in 0 } }) }
        }) }) == "domains[0].questions[0].weight")
    }
}
