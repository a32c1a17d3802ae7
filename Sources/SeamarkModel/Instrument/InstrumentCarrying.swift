/// What becomes of one scorer's answers to an edition of an instrument where a later edition of it is asked.
///
/// An answer is carried over where the later edition says that its question is comparable with the one that was answered, or asks the same question
/// in the same words with the same anchors. Each goes to one question at most, and two never to the same one. The answers that were given are not touched.
public struct InstrumentCarrying: Sendable {
    public enum Fate: Hashable, Sendable {
        /// As an answer to this question, by the later edition's word.
        case mapped(to: String)
        /// To the question of the same code, which is asked in the same words.
        case same
        /// The later edition's question has an answer already.
        case answered(String)
        /// It was carried over or given there, and taken away again.
        case takenAway(String)
        /// A question of the same code has other words or anchors, and the later edition does not say that they are comparable.
        case asksOtherwise
        /// The later edition has no such question.
        case gone
    }

    public struct Row: Hashable, Sendable {
        /// In the earlier edition.
        public let question: String
        public let fate: Fate

        /// The later edition's question that the answer is carried to; nil where it stays behind.
        public var target: String? {
            switch fate {
            case .mapped(let target): target
            case .same: question
            case .answered, .takenAway, .asksOtherwise, .gone: nil
            }
        }
    }

    /// Of every question that was answered, in the order of the earlier edition; then those that it does not have, by their codes.
    public let rows: [Row]

    public var carried: [(question: String, target: String)] { rows.compactMap { row in row.target.map { (row.question, $0) } } }

    /// - Parameters:
    ///   - answered: codes of the earlier edition's questions that this scorer answered.
    ///   - standing: codes of the later edition's questions that this scorer has answered; `takenAway`: those whose answer was taken away again.
    public init(from earlier: Instrument, to later: Instrument, answered: Set<String>, standing: Set<String> = [], takenAway: Set<String> = []) {
        let targets = later.comparables(with: earlier)
        let order = earlier.domains.flatMap(\.questions).map(\.id)
        let known = Set(order)
        rows = (order.filter(answered.contains) + answered.subtracting(known).sorted()).map { question in
            guard let target = targets[question] else { return Row(question: question, fate: later.question(question) == nil ? .gone : .asksOtherwise) }
            if standing.contains(target.question) { return Row(question: question, fate: .answered(target.question)) }
            if takenAway.contains(target.question) { return Row(question: question, fate: .takenAway(target.question)) }
            return Row(question: question, fate: target.isSaid ? .mapped(to: target.question) : .same)
        }
    }
}

extension Instrument {
    /// For each question of `earlier` whose answers stand as answers to one of this edition: which, and whether this edition says so.
    func comparables(with earlier: Instrument) -> [String: (question: String, isSaid: Bool)] {
        guard earlier.key == key, earlier.edition < edition else { return [:] }
        var targets: [String: (question: String, isSaid: Bool)] = [:]
        let questions = domains.flatMap(\.questions)
        var unsaid: [InstrumentQuestion] = []
        for question in questions {
            guard let former = question.comparable.first(where: { $0.edition == earlier.edition })?.question else {
                unsaid.append(question)
                continue
            }
            if earlier.question(former) != nil { targets[former] = (question.id, true) }
        }
        // What the edition says goes before what looks the same.
        for question in unsaid where targets[question.id] == nil {
            guard let old = earlier.question(question.id)?.question, old.text == question.text, old.anchors == question.anchors else { continue }
            targets[question.id] = (question.id, false)
        }
        return targets
    }
}
