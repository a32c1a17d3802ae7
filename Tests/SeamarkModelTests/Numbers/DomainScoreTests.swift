import SeamarkModel
import Testing

struct DomainScoreTests {
    private let questions = (1...6).map { WeightedQuestion("DR\($0)") }
    private let answers = [
        answer("DR1", "A", .frontline, .b, .score(3)), answer("DR2", "A", .frontline, .b, .score(2)),
        answer("DR1", "B", .director, .c, .score(4)),
    ]

    @Test func `two people's answers score a domain as in the method's vector`() throws {
        let score = try DomainScore(questions: questions, answers: answers)
        #expect(score.questions.map(\.key) == ["DR1", "DR2"])
        #expect(agree(score.questions[0].score, 3.3846153846, within: 1e-10))
        #expect(score.questions[1].score == 2)
        #expect(agree(try #require(score.score), 2.6923076923, within: 1e-10))
        #expect(agree(try #require(score.severity), 0.6730769231, within: 1e-9))
        #expect(agree(score.coverage, 1.0 / 3, within: 1e-15))
        #expect(agree(score.triangulation, 2.0 / 3, within: 1e-15))
        #expect(agree(score.quality, 0.7, within: 1e-15))
        #expect(agree(score.agreement, 0.6805617175, within: 1e-9))
        #expect(agree(score.confidence, 0.5704114840, within: 1e-9))
        #expect(score.confidenceLevel == .medium)
        #expect(score.perceptionGap == -1.5)
        #expect(score.isPerceptionGapFlagged)
    }

    @Test func `confidence is high from 0.75 and medium from 0.5, and a gap is flagged from one point`() throws {
        var score = try DomainScore(questions: questions, answers: answers)
        (score.triangulation, score.quality, score.agreement) = (1, 1, 1)
        // The fourth root of these is exact in binary fractions.
        for (coverage, confidence, level) in [
            (0.31640625, 0.75, DomainScore.Confidence.high), (0.3165, nil, .high), (0.3163, nil, .medium), (0.0625, 0.5, .medium), (0.0626, nil, .medium), (0.0624, nil, .low), (0, 0, .low), (1, 1, .high),
        ] as [(Double, Double?, DomainScore.Confidence)] {
            score.coverage = coverage
            #expect(score.confidenceLevel == level, "\(coverage)")
            if let confidence { #expect(score.confidence == confidence) }
        }
        for (gap, isFlagged) in [(1, true), (1.01, true), (0.99, false), (-0.99, false), (-1, true), (-4, true), (0, false), (nil, false)] as [(Double?, Bool)] {
            score.perceptionGap = gap
            #expect(score.isPerceptionGapFlagged == isFlagged, "\(String(describing: gap))")
        }
    }

    @Test func `answers in any order score the same to the last bit`() throws {
        var answers = answers + [
            Self.answer("DR3", "C", .manager, .d, .score(1)), Self.answer("DR1", "C", .manager, .a, .score(0)),
            Self.answer("DR3", "A", .frontline, .c, .score(3)), Self.answer("DR1", "A", .frontline, .c, .score(1)),
        ]
        let expected = try DomainScore(questions: questions, answers: answers)
        var dice = RandomStream(state: 5)
        for _ in 0..<100 {
            answers.swapAt(Int(dice.next() % 7), Int(dice.next() % 7))
            #expect(try DomainScore(questions: questions.reversed(), answers: answers) == expected)
        }
    }

    @Test func `not knowing lowers the coverage only`() throws {
        let full = try DomainScore(questions: [questions[0], questions[1]], answers: answers)
        let asked = try DomainScore(
            questions: Array(questions[0...2]), answers: answers + [Self.answer("DR3", "B", .director, .c, .dontKnow)])
        #expect(full.coverage == 1)
        #expect(agree(asked.coverage, 2.0 / 3, within: 1e-15))
        #expect(asked.score == full.score)
        #expect(asked.quality == full.quality)
        #expect(asked.agreement == full.agreement)
        #expect(asked.triangulation == full.triangulation)
    }

    @Test func `a question that does not apply leaves the denominator`() throws {
        let score = try DomainScore(
            questions: questions, answers: answers + [
                Self.answer("DR3", "A", .frontline, .b, .notApplicable), Self.answer("DR4", "A", .frontline, .b, .notApplicable),
                Self.answer("DR4", "B", .director, .b, .dontKnow), Self.answer("DR1", "C", .director, .b, .notApplicable),
                Self.answer("DR5", "B", .director, .b, .declined),
            ])
        #expect(score.coverage == 0.4)
    }

    @Test func `a domain that nobody scored is not assessed`() throws {
        let score = try DomainScore(questions: questions, answers: [])
        #expect(score.score == nil)
        #expect(score.confidence == 0)
        #expect(score.reading(key: "D3") == nil)
        #expect(score.perceptionGap == nil)
    }

    /// Weights of evidence are tenths, and no tenth is a binary fraction.
    @Test func `scorers who all say one thing are scored exactly so, whatever their evidence`() throws {
        var questions = questions
        for place in questions.indices { questions[place].weight = [0.1, 0.7, 1.3, 1, 2.9, 0.3][place] }
        for mix in 1..<256 {
            // Up to three of each grade.
            let grades = EvidenceGrade.allCases.enumerated().flatMap { place, grade in Array(repeating: grade, count: mix >> (2 * place) & 3) }
            for score in 0...4 {
                let seam = try SeamSeverity(SeamMode.allCases.flatMap { mode in grades.map { SeamSeverity.ModeScore(mode, score: score, grade: $0) } })
                #expect(seam.modes.map(\.value) == Array(repeating: Double(score), count: 6) && seam.value == Double(score), "\(grades) \(score)")
            }
            let score = mix % 5
            let domain = try DomainScore(questions: questions, answers: grades.enumerated().flatMap { place, grade in
                questions[0...(place % 6)].map { Self.answer($0.key, "P\(place)", place % 2 == 0 ? .frontline : .director, grade, .score(score)) }
            })
            #expect(domain.questions.allSatisfy { $0.score == Double(score) } && domain.score == Double(score) && domain.agreement == 1, "\(grades) \(score)")
            #expect(domain.perceptionGap == nil || domain.perceptionGap == 0)
        }
    }

    @Test func `a bound that is met on paper is met`() throws {
        func person(_ name: String, _ level: RespondentLevel, _ scores: [Int]) -> [ScoredAnswer] {
            scores.enumerated().map { Self.answer("DR\($0 + 1)", name, level, .d, .score($1)) }
        }
        // Means of 0, 4/5 and 4, and of 3/5: one point apart.
        let apart = try DomainScore(questions: questions, answers: person("a", .frontline, [0, 0, 0, 0, 0]) + person("b", .frontline, [0, 1, 1, 1, 1])
            + person("c", .supervisor, [4, 4, 4, 4, 4]) + person("d", .executive, [0, 0, 1, 1, 1]))
        #expect(agree(apart.perceptionGap ?? .nan, 1, within: 1e-15) && apart.isPerceptionGapFlagged)
        // (1 × 1/3 × 0.3 × 5/8) is a sixteenth.
        let medium = try DomainScore(questions: Array(questions[0...1]), answers: person("a", .manager, [1, 1]) + person("b", .manager, [2, 3]))
        #expect(agree(medium.confidence, 0.5, within: 1e-15) && medium.confidenceLevel == .medium)
    }

    @Test func `a ruling scores a question that nobody did, and covers it`() throws {
        let ruled = try DomainScore(questions: questions, answers: answers + [Self.answer("DR6", "A", .frontline, .b, .notApplicable)], reviewed: ["DR5": 4, "DR6": 0, "other": 3])
        #expect(ruled.questions.map(\.key) == ["DR1", "DR2", "DR5", "DR6"] && ruled.questions.map(\.isReviewed) == [false, false, true, true])
        #expect(agree(ruled.score ?? .nan, (44.0 / 13 + 2 + 4) / 4, within: 1e-14) && agree(ruled.coverage, 4.0 / 6, within: 1e-14))
        let alone = try DomainScore(questions: questions, answers: [], reviewed: ["DR5": 3])
        #expect(alone.severity == 0.75 && alone.confidence == 0 && alone.perceptionGap == nil)
    }

    @Test func `scores and weights outside their bounds are refused`() {
        #expect(throws: DomainScoreError.scoreOutOfBounds(question: "DR1")) {
            try DomainScore(questions: questions, answers: [Self.answer("DR1", "A", .manager, .a, .score(5))])
        }
        #expect(throws: DomainScoreError.weightOutOfBounds(question: "Q")) {
            try DomainScore(questions: [WeightedQuestion("Q", weight: 0)], answers: [])
        }
        #expect(throws: DomainScoreError.questionRepeated("Q")) {
            try DomainScore(questions: [WeightedQuestion("Q"), WeightedQuestion("Q")], answers: [])
        }
    }

    @Test func `a seam is as severe as its worst mode, the softer ones at half weight`() throws {
        let scores: [SeamSeverity.ModeScore] = [
            .init(.ownershipAmbiguity, score: 2, grade: .b), .init(.kpiConflict, score: 4, grade: .b),
            .init(.approvalLatency, score: 1, grade: .b), .init(.exceptionByHeroics, score: 3, grade: .b),
            .init(.relationshipDependence, score: 0, grade: .b), .init(.dataMismatch, score: 0, grade: .b),
        ]
        #expect(try SeamSeverity(scores).value == 4)
        #expect(try SeamSeverity(scores.filter { $0.mode != .kpiConflict }).value == 2)
        #expect(agree(try SeamSeverity(scores.filter { $0.mode.weight < 1 }).value, 1.5, within: 1e-15))
        #expect(try SeamSeverity([]).value == 0)
        // Evidence-weighted over scorers: (4 x 1.0 + 1 x 0.3) / 1.3.
        let two = try SeamSeverity([.init(.kpiConflict, score: 1, grade: .d), .init(.kpiConflict, score: 4, grade: .a)])
        #expect(agree(two.value, 4.3 / 1.3, within: 1e-15))
        #expect(throws: SeamSeverityError.scoreOutOfBounds(.kpiConflict)) {
            try SeamSeverity([.init(.kpiConflict, score: -1, grade: .d)])
        }
    }

    private static func answer(
        _ question: String, _ respondent: String, _ level: RespondentLevel, _ grade: EvidenceGrade, _ value: ScoredAnswer.Value
    ) -> ScoredAnswer {
        ScoredAnswer(question: question, respondent: respondent, level: level, grade: grade, value: value)
    }
}
